"""Events are pushed to the webhook: signed, within two seconds, again by the ladder, and in every shape."""

import hashlib
import hmac
import json

import pytest

from fakes.zalo_oa.pusher import LADDER_S, RETRY, SERVER, SIGNATURE, STAMP
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from fakes.zalo_oa.user import ZaloUser
from tests.fakes.zalo_oa.conftest import Caller, buttons, media, picture
from tests.fakes.zalo_oa.hook import Came, Hook
from tests.kit.waiting import until

SAMPLE = (
    '{"app_id":"1234567890123456789","sender":{"id":"8421000000000000001"},"user_id_by_app":"5521000000000000009",'
    '"recipient":{"id":"3885000000000000002"},"event_name":"user_send_text","message":{"text":"Xin chào",'
    '"msg_id":"96d3cdf3af150460909"},"timestamp":"1732400000000"}'
)


@pytest.fixture
async def lan(zalo: FakeZaloOa, hook: Hook) -> ZaloUser:
    """Somebody who wrote nothing yet, while the webhook is saved."""
    assert await zalo.save_webhook(hook.url)
    return zalo.user("Lan", phone="84905123456")


def _mac(came: Came, stamp: str, key: str) -> str:
    return hashlib.sha256(came.body["app_id"].encode() + came.raw + stamp.encode() + key.encode()).hexdigest()


def test_the_signature_is_that_of_the_contract() -> None:
    zalo = FakeZaloOa()
    zalo.world.account.secret_key = "oa-secret-demo-key"
    sign, key = zalo.pusher.sign, b"oa-secret-demo-key"

    assert len(SAMPLE.encode()) == 270
    right = "3b2ac8826f0947fd15fafc4435585aa270ac97d15ae4fbb0dc24ee5ae2aab43b"
    assert sign(SAMPLE.encode(), "1732400000000") == right
    rewritten = "be0b28013367e629b4ba0d063c446fa035b44177f4435c59d46dc279f85eff3a"
    assert sign(json.dumps(json.loads(SAMPLE)).encode(), "1732400000000") == rewritten
    keyed = "64a823e3151270007cd4fee029333c2bbf23784d1a94670c7ae7e06f80575fa9"
    assert hmac.new(key, SAMPLE.encode(), "sha256").hexdigest() == keyed


async def test_an_address_is_saved_only_if_the_unsigned_probe_gets_200(zalo: FakeZaloOa, hook: Hook) -> None:
    hook.answers = [401]

    assert not await zalo.save_webhook(hook.url)
    assert await zalo.save_webhook(hook.url)
    assert {(came.raw, SIGNATURE in came.headers) for came in hook.came} == {(b"{}", False)}


async def test_an_event_is_one_line_of_letters_as_they_are_signed_with_its_own_time(
    zalo: FakeZaloOa, lan: ZaloUser, hook: Hook
) -> None:
    lan.says("Tôi ở Hòa Sơn")
    await zalo.settles()

    came = hook.came[-1]
    assert "Tôi ở Hòa Sơn".encode() in came.raw
    assert b"\n" not in came.raw
    right = _mac(came, came.body["timestamp"], zalo.world.account.secret_key)
    assert came.headers[SIGNATURE] == f"mac={right}"
    assert came.headers[STAMP] != came.body["timestamp"]


async def test_the_headers_time_can_be_the_signed_one(zalo: FakeZaloOa, lan: ZaloUser, hook: Hook) -> None:
    zalo.pusher.by_header = zalo.pusher.bare = True

    lan.says("một")
    await zalo.settles()

    came = hook.came[-1]
    assert came.headers[SIGNATURE] == _mac(came, came.headers[STAMP], zalo.world.account.secret_key)


async def test_a_failed_push_comes_again_with_its_number_and_is_overtaken(
    zalo: FakeZaloOa, lan: ZaloUser, hook: Hook
) -> None:
    hook.answers = [500, 200, 503, 200]

    lan.says("một")
    lan.says("hai")
    await zalo.settles()

    assert hook.whats == ["user_send_text một", "user_send_text hai", *["user_send_text một"] * 2]
    assert [came.headers.get(RETRY) for came in hook.came[1:]] == [None, None, "1", "2"]
    assert len({came.raw for came in hook.came[1:]}) == 2


async def test_after_the_fifth_retry_the_webhook_is_off_until_switched_on_by_hand(hook: Hook) -> None:
    async with fake_zalo_oa(pace=0.00001) as zalo:
        lan = zalo.user("Lan")
        await zalo.save_webhook(hook.url)
        hook.answers = [401] * (1 + len(LADDER_S))

        lan.says("một")
        await zalo.settles()
        disabled = zalo.pusher.disabled
        lan.says("hai")
        await zalo.settles()
        zalo.pusher.enable()
        lan.says("ba")
        await zalo.settles()

        assert disabled
        assert hook.whats == ["user_send_text một"] * 6 + ["user_send_text ba"]
        assert [event.body["message"]["text"] for event in zalo.pusher.lost] == ["một", "hai"]


