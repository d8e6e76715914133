"""Whoever holds the database reads nothing in it, in whatever column; and no row hangs on one that is not there.

Why no list of columns: the next one that is added is tried too.
"""

from functools import partial

import pytest
from sqlalchemy import ForeignKeyConstraint, LargeBinary, Table, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from handlers.demo import town as demo
from handlers.desk import Actor
from storage.database import Unit
from storage.tables import OfficialRow
from tests.handlers.conversations.walks import registers
from tests.kit.town import Town

LEAST = 20  # bytes; look-up values have sixteen
TABLES = SQLModel.metadata.sorted_tables


@pytest.fixture
async def full(town: Town) -> Town:
    """A town in which all sorts of things were said."""
    await town.at_desk(Actor("operator"), demo.fill)
    lan = town.citizen("Lan")
    await registers(lan)
    await lan.says("/gap", "Hết gạo, hai cháu nhỏ", "1", "0905 123 456")
    return town


def in_the_open(unit: Unit) -> dict[str, str]:
    """Of every column of bytes that holds what can be read, the beginning of it."""
    found: dict[str, str] = {}
    for table in TABLES:
        for column in table.columns:
            if not isinstance(column.type, LargeBinary):
                continue
            for cell in unit.execute(select(column).where(column.is_not(None))).scalars():
                try:
                    plain = bytes(cell).decode() if len(cell) >= LEAST else ""
                except UnicodeDecodeError:
                    continue
                if plain:
                    found[f"{table.name}.{column.name}"] = plain[:40]
    return found


async def test_no_column_of_bytes_can_be_read(full: Town) -> None:
    assert await full.database.read(in_the_open) == {}


async def test_what_lies_in_the_open_would_be_found(full: Town) -> None:
    plain = "Nguyễn Thị Lan, hộ nghèo".encode()
    await full.database.write(lambda unit: unit.execute(update(OfficialRow).values(body=plain)))

    assert set(await full.database.read(in_the_open)) == {"official.body"}


async def test_no_row_hangs_on_one_that_is_not_there(full: Town) -> None:
    tried, left = 0, list[str]()
    for table in TABLES:
        for key in table.foreign_key_constraints:
            try:
                rows = await full.database.write(partial(hang, table, key))
            except IntegrityError:
                tried += 1
            else:
                left += [f"{table.name}: {key.name}"] * bool(rows)

    assert left == []
    assert tried > 20


def hang(table: Table, key: ForeignKeyConstraint, unit: Unit) -> int:
    """Let every row of a table hang on a row that is not there; returns how many there are."""
    rows = unit.execute(select(func.count()).select_from(table)).scalar_one()
    absent = -1 if any(column.type.python_type is int for column in key.columns) else "absent"
    unit.execute(update(table).values(dict.fromkeys(key.column_keys, absent)))
    return rows
