"""Whoever has the master key of before, and every file: it opens nothing once it was replaced, and nobody noticed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pyotp
import pytest
from sqlalchemy import func
from sqlmodel import col, select

from bot import config
from bot.cli.keys import KEPT_BESIDE
from handlers.desk import Desk
from storage.crypto import BEFORE, NEXT, MasterKey, OneKey, WrongKey, decode_key
from storage.database import Database
from storage.queries import machine
from storage.tables import CaseLookUp, DataKey
from storage.vault import TO_SCRUB
from tests.attacks.test_erased import _flush, _place
from tests.kit import forks
from tests.kit.accounts import EMAIL, HASH, UNIT
from tests.kit.postgres import PostgresServer
from tests.kit.process import Process, serving
from tests.kit.visitor import Visitor
from tests.kit.waiting import comes, until
from tests.test_backup import key_of, register
from tests.test_canaries import says
from tests.test_start import refused
from tests.trial.crowd import crowd

KEYS = 3000  # beside those of the residents, so that there is something to be killed in the midst of


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    async with serving(database_url, tmp_path / "first") as process:
        yield process


@pytest.fixture
async def urls(service: Process, engine_name: str) -> AsyncIterator[tuple[str, ...]]:
    """Where it is reached: on PostgreSQL by two processes."""
    async with AsyncExitStack() as stack:
        reached = [service.url]
        if engine_name == "postgresql":
            second = service.beside()
            stack.push_async_callback(second.close)
            await second.start()
            reached.append(second.url)
        yield tuple(reached)


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of another database of the same kind."""
    if engine_name == "sqlite":
        yield "sqlite"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.lent() as url:
        yield url


def make_many(desk: Desk) -> None:
    for number in range(KEYS):
        desk.vault.make(f"test:{number:05}", desk.now)


def take_up(desk: Desk) -> str:
    """An official's account, taken up; returns what her phone makes codes of."""
    made = desk.accounts.invite(EMAIL, "Tâm", "Cán bộ", ("officer",), (UNIT,))
    assert made is not None
    invited = desk.signing_in.invited(made[1])
    assert invited is not None
    assert desk.signing_in.redeem(made[1], HASH, pyotp.TOTP(invited.secret).at(desk.now))
    return invited.secret


def wrapped(desk: Desk) -> dict[str, bytes]:
    return {row.name: row.wrapped for row in desk.unit.scalars(select(DataKey))}


def look_ups(desk: Desk) -> int:
    """How many cases are found by the telephone that everybody here gives, by its look-up value."""
    value = desk.vault.look_up("phone", "+84905123456")
    return desk.unit.scalar(select(func.count()).where(col(CaseLookUp.value) == value)) or 0


async def kill_somewhere(process: Process, chance: Random) -> None:
    """Begin or go on to rotate, and kill -9 it: at once, or once it has wrapped so many keys."""
    before = len(left(process))
    enough = before - chance.randrange(0, 900)
    with process.log.open("ab") as log:
        command = await forks.start(("key", "rotate"), process.folder, process.environment(), log.fileno())
    assert command.stdout is not None
    await comes("it says what it does", command.stdout.readline())
    await until("it has wrapped some", lambda: len(left(process)), lambda now: now <= enough or command.returncode == 0)
    with suppress(ProcessLookupError):  # it may end by itself in that moment
        os.killpg(command.pid, signal.SIGKILL)
    await comes("it ended", command.communicate())


def left(process: Process) -> set[str]:
    """Keys that the newest key has not wrapped, as a process that was told nothing sees them."""
    return {name for name, one in process.at_desk(wrapped).items() if one[:1] == b"\x01" and name.startswith("test:")}


def new_key_of(process: Process, said: str) -> str:
    """The new key, from where the operator finds it."""
    if "ENCRYPTION_KEY" not in process.settings:
        return (process.data / "encryption.key").read_text().strip()
    [line] = [line for line in said.splitlines() if line.startswith("ENCRYPTION_KEY=")]
    return line.partition("=")[2]


def opened_by(key: str, kept: Mapping[str, bytes]) -> list[str]:
    """The wrapped keys that a master key opens."""
    one, found = OneKey(decode_key(key)), []
    for name, value in kept.items():
        with suppress(WrongKey):
            one.open(value[5:] if value[:1] == b"\x02" else value, name)
            found.append(name)
    return found


async def remains(service: Process, values: Collection[bytes]) -> list[bytes]:
    """Which of these still stand in the files of the database."""
    database = Database.open(config.load(service.settings, None).database_url)
    try:
        if database.dialect == "postgresql":
            await asyncio.to_thread(_flush, database)
        files = await database.read(_place)
        contents = await asyncio.to_thread(lambda: b"".join(one.read_bytes() for one in files))
    finally:
        await database.close()
    return [value for value in values if value in contents]


