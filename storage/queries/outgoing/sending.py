"""Messages on their way through a platform: what may leave, marked before it leaves, and what became of it.

Why `sending` is written before the call and what happened after it: whoever is killed between the two leaves a row that
says that nobody knows. Every step is compare-and-set on state, attempt and the epoch of the sender's lease.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, bindparam, func, insert, literal, or_, select

from storage.crypto import WrongKey
from storage.database import Unit
from storage.queries.outgoing import pictures, states
from storage.queries.outgoing.outbox import IS_STOPPED, NEWS, OPEN, PENDING, Leaving, opened
from storage.queries.outgoing.windows import Way, Windows, way
from storage.queries.rows import among_found
from storage.tables import Address, DataKey, LeaseRow, OutboxRow
from storage.vault import KeyGone, Vault

_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
_LEASE = LeaseRow.__table__  # type: ignore[attr-defined]  # as above
_KEYS = DataKey.__table__  # type: ignore[attr-defined]  # as above
# A later message of a chat waits this long for an earlier one of which nobody knows.
AFTER_UNKNOWN = timedelta(seconds=10)
UNREADABLE = (KeyGone, WrongKey, KeyError, TypeError, AssertionError)

_DUE = and_(_OUTBOX.c.state == "queued", _OUTBOX.c.not_before <= bindparam("now"))
# Until its time has come nothing waits for a message, unless it was tried before.
_COUNTS = or_(_OUTBOX.c.state != "queued", _OUTBOX.c.not_before <= bindparam("now"), _OUTBOX.c.attempt > 0)
_OLDEST = (
    select(func.min(_OUTBOX.c.id))
    .where(
        _OUTBOX.c.channel == bindparam("channel"),
        PENDING,
        _COUNTS,
    )
    .group_by(_OUTBOX.c.address_id, _OUTBOX.c.lane)
)


def _ready(oldest: "Select[tuple[int]]", *, on_sqlite: bool) -> "Select[tuple[str, str, str]]":
    first = among_found(_OUTBOX.c.id, oldest, on_sqlite=on_sqlite)
    chosen = select(_OUTBOX.c.address_id, _OUTBOX.c.lane, _OUTBOX.c.kind).where(first, _DUE)
    return chosen.order_by(_OUTBOX.c.lane.desc(), _OUTBOX.c.id).limit(bindparam("most"))


_OLDEST_IN_LANE = _OLDEST.where(_OUTBOX.c.lane == bindparam("lane"))
_READY, _READY_IN_LANE = (
    {one: _ready(oldest, on_sqlite=one) for one in (True, False)} for oldest in (_OLDEST, _OLDEST_IN_LANE)
)
_NEEDED = (
    "id", "key", "person_id", "address_id", "channel", "lane", "kind", "state", "attempt", "part", "not_before",
    "deadline", "reason", "copy_of", "body",
)  # fmt: skip
# With the chat and the person's key, in one statement: what was read apart may belong to two moments.
OPEN_ONES = (
    select(
        *(_OUTBOX.c[name] for name in _NEEDED),
        _ADDRESS.c.person_id.label("chat_of"),
        _ADDRESS.c.chat,
        _ADDRESS.c.interacted_at,
        _KEYS.c.wrapped,
        IS_STOPPED,
    )
    .join_from(_OUTBOX, _ADDRESS, _ADDRESS.c.id == _OUTBOX.c.address_id)
    .outerjoin(_KEYS, _KEYS.c.name == literal("person:") + _OUTBOX.c.person_id)
    .where(or_(_OUTBOX.c.state != "unknown", _OUTBOX.c.changed_at > bindparam("known_after")), _COUNTS, OPEN)
)
IN_ORDER = (_OUTBOX.c.lane.desc(), func.coalesce(_OUTBOX.c.copy_of, _OUTBOX.c.id), _OUTBOX.c.id)
_WAITING = OPEN_ONES.where(_OUTBOX.c.address_id == bindparam("address_id")).order_by(*IN_ORDER).limit(20)


class NotLeading(Exception):
    """Another process sends for this channel now."""


@dataclass(frozen=True, slots=True)
class Leader:
    """Who sends for a channel, by its lease."""

    channel: str
    lease: str
    holder: str
    epoch: int

    def leads(self) -> Mapping[str, object]:
        """What a mark of its own has to find in the lease."""
        return {"lease": self.lease, "holder": self.holder, "under": self.epoch}


class Ready(NamedTuple):
    """A chat with something that may leave now."""

    address_id: str
    lane: str
    kind: str


class Claimed(NamedTuple):
    """A message marked as being sent.

    chat: the platform's id of its chat. part: pieces that are out already. reason: what went wrong before.
    more: whether anything stands behind it. way: how it leaves, where the platform makes a difference.
    """

    leaving: Leaving
    chat: str
    lane: str
    part: int
    reason: str | None
    more: bool
    way: Way = "free"


def ready(unit: Unit, channel: str, now: datetime, most: int, lane: str = "") -> list[Ready]:
    """Chats whose oldest pending message may leave now, replies before bulk, those waiting longest first.

    lane: of that one alone. Why the oldest of all and not of those that are due: a chat that is put off would take
    turns from the others.
    """
    asked = {"channel": channel, "now": now, "most": most}
    found = unit.run((_READY_IN_LANE if lane else _READY)[unit.on_sqlite], asked | ({"lane": lane} if lane else {}))
    return [Ready(*row) for row in found.all()]


def claim(
    unit: Unit, vault: Vault, sender: Leader, address_id: str, now: datetime, rows_until: datetime,
    windows: Windows | None = None,
) -> Claimed | None:  # fmt: skip
    """Mark the next message of a chat as being sent; None if none may leave. Raises NotLeading.

    windows: what does not fit into one is held.
    """
    while found := _next(unit, address_id, now):
        row, count = found
        if reason := not_wanted(unit, row, now):
            states.move(unit, row, "expired" if reason == "deadline" else "cancelled", now, reason=reason)
            continue
        try:
            leaving, chat = open_row(vault, row)
        except UNREADABLE as error:
            states.move(unit, row, "failed", now, reason=type(error).__name__)
            continue
        leaves = "free" if windows is None else way(unit, windows, row.interacted_at, row.kind, now)
        if leaves == "held":
            states.move(unit, row, "held", now, reason="window")
            continue
        if not _mark(unit, sender, row, now, rows_until, None if windows is None else leaves):
            check_leads(unit, sender, now)
            return None
        return Claimed(leaving, chat, row.lane, row.part, row.reason, more=count > 1, way=leaves)
    return None


def open_row(vault: Vault, row: "Row[Any]") -> tuple[Leaving, str]:
    """A message and the platform's id of its chat. Raises KeyError where the chat is ours, and others."""
    vault.learn(f"person:{row.person_id}", row.wrapped)
    if row.chat is None:
        raise KeyError(row.address_id)
    chat = vault.open(f"person:{row.chat_of}", f"address.chat:{row.address_id}", row.chat)
    leaving = opened(vault, row)
    body = pictures.with_picture(vault.unit, leaving.body)
    return leaving if body is leaving.body else leaving._replace(body=body), str(chat)


