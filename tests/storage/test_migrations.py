"""A database is brought to this release's shape, and every way it may differ from the tables in the code is seen."""

from collections.abc import Callable

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Column, Connection, Index, Integer, MetaData, Table, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from storage import migrations
from storage.columns import naming
from storage.database import Database

OLD_PERSON = (
    "INSERT INTO person (id, state, language, created_at, last_in_at)"
    " VALUES ('p', 'active', 'vi', '2026-01-01', '2026-01-01')"
)
OLD_FILE = (
    "INSERT INTO file (id, person_id, address_id, state, size, created_at)"
    " VALUES ('f', 'p', 'a', 'raw', 3, '2026-01-01')"
)
OLD_LETTER = (
    "INSERT INTO dead_letter (id, inbox_id, channel, reason, state, created_at)"
    " VALUES ('d', 1, 'webchat', 'odd', 'open', '2026-01-01')"
)
OLD_RECIPIENTS = (
    "INSERT INTO recipient (id, broadcast_id, address_id, channel, state, outbox_id) VALUES"
    " (1, 7, 'b', 'telegram', 'released', 11), (2, 7, 'a', 'telegram', 'planned', NULL),"
    " (3, 7, 'c', 'webchat', 'digest', NULL), (4, 8, 'a', 'telegram', 'opted_out', NULL)"
)
Damage = Callable[[Connection], None]


@pytest.fixture
def current(shaped: Database) -> Database:
    """A database in this release's shape."""
    return shaped