def lets_in(desk: Desk, secret: str) -> bool:
    """Whether an official is found by her address, and her phone's code is right."""
    login = desk.signing_in.login(EMAIL)
    code = pyotp.TOTP(secret).at(desk.now + timedelta(seconds=30))
    return login is not None and bool(desk.signing_in.sign_in(login, code))


def has_been_cleaned(service: Process) -> bool:
    return service.at_desk(lambda desk: machine.fact(desk.unit, TO_SCRUB)) is None


async def test_a_key_is_replaced_while_residents_write_and_opens_nothing_afterwards(
    service: Process, urls: tuple[str, ...], empty_url: str, tmp_path: Path
) -> None:
    old, chance = key_of(service), Random(7)  # noqa: S311  # it only has to be the same again
    monday, tuesday = tmp_path / "kept" / "monday.backup", tmp_path / "later" / "tuesday.backup"
    monday.parent.mkdir()
    tuesday.parent.mkdir()
    secret = service.at_desk(take_up)
    service.at_desk(make_many)
    await service.succeed("backup", str(monday))

    async with Visitor(*urls) as mai, crowd(2, 5, *urls) as people:
        code = await register(mai)
        before = service.at_desk(wrapped)
        walking = asyncio.create_task(people.walk(within_s=300))
        for _ in range(3):
            await kill_somewhere(service, chance)
        said = await service.succeed("key", "rotate")
        meanwhile = service.at_desk(wrapped)
        new = new_key_of(service, said)
        await walking
        if "ENCRYPTION_KEY" in service.settings:
            early = await service.run("key", "rotate", "--finish")
            assert (early.code, "was started with the key before" in early.out) == (1, True), early
            service.settings["ENCRYPTION_KEY"] = new
        finished = await service.succeed("key", "rotate", "--finish")
        shown = await says(mai, "/hoso")
        await until("the files are cleaned", lambda: has_been_cleaned(service))
        left_over = await remains(service, [*before.values(), meanwhile[NEXT], meanwhile[BEFORE]])
        quarrels = [person.quarrel(await person.visitor.lines()) for person in people.people]

    assert (quarrels, "opens nothing here any more" in finished, code in shown.text) == (["", ""], True, True)
    assert not (service.data / KEPT_BESIDE).exists()
    assert not any("WrongKey" in log.read_text() for log in service.folder.glob("*.log"))
    assert (opened_by(old, service.at_desk(wrapped)), left_over) == ([], [])
    assert {person.code for person in people.people} | {code} == service.cases().keys()
    assert service.at_desk(look_ups) == 1
    assert service.at_desk(lambda desk: lets_in(desk, secret))
    assert await service.succeed("verify") == "all invariants hold\n"
    assert "is the only key" in await service.succeed("key", "status")
    await service.succeed("backup", str(tuesday))
    assert await service.stop() == 0
    await service.start()
    assert await service.stop() == 0
    refused(await Process(service.folder, **service.settings | {"ENCRYPTION_KEY": old}).run("serve"), "is not the key")

    anew = Process.on(empty_url, tmp_path / "second", ENCRYPTION_KEY=new)
    refused(await anew.run("restore", str(monday)), f"signed with the key {MasterKey(decode_key(old)).name}, and")
    await anew.succeed("restore", str(tuesday))
    assert anew.cases() == service.cases()
    assert anew.at_desk(look_ups) == 1
    assert await anew.succeed("verify") == "all invariants hold\n"


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_backup_of_before_needs_the_key_of_before(service: Process, tmp_path: Path) -> None:
    old, monday = key_of(service), tmp_path / "monday.backup"
    async with Visitor(service.url) as mai:
        code = await register(mai)
    await service.succeed("backup", str(monday))
    await service.succeed("key", "rotate")
    await service.succeed("key", "rotate", "--finish")

    anew = Process.on("sqlite", tmp_path / "second", ENCRYPTION_KEY=old)
    await anew.succeed("restore", str(monday))

    assert anew.cases().keys() == {code}


async def test_a_process_that_does_not_know_the_new_key_is_not_locked_out(service: Process) -> None:
    os.kill(service.pid, signal.SIGSTOP)
    try:
        begun = await service.run("key", "rotate")
        status = await service.succeed("key", "status")
        if "ENCRYPTION_KEY" in service.settings:
            service.settings["ENCRYPTION_KEY"] = new_key_of(service, begun.out)
        ended = await service.run("key", "rotate", "--finish")
    finally:
        os.kill(service.pid, signal.SIGCONT)

    assert (begun.code, "do not know the new key yet" in begun.out) == (1, True), begun
    assert ("the serving process" if "ENCRYPTION_KEY" not in service.settings else f"chungtay-{service.pid}-") in status
    assert (ended.code, "would be locked out" in ended.out) == (1, True), ended
    await service.succeed("key", "rotate")
    await service.succeed("key", "rotate", "--finish")
    assert "is the only key" in await service.succeed("key", "status")
