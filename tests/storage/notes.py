"""Tables and functions of a transaction that only the tests of the database know."""

import asyncio
import threading
from collections.abc import Callable

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, String, Table, func, insert, select, update

from storage.columns import UtcTime, json_column, naming
from storage.database import Database, Unit
from tests.kit.waiting import passes

metadata = MetaData(naming_convention=naming)
notes = Table("notes", metadata, Column("id", Integer, primary_key=True), Column("words", String))
counters = Table("counters", metadata, Column("id", Integer, primary_key=True), Column("value", Integer))
gifts = Table("gifts", metadata, Column("id", Integer, primary_key=True), Column("pledge", Integer))
moments = Table(
    "moments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime),
    Column("answers", json_column()),
    CheckConstraint("id > 0", name="id_positive"),
)


def furnish(database: Database) -> Database:
    """Create the tables, and one counter at 0."""
    metadata.create_all(database.engine)
    database.write_now(lambda unit: unit.execute(insert(counters).values(id=1, value=0)))
    return database


def note(number: int, words: str = "Đà Nẵng") -> Callable[[Unit], int]:
    """Return a function that keeps one note and returns its number."""

    def keep(unit: Unit) -> int:
        unit.execute(insert(notes).values(id=number, words=words))
        return number

    return keep


def noted(unit: Unit) -> list[int]:
    """Return the numbers of all notes."""
    return list(unit.scalars(select(notes.c.id).order_by(notes.c.id)))


def noted_in(closed: Database) -> list[int]:
    """Return the numbers of all notes of a closed database, whose engine still connects."""
    with closed.engine.connect() as connection:
        numbers = list(connection.scalars(select(notes.c.id).order_by(notes.c.id)))
    closed.engine.dispose()
    return numbers


def counted(unit: Unit) -> int:
    """Return the counter."""
    return int(unit.execute(select(counters.c.value)).scalar_one())


def increment(unit: Unit) -> None:
    """Read the counter, then write it, as one who loses updates would."""
    unit.execute(update(counters).values(value=counted(unit) + 1))


def given(unit: Unit) -> int:
    """Return how many gifts were allocated."""
    return int(unit.execute(select(func.count()).select_from(gifts)).scalar_one())


class Gate:
    """A function that stays inside its transaction until opened, then goes on with another."""

    def __init__(self, then: Callable[[Unit], object] = noted) -> None:
        self._then = then
        self._reached = threading.Event()
        self._opened = threading.Event()

    def __call__(self, unit: Unit) -> object:
        noted(unit)
        self._reached.set()
        passes("the gate is opened", self._opened)
        return self._then(unit)

    async def reached(self) -> None:
        """Wait until the function is inside its transaction."""
        await asyncio.to_thread(passes, "the gate is reached", self._reached)

    async def open(self) -> None:
        """Let it go on."""
        self._opened.set()


async def behind(gate: Gate, database: Database, works: list[Callable[[Unit], object]]) -> list[object]:
    """Queue functions behind one that holds its transaction, so that they wait together; return the answers."""
    holding = asyncio.create_task(database.write(gate))
    await gate.reached()
    *answers, _ = await asyncio.gather(*(database.write(work) for work in works), gate.open(), return_exceptions=True)
    await holding
    return answers