def execute(statement: str) -> Damage:
    def damage(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return damage


def make_urgent_anew(change: Callable[[Table], object]) -> Damage:
    """Replace one table, on which no other leans, by a changed one; SQLite can't alter a constraint."""

    def damage(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TABLE urgent_request")
        metadata = MetaData(naming_convention=naming)
        SQLModel.metadata.tables["person"].to_metadata(metadata)
        urgent = SQLModel.metadata.tables["urgent_request"].to_metadata(metadata)
        change(urgent)
        urgent.create(connection)

    return damage


def forget_its_check(urgent: Table) -> None:
    urgent.constraints -= {c for c in urgent.constraints if isinstance(c, CheckConstraint)}


def add_a_check(urgent: Table) -> None:
    urgent.append_constraint(CheckConstraint("state <> 'lost'", name="never_lost"))


def add_a_column(urgent: Table) -> None:
    urgent.append_column(Column("room", Integer))


def add_an_index(urgent: Table) -> None:
    Index("ix_urgent_request_state", urgent.c.state)


def test_an_empty_database_comes_to_this_release(database: Database) -> None:
    before = migrations.state(database.engine)

    migrations.upgrade(database.engine)

    assert (before, migrations.state(database.engine)) == ("empty", "current")


def test_this_release_knows_its_latest_revision() -> None:
    assert ScriptDirectory.from_config(migrations._config()).get_current_head() == migrations.HEAD


def test_what_the_migrations_make_is_what_the_tables_say(current: Database) -> None:
    assert migrations.drift(current.engine) == []


def test_upgrading_again_changes_nothing(current: Database) -> None:
    current.write_now(lambda unit: unit.execute(text("INSERT INTO meta (name, value) VALUES ('a', 'b')")))

    migrations.upgrade(current.engine)

    assert migrations.state(current.engine) == "current"
    assert migrations.drift(current.engine) == []
    assert current.read_now(lambda unit: unit.execute(text("SELECT value FROM meta")).scalar_one()) == "b"


def test_an_older_database_keeps_its_rows(database: Database) -> None:
    with database.engine.begin() as connection:
        command.upgrade(migrations._config(connection), "0001")
        connection.exec_driver_sql(OLD_PERSON)
        connection.exec_driver_sql(OLD_FILE)
        connection.exec_driver_sql(OLD_LETTER)
    before = migrations.state(database.engine)

    migrations.upgrade(database.engine)

    assert (before, migrations.state(database.engine)) == ("older", "current")
    assert migrations.drift(database.engine) == []
    kept = text("SELECT f.state, f.attempt, d.reason FROM file f, dead_letter d")
    assert database.read_now(lambda unit: unit.execute(kept).one()) == ("raw", 0, "odd")


def test_recipients_of_an_older_database_stay_who_they_are_and_where_they_stand(database: Database) -> None:
    with database.engine.begin() as connection:
        migrations.upgrade_within(connection, "0005")
        connection.exec_driver_sql(OLD_RECIPIENTS)

    migrations.upgrade(database.engine)

    kept = "SELECT broadcast_id, address_id, channel, state, outbox_id FROM recipient ORDER BY broadcast_id, address_id"
    assert [tuple(row) for row in database.read_now(lambda unit: unit.execute(text(kept)).all())] == [
        (7, "a", "telegram", "planned", None),
        (7, "b", "telegram", "released", 11),
        (7, "c", "webchat", "digest", None),
        (8, "a", "telegram", "opted_out", None),
    ]
    assert migrations.drift(database.engine) == []


def test_nobody_gets_an_announcement_twice_in_one_chat(current: Database) -> None:
    again = "INSERT INTO recipient (broadcast_id, address_id, channel, state) VALUES (7, 'a', 'webchat', 'planned')"
    current.write_now(lambda unit: unit.execute(text(again)))

    with pytest.raises(IntegrityError):
        current.write_now(lambda unit: unit.execute(text(again)))


def test_the_database_of_a_later_release_is_newer(current: Database) -> None:
    with current.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert migrations.state(current.engine) == "newer"


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        pytest.param(make_urgent_anew(forget_its_check), "ck_urgent_request_state", id="a CHECK is gone"),
        pytest.param(make_urgent_anew(add_a_check), "ck_urgent_request_never_lost", id="a CHECK too many"),
        pytest.param(make_urgent_anew(add_a_column), "room", id="a column too many"),
        pytest.param(make_urgent_anew(add_an_index), "ix_urgent_request_state", id="an index too many"),
        pytest.param(execute("DROP INDEX ix_inbox_waiting"), "ix_inbox_waiting", id="an index is gone"),
        pytest.param(execute("DROP TABLE task"), "task", id="a table is gone"),
        pytest.param(execute("CREATE TABLE attic (id INTEGER)"), "attic", id="a table too many"),
        pytest.param(execute("ALTER TABLE lease DROP COLUMN epoch"), "epoch", id="a column is gone"),
    ],
)
def test_a_difference_is_named(current: Database, damage: Damage, named: str) -> None:
    with current.engine.begin() as connection:
        damage(connection)

    assert named in str(migrations.drift(current.engine))


def test_every_check_of_the_tables_is_in_the_database(current: Database) -> None:
    wanted = {
        (table.name, str(constraint.name))
        for table in SQLModel.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }

    inspector = inspect(current.engine)

    found = {
        (table.name, check["name"])
        for table in SQLModel.metadata.sorted_tables
        for check in inspector.get_check_constraints(table.name)
    }
    assert found == wanted


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(
            "INSERT INTO job_run (job, due, state, started_at) VALUES ('a', '2026-01-01', 'lost', '2026-01-01')",
            id="job run",
        ),
        pytest.param(
            "INSERT INTO dead_letter (id, inbox_id, channel, reason, state, created_at)"
            " VALUES ('a', 1, 'webchat', '', 'lost', '2026-01-01')",
            id="dead letter",
        ),
        pytest.param(
            "INSERT INTO person (id, state, language, created_at, last_in_at)"
            " VALUES ('a', 'lost', '', '2026-01-01', '2026-01-01')",
            id="person",
        ),
        pytest.param(
            "INSERT INTO recipient (broadcast_id, address_id, channel, state) VALUES (1, 'a', 'webchat', 'lost')",
            id="recipient",
        ),
    ],
)
def test_a_word_that_is_no_state_is_refused(current: Database, statement: str) -> None:
    with pytest.raises(IntegrityError):
        current.write_now(lambda unit: unit.execute(text(statement)))