def check_leads(unit: Unit, sender: Leader, now: datetime) -> None:
    found = unit.execute(select(_LEASE.c.holder, _LEASE.c.epoch, _LEASE.c.until).where(_LEASE.c.name == sender.lease))
    row = found.first()
    if row is None or (row.holder, row.epoch) != (sender.holder, sender.epoch) or row.until < now:
        raise NotLeading(sender.channel)


def _next(unit: Unit, address_id: str, now: datetime) -> "tuple[Row[Any], int] | None":
    """The oldest waiting message, replies first, and how many are open; none while one before it is under way.

    One that is newly unknown counts as such. A copy stands where its original stood.
    """
    rows = unit.run(_WAITING, {"address_id": address_id, "known_after": now - AFTER_UNKNOWN, "now": now}).all()
    row = first_of(rows, now)
    return None if row is None else (row, len(rows))


def first_of(rows: "Sequence[Row[Any]]", now: datetime) -> "Row[Any] | None":
    """The one of a chat's open messages, in order, that may leave now."""
    blocked: set[str] = set()
    for row in rows:
        if row.state == "queued" and row.not_before <= now and row.lane not in blocked:
            return row
        blocked.add(row.lane)
    return None


def not_wanted(unit: Unit, row: "Row[Any]", now: datetime) -> str:
    """Why a message need not leave any more, or nothing: its time is over, the announcement it carries was stopped or
    is not wanted since it was tried, or a copy's original was answered.
    """
    if row.deadline is not None and row.deadline < now:
        return "opted_out" if row.kind in NEWS else "deadline"
    if row.copy_of is None:
        return "stopped" if row.is_stopped else ""
    unknown_since = unit.execute(select(_OUTBOX.c.changed_at).where(_OUTBOX.c.id == row.copy_of)).scalar()
    wrote = unit.execute(select(_ADDRESS.c.last_in_at).where(_ADDRESS.c.id == row.address_id)).scalar_one()
    return "answered" if unknown_since is None or unknown_since < wrote <= now else ""


