"""The service as an operator runs it: a process of its own, which can be stopped, killed and started again.

Why a process and not the wired parts: kill -9, a full disk and a second process are only real from outside. It is
forked from one that has read the code (tests/kit/forks.py), unless it is to start from nothing.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import aiohttp
from sqlmodel import select

from bot import config, setup
from bot.clock import SystemClock
from handlers.desk import Actor, Desk
from storage.crypto import new_key
from storage.database import Database, Unit
from storage.queries import machine
from storage.tables import Case
from tests.kit import forks
from tests.kit.forks import Forked
from tests.kit.shape import bring_to_shape, lay_file
from tests.kit.waiting import PATIENT_S, comes

T = TypeVar("T")

OWNER = ("UBND phường Thử", "0236 1022", "du-lieu@example.test")
READY = "Ctrl+C"  # the last line that serving prints once it listens
KEPT = ("PATH", "HOME", "LANG", "LC_ALL")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


ANY_HOUR = {"QUIET_HOURS": "07:00-07:00"}  # tests of real processes run by day and by night


class Process:
    """One serving process in a folder of its own, on a port it keeps over restarts.

    settings: as in the environment; DATA_DIR is `data` in the folder unless given. log: what it wrote on stderr, over
    all its starts. greeting: what it printed at the last of them.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        own = {"PORT": str(self.port), "DATA_DIR": str(folder / "data"), **ANY_HOUR}
        self.settings = own | settings
        self.log = folder / f"{self.port}.log"
        self.greeting = ""
        self._process: asyncio.subprocess.Process | Forked | None = None

    @classmethod
    def on(cls, database_url: str, folder: Path, **settings: str) -> "Process":
        """A process on a database of tests: its file lies in the folder's data, or it is a PostgreSQL."""
        if not database_url.startswith("sqlite"):
            settings = {"DATABASE_URL": database_url, "ENCRYPTION_KEY": new_key()} | settings
        return cls(folder, **settings)

    def beside(self) -> "Process":
        """Another process with the same settings on a port of its own."""
        port = free_port()
        return Process(self.folder, **(self.settings | {"PORT": str(port)}))._at(port)

    def _at(self, port: int) -> "Process":
        self.port, self.log = port, self.folder / f"{port}.log"
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def data(self) -> Path:
        """Its data folder."""
        return Path(self.settings["DATA_DIR"])

    def environment(self) -> dict[str, str]:
        """What it sees of the environment."""
        return {name: os.environ[name] for name in KEPT if name in os.environ} | self.settings

    async def prepare(self) -> None:
        """Bring the database to its shape and say who is responsible."""
        await asyncio.to_thread(self._prepare)

    def _prepare(self) -> None:
        if url := self.settings.get("DATABASE_URL"):
            bring_to_shape(url)
        else:
            lay_file(self.data / "chungtay.db")
        self.at_desk(lambda desk: machine.set_owner(desk.unit, *OWNER, "test", desk.now))

    async def start(self, *arguments: str, from_nothing: bool = False) -> None:
        """Start serving, and wait until it takes messages in. Raises AssertionError if it ends instead.

        from_nothing: as an operator starts it, reading the code first.
        """
        with self.log.open("ab") as log:
            if from_nothing:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "serve", *arguments, cwd=self.folder, env=self.environment(),
                    stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log,
                    start_new_session=True,
                )  # fmt: skip
            else:
                self._process = await forks.start(("serve", *arguments), self.folder, self.environment(), log.fileno())
        await comes("it takes messages in", self._listens(), lambda: (self.greeting, self._logged()))
        status, body = await self.health("ready")
        assert status == 200, body

    async def _listens(self) -> None:
        process = self._running()
        assert process.stdout is not None
        self.greeting = ""
        while line := await process.stdout.readline():
            self.greeting += line.decode()
            if READY in line.decode():
                return
        raise AssertionError(f"it ended with {await process.wait()}: {self._logged()}")

    def _logged(self) -> str:
        return self.log.read_text()[-2000:]

    async def kill(self) -> None:
        """kill -9 it and what it started."""
        process = self._running()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await self._reap()

    async def stop(self, number: signal.Signals = signal.SIGTERM, within_s: float = 15.0) -> int:
        """Ask it to end; returns its exit code. Raises NeverCame if it takes longer."""
        self._running().send_signal(number)
        return await self._reap(within_s)

    async def close(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        if self._process is not None and self._process.returncode is None:
            await self.kill()

    async def _reap(self, within_s: float = PATIENT_S) -> int:
        # Reading to the end also closes the pipe, which a killed process leaves open.
        await comes("it ends", self._running().communicate(), self._logged, within_s=within_s)
        code = self._running().returncode
        assert code is not None
        return code

    def _running(self) -> asyncio.subprocess.Process | Forked:
        assert self._process is not None, "it was never started"
        return self._process

    async def run(self, *arguments: str, said: str = "") -> Ended:
        """Run a command with the same settings. said: what it reads on stdin."""
        code, out, err = await forks.run(arguments, self.folder, self.environment(), said.encode())
        return Ended(code, out.decode(), err.decode())

    async def succeed(self, *arguments: str) -> str:
        """Run a command that must exit with 0; returns what it printed."""
        ended = await self.run(*arguments)
        assert ended.code == 0, ended
        return ended.out

    async def health(self, kind: str) -> tuple[int, str]:
        """(status, body) of /health/live or /health/ready."""

        async def ask() -> tuple[int, str]:
            async with aiohttp.ClientSession() as web, web.get(f"{self.url}/health/{kind}") as answer:
                return answer.status, await answer.text()

        return await comes(f"/health/{kind} answers", ask(), self._logged)

    def at_desk(self, work: Callable[[Desk], T]) -> T:
        """Open its database here, with its own key, and do something at the operator's desk."""
        return self._with_desk(Database.write_now, work)

    def look(self, work: Callable[[Desk], T]) -> T:
        """The same for who only looks, and so waits for no writer."""
        return self._with_desk(Database.read_now, work)

    def _with_desk(self, run: Callable[[Database, Callable[[Unit], T]], T], work: Callable[[Desk], T]) -> T:
        opened = setup.open_office(config.load(self.settings, None))
        try:
            return run(
                opened.database, lambda unit: work(opened.office.desk(unit, Actor("operator"), "test", SystemClock()))
            )
        finally:
            opened.database.close_now()

    def cases(self) -> dict[str, dict[str, object]]:
        """What every case says, by its code; the needs in the order of the alphabet."""

        def read(desk: Desk) -> dict[str, dict[str, object]]:
            cases = desk.unit.scalars(select(Case))
            return {case.code: {**desk.cases.read(case.id), "needs": sorted(case.needs)} for case in cases}

        return self.at_desk(read)


@asynccontextmanager
async def serving(database_url: str, folder: Path, **settings: str) -> AsyncIterator[Process]:
    """A prepared process that serves until left."""
    process = Process.on(database_url, folder, **settings)
    await process.prepare()
    try:
        await process.start()
        yield process
    finally:
        await process.close()
