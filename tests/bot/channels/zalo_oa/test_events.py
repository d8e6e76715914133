"""What each event of Zalo's webhook means for us."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.contract import Received, Unreadable
from bot.channels.payload import read_update
from bot.channels.zalo_oa import events
from bot.channels.zalo_oa.events import Echo, Reported
from fakes.wire import Json
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.settings import APP_ID, OA_ID
from fakes.zalo_oa.user import ZaloUser
from tests.kit.clock import MORNING, HandClock

AT = "1732400000000"
THEN = datetime(2024, 11, 23, 22, 13, 20, tzinfo=UTC)


@pytest.fixture
def zalo() -> FakeZaloOa:
    return FakeZaloOa(clock=HandClock())


@pytest.fixture
def lan(zalo: FakeZaloOa) -> ZaloUser:
    return zalo.user("Lan", phone="84905123456")


def read(event: Json) -> events.Event:
    """Read as it goes over the wire."""
    raw = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    return events.read(read_update(raw), app_id=APP_ID, oa_id=OA_ID)


def understood(event: Json) -> Received:
    found = read(event)
    assert isinstance(found, Received)
    return found


def event(name: str, **more: object) -> Json:
    """One event of a person, as the contract writes it."""
    return {
        "app_id": APP_ID, "sender": {"id": "U1"}, "user_id_by_app": "A1", "recipient": {"id": OA_ID},
        "event_name": name, "timestamp": AT, **more,
    }  # fmt: skip


def attached(name: str, kind: str, payload: Json, **message: object) -> Json:
    return event(name, message={"msg_id": "m1", "attachments": [{"type": kind, "payload": payload}], **message})


@pytest.mark.parametrize("words", ["đăng ký", "/start", "👩‍🌾 nhà tôi\n3 người", "#", "#c:reg", "# n.1", "#n.1 "])
def test_words_are_words(words: str) -> None:
    found = understood(event("user_send_text", message={"msg_id": "m1", "text": words, "quote_msg_id": "m0"}))

    assert found == Received(update_id="m1", chat="U1", kind="text", body={"text": words}, written_at=THEN)


def test_a_tap_comes_back_as_typed_words_and_is_a_press() -> None:
    found = understood(event("user_send_text", message={"msg_id": "m1", "text": "#nonce_-9.2"}))

    assert (found.kind, found.body) == ("press", {"press": "nonce_-9.2"})


PAYLOADS = {
    "gif": (attached("user_send_gif", "gif", {"url": "https://a.zdn.vn/a.gif", "thumbnail": ""}), "sticker"),
    "sticker": (attached("user_send_sticker", "sticker", {"url": "https://a.zdn.vn/a", "id": "1"}), "sticker"),
    "audio": (attached("user_send_audio", "audio", {"url": "https://a.zdn.vn/a.aac"}), "voice"),
    "video": (attached("user_send_video", "video", {"url": "https://a.zdn.vn/a.mp4"}), "file"),
    "file": (attached("user_send_file", "file", {"url": "https://a.zdn.vn/a", "name": "don.pdf"}), "file"),
    "place": (attached("user_send_location", "location", {"coordinates": {"latitude": "16"}}), "location"),
    "card": (attached("user_send_business_card", "link", {"url": "https://zalo.me/0", "description": "Lan"}), "other"),
    "an image without its place": (attached("user_send_image", "image", {}), "other"),
    "a text without words": (event("user_send_text", message={"msg_id": "m1"}), "other"),
    "a name of tomorrow": (event("user_send_hologram", message={"msg_id": "m1"}), "other"),
    "no message at all": (event("user_send_text"), "other"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "kind"), PAYLOADS.values(), ids=PAYLOADS.keys())
def test_whatever_a_person_sends_is_answered(given: Json, kind: str) -> None:
    found = understood(given)

    assert (found.kind, found.chat, found.photos) == (kind, "U1", ())


def test_a_picture_is_known_by_where_it_lies() -> None:
    found = understood(attached("user_send_image", "image", {"url": "https://a.zdn.vn/a.jpg"}, text="Nhà tôi"))

    assert (found.kind, found.body, found.photos) == ("photos", {"text": "Nhà tôi"}, ("https://a.zdn.vn/a.jpg",))


@pytest.mark.parametrize("named", [{"name": "nha.JPG"}, {"type": "image/png"}, {"type": "heic", "name": "x"}])
def test_a_picture_sent_as_a_file_is_a_picture(named: Json) -> None:
    found = understood(attached("user_send_file", "file", {"url": "https://a.zdn.vn/a", **named}))

    assert (found.kind, found.photos) == ("photos", ("https://a.zdn.vn/a",))


def test_a_link_is_its_words_and_a_card_s_number_is_words_too() -> None:
    link = understood(attached("user_send_link", "link", {"url": "https://la.example/1", "description": "Nhận tiền"}))
    card = understood(
        attached("user_send_business_card", "link", {"url": "", "description": '{"phone":"84905123456"}'})
    )  # fmt: skip

    assert (link.kind, link.body) == ("text", {"text": "Nhận tiền https://la.example/1"})
    assert (card.kind, card.body) == ("text", {"text": "84905123456"})


def test_details_that_were_asked_for_are_her_number() -> None:
    found = understood(event("user_submit_info", info={"name": "Lan", "phone": "84912345678"}))
    again = understood(event("user_submit_info", info={"name": "Lan", "phone": "84912345678"}))
    later = understood(event("user_submit_info", info={"phone": "84912345678"}) | {"timestamp": "1732400000001"})

    assert (found.kind, found.body, found.chat) == ("contact", {"contact": "84912345678"}, "U1")
    assert found.update_id == again.update_id != later.update_id
    assert "U1" not in found.update_id


def test_who_follows_is_greeted_and_who_leaves_is_gone(lan: ZaloUser) -> None:
    came, left = understood(lan.follows().body), understood(lan.unfollows().body)

    assert (came.kind, came.body, came.chat, came.written_at) == ("text", {"text": "/start"}, lan.id, MORNING)
    assert (left.kind, left.chat) == ("gone", lan.id)
    assert came.update_id != left.update_id


def test_receipts_name_our_messages_whichever_side_is_the_sender() -> None:
    one = read(event("user_received_message", message={"msg_id": "m1"}))
    turned = event("user_seen_message", message={"msg_ids": ["m1", "m2"]})
    turned |= {"sender": {"id": OA_ID}, "recipient": {"id": "U1"}}

    assert one == Reported(chat="U1", message_ids=("m1",), seen=False, at=THEN)
    assert read(turned) == Reported(chat="U1", message_ids=("m1", "m2"), seen=True, at=THEN)


def test_a_receipt_of_a_template_by_phone_names_what_we_called_it() -> None:
    given = event("user_received_message", message={"msg_id": "z1", "delivery_time": AT, "tracking_id": "17"})
    given |= {"sender": {"id": OA_ID}, "recipient": {"id": "84905123456"}}

    assert read(given) == Reported(chat="84905123456", message_ids=("z1",), seen=False, tracking_id="17", at=THEN)


@pytest.mark.parametrize("admin", ["", "AD1"])
def test_an_echo_says_whether_an_official_wrote_it(admin: str) -> None:
    given = event("oa_send_text", message={"msg_id": "m3", "text": "Chào bà"})
    given |= {"sender": {"id": OA_ID, **({"admin_id": admin} if admin else {})}, "recipient": {"id": "U1"}}

    assert read(given) == Echo(chat="U1", message_id="m3", text="Chào bà", by_official=bool(admin), at=THEN)


NOTHING = ["user_reacted_message", "user_click_chatnow", "anonymous_send_text", "add_user_to_tag", "user_feedback",
           "user_send_group_text", "change_template_status", "user_call_oa", "something_new", ""]  # fmt: skip


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_nothing_for_us_has_no_effect(name: str) -> None:
    assert read(event(name, message={"msg_id": "m1", "text": "x"})) is None


@pytest.mark.parametrize(
    "change", [{"app_id": "77"}, {"recipient": {"id": "OA2"}}, {"app_id": None}, {"recipient": {}}]
)
def test_what_is_of_another_app_or_account_has_no_effect(change: Json) -> None:
    assert read(event("user_send_text", message={"msg_id": "m1", "text": "x"}) | change) is None


def test_ids_stay_words_though_they_come_as_numbers() -> None:
    given = event("user_send_text", message={"msg_id": 9007199254740993, "text": "x"}) | {
        "sender": {"id": 8421000000000000001}
    }

    found = understood(given)
    assert (found.chat, found.update_id) == ("8421000000000000001", "9007199254740993")


@pytest.mark.parametrize("at", ["", "x", "-1", "99999999999999999", None, 12.5, True, {}])
def test_an_impossible_moment_is_none(at: object) -> None:
    found = understood(event("user_send_text", message={"msg_id": "m1", "text": "x"}) | {"timestamp": at})

    assert found.written_at is None


@pytest.mark.parametrize("raw", [b"", b"{}", b" {}"])
def test_the_probe_is_exactly_empty(raw: bytes) -> None:
    assert events.is_probe(raw) is (raw != b" {}")


@pytest.mark.parametrize("raw", [b"", b"[]", b"x", b"\xff\xfe", b"[" * 100_000, b"1" * 2_000_000, b"NaN", b'{"a":NaN}'])
def test_what_is_no_event_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read_update(raw)


def test_half_a_letter_and_nul_are_left_out() -> None:
    raw = json.dumps(event("user_send_text", message={"msg_id": "m1", "text": "a\ud83d\0b"})).encode()

    found = events.read(read_update(raw), app_id=APP_ID, oa_id=OA_ID)
    assert isinstance(found, Received)
    assert found.body == {"text": "ab"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = ["user_send_text", "user_send_image", "user_send_file", "user_send_link", "user_send_business_card", "follow",
         "user_submit_info", "user_seen_message", "oa_send_text"]  # fmt: skip


@given(st.sampled_from(NAMES), JSON, JSON, JSON)
def test_no_garbage_raises_anything_but_unreadable(name: str, message: object, sender: object, info: object) -> None:
    given = event(name, message=message, info=info, follower=sender, attachments=message) | {"sender": sender}
    try:
        events.read(given, app_id=APP_ID, oa_id=OA_ID)
    except Unreadable:
        return


def test_what_was_set_aside_can_be_read_again(lan: ZaloUser) -> None:
    came = json.dumps(lan.says("Chào").body).encode()

    found = events.read_again(came)
    assert found is not None
    assert (found.chat, found.body) == (lan.id, {"text": "Chào"})
