"""Reading the audit: by days found without an index, a piece at a time where nothing leads to a row."""

from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from sqlmodel import select

from storage.database import Database, Unit
from storage.queries import machine
from storage.queries.chains import audit, chain
from storage.queries.chains.audit import Filter
from storage.tables import AuditRow
from tests.kit.clock import HandClock


@pytest.fixture
def kept(shaped: Database) -> Database:
    """A database with the product's tables."""
    return shaped


def _part(unit: Unit, wanted: Filter) -> audit.Part:
    return audit.part(unit, wanted, None, 100)


def note(unit: Unit, clock: HandClock, action: str = "case.read", actor: str = "official:1") -> None:
    machine.note(unit, clock.now(), actor, action, "case:1", "", {})


async def test_a_day_is_found_wherever_it_lies_and_with_gaps_in_the_numbers(kept: Database) -> None:
    clock = HandClock()

    def fill(unit: Unit) -> None:
        for _ in range(40):
            note(unit, clock)
            clock.move(minutes=60)
        for number, row in enumerate(unit.scalars(select(AuditRow)).all()):
            if number % 3 == 0:
                unit.delete(row)

    await kept.write(fill)
    all_rows = (await kept.read(lambda unit: audit.part(unit, Filter(), None, 100))).rows
    begin = all_rows[-1].at

    for hour in range(-1, 42):
        since, until = begin + timedelta(hours=hour), begin + timedelta(hours=hour + 3)
        wanted = Filter(since=since, until=until)
        found = await kept.read(partial(_part, wanted=wanted))
        assert found.rows == [row for row in all_rows if since <= row.at < until]
        assert found.before is None


async def test_what_is_rare_is_looked_for_a_piece_at_a_time(kept: Database) -> None:
    clock = HandClock()
    rare, most = "owner.set", audit.LOOKED_THROUGH

    def fill(unit: Unit) -> None:
        note(unit, clock, rare)
        unit.flush()
        many = [{"at": clock.now(), "actor": "clock", "action": "case.read", "subject": "", "reason": "", "detail": {}}]
        unit.execute(AuditRow.__table__.insert(), many * (most + 5))  # type: ignore[attr-defined]  # of every table class

    await kept.write(fill)
    first = await kept.read(lambda unit: audit.part(unit, Filter(action=rare), None, 10))
    second = await kept.read(lambda unit: audit.part(unit, Filter(action=rare), first.before, 10))

    assert (first.rows, first.before) == ([], 7)
    assert ([row.action for row in second.rows], second.before) == ([rare], None)


async def test_it_tells_how_far_the_chain_goes_and_whether_a_row_waits_too_long(kept: Database) -> None:
    clock = HandClock()

    def look(unit: Unit) -> tuple[int, bool]:
        found = audit.chain(unit, clock.now())
        return found.sequence, found.late

    await kept.write(lambda unit: note(unit, clock))
    begun = await kept.read(look)
    clock.move(seconds=61)
    late = await kept.read(look)
    await kept.write(chain.seal)
    sealed = await kept.read(look)

    assert (begun, late, sealed) == ((0, False), (0, True), (1, False))


async def test_what_somebody_did_lately_is_known_and_of_nobody_else_nor_for_ever(kept: Database) -> None:
    clock = HandClock()
    await kept.write(lambda unit: note(unit, clock))
    hour = timedelta(hours=1)

    async def known(actor: str, action: str, subject: str) -> bool:
        return await kept.read(lambda unit: audit.noted_since(unit, actor, action, subject, clock.now() - hour))

    asked = [
        ("official:1", "case.read", "case:1"),
        ("official:2", "case.read", "case:1"),
        ("official:1", "case.taken", "case:1"),
        ("official:1", "case.read", "case:2"),
    ]
    assert [await known(*what) for what in asked] == [True, False, False, False]
    clock.move(minutes=61)
    assert not await known(*asked[0])


def test_a_row_has_the_hash_that_it_had_in_every_release_before() -> None:
    at = datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC)
    row = SimpleNamespace(
        id=7, at=at, actor="official:đào", action="case.read", subject="case:1", reason="vì sao",
        detail={"b": 1, "a": [1, "x"]},
    )  # fmt: skip

    digest = chain.AUDIT.digest(row, 3, b"\1\2")  # type: ignore[arg-type]  # it has all columns that are hashed

    assert digest.hex() == "36e292dbe3a8d54ff7d19c18d09ba2600c83064c2cfa955cdf6eef87e1c2d68d"
