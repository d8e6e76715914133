"""What is sent without waiting for its answer is seen, kept and refused as if it had been waited for."""

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.database import Database, Unit, WentOnAfterFailure
from tests.storage.notes import counted, counters, note, noted, notes


def sent(unit: Unit, number: int) -> None:
    unit.send(insert(notes), {"id": number, "words": "Đà Nẵng"})


async def test_the_next_statement_sees_it(kept: Database) -> None:
    def work(unit: Unit) -> list[int]:
        sent(unit, 1)
        sent(unit, 2)
        return noted(unit)

    assert await kept.mark(work) == [1, 2]
    assert await kept.read(noted) == [1, 2]


async def test_it_is_kept_though_nothing_comes_after_it(kept: Database) -> None:
    await kept.write(lambda unit: sent(unit, 1))

    assert await kept.read(noted) == [1]


async def test_what_the_database_refuses_is_told_and_nothing_is_kept(kept: Database) -> None:
    await kept.write(note(7))

    def last(unit: Unit) -> None:
        sent(unit, 1)
        sent(unit, 7)

    def in_the_midst(unit: Unit) -> None:
        last(unit)
        noted(unit)

    for work in (last, in_the_midst):
        with pytest.raises(IntegrityError):
            await kept.write(work)

    assert await kept.read(noted) == [7]


async def test_who_goes_on_after_it_was_refused_keeps_nothing(kept: Database) -> None:
    await kept.write(note(7))

    def work(unit: Unit) -> None:
        sent(unit, 1)
        try:
            sent(unit, 7)
            noted(unit)
        except DBAPIError:
            note(2)(unit)

    with pytest.raises((WentOnAfterFailure, IntegrityError)):
        await kept.write(work)

    assert 2 not in await kept.read(noted)


async def test_what_was_sent_is_gone_with_what_was_rolled_back(kept: Database) -> None:
    def work(unit: Unit) -> None:
        sent(unit, 1)
        raise LookupError

    with pytest.raises(LookupError):
        await kept.write(work)
    await kept.write(note(2))

    assert await kept.read(noted) == [2]


async def test_what_is_sent_last_is_kept_and_seen_by_who_asks_for_it(kept: Database) -> None:
    def work(unit: Unit) -> tuple[int, int]:
        unit.send_last(update(counters), {"value": 5})
        before = counted(unit)
        unit.send_rest()
        seen = counted(unit)
        unit.send_last(update(counters), {"value": 6})
        return before, seen

    assert await kept.write(work) == (0, 5)
    assert await kept.read(counted) == 6
