"""Full disks, interrupts and killed servers: what was answered as kept is there, the rest says so, all heals."""

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, DatabaseAway, UnclearCommit, Unit, WentOnAfterFailure
from tests.kit.postgres import PostgresServer
from tests.storage.notes import Gate, behind, furnish, note, noted


async def test_a_full_disk_loses_nothing_it_answered_for_and_heals(on_file: Database) -> None:
    pages = 40

    def limit(dbapi: sqlite3.Connection, _: object) -> None:
        dbapi.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(on_file.engine, "connect", limit)
    on_file.engine.dispose()
    answers = await behind(Gate(), on_file, [note(n, "ơ" * 2000) for n in range(100)])

    answered = [answer for answer in answers if isinstance(answer, int)]
    assert await on_file.read(noted) == answered
    assert answered
    assert {type(answer) for answer in answers} == {int, DatabaseAway}

    pages = 10_000
    on_file.engine.dispose()
    assert await on_file.write(note(1000, "ơ" * 2000)) == 1000


def interrupt_a_statement(unit: Unit) -> None:
    raw = unit.connection().connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.create_function("interrupt_now", 0, raw.interrupt)
    note(1)(unit)
    unit.execute(text("INSERT INTO notes (id, words) SELECT id + 1000, interrupt_now() FROM notes"))


def interrupt_and_say_nothing(unit: Unit) -> None:
    try:
        interrupt_a_statement(unit)
    except DBAPIError:
        return


def interrupt_and_go_on(unit: Unit) -> None:
    try:
        interrupt_a_statement(unit)
    except DBAPIError:
        note(2)(unit)


@pytest.mark.parametrize(
    ("work", "told"),
    [
        pytest.param(interrupt_a_statement, DatabaseAway, id="an interrupt"),
        pytest.param(interrupt_and_say_nothing, WentOnAfterFailure, id="an interrupt kept quiet"),
        pytest.param(interrupt_and_go_on, WentOnAfterFailure, id="an interrupt followed by more"),
    ],
)
async def test_an_interrupt_is_no_success_and_spares_the_neighbours(
    on_file: Database, work: Callable[[Unit], None], told: type[Exception]
) -> None:
    answers = await behind(Gate(), on_file, [note(10), note(11), work, note(12)])

    assert [type(answer) for answer in answers] == [int, int, told, int]
    assert await on_file.read(noted) == [10, 11, 12]


async def test_a_transaction_ended_by_a_statement_is_no_success(on_file: Database) -> None:
    def end(unit: Unit) -> None:
        note(1)(unit)
        unit.execute(text("ROLLBACK"))

    with pytest.raises(WentOnAfterFailure):
        await on_file.write(end)

    assert await on_file.read(noted) == []


async def test_what_was_interrupted_once_is_kept_once(on_file: Database) -> None:
    interrupted: list[bool] = []

    def interrupt_the_first_time(unit: Unit) -> None:
        if not interrupted:
            interrupted.append(True)
            interrupt_a_statement(unit)
        note(1)(unit)

    answers = await behind(Gate(), on_file, [note(10), interrupt_the_first_time, note(12)])

    assert answers == [10, None, 12]
    assert await on_file.read(noted) == [1, 10, 12]


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that a test may kill."""
    server = PostgresServer()
    yield server
    server.close()


async def test_a_killed_postgresql_is_away_and_then_works_again(own_server: PostgresServer) -> None:
    database = furnish(Database.open(own_server.url(own_server.create())))

    def die_within(unit: Unit) -> None:
        note(1)(unit)
        own_server.kill()
        note(2)(unit)

    def die_before_commit(_: Connection) -> None:
        own_server.kill()

    with pytest.raises(DatabaseAway):
        await database.write(die_within)
    for call in (database.write, database.mark, database.read):
        with pytest.raises(DatabaseAway):
            await call(noted)
    own_server.start()
    await database.write(note(3))

    event.listen(database.engine, "commit", die_before_commit)
    with pytest.raises(UnclearCommit):
        await database.write(note(4))
    event.remove(database.engine, "commit", die_before_commit)
    own_server.start()
    await database.write(note(5))

    assert await database.read(noted) == [3, 5]
    await database.close()
