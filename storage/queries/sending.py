"""Messages on their way through a platform: what may leave, marked before it leaves, and what became of it.

Why `sending` is written before the call and what happened after it: whoever is killed between the two leaves a row that
says that nobody knows. Every step is compare-and-set on state, attempt and the epoch of the sender's lease.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select, update

from storage.crypto import WrongKey
from storage.database import Unit
from storage.queries import chats
from storage.queries.outbox import OPEN, PENDING, Leaving, opened
from storage.tables import Address, Lease, OutboxRow
from storage.vault import KeyGone, Vault

_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
_LEASE = Lease.__table__  # type: ignore[attr-defined]  # as above
# A later message of a chat waits this long for an earlier one of which nobody knows.
AFTER_UNKNOWN = timedelta(seconds=10)
_UNREADABLE = (KeyGone, WrongKey, KeyError, TypeError, AssertionError)


class NotLeading(Exception):
    """Another process sends for this channel now."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends for a channel, by its lease."""

    channel: str
    lease: str
    holder: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Ready:
    """A chat with something that may leave now."""

    address_id: str
    lane: str
    kind: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message marked as being sent.

    chat: the platform's id of its chat. part: pieces that are out already. reason: what went wrong before.
    """

    leaving: Leaving
    chat: str
    lane: str
    part: int
    reason: str | None


def ready(unit: Unit, channel: str, now: datetime, most: int) -> list[Ready]:
    """Chats whose oldest pending message may leave now, replies before bulk, those waiting longest first.

    Why the oldest of all and not of those that are due: a chat that is put off would take turns from the others.
    """
    due = and_(_OUTBOX.c.state == "queued", _OUTBOX.c.not_before <= now)
    oldest = (
        select(func.min(_OUTBOX.c.id))
        .where(_OUTBOX.c.channel == channel, PENDING, or_(due, _OUTBOX.c.copy_of.is_(None), _OUTBOX.c.attempt > 0))
        .group_by(_OUTBOX.c.address_id, _OUTBOX.c.lane)
    )
    query = select(_OUTBOX.c.address_id, _OUTBOX.c.lane, _OUTBOX.c.kind).where(_OUTBOX.c.id.in_(oldest), due)
    return [Ready(*row) for row in unit.execute(query.order_by(_OUTBOX.c.lane.desc(), _OUTBOX.c.id).limit(most))]


def claim(
    unit: Unit, vault: Vault, sender: Sender, address_id: str, now: datetime, rows_until: datetime
) -> Claimed | None:
    """Mark the next message of a chat as being sent; None if none may leave. Raises NotLeading."""
    _check_leads(unit, sender, now)
    while (row := _next(unit, address_id, now)) is not None:
        if reason := _not_wanted(unit, row, now):
            _move(unit, row, now, "expired" if reason == "deadline" else "cancelled", reason=reason)
            continue
        try:
            leaving, chat = opened(vault, row), chats.platform_chat(unit, vault, address_id)
        except _UNREADABLE as error:
            _move(unit, row, now, "failed", reason=type(error).__name__)
            continue
        _move(unit, row, now, "sending", lease_owner=sender.holder, lease_until=rows_until, epoch=sender.epoch)
        return Claimed(leaving, chat, row.lane, row.part, row.reason)
    return None


def _check_leads(unit: Unit, sender: Sender, now: datetime) -> None:
    found = unit.execute(select(_LEASE.c.holder, _LEASE.c.epoch, _LEASE.c.until).where(_LEASE.c.name == sender.lease))
    row = found.first()
    if row is None or (row.holder, row.epoch) != (sender.holder, sender.epoch) or row.until < now:
        raise NotLeading(sender.channel)


def _next(unit: Unit, address_id: str, now: datetime) -> "Row[Any] | None":
    """The oldest waiting message, replies first; none while one before it is on its way or newly unknown.

    A copy stands where its original stood; until its time has come nothing waits for it.
    """
    rows = unit.execute(
        select(_OUTBOX)
        .where(
            _OUTBOX.c.address_id == address_id,
            or_(_OUTBOX.c.state != "unknown", _OUTBOX.c.changed_at > now - AFTER_UNKNOWN),
            OPEN,
        )
        .order_by(_OUTBOX.c.lane.desc(), func.coalesce(_OUTBOX.c.copy_of, _OUTBOX.c.id), _OUTBOX.c.id)
        .limit(20)
    ).all()
    blocked: set[str] = set()
    for row in rows:
        if row.state == "queued" and row.not_before <= now and row.lane not in blocked:
            return row
        if row.state != "queued" or row.copy_of is None or row.attempt > 0:
            blocked.add(row.lane)
    return None


def _not_wanted(unit: Unit, row: "Row[Any]", now: datetime) -> str:
    """Why a message need not leave any more, or nothing: its time is over, or a copy's original was answered."""
    if row.deadline is not None and row.deadline < now:
        return "deadline"
    if row.copy_of is None:
        return ""
    unknown_since = unit.execute(select(_OUTBOX.c.changed_at).where(_OUTBOX.c.id == row.copy_of)).scalar()
    wrote = unit.execute(select(_ADDRESS.c.last_in_at).where(_ADDRESS.c.id == row.address_id)).scalar_one()
    return "answered" if unknown_since is None or wrote > unknown_since else ""


