"""PostgreSQL: a pool of threads with a connection each, and another try when two transactions collide.

Why SERIALIZABLE for writes: a function must mean the same here as on SQLite, where writers never overlap. Under
READ COMMITTED and REPEATABLE READ two of them can each give away the last thing left.
"""

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from storage.unit import (
    SENT,
    WENT_ON,
    DatabaseAway,
    Pending,
    UnclearCommit,
    WentOnAfterFailure,
    first_line,
    forget_at_rollback,
    name_of_process,
    run,
)

CONNECTIONS = 12
TRIES = 10
TRIES_WHEN_TAKEN = 3  # a first message of a day makes its key, its person and its chat, each of them unique
LONGEST_PAUSE_S = 0.2
CONNECT_S = 5
TRIES_WHEN_LOST = 2  # a connection, before COMMIT
LOOKS = 20  # for transactions that still see what was deleted
LOOK_AGAIN_S = 0.05
BEGIN = "begin"  # an execution option: what a transaction begins with
SOON_WRITTEN_BYTES = 16 << 20  # some hundred thousand keys, and about a tenth of a second
SESSION = "-c timezone=UTC -c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=15s"

# https://www.postgresql.org/docs/current/errcodes-appendix.html
COLLIDED = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
TAKEN = "23505"  # a unique value another transaction took first; run again, the work sees it and decides
AWAY_CLASSES = {"08", "53", "57", "58"}  # connection, resources, operator, system
REFUSED_AFTER_FAILURE = "25P02"
AWAY = {"25006", "25P03"}  # read-only server, idle in transaction
LOST_AT_COMMIT = {"40003", "57P01", "57P02", "57P03"}  # completion unknown, server going down

_NOW = text("SELECT CAST(CAST(pg_current_xact_id() AS xid) AS text)")
_BYTES = text("SELECT pg_table_size('data_key')")
_OLDER = text(
    "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND age(backend_xmin) > age(CAST(:now AS xid)))"
)

_chance = secrets.SystemRandom()


