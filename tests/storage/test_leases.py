"""One holds a lease at a time, for as long as it renews it, and each change of hands is counted."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from storage.database import Database
from storage.queries import machine
from tests.kit.clock import HandClock

LENGTH = timedelta(seconds=20)


@pytest.fixture
def kept(shaped: Database) -> Database:
    """A database with the product's tables."""
    return shaped


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def lease(holder: str, kept: Database, clock: HandClock) -> Awaitable[int | None]:
    now = clock.now()
    return kept.write(lambda unit: machine.lease(unit, "jobs", holder, now, LENGTH))


async def test_another_waits_until_the_lease_has_run_out(kept: Database, clock: HandClock) -> None:
    first = await lease("one", kept, clock)

    clock.move(seconds=19)
    early = await lease("other", kept, clock)
    clock.move(seconds=1)
    after = await lease("other", kept, clock)

    assert (first, early, after) == (1, None, 2)


async def test_who_renews_in_time_keeps_the_lease_and_its_epoch(kept: Database, clock: HandClock) -> None:
    epochs = []
    for _ in range(5):
        epochs.append(await lease("one", kept, clock))
        clock.move(seconds=15)
        assert await lease("other", kept, clock) is None

    assert epochs == [1] * 5


async def test_the_epoch_grows_with_every_change_of_hands(kept: Database, clock: HandClock) -> None:
    epochs = []
    for holder in ("one", "other", "one", "third"):
        epochs.append(await lease(holder, kept, clock))
        clock.move(minutes=1)

    assert epochs == [1, 2, 3, 4]


async def test_a_lease_given_back_is_free_at_once(kept: Database, clock: HandClock) -> None:
    await lease("one", kept, clock)

    await kept.write(lambda unit: machine.release(unit, "jobs", "one", clock.now()))

    assert await lease("other", kept, clock) == 2


async def test_nobody_gives_back_the_lease_of_another(kept: Database, clock: HandClock) -> None:
    await lease("one", kept, clock)

    await kept.write(lambda unit: machine.release(unit, "jobs", "other", clock.now()))

    assert await lease("other", kept, clock) is None


async def test_of_many_who_want_the_lease_at_once_one_gets_it(kept: Database, clock: HandClock) -> None:
    epochs = await asyncio.gather(*(lease(f"holder {n}", kept, clock) for n in range(10)))

    assert sorted(map(str, epochs)) == ["1"] + ["None"] * 9


async def test_a_lease_taken_by_a_clock_ten_years_fast_is_not_waited_for(kept: Database, clock: HandClock) -> None:
    clock.move(days=3653)
    await lease("fast", kept, clock)
    clock.move(days=-3653)

    assert await lease("other", kept, clock) == 2


async def test_nobody_waits_for_a_process_that_has_ended(kept: Database, database_url: str, clock: HandClock) -> None:
    ended = Database.open(database_url)
    await lease(ended.holder(), ended, clock)
    on_server = kept.dialect == "postgresql"
    early = await lease(kept.holder(), kept, clock) if on_server else None  # one process serves a file

    await ended.close()
    after = await lease(kept.holder(), kept, clock)

    assert (early, after) == (None, 2)
