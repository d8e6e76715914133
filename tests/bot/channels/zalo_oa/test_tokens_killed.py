"""A process that is killed in the middle of a renewal: it recovers, or a human is asked; never a third time."""

import asyncio
import sys

from bot.channels.zalo_oa.tokens import NEEDS_REAUTH
from fakes.zalo_oa.server import FakeZaloOa
from storage.database import Database
from tests.bot.channels.zalo_oa.held import KEY, Make, give, row, worst
from tests.kit.clock import HandClock
from tests.kit.waiting import comes


async def killed(database_url: str, zalo: FakeZaloOa, clock: HandClock, dies: str) -> int:
    """Renew in a process of its own that is killed; returns how it ended."""
    arguments = (database_url, KEY.hex(), zalo.oauth, clock.now().isoformat(), dies)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.channels.zalo_oa.renewing", *arguments
    )  # fmt: skip
    return await comes("it ends", child.wait())


async def test_killed_between_the_answer_and_the_commit_it_is_asked_once_more_and_then_a_human(
    database_url: str, shaped: Database, zalo: FakeZaloOa, clock: HandClock, make: Make
) -> None:
    await give(shaped, clock, zalo.seed.access, zalo.seed.refresh)

    ended = await killed(database_url, zalo, clock, "after")
    counted = (await row(shaped)).presented
    clock.move(minutes=6)
    again = await killed(database_url, zalo, clock, "after")
    clock.move(minutes=6)
    held, reasons = make(), []
    for _ in range(3):
        await held.look()
        reasons.append(held.reasons())
        clock.move(hours=1)

    assert (ended, counted, again) == (-9, 1, 0)
    assert [one.outcome for one in zalo.world.tokens.presented] == ["issued", "used"]
    assert reasons == [[NEEDS_REAUTH]] * 3


async def test_killed_before_the_call_it_recovers(
    database_url: str, shaped: Database, zalo: FakeZaloOa, clock: HandClock, make: Make
) -> None:
    await give(shaped, clock, "no-such-access-token", zalo.seed.refresh)

    ended = await killed(database_url, zalo, clock, "before")
    clock.move(minutes=6)
    access = await make().access()

    assert ended == -9
    assert access == zalo.world.tokens.current
    assert worst(zalo) == 1


async def test_killed_twice_it_is_not_presented_a_third_time(
    database_url: str, shaped: Database, zalo: FakeZaloOa, clock: HandClock, make: Make
) -> None:
    await give(shaped, clock, "no-such-access-token", zalo.seed.refresh)

    for _ in range(2):
        assert await killed(database_url, zalo, clock, "before") == -9
        clock.move(minutes=6)
    held = make()
    await held.look()
    clock.move(days=1)
    await held.look()

    assert (zalo.world.tokens.presented, held.reasons()) == ([], [NEEDS_REAUTH])
    assert (await row(shaped)).presented == 2
