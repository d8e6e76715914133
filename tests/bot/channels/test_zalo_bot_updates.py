"""What people do at the bot, read: both shapes, every kind, and nothing that is none of ours."""

import orjson
import pytest

from bot.channels.contract import Received, Unreadable
from bot.channels.payload import read_update
from bot.channels.zalo_bot import updates
from fakes.wire import Json
from fakes.zalo_bot.user import ZaloBotUser
from fakes.zalo_bot.world import ZaloBotWorld
from tests.kit.clock import HandClock


@pytest.fixture
def lan() -> ZaloBotUser:
    return ZaloBotUser.join(ZaloBotWorld(clock=HandClock()), "Lan", "https://photo.zdn.vn", "6ede")


def read(update: Json) -> Received | None:
    return updates.read(read_update(orjson.dumps(update)))


def understood(update: Json) -> Received:
    found = read(update)
    assert found is not None
    return found


def test_flat_and_wrapped_are_one(lan: ZaloBotUser) -> None:
    update = lan.says("Xin chào", message_id="2d75")

    flat, wrapped = understood(update), understood({"ok": True, "result": update})

    assert flat == wrapped
    assert (flat.update_id, flat.chat, flat.kind, flat.body) == ("2d75", "6ede", "text", {"text": "Xin chào"})
    assert flat.of_chat
    assert flat.written_at is not None
    assert abs((flat.written_at - lan.world.clock.now()).total_seconds()) < 0.01


@pytest.mark.parametrize("name", ["photo", "photo_url"])
def test_a_photo_stands_under_two_names(lan: ZaloBotUser, name: str) -> None:
    lan.world.photo_name = name

    found = understood(lan.sends_photo(b"", caption="nhà"))

    assert (found.kind, found.body) == ("photos", {"text": "nhà"})
    assert found.photos[0].startswith("https://photo.zdn.vn/media/")


def test_what_can_not_be_read_has_its_kind(lan: ZaloBotUser) -> None:
    found = [understood(update).kind for update in (lan.sends_sticker(), lan.sends_voice(), lan.sends_hidden())]

    assert found == ["sticker", "voice", "hidden"]


def test_in_a_group_nothing_is_read_but_that_it_is_one(lan: ZaloBotUser) -> None:
    group = lan.makes_group()

    found = understood(lan.says_in(group, "@bot chào"))

    assert (found.chat, found.kind, found.body) == (group.id, "group", {})


def test_nothing_is_made_of_what_is_nothing_for_us(lan: ZaloBotUser) -> None:
    link = lan.says("https://example.vn") | {"event_name": "message.link.received"}
    ours = lan.says("chào")
    ours["message"]["from"]["is_bot"] = True

    assert read(lan.sends_hidden(with_message=False)) is None
    assert read(link) is None
    assert read({"event_name": "message.reaction.received"}) is None
    assert read({"event_name": "text"}) is None
    assert read(ours) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[]", b"{", b'{"result":[]}', b"{}", b'{"event_name":7}', b'{"event_name":"message.text.received"}',
        b'{"event_name":"message.text.received","message":{"message_id":5,"from":{},"chat":{"id":"a"},"text":"x"}}',
        b'{"event_name":"message.text.received","message":{"message_id":"m","from":{},"chat":{"id":""},"text":"x"}}',
        b'{"event_name":"message.image.received","message":{"message_id":"m","from":{"id":"a"},"chat":{"id":"a"}}}',
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_told_so(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        updates.read(read_update(raw))
