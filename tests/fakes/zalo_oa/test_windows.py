"""Whether a message may go out, and who pays, by the time since she last did something; templates do not ask."""

import hashlib

import pytest

from fakes.wire import Json
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.settings import Template
from fakes.zalo_oa.user import ZaloUser
from tests.fakes.zalo_oa.conftest import Caller
from tests.kit.clock import HandClock

NEWS = Template("123", {"code": 20})
BY_PHONE = "/message/template"


async def _sent_after(caller: Caller, lan: ZaloUser, clock: HandClock, **by: float) -> Json:
    clock.move(**by)
    caller.token = caller.zalo.world.tokens.issue().access
    return await caller.sends(lan, "một")


@pytest.mark.parametrize(
    ("hours", "error", "quota", "paid"),
    [(48.0, 0, "reply", 0), (48.01, 0, "", 1), (168.0, 0, "", 1), (168.01, -230, "", 0)],
)
async def test_a_window_is_free_then_paid_then_closed(
    caller: Caller, lan: ZaloUser, clock: HandClock, hours: float, error: int, quota: str, paid: int
) -> None:
    answer = await _sent_after(caller, lan, clock, hours=hours)

    told = answer.get("data", {}).get("quota", {}).get("quota_type", "")
    assert (answer["error"], told, len(caller.zalo.world.paid())) == (error, quota, paid)


async def test_whatever_she_does_opens_the_window_again(caller: Caller, lan: ZaloUser, clock: HandClock) -> None:
    clock.move(days=8)
    lan.sends_sticker()

    assert (await _sent_after(caller, lan, clock, hours=1))["data"]["quota"] == {"quota_type": "reply"}


async def test_a_package_pays_until_it_is_empty_and_then_money_must(
    caller: Caller, lan: ZaloUser, clock: HandClock
) -> None:
    account = caller.zalo.world.account
    account.package_left, account.out_of_money = 1, True

    packed = await _sent_after(caller, lan, clock, days=3)
    unpaid = await _sent_after(caller, lan, clock)

    assert (packed["data"]["quota"]["quota_type"], packed["data"]["quota"]["remain"]) == ("sub_quota", 0)
    assert unpaid["error"] == -321


async def test_a_stranger_is_refused_and_a_follower_is_welcomed(zalo: FakeZaloOa, caller: Caller) -> None:
    huy = zalo.user("Huy")

    before = await caller.sends(huy, "một")
    huy.follows()
    after = await caller.sends(huy, "một")

    assert (before["error"], after["data"]["quota"]) == (-232, {"quota_type": "welcome_msg"})


async def test_who_left_is_refused_until_she_writes(caller: Caller, lan: ZaloUser) -> None:
    lan.unfollows()
    gone = await caller.sends(lan, "một")
    lan.says("còn đó không")

    assert (gone["error"], (await caller.sends(lan, "hai"))["error"]) == (-213, 0)


@pytest.mark.parametrize("error", [-217, -218, -227, -234, -244])
async def test_a_person_can_be_out_of_reach(caller: Caller, lan: ZaloUser, error: int) -> None:
    lan.refuses(error)

    assert ((await caller.sends(lan, "một"))["error"], lan.heard) == (error, [])


async def test_nobody_has_such_an_id(caller: Caller) -> None:
    answer = await caller.posts("/v3.0/oa/message/cs", {"recipient": {"user_id": "1"}, "message": {"text": "một"}})

    assert answer["error"] == -201


async def test_the_window_is_told(caller: Caller, lan: ZaloUser) -> None:
    told = (await caller.posts("/v3.0/oa/quota/message", {"user_id": lan.id}))["data"]

    assert told["last_interaction"] == caller.zalo.world.date()


async def test_a_template_by_id_asks_for_no_window(caller: Caller, lan: ZaloUser, clock: HandClock) -> None:
    caller.zalo.world.account.add_template(NEWS)
    clock.move(days=20)
    caller.token = caller.zalo.world.tokens.issue().access
    body = {"user_id": lan.id, "template_id": "123", "template_data": {"code": "HS-1"}}

    answer = await caller.posts("/v3.0/oa/message/template", body)
    short = await caller.posts("/v3.0/oa/message/template", body | {"template_data": {}})
    unknown = await caller.posts("/v3.0/oa/message/template", body | {"template_id": "9"})
    tracked = await caller.posts("/v3.0/oa/message/template", body | {"tracking_id": "a"})

    assert answer["data"]["quota"] == {"quota_type": "purchase_quota", "remain": 499}
    assert [other["error"] for other in (short, unknown, tracked)] == [-201, -201, -201]
    assert [(shown.kind, shown.params) for shown in lan.heard] == [("template", {"code": "HS-1"})]


# What is changed in a right call to the business host, and the code it gets.
BY_PHONE_REFUSED: dict[str, tuple[Json, int]] = {
    "no number": ({"phone": "0905123456"}, -108),
    "nobody's number": ({"phone": "84999999999"}, -118),
    "unknown template": ({"template_id": "9"}, -109),
    "missing value": ({"template_data": {}}, -1122),
    "long value": ({"template_data": {"code": "a" * 21}}, -1121),
    "foreign value": ({"template_data": {"code": "a", "x": "b"}}, -112),
    "long tracking id": ({"tracking_id": "a" * 49}, -132),
    "test to a resident": ({"mode": "development"}, -127),
}


@pytest.mark.parametrize("name", BY_PHONE_REFUSED)
async def test_a_template_by_phone_has_codes_of_its_own(caller: Caller, lan: ZaloUser, name: str) -> None:
    changed, error = BY_PHONE_REFUSED[name]
    caller.zalo.world.account.add_template(NEWS)

    answer = await caller.posts(BY_PHONE, _by_phone(lan) | changed, host=caller.zalo.business)

    assert (answer["error"], lan.heard) == (error, [])


async def test_a_template_by_phone_arrives_once_for_one_tracking_id(caller: Caller, lan: ZaloUser) -> None:
    caller.zalo.world.account.add_template(NEWS)

    first = await caller.posts(BY_PHONE, _by_phone(lan), host=caller.zalo.business)
    again = await caller.posts(BY_PHONE, _by_phone(lan), host=caller.zalo.business)

    assert (first, len(lan.heard), len(caller.zalo.accepted())) == (again, 1, 1)
    receipt = caller.zalo.world.events[-1]
    assert (receipt.server, receipt.body["message"]["tracking_id"]) == ("ZNS", "case-1")


async def test_a_template_goes_by_the_hash_of_a_number(caller: Caller, lan: ZaloUser) -> None:
    caller.zalo.world.account.add_template(NEWS)
    body = _by_phone(lan) | {"hash_phone": hashlib.sha256(lan.person.phone.encode()).hexdigest()}
    del body["phone"]

    answer = await caller.posts(f"{BY_PHONE}/hashphone", body, host=caller.zalo.business)

    assert (answer["error"], len(lan.heard)) == (0, 1)


async def test_a_dead_token_has_another_code_on_the_business_host(caller: Caller, lan: ZaloUser) -> None:
    caller.zalo.world.tokens.kill_access()

    assert (await caller.posts(BY_PHONE, _by_phone(lan), host=caller.zalo.business))["error"] == -124


def _by_phone(lan: ZaloUser) -> Json:
    data = {"code": "HS-1"}
    return {"phone": lan.person.phone, "template_id": "123", "template_data": data, "tracking_id": "case-1"}
