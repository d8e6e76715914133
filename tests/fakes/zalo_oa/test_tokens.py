"""Tokens live, die and rotate as OAuth v4 says."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.settings import OA_ID
from fakes.zalo_oa.tokens import challenge_of
from fakes.zalo_oa.user import ZaloUser
from tests.fakes.zalo_oa.conftest import Caller
from tests.kit.clock import HandClock

VERIFIER = "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz3Ab4C"
CALLBACK = "https://example.test/zalo/callback"


async def test_a_refresh_gives_a_new_pair_and_the_old_access_token_is_dead(zalo: FakeZaloOa, caller: Caller) -> None:
    given = await caller.refreshes(zalo.seed.refresh)
    new = await caller.gets("/v2.0/oa/getoa")
    caller.token = zalo.seed.access
    old = await caller.gets("/v2.0/oa/getoa")

    assert (given["expires_in"], given["refresh_token"] != zalo.seed.refresh) == ("90000", True)
    assert (new["error"], old["error"]) == (0, -216)


async def test_a_refresh_token_is_taken_once_and_each_presentation_is_kept(zalo: FakeZaloOa, caller: Caller) -> None:
    await caller.refreshes(zalo.seed.refresh)
    again = await caller.refreshes(zalo.seed.refresh)

    assert (caller.headers["status"], "access_token" in again, "error_name" in again) == ("200", False, True)
    assert [one.outcome for one in zalo.world.tokens.presented] == ["issued", "used"]
    assert zalo.world.tokens.times_presented()[zalo.seed.refresh] == 2


async def test_an_access_token_ends_after_25_hours(caller: Caller, clock: HandClock) -> None:
    clock.move(hours=24, minutes=59)
    before = await caller.gets("/v2.0/oa/getoa")
    clock.move(minutes=1)
    after = await caller.gets("/v2.0/oa/getoa")

    assert (before["error"], after["error"]) == (0, -220)


async def test_a_refresh_token_ends_after_three_months(zalo: FakeZaloOa, caller: Caller, clock: HandClock) -> None:
    clock.move(days=90)

    refused = await caller.refreshes(zalo.seed.refresh)

    assert "expired" in refused["error_reason"]


async def test_what_is_wrong_with_a_refresh_uses_nothing_up(zalo: FakeZaloOa, caller: Caller) -> None:
    foreign = await caller.refreshes(zalo.seed.refresh, app_id="1")
    unknown = await caller.refreshes(zalo.seed.refresh, grant_type="password")
    form = {"refresh_token": zalo.seed.refresh, "app_id": zalo.world.account.app_id, "grant_type": "refresh_token"}
    secretless = await caller.asks_for_tokens(form, "wrong")
    taken = await caller.refreshes(zalo.seed.refresh)

    assert (foreign["error"], "error_name" in unknown, "error_name" in secretless) == (-14002, True, True)
    assert "access_token" in taken


@pytest.mark.parametrize("fault", [faults.LOST_ROTATION, faults.CUT, faults.slow(1.0)], ids=lambda fault: fault.name)
async def test_an_answer_can_be_lost_after_the_rotation(zalo: FakeZaloOa, caller: Caller, fault: faults.Fault) -> None:
    zalo.faults.add(fault, path=faults.TOKEN)

    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        await asyncio.wait_for(caller.refreshes(zalo.seed.refresh), 0.5)
    again = await caller.refreshes(zalo.seed.refresh)

    assert "access_token" not in again
    assert zalo.world.tokens.current != zalo.seed.access


async def test_a_refresh_that_never_took_effect_can_be_done_again(zalo: FakeZaloOa, caller: Caller) -> None:
    zalo.faults.add(faults.SERVER_ERROR, path=faults.TOKEN)
    zalo.faults.add(faults.RESET_BEFORE, path=faults.TOKEN)

    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await caller.refreshes(zalo.seed.refresh)
    given = await caller.refreshes(zalo.seed.refresh)

    assert "access_token" in given
    assert len(zalo.world.tokens.presented) == 1


async def test_a_fault_for_any_path_leaves_the_tokens_alone(zalo: FakeZaloOa, caller: Caller) -> None:
    zalo.faults.add(faults.code(-32), path=None)

    given = await caller.refreshes(zalo.seed.refresh)

    assert ("access_token" in given, zalo.faults.left) == (True, 1)


async def test_consent_gives_a_code_for_whoever_has_the_verifier(
    zalo: FakeZaloOa, caller: Caller, clock: HandClock
) -> None:
    zalo.world.account.callback = CALLBACK
    codes = [await _consent(zalo, caller) for _ in range(3)]
    form = {"app_id": zalo.world.account.app_id, "grant_type": "authorization_code", "code_verifier": VERIFIER}
    secret = zalo.world.account.app_secret

    other = await caller.asks_for_tokens(form | {"code": codes[0], "code_verifier": "x" * 43}, secret)
    given = await caller.asks_for_tokens(form | {"code": codes[1]}, secret)
    twice = await caller.asks_for_tokens(form | {"code": codes[1]}, secret)
    clock.move(minutes=10)
    late = await caller.asks_for_tokens(form | {"code": codes[2]}, secret)

    assert ["access_token" in body for body in (other, given, twice, late)] == [False, True, False, False]


def test_the_challenge_is_that_of_the_contract() -> None:
    assert challenge_of(VERIFIER) == "Yw0c84gYHM1LIXK54H2eOQaPK4RKHXHBv4tCeac-ZWY"


async def test_a_bearer_is_refused_and_kept_on_record(zalo: FakeZaloOa, caller: Caller, lan: ZaloUser) -> None:
    body = {"recipient": {"user_id": lan.id}, "message": {"text": "một"}}
    caller.token = ""
    answer = await caller.posts(faults.CS, body, Authorization=f"Bearer {zalo.seed.access}")

    assert (answer["error"], caller.headers["status"], lan.heard) == (-216, "200", [])
    assert zalo.world.complaints == ["Authorization header"]


async def test_a_revoked_grant_ends_both_tokens(zalo: FakeZaloOa, caller: Caller) -> None:
    zalo.world.tokens.revoke()

    assert (await caller.gets("/v2.0/oa/getoa"))["error"] == -216
    assert "access_token" not in await caller.refreshes(zalo.seed.refresh)


async def _consent(zalo: FakeZaloOa, caller: Caller) -> str:
    wanted = {
        "app_id": zalo.world.account.app_id,
        "redirect_uri": CALLBACK,
        "code_challenge": challenge_of(VERIFIER),
        "state": "s",
    }
    path = f"{zalo.oauth}/v4/oa/permission"
    async with caller.web.get(path, params=wanted, allow_redirects=False) as answer:
        back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (back["oa_id"], back["state"]) == ([OA_ID], ["s"])
    return back["code"][0]
