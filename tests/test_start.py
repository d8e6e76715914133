"""How the service starts, and refuses to: one plain line, exit 2, no secret; and what each command does on nothing."""

import asyncio
import base64
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from handlers.desk import Desk
from storage.crypto import decode_key, new_key
from storage.queries.chains import chain
from storage.tables import Person, Pledge
from tests.kit.postgres import PostgresServer
from tests.kit.process import Ended, Process, serving

PASSWORD = "correct-horse-battery"

TRIAL = pytest.mark.trial  # every day one damage of each chain: the rest is tried without a process, in tests/storage


@pytest.fixture
async def process(tmp_path: Path) -> Process:
    """A process on SQLite that was prepared and not started."""
    process = Process(tmp_path)
    await process.prepare()
    return process


def unknown_setting(process: Process) -> None:
    (process.folder / ".env").write_text(f"ENCRYPTION_KEYS={new_key()}\n")


def near_miss(process: Process) -> None:
    process.settings["DATABASE_URLL"] = f"postgresql://u:{PASSWORD}@127.0.0.1/d"


def another_key(process: Process) -> None:
    process.settings["ENCRYPTION_KEY"] = new_key()


def no_key_file(process: Process) -> None:
    (process.data / "encryption.key").unlink()


def spoiled_key_file(process: Process) -> None:
    (process.data / "encryption.key").write_text(PASSWORD)


def file_in_the_way(process: Process) -> None:
    (process.folder / "a-file").touch()
    process.settings["DATA_DIR"] = str(process.folder / "a-file" / "data")


def newer_database(process: Process) -> None:
    with sqlite3.connect(process.data / "chungtay.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def no_database(process: Process) -> None:
    for name in ("chungtay.db", "chungtay.db-wal", "chungtay.db-shm"):
        (process.data / name).unlink(missing_ok=True)
    (process.data / "chungtay.db").write_text("not a database at all, only words\n" * 200)


def postgres_away(process: Process) -> None:
    process.settings["DATABASE_URL"] = f"postgresql://u:{PASSWORD}@127.0.0.1:1/d"
    process.settings["ENCRYPTION_KEY"] = new_key()


def postgres_without_key(process: Process) -> None:
    process.settings["DATABASE_URL"] = f"postgresql://u:{PASSWORD}@127.0.0.1:1/d"


def templates_that_are_none(process: Process) -> None:
    given = {"APP_ID": "1", "ID": "2", "APP_SECRET": PASSWORD, "SECRET_KEY": PASSWORD, "TEMPLATES": "mau.toml"}
    process.settings.update({f"ZALO_OA_{name}": value for name, value in given.items()})


def real_channel_beside_sample_data(process: Process) -> None:
    process.settings["TELEGRAM_BOT_TOKEN"] = f"100001:{'T' * 35}"
    with sqlite3.connect(process.data / "chungtay.db") as connection:
        connection.execute("INSERT INTO meta (name, value) VALUES ('demo', 'yes')")
    connection.close()


def postgres_and_a_file_in_the_way(process: Process) -> None:
    postgres_away(process)
    file_in_the_way(process)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(unknown_setting, "ENCRYPTION_KEY", id="an unknown setting in .env"),
        pytest.param(near_miss, "DATABASE_URL", id="a near miss in the environment"),
        pytest.param(another_key, "is not the key", id="another key"),
        pytest.param(no_key_file, "encryption.key is missing", id="no key file beside data"),
        pytest.param(spoiled_key_file, "encryption.key", id="a spoiled key file"),
        pytest.param(file_in_the_way, "DATA_DIR", id="a file in the way of the data folder"),
        pytest.param(newer_database, "newer release", id="a newer database"),
        pytest.param(no_database, "database", id="a file that is no database"),
        pytest.param(postgres_away, "PostgreSQL", id="PostgreSQL away"),
        pytest.param(postgres_without_key, "ENCRYPTION_KEY", id="PostgreSQL without a key"),
        pytest.param(postgres_and_a_file_in_the_way, "DATA_DIR", id="the same beside PostgreSQL"),
        pytest.param(real_channel_beside_sample_data, "TELEGRAM_BOT_TOKEN", id="real people beside sample data"),
        pytest.param(templates_that_are_none, "ZALO_OA_TEMPLATES", id="no templates where they are said to be"),
    ],
)
async def test_serving_is_refused_in_one_line(process: Process, spoil: Callable[[Process], None], said: str) -> None:
    kept = process.data / "encryption.key"
    key = kept.read_text().strip()
    spoil(process)

    ended = await process.run("serve")

    refused(ended, said)
    for secret in (key, PASSWORD, process.settings.get("ENCRYPTION_KEY", key)):
        assert secret not in ended.out + ended.err


