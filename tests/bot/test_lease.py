"""A lease is renewed at its own pace, and is never believed longer than it lasts."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from bot.lease import Lease
from storage.database import Database, DatabaseAway
from storage.tables import LeaseRow as LeaseRow
from storage.unit import Unit
from tests.kit.clock import HandClock

T = TypeVar("T")


class Watch:
    """Seconds that only the test lets pass."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Fragile(Database):
    """A database that can be away; deadlines: of what was to be written meanwhile."""

    is_away = False
    deadlines: tuple[float | None, ...] = ()

    async def write(
        self, work: Callable[[Unit], T], *, deadline_s: float | None = None, most_cpu_s: float | None = None
    ) -> T:
        if self.is_away:
            self.deadlines += (deadline_s,)
            raise DatabaseAway("away")
        return await super().write(work, deadline_s=deadline_s, most_cpu_s=most_cpu_s)


@pytest.fixture
async def kept(shaped: Database, database_url: str) -> AsyncIterator[Fragile]:
    """A database with the product's tables."""
    await shaped.close()
    opened = Fragile.open(database_url)
    assert isinstance(opened, Fragile)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def watch() -> Watch:
    return Watch()


def lease_of(kept: Fragile, clock: HandClock, watch: Watch, *, alone: bool = False) -> Lease:
    return Lease(database=kept, clock=clock, name="jobs", length=timedelta(seconds=30), alone=alone, monotonic=watch)


def passes(clock: HandClock, watch: Watch, seconds: float) -> None:
    """Let time pass by both clocks."""
    clock.move(seconds=seconds)
    watch.seconds += seconds


async def until(kept: Fragile, clock: HandClock) -> float:
    """In how many seconds the lease ends, by the database."""
    ends = await kept.read(lambda unit: unit.get_one(LeaseRow, "jobs").until)
    return (ends - clock.now()).total_seconds()


async def test_one_of_two_holds_it(kept: Fragile, clock: HandClock, watch: Watch) -> None:
    first, second = lease_of(kept, clock, watch), lease_of(kept, clock, watch)

    assert [await first.keep(), await second.keep()] == [True, False]
    assert (first.held, first.epoch, second.held, second.epoch) == (True, 1, False, None)


async def test_it_is_renewed_after_a_third_of_its_length_and_not_before(
    kept: Fragile, clock: HandClock, watch: Watch
) -> None:
    lease = lease_of(kept, clock, watch)
    await lease.keep()

    passes(clock, watch, 9)
    await lease.keep()
    early = await until(kept, clock)
    passes(clock, watch, 1)
    await lease.keep()

    assert (early, await until(kept, clock)) == (21, 30)
    assert lease.epoch == 1


async def test_whoever_does_not_hold_it_asks_twice_a_second_at_most(
    kept: Fragile, clock: HandClock, watch: Watch
) -> None:
    first, second = lease_of(kept, clock, watch), lease_of(kept, clock, watch)
    await first.keep()
    await second.keep()

    await first.release()
    at_once = await second.keep()
    passes(clock, watch, 0.5)

    assert (at_once, await second.keep(), second.epoch) == (False, True, 2)


async def test_it_is_not_believed_longer_than_it_lasts(kept: Fragile, clock: HandClock, watch: Watch) -> None:
    lease = lease_of(kept, clock, watch)
    await lease.keep()

    passes(clock, watch, 29.9)
    before = lease.held
    passes(clock, watch, 0.1)

    assert (before, lease.held, lease.epoch) == (True, False, None)


async def test_a_clock_that_is_set_back_makes_it_no_longer(kept: Fragile, clock: HandClock, watch: Watch) -> None:
    lease = lease_of(kept, clock, watch)
    await lease.keep()

    clock.move(hours=-1)
    watch.seconds += 30

    assert not lease.held


async def test_a_machine_that_slept_no_longer_holds_it(kept: Fragile, clock: HandClock, watch: Watch) -> None:
    lease = lease_of(kept, clock, watch)
    await lease.keep()

    clock.move(seconds=31)

    assert not lease.held


async def test_it_runs_out_for_a_holder_that_can_not_reach_the_database(
    kept: Fragile, clock: HandClock, watch: Watch
) -> None:
    lease = lease_of(kept, clock, watch)
    await lease.keep()

    kept.is_away = True
    passes(clock, watch, 20)
    with pytest.raises(DatabaseAway):
        await lease.keep()
    still = lease.held
    passes(clock, watch, 10)
    with pytest.raises(DatabaseAway):
        await lease.keep()

    assert (still, lease.held) == (True, False)


async def test_what_is_given_back_another_takes_at_once(kept: Fragile, clock: HandClock, watch: Watch) -> None:
    first, second = lease_of(kept, clock, watch), lease_of(kept, clock, watch)
    await first.keep()

    await first.release()

    assert (first.held, await second.keep(), second.epoch) == (False, True, 2)


async def test_a_stop_waits_two_seconds_at_most_for_a_database_that_is_away(
    kept: Fragile, clock: HandClock, watch: Watch
) -> None:
    lease = lease_of(kept, clock, watch)
    await lease.keep()

    kept.is_away = True
    await lease.release()

    assert (kept.deadlines, lease.held) == ((2.0,), False)


async def test_whoever_is_alone_takes_it_from_one_that_was_killed(
    kept: Fragile, clock: HandClock, watch: Watch
) -> None:
    killed, next_one = lease_of(kept, clock, watch), lease_of(kept, clock, watch, alone=True)
    await killed.keep()

    assert await next_one.keep()
    assert next_one.epoch == 2


async def test_what_another_was_found_to_hold_is_asked_for_at_once(
    kept: Fragile, clock: HandClock, watch: Watch
) -> None:
    lease = lease_of(kept, clock, watch)
    await lease.keep()

    lease.forget()
    forgotten = lease.held

    assert (forgotten, await lease.keep()) == (False, True)


async def test_it_is_taken_together_with_what_depends_on_it(kept: Fragile, clock: HandClock, watch: Watch) -> None:
    first, second = lease_of(kept, clock, watch), lease_of(kept, clock, watch)

    def fails(unit: Unit) -> None:
        first.take(unit)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # its own
        await kept.write(fails)
    taken = await kept.write(second.take)
    late = await kept.write(first.take)
    await second.release()

    assert (taken, late, await kept.write(first.take)) == (True, False, True)
