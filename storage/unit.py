"""One function's transaction: what the function is given, how it ends, and what can go wrong.

Why a plain function: between two statements of a transaction nothing may wait for the network, so what
is written together is one synchronous function, and only its caller awaits.
"""

import os
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, NoReturn, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Engine, Executable, UpdateBase, event
from sqlalchemy.exc import PendingRollbackError
from sqlalchemy.orm import Session

from storage.cutoff import CutOff

T = TypeVar("T")

REMEMBERED = "remembered"
SENT = "sent"  # an execution option
WENT_ON = "a statement failed and the work went on: nothing was kept"


class DatabaseAway(Exception):
    """The database can't be read or written now. Nothing was kept; try later."""


class UnclearCommit(Exception):
    """The answer to COMMIT was lost: the work may have been kept. Look before running it again."""


class WentOnAfterFailure(Exception):
    """The work went on after a statement failed. Use on_conflict_do_nothing and rowcount, or begin_nested."""


def name_of_process() -> str:
    """A new name for this process, which no other ever had."""
    return f"chungtay-{os.getpid()}-{secrets.token_hex(4)}"


class Unit(Session):
    """What a function sees of its transaction. To undo everything, raise."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(bind=connection, join_transaction_mode="rollback_only", expire_on_commit=False)
        self._here = connection
        self._last: list[tuple[Executable, Mapping[str, object]]] = []

    def commit(self) -> NoReturn:
        """Refuse: the database commits when the function returns."""
        raise RuntimeError("the database ends the transaction: return to keep it")

    def rollback(self) -> NoReturn:
        """Refuse: the database rolls back when the function raises."""
        raise RuntimeError("the database ends the transaction: raise to undo it")

    def run(self, statement: Executable, values: Mapping[str, object] | None = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement of Core on the connection itself, after what the session has still to send.

        For statements built once, at import: the session costs more than such a statement. Raises WentOnAfterFailure.
        """
        self.flush()
        if not self._here.in_transaction():  # or the connection would begin another one
            raise WentOnAfterFailure(WENT_ON)
        return self._here.execute(statement, values)

    def send(self, statement: Executable, values: Mapping[str, object]) -> None:
        """Run a statement of Core whose result nobody reads: on a server it goes with the next one, or with COMMIT."""
        self.flush()
        if not self._here.in_transaction():
            raise WentOnAfterFailure(WENT_ON)
        self._here.execute(statement, values, execution_options={SENT: True})

    def send_last(self, statement: Executable, values: Mapping[str, object]) -> None:
        """Send a statement at the end, so that others wait for its row while COMMIT is under way, and no longer.

        Who needs to read it or to change the same row in this transaction says `send_rest` first.
        """
        self._last.append((statement, values))

    def send_rest(self) -> None:
        """Send all that was to be sent last."""
        self.flush()
        last, self._last = self._last, []
        for statement, values in last:
            self.send(statement, values)

    def change(self, statement: UpdateBase) -> int:
        """Run an UPDATE or DELETE and return how many rows it changed: 0 where a compare-and-set came too late."""
        return cast(CursorResult[Any], self.execute(statement)).rowcount

    @property
    def on_sqlite(self) -> bool:
        """Whether this is SQLite, where one writer at a time makes row locks needless."""
        return self._here.dialect.name == "sqlite"

    @property
    def remembered(self) -> dict[str, Any]:
        """What was read and need not be read again on this connection, until something is rolled back there."""
        found: dict[str, Any] = self._here.info.setdefault(REMEMBERED, {})
        return found


@dataclass(frozen=True, slots=True)
class Pending(Generic[T]):
    """A function waiting for its transaction, and the answer its caller awaits."""

    work: Callable[[Unit], T]
    deadline: float | None = None  # seconds of time.monotonic
    most_cpu_s: float | None = None
    answer: Future[T] = field(default_factory=Future)

    def wanted(self) -> bool:
        """Say whether it should still run: its caller has not given up and its deadline has not passed."""
        if self.answer.cancelled():
            return False
        if self.deadline is not None and time.monotonic() > self.deadline:
            self.fail(DatabaseAway("not written before its deadline"))
            return False
        return True

    def take(self) -> bool:
        """Say whether it is wanted; from a yes on, its caller can no longer give up."""
        return self.wanted() and (self.answer.running() or self.answer.set_running_or_notify_cancel())

    def give_up(self) -> bool:
        """Drop it for its caller; False if it has been taken already, and the answer decides."""
        return self.answer.cancel()

    def keep(self, result: T) -> None:
        """Answer a function that was taken and committed."""
        self.answer.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Answer with an error, unless the caller has given up."""
        if self.answer.running() or self.answer.set_running_or_notify_cancel():
            self.answer.set_exception(error)


def run(connection: Connection, pending: Pending[T], *, intact: Callable[[Connection], bool]) -> T:
    """Run a function in the connection's open transaction and send its last changes.

    intact: whether the driver still has the transaction open, with no failed statement in it. Raises what the
    function raises, TookTooLong and WentOnAfterFailure.
    """
    with Unit(connection) as unit:
        try:
            with nullcontext() if pending.most_cpu_s is None else CutOff(pending.most_cpu_s):
                result = pending.work(unit)
        except StopIteration as error:
            # A future can't carry StopIteration: its caller would wait for ever.
            raise RuntimeError("the work raised StopIteration") from error
        except PendingRollbackError as error:
            raise WentOnAfterFailure(WENT_ON) from error
        # Before the flush, because on SQLite statements after a lost transaction would commit one by one.
        if connection.invalidated or not connection.in_transaction() or not intact(connection):
            raise WentOnAfterFailure(WENT_ON)
        unit.send_rest()
    return result


def forget_at_rollback(engine: Engine) -> None:
    """Have a connection forget what it remembered when it is rolled back: some of it may never have been kept."""

    @event.listens_for(engine, "rollback")
    def forget(connection: Connection) -> None:
        if not connection.invalidated:
            connection.info.pop(REMEMBERED, None)


def first_line(error: BaseException) -> str:
    """Return the first line of what the driver said, without the statement or its values."""
    said: Any = getattr(error, "orig", None) or error
    return (str(said).strip() or type(said).__name__).splitlines()[0]
