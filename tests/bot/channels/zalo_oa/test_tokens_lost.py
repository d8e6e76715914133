"""Tokens that nobody renews, or nobody knows of: no refresh token is presented a third time, and a human is asked."""

import pytest

from bot.channels.contract import NeedsToken, TryLater
from bot.channels.zalo_oa.client import ZaloClient
from bot.channels.zalo_oa.tokens import NEEDS_REAUTH, Tokens
from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from storage.database import Database
from tests.bot.channels.zalo_oa.held import CS, MASTER, Make, row, say, worst
from tests.kit.clock import HandClock
from tests.kit.other_end import failure


async def test_a_lost_answer_is_asked_for_once_more_and_then_a_human(
    shaped: Database, zalo: FakeZaloOa, clock: HandClock, held: Tokens
) -> None:
    clock.move(hours=26)
    zalo.faults.add(faults.LOST_ROTATION, path=faults.TOKEN)

    first = await failure(held.access())
    at_once = await failure(held.access())
    asked = len(zalo.world.tokens.presented)
    clock.move(seconds=11)
    second = await failure(held.access())
    clock.move(days=3)
    third = await failure(held.access())

    assert [type(error) for error in (first, at_once, second, third)] == [TryLater, TryLater, NeedsToken, NeedsToken]
    assert (asked, worst(zalo)) == (2, 2)
    assert [one.outcome for one in zalo.world.tokens.presented[-2:]] == ["issued", "used"]
    assert held.reasons() == [NEEDS_REAUTH]
    assert (await row(shaped)).spent


@pytest.mark.parametrize(
    "fault", [faults.RESET_BEFORE, faults.NOT_JSON_BEFORE, faults.SERVER_ERROR], ids=lambda f: f.name
)
async def test_a_renewal_that_never_arrived_is_made_up_for(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens, fault: faults.Fault
) -> None:
    clock.move(hours=26)
    zalo.faults.add(fault, path=faults.TOKEN)

    error = await failure(held.access())
    clock.move(seconds=11)
    access = await held.access()

    assert type(error) is TryLater
    assert access == zalo.world.tokens.current
    assert held.reasons() == []


async def test_after_two_unknown_outcomes_nobody_asks_again(
    shaped: Database, zalo: FakeZaloOa, clock: HandClock, held: Tokens, impatient: ZaloClient
) -> None:
    hasty = Tokens(shaped, MASTER, clock, impatient)
    clock.move(hours=26)
    zalo.faults.add(faults.HANG_BEFORE, path=faults.TOKEN, times=None)

    errors = []
    for _ in range(6):
        errors.append(type(await failure(hasty.access())))
        clock.move(minutes=2)

    assert errors == [TryLater, NeedsToken, NeedsToken, NeedsToken, NeedsToken, NeedsToken]
    assert len([call for call in zalo.calls if call.path == faults.TOKEN]) == 1 + 2
    assert (await row(shaped)).reason == "unclear"


async def test_after_a_clear_refusal_a_refresh_token_is_never_used_again(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens, make: Make
) -> None:
    clock.move(hours=26)
    zalo.faults.add(faults.oauth_code(-14002), path=faults.TOKEN)
    before = len(zalo.calls)

    errors = [type(await failure(held.access()))]
    for _ in range(3):
        clock.move(hours=1)
        errors += [type(await failure(held.access())), type(await failure(make().access()))]

    assert set(errors) == {NeedsToken}
    assert len(zalo.calls) == before + 1
    assert (held.reasons(), held.life.reason) == ([NEEDS_REAUTH], "oauth_-14002")


async def test_while_a_human_is_needed_the_last_token_is_used_to_its_end(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens, client: ZaloClient, lan: ZaloUser
) -> None:
    clock.move(hours=21)
    lan.says("Chào")
    zalo.faults.add(faults.oauth_code(-14002), path=faults.TOKEN)

    await say(held, client, lan, "còn dùng được")
    clock.move(hours=5)
    after = await failure(say(held, client, lan, "không gửi được"))

    assert [shown.text for shown in lan.heard] == ["còn dùng được"]
    assert type(after) is NeedsToken
    assert held.reasons() == [NEEDS_REAUTH]


async def test_dead_tokens_are_known_after_one_call(
    zalo: FakeZaloOa, held: Tokens, make: Make, client: ZaloClient, lan: ZaloUser
) -> None:
    zalo.world.tokens.revoke()

    errors = [await failure(say(one, client, lan, "x")) for one in (held, held, held, make())]

    assert {type(error) for error in errors} == {NeedsToken}
    assert len([call for call in zalo.calls if call.path == CS]) == 0  # refused before they are calls of that path
    assert [one.outcome for one in zalo.world.tokens.presented[1:]] == ["unknown"]


async def test_a_new_token_that_is_refused_as_well_is_not_renewed_for_ever(
    zalo: FakeZaloOa, clock: HandClock, held: Tokens
) -> None:
    before = len(zalo.world.tokens.presented)

    async def refused(access: str) -> str:
        raise NeedsToken("token_invalid")

    errors = []
    for _ in range(4):
        errors.append(type(await failure(held.use(refused))))
        clock.move(minutes=10)

    assert errors == [NeedsToken] * 4
    assert len(zalo.world.tokens.presented) == before + 1
