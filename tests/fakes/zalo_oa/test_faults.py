"""Each fault does what it says, to the caller and to what people see."""

import asyncio

import aiohttp
import pytest

from fakes.faults import Fault
from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from tests.fakes.zalo_oa.conftest import Caller
from tests.kit.waiting import PATIENT_S

# What the caller meets, and how many messages people see of one call.
SEEN: dict[str, tuple[Fault, type[Exception], int]] = {
    "hang": (faults.HANG, TimeoutError, 1),
    "hang before": (faults.HANG_BEFORE, TimeoutError, 0),
    "reset": (faults.RESET, aiohttp.ClientConnectionError, 1),
    "reset before": (faults.RESET_BEFORE, aiohttp.ClientConnectionError, 0),
    "cut": (faults.CUT, aiohttp.ClientPayloadError, 1),
    "not JSON": (faults.NOT_JSON, aiohttp.ContentTypeError, 1),
    "not JSON before": (faults.NOT_JSON_BEFORE, aiohttp.ContentTypeError, 0),
    "500": (faults.SERVER_ERROR, aiohttp.ContentTypeError, 0),
    "500 after all": (faults.SERVER_ERROR.after_effect(), aiohttp.ContentTypeError, 1),
    "502": (faults.BAD_GATEWAY, aiohttp.ContentTypeError, 0),
    "slow": (faults.slow(2.0), TimeoutError, 1),
}


@pytest.mark.parametrize("name", SEEN)
async def test_a_fault_is_met_once_and_then_all_is_well(
    zalo: FakeZaloOa, caller: Caller, lan: ZaloUser, name: str
) -> None:
    fault, error, seen = SEEN[name]
    zalo.faults.add(fault)

    with pytest.raises(error):
        # Who waits in vain gives up soon.
        await asyncio.wait_for(caller.sends(lan, "một"), 0.5 if error is TimeoutError else PATIENT_S)
    met = (len(lan.heard), len(zalo.accepted(lan)), zalo.faults.left)
    await caller.sends(lan, "hai")

    assert met == (seen, seen, 0)
    assert [shown.text for shown in lan.heard] == ["một", "hai"][-1 - seen :]


@pytest.mark.parametrize("error", [-32, -200, -211, -218, -224, -244, -321])
async def test_any_code_can_be_had(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser, error: int) -> None:
    zalo.faults.add(faults.code(error))

    met = await caller.sends(lan, "một")

    assert (met["error"], caller.headers["status"], lan.heard) == (error, "200", [])
    assert zalo.calls[-1].outcome == str(error)


async def test_a_fault_waits_for_its_path_and_its_person(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser) -> None:
    huy = zalo.user("Huy")
    huy.says("Chào")
    zalo.faults.add(faults.code(-217), user=huy.id)
    zalo.faults.add(faults.code(-221), path="/v2.0/oa/getoa", times=None)

    met = [(await caller.sends(user, "một"))["error"] for user in (lan, huy, huy)]
    about = [(await caller.gets("/v2.0/oa/getoa"))["error"] for _ in range(2)]

    assert (met, about) == ([0, -217, 0], [-221, -221])


async def test_the_account_itself_can_be_out_of_order(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser) -> None:
    zalo.world.account.standing = -204

    assert (await caller.sends(lan, "một"))["error"] == -204
    assert (await caller.gets("/v2.0/oa/getoa"))["error"] == -204


async def test_while_it_is_away_no_connection_is_taken(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser) -> None:
    await caller.sends(lan, "một")

    async with zalo.away():
        for _ in range(2):
            with pytest.raises(aiohttp.ClientConnectionError):
                await caller.sends(lan, "hai")
        with pytest.raises(aiohttp.ClientConnectionError):
            await caller.refreshes(zalo.seed.refresh)
    await caller.sends(lan, "ba")

    assert [shown.text for shown in lan.heard] == ["một", "ba"]


async def test_what_was_sent_is_counted_by_the_second(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser) -> None:
    for number in range(3):
        await caller.sends(lan, str(number))

    assert (zalo.world.most_in(3600), [call.at for call in zalo.accepted()]) == (3, [zalo.world.now()] * 3)
