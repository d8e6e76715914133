"""SQLite: one thread writes, functions that wait share a COMMIT, three connections read.

Why no savepoints in a group: on a full disk or an interrupt SQLite undoes the whole transaction, the next
SAVEPOINT silently opens a new one, and the driver's commit() reports success. So a group that meets an error
is undone and each function runs again alone, and COMMIT is a statement of ours, which fails if nothing is open.
"""

import fcntl
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import LRUCache

from storage.cutoff import TookTooLong
from storage.unit import DatabaseAway, Pending, UnclearCommit, first_line, forget_at_rollback, name_of_process, run

GROUP = 64  # functions
GROUP_S = 0.020  # seconds a group may run before its COMMIT
READERS = 3
STATEMENTS = 2_000  # kept compiled; the service has some hundreds
LOG_PAGES = 1_000  # that the write-ahead log may grow to, unless a reader is in the way
LOG_BYTES = 8_388_608  # that are left of it once it was larger
BUSY_S = 5  # seconds to wait for another process's lock
FAILED = "statement failed"

PRAGMAS = (
    f"busy_timeout = {BUSY_S * 1000}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "temp_store = MEMORY",
    "mmap_size = 268435456",
)
# What is deleted is overwritten, data keys above all; not every build of SQLite does so by itself.
WRITER_PRAGMAS = (
    *PRAGMAS,
    "cache_size = -16000",
    "secure_delete = ON",
    f"wal_autocheckpoint = {LOG_PAGES}",
    f"journal_size_limit = {LOG_BYTES}",
)
READER_PRAGMAS = (*PRAGMAS, "cache_size = -4000", "query_only = ON")

# https://www.sqlite.org/rescode.html
AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PROTOCOL,
}


class AlreadyServed(Exception):
    """Another process serves this database file."""


