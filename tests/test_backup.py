"""`chungtay backup` beside a service at work, and `chungtay restore` into a new one, on each of the two databases."""

import asyncio
import gzip
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlmodel import select

from handlers.desk import Desk
from storage.backup.rowfile import SIGNED
from storage.crypto import WrongKey, new_key
from storage.queries.incoming import inbox
from storage.tables import Address, Case, ChatLine, InboxRow, OutboxRow, Person
from storage.vault import KeyGone
from tests.kit.postgres import PostgresServer
from tests.kit.process import Process, serving
from tests.kit.visitor import Visitor
from tests.test_canaries import NUMBERS, WORDS, found_in, presses, says, tell
from tests.test_start import refused
from tests.trial.crowd import crowd

MAI = "Trần Thị Mai"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    made = tmp_path / "kept"
    made.mkdir()
    return made


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A serving process on each of the two databases."""
    async with serving(database_url, tmp_path / "first") as process:
        yield process


@pytest.fixture
def new_url(engine_name: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database of the other kind; that of SQLite is in the process's own folder."""
    if engine_name == "postgresql":
        yield "sqlite"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.lent() as url:
        yield url


@pytest.fixture
async def anew(service: Process, new_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A process with the same key on an empty database, not started."""
    process = Process.on(new_url, tmp_path / "second", ENCRYPTION_KEY=key_of(service))
    yield process
    await process.close()


def key_of(process: Process) -> str:
    return process.settings.get("ENCRYPTION_KEY") or (process.data / "encryption.key").read_text().strip()


async def register(visitor: Visitor) -> str:
    """Register in a few words; returns the code."""
    await visitor.arrive()
    for text in ("/dangky", "1", "1", "1 4", "Hòa Khánh", "tổ 3", MAI, "1954", "0905 123 456", "1", "3"):
        await says(visitor, text)
    await says(visitor, "Gửi yêu cầu")
    [code] = {word.strip(".,") for line in await visitor.lines() for word in line.text.split() if word[:3] == "HS-"}
    return code


@pytest.mark.parametrize("engine_name", [pytest.param("sqlite", marks=pytest.mark.trial), "postgresql"])
async def test_a_backup_is_taken_while_people_write_and_serves_them_again(
    service: Process, anew: Process, folder: Path
) -> None:
    async with Visitor(service.url) as mai, crowd(4, 5, service.url) as people:
        code = await register(mai)
        walking = asyncio.create_task(people.walk(within_s=300))
        await people.takes(12)
        backups = [await service.succeed("backup", str(folder / f"{n}.backup")) for n in range(2)]
        await walking
        assert await service.stop() == 0

        said = [await anew.succeed("restore", str(folder / "1.backup"))]
        said.append(await anew.succeed("verify"))
        await anew.start()
        mai.urls = (anew.url,)
        shown = await says(mai, "/hoso")

    assert all("keep ENCRYPTION_KEY" in line and key_of(service) not in line for line in backups)
    assert "0 persons erased since" in said[0]
    assert said[1].strip() == "all invariants hold"
    assert code in shown.text


@pytest.mark.parametrize("engine_name", ["sqlite", pytest.param("postgresql", marks=pytest.mark.trial)])
async def test_who_was_erased_after_the_backup_is_nowhere_in_what_is_restored(
    service: Process, anew: Process, folder: Path
) -> None:
    async with Visitor(service.url) as mai, Visitor(service.url) as told:
        code = await register(mai)
        await told.arrive()
        await tell(told)
        await service.succeed("backup", str(folder / "monday.backup"))
        await presses(told, await says(told, "/riengtu"), "Xóa hết")
        assert "Đã xóa hết" in (await says(told, "Xóa hết")).text
        await service.succeed("backup", str(folder / "tuesday.backup"))
        assert await service.stop() == 0

        restored = await anew.succeed("restore", str(folder / "monday.backup"))
        verified = await anew.succeed("verify")
        opened = await asyncio.to_thread(anew.at_desk, everything_that_opens)
        await anew.start()
        told.urls = mai.urls = (anew.url,)
        lines, shown = await told.lines(), await says(mai, "/hoso")

    assert "1 persons erased since are erased here, 1 open cases were withdrawn" in restored
    assert verified.strip() == "all invariants hold"
    assert lines == []
    assert code in shown.text
    assert MAI in opened
    assert found_in(opened.encode() + contents(folder, anew.data), *WORDS, *NUMBERS) == []


def contents(*folders: Path) -> bytes:
    """All bytes of all files in some folders, unpacked."""
    raw = [path.read_bytes() for folder in folders if folder.exists() for path in folder.iterdir()]
    split = [one.partition(b"\n\x1f\x8b") for one in raw]
    return b"".join(
        first + gzip.decompress(between[1:] + rest) if first.startswith(SIGNED) else first + between + rest
        for first, between, rest in split
    )


def everything_that_opens(desk: Desk) -> str:
    """All words of cases, messages and lines that any key in the database opens."""
    found: list[object] = [desk.cases.read(case_id) for case_id in desk.unit.scalars(select(Case.id))]
    sealed = [
        (inbox.day_key(row.day), f"inbox.body:{row.channel}/{row.update_id}", row.body)
        for row in desk.unit.scalars(select(InboxRow))
    ]
    persons = list(desk.unit.scalars(select(Person.id)))
    for row in desk.unit.scalars(select(OutboxRow)):
        sealed += [(f"person:{person}", f"outbox.body:{row.key}", row.body) for person in persons]
    for line, person in desk.unit.execute(select(ChatLine, Address.person_id).join(Address)):
        sealed.append((f"person:{person}", f"chat_line.body:{line.address_id}/{line.number}", line.body))
    for name, where, body in sealed:
        with suppress(KeyGone, WrongKey):
            found += [desk.vault.open(name, where, body)] if body else []
    return repr(found)


@pytest.mark.parametrize("engine_name", ["sqlite"])  # what is refused is the file, whatever it came from
async def test_what_does_not_fit_is_refused_in_one_line_and_nothing_is_written(
    database_url: str, tmp_path: Path, folder: Path
) -> None:
    process = Process.on(database_url, tmp_path)
    await process.prepare()
    await process.succeed("backup", str(folder / "a.backup"))
    (folder / "cut.backup").write_bytes((folder / "a.backup").read_bytes()[:-30])
    key = key_of(process)
    same, other = (Process(tmp_path / name, ENCRYPTION_KEY=key) for name, key in (("b", key), ("c", new_key())))
    keyless, bare = Process(tmp_path / "d"), tmp_path / "bare"
    bare.mkdir()
    shutil.copy(folder / "a.backup", bare)

    ended = [
        (await process.run("backup", str(folder / "a.backup")), "is there already"),
        (await process.run("restore", str(folder / "a.backup")), "not empty"),
        (await same.run("restore", str(folder / "cut.backup")), "cut.backup can't be read"),
        (await same.run("restore", str(folder / "none.backup")), "there is no none.backup"),
        (await same.run("restore", str(bare / "a.backup")), "person-keys is missing"),
        (await other.run("restore", str(folder / "a.backup")), "ENCRYPTION_KEY is not its key"),
        (await keyless.run("restore", str(folder / "a.backup")), "encryption.key is missing"),
    ]

    for one, said in ended:
        refused(one, said)
        assert key not in one.out + one.err
    assert not any((one.data / "chungtay.db").exists() for one in (same, other, keyless))


@pytest.mark.trial
async def test_a_backup_of_a_service_that_was_killed_is_whole(service: Process, folder: Path, tmp_path: Path) -> None:
    async with crowd(2, 9, service.url) as people:
        walking = asyncio.create_task(people.walk(within_s=300))
        await people.takes(15)
        await service.kill()
        await service.succeed("backup", str(folder / "a.backup"))
        await service.start()
        await walking

    same = Process(tmp_path / "same", ENCRYPTION_KEY=key_of(service))
    await same.succeed("restore", str(folder / "a.backup"))

    assert (await same.succeed("verify")).strip() == "all invariants hold"