async def test_an_answer_that_is_late_is_none(zalo: FakeZaloOa, lan: ZaloUser, hook: Hook) -> None:
    zalo.pusher.patience_s = 0.1
    hook.open.clear()

    lan.says("một")
    await until("it was pushed once", lambda: zalo.pusher.pushed)
    hook.open.set()
    await zalo.settles()

    assert zalo.pusher.pushed[0].status == 0
    assert set(hook.whats) == {"user_send_text một"}


async def test_events_can_come_twice_and_backwards(zalo: FakeZaloOa, lan: ZaloUser, hook: Hook) -> None:
    zalo.pusher.holding, zalo.pusher.copies = True, 2
    lan.says("một")
    event = lan.says("hai")
    held = list(hook.whats)

    zalo.pusher.release(backwards=True)
    await zalo.settles()
    zalo.pusher.copies = 1
    zalo.pusher.again(event)
    await zalo.settles()

    assert (held, [what.split()[1] for what in hook.whats]) == ([], ["hai", "hai", "một", "một", "hai"])


async def test_without_a_webhook_events_are_lost(zalo: FakeZaloOa) -> None:
    zalo.user("Lan").says("một")
    await zalo.settles()

    assert (len(zalo.pusher.lost), zalo.pusher.pushed) == (1, [])


async def test_what_is_sent_comes_back_as_an_echo_and_a_receipt(
    zalo: FakeZaloOa, caller: Caller, lan: ZaloUser, hook: Hook
) -> None:
    lan.says("chào")
    uploaded = (await caller.uploads("image", "card.png", picture()))["data"]["attachment_id"]
    await caller.sends(lan, "một", attachment=buttons("Có"))
    await caller.sends(lan, "", attachment=media(attachment_id=uploaded))
    await caller.posts(
        "/v3.0/oa/message/cs",
        {"recipient": {"user_id": lan.id}, "message": {"attachment": media(attachment_id=uploaded)}},
    )
    lan.looks()
    lan.is_answered_by("AD1", "để tôi xem")
    await zalo.settles()

    assert hook.whats[1:] == [
        "oa_send_text một", "user_received_message", "oa_send_image", "user_received_message", "user_seen_message",
        "oa_send_text để tôi xem", "user_received_message",
    ]  # fmt: skip
    senders = [came.body["sender"] for came in hook.came[-7:]]
    assert senders[0] == {"id": zalo.world.account.oa_id}
    assert senders[5] == {"id": zalo.world.account.oa_id, "admin_id": "AD1"}


async def test_every_shape_of_what_people_do_comes(zalo: FakeZaloOa, lan: ZaloUser, hook: Hook) -> None:
    lan.follows()
    said = lan.sends_image(picture(), text="nhà tôi")[0]
    lan.sends_gif()
    lan.sends_sticker()
    lan.sends_location()
    lan.sends_audio()
    lan.sends_video()
    lan.sends_file("don.pdf", b"%PDF")
    lan.sends_link("https://example.test")
    lan.sends_business_card()
    lan.reacts(lan.sees[0])
    lan.does("user_click_chatnow")
    lan.does("something_of_next_year", anything=1)
    lan.unfollows()
    await zalo.settles()

    names = [what.split()[0] for what in hook.whats]
    assert names == [
        "follow", "user_send_image", "user_send_gif", "user_send_sticker", "user_send_location", "user_send_audio",
        "user_send_video", "user_send_file", "user_send_link", "user_send_business_card", "user_reacted_message",
        "user_click_chatnow", "something_of_next_year", "unfollow",
    ]  # fmt: skip
    [attachment] = said.body["message"]["attachments"]
    assert (attachment["type"], set(attachment["payload"])) == ("image", {"thumbnail", "url"})
    assert hook.came[-1].body["follower"] == {"id": lan.id}


async def test_what_people_send_can_be_fetched(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser) -> None:
    [attachment] = lan.sends_image(picture())[0].body["message"]["attachments"]

    async with caller.web.get(attachment["payload"]["url"]) as answer:
        assert await answer.read() == picture()


async def test_a_receipt_of_a_template_by_phone_names_its_server(zalo: FakeZaloOa, lan: ZaloUser, hook: Hook) -> None:
    zalo.world.tell({"event_name": "user_received_message", "timestamp": "1"}, lan.id, server="ZNS")
    await zalo.settles()

    assert hook.came[-1].headers[SERVER] == "ZNS"


async def test_a_press_is_a_text_that_she_does_not_see(
    zalo: FakeZaloOa, caller: Caller, lan: ZaloUser, hook: Hook
) -> None:
    lan.says("chào")
    await caller.sends(lan, "Chọn", attachment=buttons("Có", "Không"))

    payload = lan.presses("Không")
    await zalo.settles()

    assert (payload, hook.whats[-1]) == ("#nonce.1", "user_send_text #nonce.1")
    assert [shown.text for shown in lan.sees] == ["chào", "Chọn"]
    with pytest.raises(AssertionError, match="sees no button"):
        lan.presses("Thôi")
