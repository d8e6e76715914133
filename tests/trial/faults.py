"""The database fails while residents write: they are told to try again, nothing kept is lost, and all heals by itself.

Why a resident who is told to try again does: a browser keeps a message until it is taken, under one id.
"""

import asyncio
import ctypes
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.kit.postgres import PostgresServer
from tests.kit.process import Process, serving
from tests.kit.visitor import Visitor
from tests.kit.waiting import until
from tests.trial.crowd import Crowd, crowd, slowest

ANSWERED_WITHIN_S = 2.0
MEASURED_FROM_S = 5  # shorter ones run beside other tests, where a clock tells nothing
Fault = Callable[[], Awaitable[object]]


async def suffer(
    process: Process, people: Crowd, fault: Fault, heal: Fault, *, lasts_s: float, within_s: float
) -> None:
    """Let everybody register, with a fault in the midst of it; judge what was answered and what came of it."""

    async def break_and_mend() -> None:
        await people.takes(3 * len(people.people))
        await fault()
        await _unavailable(process)
        knocking = asyncio.create_task(stranger.send(text="/start"))
        await asyncio.sleep(lasts_s)  # the fault itself takes time
        live, _ = await process.health("live")
        await heal()
        assert live == 200
        await knocking

    async with Visitor(process.url, patience_s=within_s) as stranger:
        took = await people.walk(break_and_mend(), within_s=within_s)
    attempts = people.attempts + stranger.attempts
    refused = [attempt for attempt in attempts if attempt.status != 202]
    answered_otherwise = [attempt for attempt in refused if attempt.status != 503 or not attempt.retry_after]
    assert not answered_otherwise, answered_otherwise[:5]
    assert refused
    if lasts_s >= MEASURED_FROM_S:
        assert slowest(refused, 503) < ANSWERED_WITHIN_S, slowest(refused, 503)
    status, body = await process.health("ready")
    assert status == 200, body
    cases = await people.judge(process)
    print(
        f"\n{len(people.people)} residents, {len(refused)} told to try again, slowest {slowest(refused, 503):.2f} s, "
        f"{took:.1f} s, {cases} cases, all right"
    )


async def _unavailable(process: Process) -> None:
    """Wait until it says that it takes nothing in; asking is cheap, and it looks once a second itself."""

    async def status() -> int | str:
        try:
            return (await process.health("ready"))[0]
        except aiohttp.ClientError as error:
            return repr(error)

    await until("it says that it takes nothing in", status, lambda found: found == 503)


async def full_disk(folder: Path, *, residents: int, lasts_s: float) -> None:
    """SQLite on a disk of 40 MB, which a file fills to the last byte. Skips where no disk can be mounted."""
    async with small_disk(folder / "data") as disk, serving("sqlite", folder) as process:
        filler = disk / "filler"

        async def fill() -> None:
            fill_up(filler)

        async def free() -> None:
            filler.unlink()

        async with crowd(residents, 2, process.url) as people:
            await suffer(process, people, fill, free, lasts_s=lasts_s, within_s=lasts_s + 300)


def fill_up(filler: Path) -> None:
    """Write a file until its disk takes not one byte more."""
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


@asynccontextmanager
async def small_disk(folder: Path) -> AsyncIterator[Path]:
    """A file system of 40 MB in memory, mounted here while used."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=40m,mode=0700") != 0:
        pytest.skip("a disk of 40 MB can't be mounted here")
    try:
        yield folder
    finally:
        assert libc.umount2(os.fsencode(folder), 2) == 0  # MNT_DETACH


async def locked(folder: Path, *, residents: int, lasts_s: float) -> None:
    """SQLite while another process holds its write lock."""
    async with serving("sqlite", folder) as process, crowd(residents, 3, process.url) as people:
        held: list[sqlite3.Connection] = []

        async def lock() -> None:
            await asyncio.to_thread(begin, process.data / "chungtay.db", held)

        async def unlock() -> None:
            held.pop().close()

        await suffer(process, people, lock, unlock, lasts_s=lasts_s, within_s=lasts_s + 300)


def begin(path: Path, held: list[sqlite3.Connection]) -> None:
    """Take the write lock of a file, until the connection put into `held` is closed."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=20, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    held.append(connection)


async def killed_postgres(server: PostgresServer, folder: Path, *, residents: int, lasts_s: float) -> None:
    """PostgreSQL stopped as by a crash, and started again."""
    async with serving(server.url(server.create()), folder) as process, crowd(residents, 4, process.url) as people:

        async def kill() -> None:
            await asyncio.to_thread(server.kill)

        async def start() -> None:
            await asyncio.to_thread(server.start)

        await suffer(process, people, kill, start, lasts_s=lasts_s, within_s=lasts_s + 300)


async def black_postgres(server: PostgresServer, folder: Path, *, residents: int, lasts_s: float) -> None:
    """PostgreSQL behind a network that swallows everything for a while."""
    name = server.create()
    socket_folder = server.url(name).rpartition("host=")[2]
    async with Proxy(f"{socket_folder}/.s.PGSQL.5432") as proxy:
        url = f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}"
        async with serving(url, folder) as process, crowd(residents, 5, process.url) as people:

            async def darken() -> None:
                proxy.passes.clear()

            async def lighten() -> None:
                proxy.passes.set()

            await suffer(process, people, darken, lighten, lasts_s=lasts_s, within_s=lasts_s + 300)


class Proxy:
    """Stands between a port of this machine and a server's unix socket; while `passes` is not set, nothing passes."""

    def __init__(self, socket_path: str) -> None:
        self.socket_path, self.passes = socket_path, asyncio.Event()
        self.passes.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> "Proxy":
        self._listener = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port: int = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._tasks)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there, onwards = await asyncio.open_unix_connection(self.socket_path)
            self._writers |= {writer, onwards}
            await asyncio.gather(self._pass_on(reader, onwards), self._pass_on(there, writer))
            self._writers -= {writer, onwards}
        finally:
            self._tasks.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while content := await reader.read(1 << 16):
                await self.passes.wait()
                writer.write(content)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
