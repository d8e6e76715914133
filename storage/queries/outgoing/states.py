"""The state of a message on its way out: which may follow which, and every change from one to another.

Why nothing else writes it, as `tests/test_states.py` proves: each change is compare-and-set and says when it was. One
that is not lets a message leave twice; one that does not say when shows what was cancelled as if it were still there.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Integer,
    Row,
    Subquery,
    Text,
    TextClause,
    Update,
    bindparam,
    exists,
    func,
    select,
    update,
)

from storage.database import Unit
from storage.queries.follows import Follows, check
from storage.queries.rows import Types, as_json, given
from storage.tables import LeaseRow, OutboxRow

Which = ColumnElement[bool] | TextClause
Given = Mapping[str, object]

_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_LEASE = LeaseRow.__table__  # type: ignore[attr-defined]  # as above
FOLLOWS: Follows = {
    "held": ("queued", "cancelled"),
    "queued": ("sending", "sent", "held", "failed", "expired", "cancelled"),  # sent at once in our own chat
    "sending": ("sent", "queued", "held", "failed", "unknown"),
    "sent": ("delivered",),
    "delivered": (),
    "unknown": ("sent",),
    "failed": ("queued",),
    "expired": ("queued",),
    "cancelled": (),
}
NOT_LEFT = ("queued", "held")

# One message, read just before. Whose it is counts too: once persons are joined or somebody is erased, another key
# seals it, or none.
_MOVE = update(_OUTBOX).where(
    _OUTBOX.c.id == bindparam("which"),
    _OUTBOX.c.state == bindparam("was"),
    _OUTBOX.c.attempt == bindparam("tried"),
    _OUTBOX.c.person_id == bindparam("whose"),
)
_LEADS = exists().where(
    _LEASE.c.name == bindparam("lease"),
    _LEASE.c.holder == bindparam("holder"),
    _LEASE.c.epoch == bindparam("under"),
    _LEASE.c.until >= bindparam("now"),
)
_MARK = _MOVE.where(_LEADS)
_SETTLE = update(_OUTBOX).where(
    _OUTBOX.c.id == bindparam("which"),
    _OUTBOX.c.state == "sending",
    _OUTBOX.c.attempt == bindparam("tried"),
    _OUTBOX.c.epoch == bindparam("under"),
)

# Many, each as it was read or marked, in one statement.
_LINE = _OUTBOX.alias("line")
_READ: Types = {"id": BigInteger(), "tried": Integer(), "whose": Text()}
_MARKED: Types = {"id": BigInteger(), "tried": Integer(), "under": BigInteger()}
_SENT: Types = {**_MARKED, "part": Integer(), "name": Text()}


def _mark_each(*, on_sqlite: bool) -> Update:
    """Mark what is as it was read. What another transaction is at is passed over: two that wait for each other's rows
    would have to begin again.
    """
    read = given(_READ, on_sqlite=on_sqlite)
    as_read = (_LINE.c.state == "queued", _LINE.c.attempt == read.c.tried, _LINE.c.person_id == read.c.whose)
    free = select(_LINE.c.id).join(read, read.c.id == _LINE.c.id).where(*as_read)
    free = free.with_for_update(of=_LINE, skip_locked=True)  # which SQLite does not need
    return update(_OUTBOX).where(_OUTBOX.c.id.in_(free), _LEADS).returning(_OUTBOX.c.id)


def _of_those_marked(types: Types, *, on_sqlite: bool) -> tuple[Update, Subquery]:
    known = given(types, on_sqlite=on_sqlite)
    marked = (_OUTBOX.c.state == "sending", _OUTBOX.c.attempt == known.c.tried, _OUTBOX.c.epoch == known.c.under)
    return update(_OUTBOX).where(_OUTBOX.c.id == known.c.id, *marked).returning(_OUTBOX.c.id), known


def _settle_each(*, on_sqlite: bool) -> Update:
    settled, known = _of_those_marked(_SENT, on_sqlite=on_sqlite)
    name = func.coalesce(known.c.name, _OUTBOX.c.platform_id)
    return settled.values(
        state="sent",
        reason=None,
        part=known.c.part,
        platform_id=name,
        changed_at=bindparam("now", type_=_OUTBOX.c.changed_at.type),
    )


def _unmark_each(*, on_sqlite: bool) -> Update:
    return _of_those_marked(_MARKED, on_sqlite=on_sqlite)[0]


_MARK_EACH, _SETTLE_EACH, _UNMARK_EACH = (
    {one: make(on_sqlite=one) for one in (True, False)} for make in (_mark_each, _settle_each, _unmark_each)
)


def move(unit: Unit, row: "Row[Any]", new: str, now: datetime, **values: object) -> bool:
    """Move a message that was read in this transaction. False if somebody was faster. Raises ValueError."""
    check(FOLLOWS, row.state, new)
    return unit.run(_MOVE, {**_as_read(row), "state": new, "changed_at": now, **values}).rowcount == 1


def mark(unit: Unit, row: "Row[Any]", leads: Given, now: datetime, **values: object) -> bool:
    """Mark a message as being sent. False if somebody was faster, or another process leads.

    leads: lease, holder and epoch (under) of who sends.
    """
    check(FOLLOWS, row.state, "sending")
    change = {**_as_read(row), **leads, "now": now, "state": "sending", "changed_at": now, **values}
    return unit.run(_MARK, change).rowcount == 1


def settle(unit: Unit, marked: Given, new: str, now: datetime, **values: object) -> bool:
    """Write what became of a message that was being sent. False if somebody wrote it off meanwhile. Raises ValueError.

    marked: which, tried and the epoch (under) it was marked under.
    """
    check(FOLLOWS, "sending", new)
    return unit.run(_SETTLE, {**marked, "state": new, "changed_at": now, **values}).rowcount == 1


def mark_each(unit: Unit, rows: Sequence[Given], leads: Given, now: datetime, **values: object) -> Collection[int]:
    """The same as `mark` for many, each with id, tried and whose; the ids of those that were marked."""
    change = {"rows": _json(rows), **leads, "now": now, "state": "sending", "changed_at": now, **values}
    return _ids(unit.run(_MARK_EACH[unit.on_sqlite], change))


def settle_each(unit: Unit, rows: Sequence[Given], now: datetime) -> Collection[int]:
    """Write that messages were sent, each with id, tried, under, part and name; the ids of those still marked."""
    return _ids(unit.run(_SETTLE_EACH[unit.on_sqlite], {"rows": _json(rows), "now": now}))


def unmark_each(unit: Unit, rows: Sequence[Given], now: datetime) -> Collection[int]:
    """Queue again what was marked, each with id, tried and under; the ids of those still marked."""
    change = {"state": "queued", "lease_owner": None, "lease_until": None, "changed_at": now}
    return _ids(unit.run(_UNMARK_EACH[unit.on_sqlite], {"rows": _json(rows), **change}))


def cancel(unit: Unit, reason: str, now: datetime, *which: Which, old: tuple[str, ...] = NOT_LEFT) -> int:
    """Cancel some messages that have not left; returns how many."""
    return unit.run(_change(old, "cancelled", which, now, reason=reason)).rowcount


def cancel_queued(unit: Unit, ids: Collection[int], reason: str, now: datetime) -> Sequence[int]:
    """Cancel those that are queued, held ones not; the ids of those it cancelled."""
    its = _change(("queued",), "cancelled", (_OUTBOX.c.id.in_(ids),), now, reason=reason)
    return unit.run(its.returning(_OUTBOX.c.id)).scalars().all()


def release(unit: Unit, outbox_id: int, now: datetime) -> bool:
    """Let a message leave that was held. False if it is held no more."""
    its = _change(("held",), "queued", (_OUTBOX.c.id == outbox_id,), now, reason=None, attempt=0)
    return unit.run(its).rowcount == 1


def try_again(unit: Unit, now: datetime, *which: Which) -> int:
    """Queue messages again that failed or expired; returns how many."""
    fresh = {"attempt": _OUTBOX.c.attempt + 1, "not_before": now, "deadline": None}
    return unit.run(_change(("failed", "expired"), "queued", which, now, **fresh)).rowcount


def fail(unit: Unit, reason: str, now: datetime, *which: Which) -> int:
    """Give up messages that are queued; returns how many."""
    return unit.run(_change(("queued",), "failed", which, now, reason=reason)).rowcount


def write_off(unit: Unit, outbox_id: int, now: datetime) -> bool:
    """Say that nobody knows of a message that was being sent. False if it is sent no more."""
    its = _change(("sending",), "unknown", (_OUTBOX.c.id == outbox_id,), now, reason="interrupted")
    return unit.run(its).rowcount == 1


def deliver(unit: Unit, now: datetime, *which: Which) -> list[tuple[int, str | None]]:
    """Note that messages which were sent arrived; (id, platform_id) of those it was news of."""
    its = _change(("sent",), "delivered", which, now).returning(_OUTBOX.c.id, _OUTBOX.c.platform_id)
    return [(row.id, row.platform_id) for row in unit.run(its)]


def resolve(unit: Unit, now: datetime, *which: Which, **values: object) -> int:
    """Note that messages of which nobody knew were sent after all; returns how many."""
    return unit.run(_change(("unknown",), "sent", which, now, reason=None, **values)).rowcount


def keep_back(unit: Unit, now: datetime) -> int:
    """Let nothing of a restored database leave by itself: it may have left long ago. Returns how many that concerns."""
    back = {"reason": "restored", "lease_owner": None, "lease_until": None}
    changes = (_change((old,), new, (), now, **back) for old, new in (("sending", "unknown"), ("queued", "held")))
    return sum(unit.run(change).rowcount for change in changes)


def redirect(unit: Unit, address_id: str, channel: str, *which: Which) -> int:
    """Send messages that have not left to another chat; their state stays. Returns how many."""
    waiting = update(_OUTBOX).where(*which, _OUTBOX.c.state.in_(NOT_LEFT))
    return unit.run(waiting.values(address_id=address_id, channel=channel)).rowcount


def _change(old: tuple[str, ...], new: str, which: Sequence[Which], now: datetime, **values: object) -> Update:
    for state in old:
        check(FOLLOWS, state, new)
    as_told: ColumnElement[bool] = _OUTBOX.c.state.in_(old) if len(old) > 1 else _OUTBOX.c.state == old[0]
    return update(_OUTBOX).where(*which, as_told).values(state=new, changed_at=now, **values)


def _as_read(row: "Row[Any]") -> dict[str, object]:
    return {"which": row.id, "was": row.state, "tried": row.attempt, "whose": row.person_id}


def _json(rows: Sequence[Given]) -> str:
    # In the order of their numbers, in which others change them too.
    return as_json(sorted(rows, key=_by_id))


def _by_id(row: Given) -> int:
    return int(str(row["id"]))


def _ids(result: CursorResult[*tuple[Any, ...]]) -> Collection[int]:
    return {row[0] for row in result.all()}