class Sqlite:
    """A database file with its writer and its readers."""

    def __init__(self, path: Path) -> None:
        self.path, self.process = path, name_of_process()
        self.engine = _engine(path, WRITER_PRAGMAS, begin="BEGIN IMMEDIATE")
        self._reading = _engine(path, READER_PRAGMAS, begin="BEGIN", pool_size=READERS, max_overflow=0)
        self._writer = WriterThread(self.engine)
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._lock: int | None = None

    @classmethod
    def open(cls, path: Path) -> "Sqlite":
        """Open the file, made readable to its owner alone if it is new. Raises DatabaseAway."""
        path = path.absolute()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path)
        except OSError as error:
            raise DatabaseAway(f"cannot open {path}: {error.strerror}") from error
        store = cls(path)
        try:
            store.engine.connect().close()
        except DBAPIError as error:
            store.close()
            raise DatabaseAway(f"cannot open {path}: {first_line(error)}") from error
        return store

    def write(self, pending: Pending[Any]) -> None:
        """Queue a function for the writer."""
        self._writer.put(pending)

    # One writer makes every transaction serial, so a mark needs nothing cheaper.
    mark = write

    def read(self, pending: Pending[Any]) -> None:
        """Run a function on one snapshot, in a connection that cannot write."""
        try:
            self._readers.submit(self._read, pending)
        except RuntimeError as error:
            raise DatabaseAway("the database is closed") from error

    def _read(self, pending: Pending[Any]) -> None:
        try:
            with self._reading.connect() as connection:
                connection.begin()
                result = run(connection, pending, intact=_intact)
        except BaseException as error:  # whatever it is, the caller is waiting for it
            pending.fail(_told(error))
        else:
            if pending.take():
                pending.keep(result)

    def scrub(self, *, however_long: bool) -> bool:  # it never takes long here
        """Bring what was written into the file itself and empty the log; False while somebody reads or writes.

        Whoever waited for readers here would hold up the writers meanwhile.
        """
        try:
            with closing(sqlite3.connect(self.path, timeout=0)) as connection:
                busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise DatabaseAway(first_line(error)) from error
        return not busy

    def hold(self) -> None:
        """Be the one process that serves this file until close. Raises AlreadyServed."""
        lock = os.open(f"{self.path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise AlreadyServed(f"{self.path} is served by another process") from error
        self._lock = lock

    def is_held(self) -> bool:
        """Whether another process serves this file, be it as still as it may."""
        try:
            lock = os.open(f"{self.path}.lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def close(self) -> None:
        """Write what waits, then close."""
        self._writer.close()
        self._readers.shutdown()
        self._reading.dispose()
        self.engine.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class WriterThread:
    """The one thread that writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[Pending[Any] | None] = queue.SimpleQueue()
        self._open = True
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def put(self, pending: Pending[Any]) -> None:
        """Queue a function. Raises DatabaseAway once closed."""
        with self._gate:
            if not self._open:
                raise DatabaseAway("the database is closed")
            self._queue.put(pending)

    def close(self) -> None:
        """Finish what was queued and end the thread."""
        with self._gate:
            if self._open:
                self._queue.put(None)
            self._open = False
        self._thread.join()

    def _serve(self) -> None:
        while (first := self._queue.get()) is not None:
            for pending in self._together(chain([first], self._waiting())):
                self._together(iter([pending]))

    def _waiting(self) -> Iterator[Pending[Any]]:
        """Yield what waits, for as long as a group may run."""
        until = time.monotonic() + GROUP_S
        for _ in range(GROUP - 1):
            if time.monotonic() > until or self._queue.empty():
                return
            pending = self._queue.get()
            if pending is None:
                self._queue.put(None)
                return
            yield pending

    def _together(self, group: Iterator[Pending[Any]]) -> list[Pending[Any]]:
        """Run a group in one transaction and answer it after COMMIT; return those to run again alone."""
        taken: list[Pending[Any]] = []
        try:
            with self._engine.connect() as connection:
                connection.begin()
                results = []
                for pending in group:
                    if pending.take():
                        taken.append(pending)
                        results.append(run(connection, pending, intact=_intact))
                _commit(connection)
        except BaseException as error:  # whatever it is, the callers are waiting for it
            if isinstance(error, TookTooLong):
                taken.pop().fail(error)  # the last one; it would take as long again
                return taken
            if len(taken) > 1 and not isinstance(error, UnclearCommit):
                return taken
            # With none taken the transaction could not begin: that is the answer to all who wait.
            for pending in taken or group:
                pending.fail(_told(error, writing=True))
        else:
            for pending, result in zip(taken, results, strict=True):
                pending.keep(result)
        return []


def _create(path: Path) -> None:
    # Only a file that isn't there: closing a descriptor of an open database would drop SQLite's locks on it.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


@cache
def _common() -> Engine:
    """What the engines of all files share: the dialect, and the statements compiled for it, each of them once."""
    common = create_engine("sqlite://", execution_options={"compiled_cache": LRUCache(STATEMENTS)})
    common.connect().close()  # the dialect asks its first connection what this SQLite can do
    event.listen(common, "handle_error", _note_failure)
    return common


def _engine(path: Path, pragmas: tuple[str, ...], *, begin: str, **pool: int) -> Engine:
    url = URL.create("sqlite", database=str(path))
    connections, common = create_engine(url, **pool).pool, _common()
    engine = Engine(connections, common.dialect, url, hide_parameters=True)
    engine.update_execution_options(**common.get_execution_options())

    @event.listens_for(engine, "connect")
    def prepare(dbapi: sqlite3.Connection, _: object) -> None:
        # Without this the driver opens transactions by itself, after the reads, and updates are lost.
        dbapi.isolation_level = None
        for pragma in pragmas:
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def open_transaction(connection: Connection) -> None:
        connection.info.pop(FAILED, None)
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "commit")
    def commit(connection: Connection) -> None:
        connection.exec_driver_sql("COMMIT")

    @event.listens_for(engine, "rollback_savepoint")
    def recover(connection: Connection, *_: object) -> None:
        connection.info.pop(FAILED, None)

    forget_at_rollback(engine)
    return engine


def _note_failure(context: ExceptionContext) -> None:
    """Remember that a statement failed, as PostgreSQL does; drop a connection whose transaction SQLite undid."""
    connection = context.connection
    if connection is None or connection.invalidated or not isinstance(context.original_exception, sqlite3.Error):
        return
    connection.info[FAILED] = True
    if connection.in_transaction() and not _raw(connection).in_transaction:
        # What follows would commit statement by statement; on a dropped connection it raises instead.
        context.is_disconnect = True


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError("not a connection of sqlite3")
    return raw


def _intact(connection: Connection) -> bool:
    return _raw(connection).in_transaction and FAILED not in connection.info


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except DBAPIError as error:
        # The commit record may have reached the disk before the sync failed.
        if _code(error) == sqlite3.SQLITE_IOERR:
            raise UnclearCommit(first_line(error)) from error
        raise


def _code(error: DBAPIError) -> int:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF


def _told(error: BaseException, *, writing: bool = False) -> BaseException:
    """Return what the caller is told: DatabaseAway for what lies in the disk or in a lock, else the error."""
    if not isinstance(error, DBAPIError):
        return error
    away = _code(error) in AWAY or (writing and _code(error) == sqlite3.SQLITE_READONLY)
    if not (away or error.connection_invalidated):
        return error
    told = DatabaseAway(first_line(error))
    told.__cause__ = error
    return told
