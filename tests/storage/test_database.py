"""A function's transaction is kept whole or not at all, and means the same on SQLite and on PostgreSQL."""

import asyncio
import time

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.database import Database, DatabaseAway, Unit, WentOnAfterFailure
from tests.storage.notes import Gate, behind, counted, counters, gifts, given, increment, note, noted, noted_in, notes

PLEDGED = 50


async def test_a_result_comes_back_after_it_is_kept(kept: Database) -> None:
    result = await kept.write(note(7))

    assert result == 7
    assert await kept.read(noted) == [7]


async def test_a_mark_is_kept_too(kept: Database) -> None:
    await kept.mark(lambda unit: unit.execute(update(counters).values(value=5)))

    assert await kept.read(counted) == 5


def test_the_command_line_writes_and_reads_without_a_loop(kept: Database) -> None:
    kept.write_now(note(1))

    assert kept.read_now(noted) == [1]


async def test_no_update_is_lost(kept: Database) -> None:
    async def fifty_times() -> int:
        done = 0
        while done < 50:
            try:
                await kept.write(increment)
                done += 1
            except DatabaseAway:  # collided on every try: nothing was kept
                continue
        return done

    done = await asyncio.gather(*(fifty_times() for _ in range(8)))

    assert sum(done) == 400
    assert await kept.read(counted) == 400


async def test_a_pledge_is_never_allocated_twice(kept: Database) -> None:
    def allocate(unit: Unit) -> bool:
        left = given(unit) < PLEDGED
        if left:
            unit.execute(insert(gifts).values(pledge=1))
        return left

    async def allocate_all() -> int:
        allocated = 0
        while True:
            try:
                if not await kept.write(allocate):
                    return allocated
                allocated += 1
            except DatabaseAway:  # collided on every try: nothing was kept
                continue

    allocated = await asyncio.gather(*(allocate_all() for _ in range(8)))

    assert sum(allocated) == PLEDGED
    assert await kept.read(given) == PLEDGED


async def test_a_read_sees_one_moment(kept: Database) -> None:
    gate = Gate(noted)
    reading = asyncio.create_task(kept.read(gate))
    await gate.reached()

    await kept.write(note(1))
    await gate.open()

    assert await reading == []
    assert await kept.read(noted) == [1]


async def test_a_read_refuses_to_write(kept: Database) -> None:
    with pytest.raises(DBAPIError):
        await kept.read(note(1))

    assert await kept.read(noted) == []


async def test_what_raises_changes_nothing(kept: Database) -> None:
    def write_then_raise(unit: Unit) -> None:
        note(1)(unit)
        raise LookupError("no such person")

    with pytest.raises(LookupError, match="no such person"):
        await kept.write(write_then_raise)

    assert await kept.read(noted) == []


async def test_what_raises_does_not_hurt_its_neighbours(kept: Database) -> None:
    await kept.write(note(0))

    # Every fifth tries to note 0 again, which breaks the primary key.
    answers = await behind(Gate(), kept, [note(n if n % 5 else 0) for n in range(1, 41)])

    assert [isinstance(answer, IntegrityError) for answer in answers] == [n % 5 == 0 for n in range(1, 41)]
    assert await kept.read(noted) == [0, *(n for n in range(1, 41) if n % 5)]


@pytest.mark.parametrize("end", ["commit", "rollback"])
async def test_a_function_cannot_end_its_transaction(kept: Database, end: str) -> None:
    def write_then_end(unit: Unit) -> None:
        note(1)(unit)
        getattr(unit, end)()

    with pytest.raises(RuntimeError, match="the database ends the transaction"):
        await kept.write(write_then_end)

    assert await kept.read(noted) == []


@pytest.mark.parametrize("then", [pytest.param(noted, id="reading"), pytest.param(note(2), id="writing")])
async def test_going_on_after_a_failed_statement_keeps_nothing(kept: Database, then: object) -> None:
    def note_twice(unit: Unit) -> None:
        note(1)(unit)
        try:
            note(1)(unit)
        except IntegrityError:
            assert callable(then)
            then(unit)

    with pytest.raises(WentOnAfterFailure):
        await kept.write(note_twice)

    assert await kept.read(noted) == []


async def test_doing_nothing_after_a_failed_statement_keeps_nothing(kept: Database) -> None:
    def note_twice(unit: Unit) -> None:
        note(1)(unit)
        try:
            note(1)(unit)
        except IntegrityError:
            return

    with pytest.raises(WentOnAfterFailure):
        await kept.write(note_twice)

    assert await kept.read(noted) == []


async def test_a_failure_inside_begin_nested_may_be_survived(kept: Database) -> None:
    def note_twice(unit: Unit) -> None:
        note(1)(unit)
        try:
            with unit.begin_nested():
                note(1)(unit)
        except IntegrityError:
            note(2)(unit)

    await kept.write(note_twice)

    assert await kept.read(noted) == [1, 2]


async def test_a_stop_iteration_leaves_no_caller_waiting(kept: Database) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await kept.write(lambda unit: next(iter(unit.execute(select(notes.c.id)))))


async def test_an_error_does_not_repeat_the_words(kept: Database) -> None:
    await kept.write(note(1))

    with pytest.raises(IntegrityError) as told:
        await kept.write(note(1, "bí mật"))

    assert "bí mật" not in str(told.value)


async def test_a_caller_that_goes_away_is_still_written(kept: Database) -> None:
    gate = Gate(note(1))
    writing = asyncio.create_task(kept.write(gate))
    await gate.reached()

    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await gate.open()

    await kept.close()
    assert noted_in(kept) == [1]


async def test_a_transaction_within_its_deadline_is_kept(kept: Database) -> None:
    await kept.write(note(1), deadline_s=20)
    await kept.mark(note(2), deadline_s=20)

    assert await kept.read(noted) == [1, 2]


async def test_a_function_never_runs_after_its_deadline(on_file: Database) -> None:
    gate = Gate()
    holding = asyncio.create_task(on_file.write(gate))
    await gate.reached()

    with pytest.raises(DatabaseAway, match="deadline"):
        await on_file.write(note(1), deadline_s=0.05)
    await gate.open()

    await holding
    await on_file.write(note(2))
    assert await on_file.read(noted) == [2]


async def test_a_group_running_at_the_deadline_decides_the_answer(on_file: Database) -> None:
    gate = Gate(note(1))
    writing = asyncio.create_task(on_file.write(gate, deadline_s=0.3))
    await gate.reached()

    answered, _ = await asyncio.wait({writing}, timeout=0.4)
    await gate.open()
    await writing

    assert not answered
    assert await on_file.read(noted) == [1]


async def test_a_lock_held_longer_than_the_deadline_is_a_database_away(kept: Database) -> None:
    with kept.engine.connect() as other:
        other.begin()
        if kept.dialect == "postgresql":
            other.execute(text("LOCK TABLE notes"))
        before = time.monotonic()
        with pytest.raises(DatabaseAway):
            await kept.write(note(1), deadline_s=0.5)
        waited_s = time.monotonic() - before

    await kept.write(note(2), deadline_s=20)
    await kept.close()
    assert waited_s < 3
    assert noted_in(kept) == [2]


async def test_a_closed_database_is_away(kept: Database) -> None:
    await kept.close()

    for call in (kept.write, kept.mark, kept.read):
        with pytest.raises(DatabaseAway, match="closed"):
            await call(noted)
