"""The database: plain functions run in transactions, off the event loop, on SQLite or PostgreSQL.

Why two engines behind one class: the office of one ward needs no more than a file, and what is written for the
file must mean the same on a server with many processes.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from storage.sqlite import AlreadyServed, Sqlite
from storage.unit import DatabaseAway, Pending, UnclearCommit, Unit, WentOnAfterFailure

__all__ = ["AlreadyServed", "Database", "DatabaseAway", "UnclearCommit", "Unit", "WentOnAfterFailure"]

T = TypeVar("T")

GRACE_S = 0.4  # seconds past its deadline that a running transaction may take to answer
SECRET_PARTS = ("password", "sslpassword", "passfile", "service")


class Store(Protocol):
    """SQLite or PostgreSQL. Each function is answered through its Pending."""

    engine: Engine
    process: str

    def write(self, pending: Pending[T]) -> None: ...
    def mark(self, pending: Pending[T]) -> None: ...
    def read(self, pending: Pending[T]) -> None: ...
    def scrub(self, *, however_long: bool) -> bool: ...
    def hold(self) -> None: ...
    def is_held(self) -> bool: ...
    def close(self) -> None: ...


class Database:
    """Runs plain functions in transactions, off the event loop.

    A function touches only the database, takes under 50 ms, and is safe to run again: it may run more than once
    before it is kept once. What it raises goes to its caller, and then nothing is kept.
    """

    def __init__(self, store: Store, url: URL) -> None:
        self._store = store
        self.url = url.difference_update_query(SECRET_PARTS).render_as_string(hide_password=True)
        self.dialect = url.get_backend_name()
        self.process = store.process

    def holder(self) -> str:
        """A new name for somebody in this process who holds leases; see `storage.queries.machine.gone`."""
        return f"{self.process}/{secrets.token_hex(4)}"

    @classmethod
    def open(cls, url: str) -> "Database":
        """Open sqlite:////folder/file.db or postgresql://… . Raises DatabaseAway, ValueError for another address."""
        try:
            address = make_url(url)
        except (ArgumentError, ValueError):
            raise ValueError("the database's address can't be read") from None
        if address.drivername == "sqlite" and address.database not in (None, "", ":memory:"):
            return cls(Sqlite.open(Path(str(address.database))), address)
        if address.drivername in ("postgresql", "postgresql+psycopg"):
            from storage.postgres import Postgres  # its driver is loaded only where it is used

            return cls(Postgres.open(address.set(drivername="postgresql+psycopg")), address)
        raise ValueError("a database's address begins with sqlite:/// and names a file, or with postgresql://")

    @property
    def engine(self) -> Engine:
        """The synchronous engine, for migrations and the command line."""
        return self._store.engine

    async def write(
        self, work: Callable[[Unit], T], *, deadline_s: float | None = None, most_cpu_s: float | None = None
    ) -> T:
        """Run a function as if it were alone, and return its result after COMMIT.

        deadline_s: seconds by which it must be kept, or else never is. most_cpu_s: processor seconds it may take.
        Raises DatabaseAway, Unclear, WentOnAfterFailure, TookTooLong, and what the function raises. A caller that goes
        away is still written.
        """
        return await _answer(self._store.write, work, deadline_s, most_cpu_s)

    async def mark(self, work: Callable[[Unit], T], *, deadline_s: float | None = None) -> T:
        """Run a function whose every change is compare-and-set or guarded by a unique key; otherwise like write."""
        return await _answer(self._store.mark, work, deadline_s)

    async def read(self, work: Callable[[Unit], T]) -> T:
        """Run a function on one consistent snapshot. Writing raises; DatabaseAway."""
        return await _answer(self._store.read, work, None)

    def write_now(self, work: Callable[[Unit], T]) -> T:
        """Write from the command line, where nothing else waits."""
        return _answer_now(self._store.write, work)

    def mark_now(self, work: Callable[[Unit], T]) -> T:
        """Mark from the command line, where nothing else waits."""
        return _answer_now(self._store.mark, work)

    def read_now(self, work: Callable[[Unit], T]) -> T:
        """Read from the command line, where nothing else waits."""
        return _answer_now(self._store.read, work)

    async def scrub(self, *, however_long: bool = False) -> bool:
        """Have what was deleted gone from the database's files too; False if somebody is in the way: try later.

        however_long: though nobody can be answered meanwhile. Raises DatabaseAway.
        """
        return await asyncio.to_thread(self._store.scrub, however_long=however_long)

    def hold(self) -> None:
        """Be the one process that serves this SQLite file. Raises AlreadyServed. On PostgreSQL many may serve."""
        self._store.hold()

    def is_held(self) -> bool:
        """Whether another process serves this SQLite file; False on PostgreSQL, whose server tells who is connected."""
        return self._store.is_held()

    async def close(self) -> None:
        """Finish what was handed in, then close."""
        await asyncio.to_thread(self._store.close)

    def close_now(self) -> None:
        """Close from the command line."""
        self._store.close()


async def _answer(
    send: Callable[[Pending[T]], None],
    work: Callable[[Unit], T],
    deadline_s: float | None,
    most_cpu_s: float | None = None,
) -> T:
    pending = Pending(work, None if deadline_s is None else time.monotonic() + deadline_s, most_cpu_s)
    send(pending)
    answer = asyncio.wrap_future(pending.answer)
    if deadline_s is not None:
        await asyncio.wait({answer}, timeout=deadline_s)
        if not answer.done() and pending.give_up():
            raise DatabaseAway("not written before its deadline")
        await asyncio.wait({answer}, timeout=GRACE_S)
        if not answer.done():
            raise UnclearCommit("no answer by the deadline from a transaction that was running")
    return await asyncio.shield(answer)


def _answer_now(send: Callable[[Pending[T]], None], work: Callable[[Unit], T]) -> T:
    pending = Pending(work)
    send(pending)
    return pending.answer.result()
