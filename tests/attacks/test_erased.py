"""Somebody with the disk in hand, after a person was erased: her key is nowhere in the database's files."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.jobs.chores import forget, scrub
from bot.jobs.table import JOBS
from storage.database import Database, Unit
from storage.tables import DataKey
from tests.kit.town import Citizen, Town

KEY = DataKey.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class


@pytest.fixture
async def lan(town: Town) -> Citizen:
    citizen = town.citizen("Lan")
    await citizen.says("/menu")
    return citizen


async def key_of(lan: Citizen) -> bytes:
    """Her key as it lies in the database, wrapped."""
    name = f"person:{(await lan.chat()).person_id}"
    query = select(KEY.c.wrapped).where(KEY.c.name == name)
    wrapped: bytes = await lan.town.database.read(lambda unit: unit.execute(query).scalar_one())
    return wrapped


async def found(database: Database, key: bytes) -> list[str]:
    """The files of the database that hold a key."""
    if database.dialect == "postgresql":
        await asyncio.to_thread(_flush, database)
    place = await database.read(_place)
    return await asyncio.to_thread(lambda: sorted(one.name for one in place if key in one.read_bytes()))


def _flush(database: Database) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))


def _place(unit: Unit) -> list[Path]:
    if unit.on_sqlite:
        file = Path(str(unit.connection().engine.url.database))
        return [one for one in file.parent.iterdir() if one.name.startswith(file.name)]
    query = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('data_key')"
    return [one for one in Path(unit.execute(text(query)).scalar_one()).parent.iterdir() if one.is_file()]


async def test_the_key_of_who_was_erased_is_in_no_file(town: Town, lan: Citizen) -> None:
    key = await key_of(lan)
    assert await found(town.database, key)

    await lan.at_desk(lambda desk: desk.people.erase())
    assert await scrub(town.work())

    assert await found(town.database, key) == []
    assert not await scrub(town.work())


async def test_a_reader_in_the_way_holds_up_nobody_and_is_outlasted(town: Town, lan: Citizen) -> None:
    key = await key_of(lan)
    reads, read = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def linger(unit: Unit) -> None:
        unit.execute(select(KEY.c.name)).all()
        loop.call_soon_threadsafe(reads.set)
        asyncio.run_coroutine_threadsafe(read.wait(), loop).result()

    reader = asyncio.create_task(town.database.read(linger))
    await reads.wait()
    try:
        await lan.at_desk(lambda desk: desk.people.erase())
        while_it_reads = await scrub(town.work())
        await lan.says("/menu")
        left = await found(town.database, key)
    finally:
        read.set()
        await reader

    assert (while_it_reads, bool(left)) == (False, True)
    assert await scrub(town.work())
    assert await found(town.database, key) == []


async def test_who_is_erased_while_the_files_are_cleaned_has_them_cleaned_again(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    key = await key_of(mai)
    await lan.at_desk(lambda desk: desk.people.erase())
    assert await town.database.scrub()

    await mai.at_desk(lambda desk: desk.people.erase())

    assert await scrub(town.work())
    assert await found(town.database, key) == []


async def test_what_the_night_forgets_is_gone_from_the_files(town: Town, lan: Citizen) -> None:
    query = select(KEY.c.wrapped).where(KEY.c.name.like("day:%"))
    [key, *_] = await town.database.read(lambda unit: unit.execute(query).scalars().all())
    town.clock.move(days=1)
    for _ in range(60):
        town.clock.move(days=1)
        await forget(town.work())

    assert await scrub(town.work())
    assert await found(town.database, key) == []


def test_the_clock_sees_to_it_all_day() -> None:
    assert scrub in {job.do for job in JOBS if job.every is not None}


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_the_log_is_bounded_once_its_readers_are_gone(town: Town, tmp_path: Path) -> None:
    log = tmp_path / "data" / "chungtay.db-wal"

    def grow(unit: Unit) -> None:
        for _ in range(3):
            unit.execute(text("INSERT INTO meta SELECT hex(randomblob(8)), hex(zeroblob(500000))"))

    with closing(sqlite3.connect(tmp_path / "data" / "chungtay.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM meta").fetchall()
        for _ in range(6):
            await town.database.write(grow)
        grown = log.stat().st_size
    for _ in range(3):
        await town.database.write(grow)

    assert log.stat().st_size <= 8_388_608 + 3_200_000 < grown
