"""Opening a database: what address it takes, who may serve it, and what it never tells."""

from pathlib import Path

import pytest

from storage.database import AlreadyServed, Database, DatabaseAway
from tests.kit.postgres import PostgresServer


def test_a_second_process_may_not_serve_the_same_file(on_file: Database) -> None:
    beside = Database.open(on_file.url)
    on_file.hold()

    with pytest.raises(AlreadyServed):
        beside.hold()

    on_file.close_now()
    beside.hold()
    beside.close_now()


def test_any_number_may_serve_one_postgresql(postgres_server: PostgresServer) -> None:
    first, second = (Database.open(postgres_server.url()) for _ in range(2))

    first.hold()
    second.hold()

    first.close_now()
    second.close_now()


def test_a_new_file_is_its_owners_alone(on_file: Database) -> None:
    on_file.hold()
    folder = Path(on_file.url.removeprefix("sqlite:///")).parent

    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}

    assert modes.pop("data") == 0o700
    assert set(modes) == {"own.db", "own.db-wal", "own.db-shm", "own.db.lock"}
    assert set(modes.values()) == {0o600}


def test_a_file_that_is_no_database_is_away(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Kính gửi ông bà " * 100)

    with pytest.raises(DatabaseAway, match="not a database"):
        Database.open(f"sqlite:///{tmp_path / 'letter.db'}")


def test_a_folder_that_cannot_be_made_is_away(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Kính gửi ông bà")

    with pytest.raises(DatabaseAway, match="cannot open"):
        Database.open(f"sqlite:///{tmp_path / 'letter' / 'chungtay.db'}")


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("postgresql://office:quite-secret@127.0.0.1:1/office", id="password in its place"),
        pytest.param(
            "postgresql+psycopg://office@127.0.0.1:1/office?password=quite-secret", id="password as an option"
        ),
        pytest.param("postgresql://office:quite-secret@127.0.0.1:1/office?quite-secret=1", id="password told twice"),
    ],
)
def test_a_server_that_is_not_there_is_away_and_the_password_is_not_told(address: str) -> None:
    with pytest.raises(DatabaseAway) as told:
        Database.open(address)

    assert "quite-secret" not in str(told.value)
    assert "\n" not in str(told.value)
    assert told.value.__cause__ is None


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://office:quite-secret@here/x", "x y"])
def test_another_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(ValueError, match="address") as told:
        Database.open(address)

    assert "quite-secret" not in str(told.value)


def test_the_shown_address_hides_the_password(postgres_server: PostgresServer) -> None:
    database = Database.open(postgres_server.url().replace("postgres@", "postgres:quite-secret@"))
    database.close_now()

    assert "postgres:***@" in database.url
    assert "quite-secret" not in database.url + repr(database.engine)
