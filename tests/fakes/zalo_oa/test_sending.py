"""What the account may send arrives on the screen; what it may not is refused with Zalo's code."""

import hmac

import pytest

from fakes.wire import Json
from fakes.zalo_oa.faults import CS
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from tests.fakes.zalo_oa.conftest import Caller, buttons, media, picture
from tests.fakes.zalo_oa.hook import Hook
from tests.kit.clock import HandClock

ASKED = {"title": "Vì người nghèo", "subtitle": "Xin số điện thoại", "image_url": "https://example.test/l.png"}


def _button(**changed: object) -> Json:
    button = {"title": "Có", "type": "oa.query.hide", "payload": "#a.0"} | changed
    return {"type": "template", "payload": {"buttons": [button]}}


def _asks(*elements: Json) -> Json:
    return {"type": "template", "payload": {"template_type": "request_user_info", "elements": list(elements)}}


# A message and the code it gets.
REFUSED: dict[str, tuple[Json, int]] = {
    "no text": ({"text": ""}, -201),
    "blanks": ({"text": " \n"}, -201),
    "2,001 letters": ({"text": "a" * 2001}, -210),
    "2,001 units": ({"text": "a" * 1999 + "🙏"}, -210),
    "unknown field": ({"text": "a", "buttons": []}, -201),
    "six buttons": ({"text": "a", "attachment": buttons(*"abcdef")}, -201),
    "no button": ({"text": "a", "attachment": buttons()}, -201),
    "buttons without words": ({"attachment": buttons("a")}, -201),
    "long title": ({"text": "a", "attachment": _button(title="a" * 101)}, -210),
    "no title": ({"text": "a", "attachment": _button(title="")}, -201),
    "unknown type": ({"text": "a", "attachment": _button(type="postback")}, -201),
    "payload is no text": ({"text": "a", "attachment": _button(payload={"content": "a"})}, -201),
    "long payload": ({"text": "a", "attachment": _button(payload="a" * 1001)}, -210),
    "address is text": ({"text": "a", "attachment": _button(type="oa.open.url", payload="https://a.test")}, -201),
    "address of nothing": ({"text": "a", "attachment": _button(type="oa.open.url", payload={"url": "a"})}, -201),
    "phone with a plus": (
        {"text": "a", "attachment": _button(type="oa.open.phone", payload={"phone_code": "+84"})},
        -201,
    ),
    "SMS without words": ({"text": "a", "attachment": _button(type="oa.open.sms", payload={"phone_code": "84"})}, -201),
    "template of buttons": (
        {"text": "a", "attachment": {"type": "template", "payload": {"template_type": "button", "buttons": []}}},
        -233,
    ),
    "image as type": ({"attachment": {"type": "image", "payload": {"url": "https://a.test"}}}, -233),
    "image by both": ({"attachment": media(url="http://127.0.0.1:1/", attachment_id="a")}, -201),
    "image by none": ({"attachment": media()}, -201),
    "image that was never uploaded": ({"attachment": media(attachment_id="a")}, -201),
    "image of another machine": ({"attachment": media(url="https://example.test/a.jpg")}, -201),
    "image of a dead address": ({"attachment": media(url="http://127.0.0.1:1/a.jpg")}, -201),
    "unknown file": ({"attachment": {"type": "file", "payload": {"token": "a"}}}, -201),
    "two questions": ({"attachment": _asks(ASKED, ASKED)}, -201),
    "question without picture": ({"attachment": _asks({"title": "a", "subtitle": "b"})}, -201),
    "quote of nothing": ({"text": "a", "quote_message_id": "none"}, -201),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_wrong_message_is_refused_with_200(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser, name: str) -> None:
    message, error = REFUSED[name]

    answer = await caller.posts(CS, {"recipient": {"user_id": lan.id}, "message": message})

    assert (answer["error"], "data" in answer, caller.headers["status"]) == (error, False, "200")
    assert (lan.heard, zalo.accepted()) == ([], [])


async def test_a_text_with_five_buttons_arrives(caller: Caller, lan: ZaloUser) -> None:
    answer = await caller.sends(lan, "Chọn", attachment=buttons(*"abcde"))

    shown = lan.heard[-1]
    assert (shown.text, shown.titles, shown.id) == ("Chọn", tuple("abcde"), answer["data"]["message_id"])
    assert answer["data"]["quota"] == {"quota_type": "reply"}


async def test_buttons_can_be_refused_altogether(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser) -> None:
    zalo.world.account.buttons_refused = -233

    refused = await caller.sends(lan, "Chọn", attachment=buttons("a"))
    taken = await caller.sends(lan, "1. a")

    assert (refused["error"], taken["error"]) == (-233, 0)


async def test_pictures_arrive_by_id_and_by_address(caller: Caller, lan: ZaloUser, hook: Hook) -> None:
    uploaded = (await caller.uploads("image", "card.png", picture()))["data"]["attachment_id"]

    await caller.sends(lan, "Thẻ", attachment=media(attachment_id=uploaded))
    await caller.sends(lan, "Ảnh", attachment=media(url=hook.url.replace("/hook", "/picture")))

    assert [shown.picture for shown in lan.heard] == [picture(), b"\xff\xd8\xff a picture"]


async def test_an_upload_expires_after_seven_days(caller: Caller, lan: ZaloUser, clock: HandClock) -> None:
    uploaded = (await caller.uploads("image", "card.png", picture()))["data"]["attachment_id"]
    clock.move(days=7)
    lan.says("còn đây")
    await caller.refreshes(caller.zalo.seed.refresh)

    assert (await caller.sends(lan, "Thẻ", attachment=media(attachment_id=uploaded)))["error"] == -100


async def test_a_file_arrives_by_its_token(caller: Caller, lan: ZaloUser) -> None:
    token = (await caller.uploads("file", "so-do.pdf", b"%PDF-1.7"))["data"]["token"]

    attachment = {"type": "file", "payload": {"token": token}}
    await caller.posts(CS, {"recipient": {"user_id": lan.id}, "message": {"attachment": attachment}})

    assert (lan.heard[-1].kind, lan.heard[-1].text) == ("file", "so-do.pdf")


async def test_uploads_are_checked(zalo: FakeZaloOa, caller: Caller) -> None:
    gif = await caller.uploads("image", "a.gif", b"GIF89a")
    large = await caller.uploads("image", "a.png", picture() + bytes(2**20))
    program = await caller.uploads("file", "a.exe", b"MZ")
    misnamed = await caller.uploads("image", "a.png", picture(), under="image")

    assert [answer["error"] for answer in (gif, large, program, misnamed)] == [-201, -210, -201, -201]
    assert len(zalo.world.complaints) == 1


async def test_details_are_asked_for_and_given(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser) -> None:
    await caller.posts(CS, {"recipient": {"user_id": lan.id}, "message": {"attachment": _asks(ASKED)}})

    lan.shares_contact("84905123456")

    assert zalo.world.events[-1].body["info"]["phone"] == "84905123456"
    detail = (await caller.gets("/v3.0/oa/user/detail", {"user_id": lan.id}))["data"]
    assert (detail["display_name"], detail["shared_info"]["phone"]) == ("Lan", "84905123456")


async def test_the_proof_is_checked(zalo: FakeZaloOa, caller: Caller) -> None:
    zalo.world.account.proof_required = True
    right = hmac.new(zalo.world.account.app_secret.encode(), caller.token.encode(), "sha256").hexdigest()

    answers = [
        await caller.posts("/v3.0/oa/quota/message", {"user_id": zalo.user("Huy").id}, **proof)
        for proof in ({}, {"appsecret_proof": "0" * 64}, {"appsecret_proof": right})
    ]

    assert [answer["error"] for answer in answers] == [-242, -242, 0]


async def test_a_minute_takes_so_many_calls(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser, clock: HandClock) -> None:
    zalo.world.limiter.limit = 2

    answers = [await caller.sends(lan, "một") for _ in range(3)]
    left = caller.headers["X-RateLimit-Limit"], caller.headers["X-RateLimit-Remain"]
    clock.move(minutes=1)

    assert [answer["error"] for answer in answers] == [0, 0, -32]
    assert left == ("2", "0")
    assert (await caller.sends(lan, "hai"))["error"] == 0


async def test_what_the_contract_does_not_know_is_refused_and_kept_on_record(
    zalo: FakeZaloOa, caller: Caller, lan: ZaloUser
) -> None:
    body = {"recipient": {"user_id": lan.id}, "message": {"text": "một"}}
    path = await caller.posts("/v3.0/oa/message/promotion", body)
    status = caller.headers["status"]
    host = await caller.posts("/message/template", {})
    field = await caller.posts(CS, body | {"messaging_type": "RESPONSE"})
    dead = await caller.posts("/v2.0/oa/message", body)

    assert [answer["error"] for answer in (path, host, field, dead)] == [404, 404, -201, -240]
    assert (status, len(zalo.world.complaints), lan.heard) == ("404", 3, [])


async def test_a_reaction_and_a_tag_show_no_message(caller: Caller, lan: ZaloUser) -> None:
    action = {"react_icon": "/-heart", "react_message_id": lan.sees[0].id}

    reacted = await caller.posts("/v2.0/oa/message", {"recipient": {"user_id": lan.id}, "sender_action": action})
    tagged = await caller.posts("/v2.0/oa/tag/tagfollower", {"user_id": lan.id, "tag_name": "Hòa Sơn"})

    assert (reacted["error"], tagged["error"], lan.heard, lan.person.tags) == (0, 0, [], ["Hòa Sơn"])


async def test_the_account_and_its_people_are_told(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser) -> None:
    huy = zalo.user("Huy")
    huy.follows()

    listed = await caller.gets("/v3.0/oa/user/getlist", {"offset": 0, "count": 50, "is_follower": True})

    assert (await caller.gets("/v2.0/oa/getoa"))["data"]["num_follower"] == 1
    assert listed["data"]["users"] == [{"user_id": huy.id}]