def _move(unit: Unit, row: "Row[Any]", now: datetime, state: str, **values: object) -> None:
    """Move a message that was just read in this transaction."""
    statement = update(_OUTBOX).where(
        _OUTBOX.c.id == row.id, _OUTBOX.c.state == row.state, _OUTBOX.c.attempt == row.attempt
    )
    unit.execute(statement.values(state=state, changed_at=now, **values))


def settle(unit: Unit, sender: Sender, claimed: Claimed, state: str, now: datetime, **values: object) -> bool:
    """Write what became of a message that was being sent. False if somebody else wrote it off meanwhile."""
    statement = update(_OUTBOX).where(
        _OUTBOX.c.id == claimed.leaving.id,
        _OUTBOX.c.state == "sending",
        _OUTBOX.c.attempt == claimed.leaving.attempt,
        _OUTBOX.c.epoch == sender.epoch,
    )
    return unit.change(statement.values(state=state, changed_at=now, **values)) == 1


def more(unit: Unit, address_id: str, now: datetime) -> Ready | None:
    """The next message of a chat that may leave now."""
    row = _next(unit, address_id, now)
    return Ready(address_id, row.lane, row.kind) if row is not None else None


def copy(unit: Unit, vault: Vault, original_id: int, not_before: datetime, now: datetime) -> None:
    """Queue the one copy of a message of which nobody knows whether it arrived; it begins with the same piece.

    What nobody can open has none.
    """
    row = unit.execute(select(_OUTBOX).where(_OUTBOX.c.id == original_id)).one()
    key = f"{row.key}/copy"
    taken = unit.execute(select(_OUTBOX.c.id).where(_OUTBOX.c.key == key)).first()
    if row.copy_of is not None or row.body is None or taken is not None:
        return
    try:
        sealed = vault.seal(f"person:{row.person_id}", f"outbox.body:{key}", opened(vault, row).body)
    except _UNREADABLE:
        return
    unit.execute(
        insert(_OUTBOX).values(
            key=key, person_id=row.person_id, address_id=row.address_id, channel=row.channel, lane=row.lane,
            kind=row.kind, state="queued", attempt=0, epoch=0, part=row.part, not_before=not_before,
            deadline=row.deadline, cause=row.cause, copy_of=row.id, body=sealed, created_at=now, changed_at=now,
        )
    )  # fmt: skip


def lost(
    unit: Unit, sender: Sender, now: datetime, *, at_work: Collection[str], alone: bool
) -> list[tuple[int, str]]:  # fmt: skip
    """(id, kind) of messages that are marked as being sent and that nobody will settle; they become unknown.

    at_work: addresses this sender is sending to; a mark of its own elsewhere was kept by a COMMIT that seemed to fail.
    alone: no other process can still be at it, so that nothing is waited for.
    """
    nobodys = or_(_OUTBOX.c.epoch != sender.epoch, _OUTBOX.c.address_id.not_in(at_work))
    left = and_(_OUTBOX.c.channel == sender.channel, _OUTBOX.c.state == "sending", nobodys)
    query = select(_OUTBOX.c.id, _OUTBOX.c.kind).where(left, PENDING)
    if not alone:
        query = query.where(or_(_OUTBOX.c.lease_until.is_(None), _OUTBOX.c.lease_until < now))
    found = [(int(outbox_id), str(kind)) for outbox_id, kind in unit.execute(query)]
    for outbox_id, _ in found:
        unit.execute(
            update(_OUTBOX)
            .where(_OUTBOX.c.id == outbox_id, _OUTBOX.c.state == "sending")
            .values(state="unknown", reason="interrupted", changed_at=now)
        )
    return found


def give_up_chat(unit: Unit, address_id: str, reason: str, now: datetime) -> int:
    """A person can't be reached there: what waits for her there has failed. Returns how many messages."""
    unit.execute(update(_ADDRESS).where(_ADDRESS.c.id == address_id).values(reachable=False))
    waiting = update(_OUTBOX).where(_OUTBOX.c.address_id == address_id, _OUTBOX.c.state == "queued")
    return unit.change(waiting.values(state="failed", reason=reason, changed_at=now))