def refused(ended: Ended, said: str) -> None:
    """Assert that a command said one line and ended with 2."""
    assert ended.code == 2, ended
    [line] = ended.err.splitlines()
    assert line.startswith("chungtay: ")
    assert said in line


async def test_a_port_in_use_is_said(process: Process) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", process.port))
        taken.listen()

        ended = await process.run("serve")

    refused(ended, "PORT")


async def test_a_second_process_on_the_same_file_is_refused(tmp_path: Path) -> None:
    async with serving("sqlite", tmp_path) as first:
        ended = await first.beside().run("serve")

    refused(ended, "served by another process")


@pytest.fixture
def empty_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of an empty database on PostgreSQL."""
    with postgres_server.lent() as url:
        yield url


async def test_an_empty_postgresql_asks_for_migrate_and_then_serves(empty_postgres: str, tmp_path: Path) -> None:
    process = Process.on(empty_postgres, tmp_path)

    refused(await process.run("serve"), "chungtay migrate")
    await process.succeed("migrate")
    await process.start(from_nothing=True)

    assert await process.stop() == 0


async def test_another_key_is_refused_on_postgresql_too(empty_postgres: str, tmp_path: Path) -> None:
    process = Process.on(empty_postgres, tmp_path)
    await process.prepare()
    process.settings["ENCRYPTION_KEY"] = new_key()

    refused(await process.run("serve"), "is not the key")


async def test_the_first_start_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    process = Process(tmp_path)
    await process.start(from_nothing=True)
    assert await process.stop() == 0

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in process.data.iterdir()}
    key = (process.data / "encryption.key").read_text().strip()

    assert decode_key(key)
    assert key not in process.log.read_text()
    assert stat.S_IMODE(process.data.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("migrate",),
    ("verify",),
    ("outbox", "list"),
    ("dead-letters", "list"),
    ("dead-letters", "list", "--json"),
    ("officials", "list"),
    ("officials", "list", "--json"),
    ("script", "registration", "--lang", "en"),
    ("owner", "set", "--body", "UBND", "--contact", "0236 1022", "--data-contact", "a@b.test"),
)


async def test_every_command_works_on_an_empty_database(process: Process) -> None:
    key = (process.data / "encryption.key").read_text().strip()

    ended = await asyncio.gather(*(process.run(*command) for command in COMMANDS))

    went = {" ".join(command): (one.code, one.err) for command, one in zip(COMMANDS, ended, strict=True)}
    assert went == {" ".join(command): (0, "") for command in COMMANDS}
    assert all(one.out and key not in one.out for one in ended)


async def test_what_there_is_not_is_said_with_exit_1(process: Process) -> None:
    commands = ("demo", "clear"), ("outbox", "retry", "1"), ("outbox", "retry"), ("dead-letters", "replay", "x")

    ended = await asyncio.gather(*(process.run(*command) for command in commands))

    assert [(one.code, one.err) for one in ended] == [(1, "")] * 4
    assert all("there is no" in one.out for one in ended)


async def test_a_new_key_is_printed_and_nothing_else_is_made(tmp_path: Path) -> None:
    process = Process(tmp_path)

    printed = await process.succeed("key", "new")

    assert len(base64.urlsafe_b64decode(printed.strip())) == 32
    assert not process.data.exists()


async def test_a_talk_in_the_terminal_answers_each_line_and_leaves_nothing(tmp_path: Path) -> None:
    process = Process(tmp_path)

    ended = await process.run("talk", said="1\nĐăng ký hỗ trợ\n1\n")

    assert ended.code == 0, ended
    for heard in (
        "Hello. Which language would you like?",
        "Ông/bà cần việc gì?",
        "Ông/bà đăng ký cho ai?",
        "đồng ý không?",
    ):
        assert heard in ended.out
    assert not process.data.exists()


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        pytest.param("UPDATE audit SET reason = 'another' WHERE sequence = 2", "(sequence 2)", id="changed"),
        pytest.param("DELETE FROM audit WHERE sequence = 2", "(sequence 3)", id="deleted"),
        pytest.param("DELETE FROM audit WHERE sequence = 3", "sequence 3 is missing", id="cut off", marks=TRIAL),
        pytest.param(
            "UPDATE audit SET sequence = 9 - sequence WHERE sequence > 1", "does not fit", id="reordered", marks=TRIAL
        ),
    ],
)
async def test_verify_names_a_damaged_audit_row_with_exit_1(process: Process, damage: str, named: str) -> None:
    def write(desk: Desk) -> None:
        for number in range(3):
            desk.note("test.noted", f"test:{number}")
        chain.seal(desk.unit)

    process.at_desk(write)
    process.at_desk(lambda desk: desk.unit.execute(text(damage)))

    ended = await process.run("verify")

    assert (ended.code, len(ended.out.splitlines())) == (1, 1)
    assert ended.out.startswith("audit row ")
    assert named in ended.out


async def test_verify_names_the_first_row_that_is_not_the_one_anchored_outside(process: Process) -> None:
    def write(desk: Desk) -> None:
        desk.note("test.noted", "test")
        chain.seal(desk.unit)

    process.at_desk(write)
    (process.data / "anchors.txt").write_text("2026-11-24 audit 1 abcd\n2026-11-25 audit 9 abcd\n")

    ended = await process.run("verify", "--unsigned")

    assert ended.code == 1
    assert ended.out == "audit row of sequence 1, anchored on 2026-11-24, is not the row of that day\n"


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        pytest.param(
            "UPDATE ledger SET amount = 3 WHERE sequence = 2", "ledger row 2 (sequence 2)", id="changed", marks=TRIAL
        ),
        pytest.param("DELETE FROM ledger WHERE sequence = 2", "ledger row 3 (sequence 3)", id="deleted"),
        pytest.param(
            "DELETE FROM ledger WHERE sequence = 3", "ledger row of sequence 3 is missing", id="cut off", marks=TRIAL
        ),
        pytest.param(
            "UPDATE ledger SET sequence = 9 - sequence WHERE sequence > 1", "ledger row ", id="reordered", marks=TRIAL
        ),
        pytest.param("UPDATE ledger_total SET amount = 5", "the ledger's total of", id="a total changed", marks=TRIAL),
        pytest.param("UPDATE pledge SET received = 5", "has received something else", id="a sum changed", marks=TRIAL),
    ],
)
async def test_verify_names_damage_to_the_ledger_with_exit_1(process: Process, damage: str, named: str) -> None:
    def write(desk: Desk) -> None:
        person = Person(id="p", state="active", language="vi", created_at=desk.now, last_in_at=desk.now)
        pledge = Pledge(
            id="g", code="UH-0000-0000", person_id="p", kind="money", giver="person", amount=9, created_at=desk.now,
            changed_at=desk.now,
        )  # fmt: skip
        desk.unit.add(person)
        desk.vault.make("person:p", desk.now)
        desk.unit.flush()
        desk.unit.add(pledge)
        desk.unit.flush()
        for amount in (1, 2, 4):
            desk.pledges.receive(pledge, amount)
        chain.seal(desk.unit)

    process.at_desk(write)
    assert (await process.run("verify")).code == 0
    process.at_desk(lambda desk: desk.unit.execute(text(damage)))

    ended = await process.run("verify")

    assert ended.code == 1
    assert named in ended.out


async def test_verify_reads_beside_a_serving_process(tmp_path: Path) -> None:
    async with serving("sqlite", tmp_path) as process:
        said = await asyncio.gather(process.succeed("verify"), process.succeed("outbox", "list"))

    assert [out.strip() for out in said] == ["all invariants hold", "0 rows"]
