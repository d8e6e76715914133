"""Whoever holds the database reads nothing in it, in whatever column; and no row hangs on one that is not there.

Why no list of columns: the next one that is added is tried too.
"""

from functools import partial

import pytest
from sqlalchemy import ForeignKeyConstraint, Table, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from handlers.demo import town as demo
from handlers.desk import Actor
from handlers.vietnamese import units
from storage.database import Unit
from storage.tables import OfficialRow
from tests.handlers.conversations.walks import registers
from tests.kit.sealed import in_the_open
from tests.kit.town import Town

TABLES = SQLModel.metadata.sorted_tables
OF_THE_TOWN = {"address.external"}  # where its citizens are known by their names; see tests/walks for the real ones


@pytest.fixture
async def full(town: Town) -> Town:
    """A town in which all sorts of things were said."""
    await town.at_desk(Actor("operator"), demo.fill)
    lan = town.citizen("Lan")
    await registers(lan)
    await lan.says("/gap", "Hết gạo, hai cháu nhỏ", "1", "0905 123 456", "/canbo")
    hoa = await town.official("hoa", "officer", places=tuple(units.all_units()))
    for talk in await town.as_official(hoa, lambda desk: desk.calls.talks()):
        await town.as_official(hoa, lambda desk, talk=talk: desk.talks.take(talk.id, in_chat=False))  # type: ignore[misc]  # bound at once
    await lan.says("Nhà tôi dột, xin cán bộ tới xem")
    return town


async def test_no_column_of_bytes_can_be_read(full: Town) -> None:
    assert set(await full.database.read(in_the_open)) == OF_THE_TOWN


@pytest.mark.parametrize("words", ["Nguyễn Thị Lan, hộ nghèo", "Lan"])
async def test_what_lies_in_the_open_would_be_found(full: Town, words: str) -> None:
    plain = words.encode()
    await full.database.write(lambda unit: unit.execute(update(OfficialRow).values(body=plain)))

    assert set(await full.database.read(in_the_open)) == {"official.body"} | OF_THE_TOWN


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