class Postgres:
    """A database on a server, with the threads that talk to it."""

    def __init__(self, url: URL) -> None:
        asked = url.query.get("options", ())
        options = " ".join((*((asked,) if isinstance(asked, str) else asked), SESSION))
        self.process = name_of_process()  # the server tells by it who is connected
        # Without a ping before each: a connection that was lost while idle costs another try instead.
        self.engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=CONNECTIONS,
            use_native_hstore=False,  # which is asked for with each new connection
            connect_args={"connect_timeout": CONNECT_S, "options": options, "application_name": self.process},
        )
        _send_together(self.engine)
        forget_at_rollback(self.engine)
        self._writing = self._beginning("BEGIN ISOLATION LEVEL SERIALIZABLE")
        self._marking = self._beginning("BEGIN ISOLATION LEVEL READ COMMITTED")
        self._reading = self._beginning("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._threads = ThreadPoolExecutor(CONNECTIONS, "postgres")
        self._again = threading.Lock()

    def _beginning(self, begin: str) -> Engine:
        # The driver waits for the answer to its own BEGIN: here it goes with the first statement.
        return self.engine.execution_options(isolation_level="AUTOCOMMIT", **{BEGIN: begin})

    @classmethod
    def open(cls, url: URL) -> "Postgres":
        """Connect once to see that the server is there. Raises DatabaseAway."""
        store = cls(url)
        try:
            store.engine.connect().close()
        except DBAPIError as error:
            store.close()
            said = first_line(error)
            if url.password:
                said = said.replace(str(url.password), "***")
            # Without the cause: a driver may quote the address, and the password with it.
            raise DatabaseAway(f"cannot connect to PostgreSQL: {said}") from None
        return store

    def write(self, pending: Pending[Any]) -> None:
        """Run a function as if it were alone."""
        self._submit(pending, self._writing)

    def mark(self, pending: Pending[Any]) -> None:
        """Run a function whose every change is compare-and-set or unique, which needs no more than READ COMMITTED."""
        self._submit(pending, self._marking)

    def read(self, pending: Pending[Any]) -> None:
        """Run a function on one snapshot that it cannot change."""
        self._submit(pending, self._reading, reading=True)

    def scrub(self, *, however_long: bool) -> bool:
        """Write the table of keys anew without dead rows; False while it is in use, or an older transaction goes on.

        Why FULL: a plain VACUUM only marks a dead row's bytes as free. Why older ones are waited for: what they might
        still see would be copied. Why a large table has to wait for the night: nobody can be answered meanwhile.
        """
        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                if not however_long and connection.execute(_BYTES).scalar_one() > SOON_WRITTEN_BYTES:
                    return False
                now = connection.execute(_NOW).scalar_one()
                for _ in range(LOOKS):
                    if not connection.execute(_OLDER, {"now": now}).scalar_one():
                        break
                    time.sleep(LOOK_AGAIN_S)
                else:
                    return False
                connection.execute(text("SET lock_timeout = '200ms'"))  # all who come later wait behind it
                try:
                    connection.execute(text("VACUUM (FULL) data_key"))
                finally:
                    connection.execute(text("RESET lock_timeout"))
        except DBAPIError as error:
            if _state(error) in COLLIDED:
                return False
            raise _told(error, reading=True) from error
        return True

    def hold(self) -> None:
        """Connect as often as may be needed, as connecting takes long; any number of processes may serve this."""
        found = [self._threads.submit(self.engine.connect) for _ in range(CONNECTIONS)]
        for one in found:
            with suppress(DBAPIError):  # who needs it will be told
                one.result().close()

    def is_held(self) -> bool:
        return False

    def close(self) -> None:
        """Finish what waits, then close."""
        self._threads.shutdown()
        self.engine.dispose()

    def _submit(self, pending: Pending[Any], engine: Engine, *, reading: bool = False) -> None:
        try:
            self._threads.submit(_serve, pending, engine, self._again, reading=reading)
        except RuntimeError as error:
            raise DatabaseAway("the database is closed") from error


def _send_together(engine: Engine) -> None:
    """Send BEGIN together with the first statement of a transaction, and what was sent with the one after it.

    However far away the server is, what needs no answer needs no wait. A driver that can't do it waits each time.
    """
    together = psycopg.Connection.pipeline if psycopg.Pipeline.is_supported() else nullcontext

    def first(context: Any, raw: psycopg.Connection) -> list[tuple[Any, Any]]:
        """What has to be sent before a statement."""
        begin = context.execution_options.get(BEGIN)
        idle = begin is not None and raw.info.transaction_status == TransactionStatus.IDLE
        sent: list[tuple[Any, Any]] = context.root_connection.info.pop(SENT, []) if begin is not None else []
        return [(begin, None), *sent] if idle else sent

    @event.listens_for(engine, "do_execute")
    def send(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        if context.execution_options.get(SENT):
            context.root_connection.info.setdefault(SENT, []).append((statement, parameters))
            return True
        before = first(context, cursor.connection)
        if not before:
            return False
        with together(cursor.connection):
            for one in before:
                cursor.connection.execute(*one)
            cursor.execute(statement, parameters)
        return True

    @event.listens_for(engine, "do_executemany")
    def send_before(cursor: Any, statement: str, parameters: Any, context: Any) -> None:
        for one in first(context, cursor.connection):
            cursor.connection.execute(*one)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.info.pop(SENT, None)


def _lost(error: BaseException) -> bool:
    """Whether the connection was lost before COMMIT was sent: nothing was kept."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _serve(pending: Pending[Any], engine: Engine, again: threading.Lock, *, reading: bool) -> None:
    """Try until it is committed, or fails for a reason of its own. again: held by whoever tries again.

    Those who collided go one after the other: in a young database everybody's rows lie on the same few pages, and
    twenty people who write at once would use up every try against each other.
    """
    collided = False
    for attempt in range(TRIES):
        if not pending.wanted():
            return
        try:
            with again if collided else nullcontext():
                _attempt(pending, engine, reading=reading)
        except BaseException as error:  # whatever it is, the caller is waiting for it
            state = _state(error)
            collided = state in COLLIDED or (state == TAKEN and attempt < TRIES_WHEN_TAKEN)
            may_go_on = collided or (_lost(error) and attempt < TRIES_WHEN_LOST)
            if not may_go_on or attempt == TRIES - 1:
                pending.fail(_told(error, reading=reading))
                return
        else:
            return
        time.sleep(_chance.uniform(0, min(LONGEST_PAUSE_S, 0.005 * 2**attempt)))


def _attempt(pending: Pending[Any], engine: Engine, *, reading: bool) -> None:
    with engine.connect() as connection:
        connection.begin()
        result = run(connection, pending, intact=_intact)
        # Taken only here: until COMMIT its caller may give up, and then nothing is kept.
        if not pending.take():
            return
        if not reading:
            _commit(connection)
    pending.keep(result)


def _intact(connection: Connection) -> bool:
    raw = connection.connection.dbapi_connection
    status = raw.info.transaction_status if raw is not None else TransactionStatus.UNKNOWN
    # Idle until the first statement: the driver sends BEGIN with it.
    return status in (TransactionStatus.INTRANS, TransactionStatus.IDLE)


def _commit(connection: Connection) -> None:
    try:
        if connection.info.get(SENT):
            connection.exec_driver_sql("COMMIT")
        connection.commit()
    except DBAPIError as error:
        state = _state(error)
        if error.connection_invalidated or state is None or state[:2] == "08" or state in LOST_AT_COMMIT:
            raise UnclearCommit(first_line(error)) from error
        raise


def _state(error: BaseException) -> str | None:
    driver = error.orig if isinstance(error, DBAPIError) else None
    return driver.sqlstate if isinstance(driver, psycopg.Error) else None


def _told(error: BaseException, *, reading: bool) -> BaseException:
    """Return what the caller is told: DatabaseAway for what lies in the server or on the way, else the error."""
    if not isinstance(error, (DBAPIError, PoolExhausted)):
        return error
    state = _state(error)
    if state == REFUSED_AFTER_FAILURE:
        return _because(error, WentOnAfterFailure(WENT_ON))
    if state is None:
        away = isinstance(error, (OperationalError, InterfaceError, PoolExhausted))
    else:
        away = state[:2] in AWAY_CLASSES or state in COLLIDED or (state in AWAY and not reading)
    if not (away or getattr(error, "connection_invalidated", False)):
        return error
    return _because(error, DatabaseAway(first_line(error)))


def _because(cause: BaseException, told: Exception) -> Exception:
    told.__cause__ = cause
    return told