def _mark(
    unit: Unit, sender: Leader, row: "Row[Any]", now: datetime, until: datetime, leaves: Way | None
) -> bool:  # fmt: skip
    """Mark a message as being sent. False if somebody was faster, or another process sends now."""
    values = {"lease_owner": sender.holder, "lease_until": until, "epoch": sender.epoch}
    if leaves is not None:
        values["way"] = leaves
    return states.mark(unit, row, sender.leads(), now, **values)


def marked_at(unit: Unit, outbox_id: int) -> datetime:
    """When a message that is being sent was marked so."""
    found: datetime = unit.execute(select(_OUTBOX.c.changed_at).where(_OUTBOX.c.id == outbox_id)).scalar_one()
    return found


def settle(unit: Unit, sender: Leader, claimed: Claimed, state: str, now: datetime, **values: object) -> bool:
    """Write what became of a message that was being sent. False if somebody else wrote it off meanwhile."""
    marked = {"which": claimed.leaving.id, "tried": claimed.leaving.attempt, "under": sender.epoch}
    return states.settle(unit, marked, state, now, **values)


def more(unit: Unit, address_id: str, now: datetime) -> Ready | None:
    """The next message of a chat that may leave now."""
    found = _next(unit, address_id, now)
    return Ready(address_id, found[0].lane, found[0].kind) if found else None


def copy(unit: Unit, vault: Vault, original_id: int, not_before: datetime, now: datetime) -> None:
    """Queue the one copy of a message of which nobody knows whether it arrived; it begins with the same piece.

    What nobody can open has none.
    """
    row = unit.execute(select(_OUTBOX).where(_OUTBOX.c.id == original_id)).one()
    if row.copy_of is None:
        _again(unit, vault, row, "copy", now, state="queued", part=row.part, not_before=not_before, copy_of=row.id)


def hold_words(unit: Unit, vault: Vault, original_id: int, now: datetime) -> None:
    """Keep the words of a message for which a template went out, until she writes."""
    row = unit.execute(select(_OUTBOX).where(_OUTBOX.c.id == original_id)).one()
    _again(unit, vault, row, "words", now, state="held", reason="template", part=0, not_before=row.not_before)


def _again(unit: Unit, vault: Vault, row: "Row[Any]", suffix: str, now: datetime, **values: object) -> None:
    """Put a message in the outbox once more, under a key that it can have only once."""
    key = f"{row.key}/{suffix}"
    taken = unit.execute(select(_OUTBOX.c.id).where(_OUTBOX.c.key == key)).first()
    if row.body is None or taken is not None:
        return
    try:
        body = vault.open(f"person:{row.person_id}", f"outbox.body:{row.key}", row.body)
        sealed = vault.seal(f"person:{row.person_id}", f"outbox.body:{key}", body)
    except UNREADABLE:
        return
    same = {name: getattr(row, name) for name in ("person_id", "address_id", "channel", "lane", "kind", "cause")}
    fresh = {"attempt": 0, "epoch": 0, "deadline": row.deadline, "created_at": now, "changed_at": now}
    unit.execute(insert(_OUTBOX).values(key=key, body=sealed, **same, **fresh, **values))
