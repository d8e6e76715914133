"""What came of an announcement: how fast it goes, and how its recipients stand by the units they have to do with."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal, select, text

from storage.database import Unit
from storage.queries.announcing.broadcasts import cause
from storage.tables import Address, Broadcast, Case, OutboxRow, Recipient, Subscription

_BROADCAST = Broadcast.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_RECIPIENT = Recipient.__table__  # type: ignore[attr-defined]  # as above
_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # as above
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
_CASE = Case.__table__  # type: ignore[attr-defined]  # as above
_WANTED = Subscription.__table__  # type: ignore[attr-defined]  # as above
# SQLite takes an index of some rows only where its condition is repeated to the letter.
_ANNOUNCED = text("kind IN ('broadcast', 'warning')")
_ALIVE = text("state IN ('scheduled', 'sending', 'paused')")
LEFT = ("sent", "delivered", "failed", "unknown")


def left_since(unit: Unit, broadcast_id: int, since: datetime) -> int:
    """How many of its messages left, or could not, from a moment on."""
    meant = (_OUTBOX.c.cause == cause(broadcast_id), _OUTBOX.c.state.in_(LEFT), _OUTBOX.c.changed_at > since)
    return int(unit.execute(select(func.count()).where(*meant, _ANNOUNCED)).scalar_one())


def by_unit(unit: Unit, broadcast_id: int) -> Mapping[tuple[str, str], int]:
    """How many recipients stand in each state, by unit; '' where none is known. They add up to those frozen.

    A person belongs where her latest request is, of open ones first; else where she wants news of.
    """
    person = _ADDRESS.c.person_id
    of_case = (
        select(_CASE.c.unit_id)
        .where(_CASE.c.person_id == person, _CASE.c.unit_id.is_not(None))
        .order_by(_CASE.c.closed_at.is_not(None), _CASE.c.created_at.desc(), _CASE.c.id)
        .limit(1)
        .scalar_subquery()
    )
    wanted = select(func.min(_WANTED.c.unit_id)).where(_WANTED.c.person_id == person, _WANTED.c.unit_id != "")
    its_unit = func.coalesce(of_case, wanted.scalar_subquery(), literal("")).label("its_unit")
    state = func.coalesce(_OUTBOX.c.state, _RECIPIENT.c.state).label("its_state")
    rows = (
        select(its_unit, state)
        .join_from(_RECIPIENT, _ADDRESS, _ADDRESS.c.id == _RECIPIENT.c.address_id, isouter=True)
        .join(_OUTBOX, _OUTBOX.c.id == _RECIPIENT.c.outbox_id, isouter=True)
        .where(_RECIPIENT.c.broadcast_id == broadcast_id)
        .subquery()
    )
    found = select(rows.c.its_unit, rows.c.its_state, func.count()).group_by(rows.c.its_unit, rows.c.its_state)
    return {(its, state): count for its, state, count in unit.execute(found)}


def lates(unit: Unit, broadcast_id: int, channel: str, late: ColumnElement[str]) -> Mapping[str, int]:
    """How many of those planned on a channel are late in which way; late: of chats."""
    meant = (_RECIPIENT.c.broadcast_id == broadcast_id, _RECIPIENT.c.state == "planned", _ADDRESS.c.channel == channel)
    found = select(late.label("late"), func.count()).join_from(
        _RECIPIENT, _ADDRESS, _ADDRESS.c.id == _RECIPIENT.c.address_id
    )
    return {str(name): int(count) for name, count in unit.execute(found.where(*meant).group_by(late))}


def ways(unit: Unit, broadcast_id: int, channel: str) -> Mapping[str, int]:
    """How many of its messages left a channel free, paid or as a template, and how many are held there."""
    way = case((_OUTBOX.c.state == "held", "held"), else_=_OUTBOX.c.way)
    meant = (_RECIPIENT.c.broadcast_id == broadcast_id, _OUTBOX.c.channel == channel)
    there = (_OUTBOX.c.state.in_(("sent", "delivered", "unknown", "held")), way.is_not(None))
    found = select(way, func.count()).join_from(_RECIPIENT, _OUTBOX, _OUTBOX.c.id == _RECIPIENT.c.outbox_id)
    return {str(name): int(count) for name, count in unit.execute(found.where(*meant, *there).group_by(way))}


def pulse(unit: Unit) -> int:
    """A number that changes when an announcement is approved or ends, and while one is being sent."""
    alive = unit.execute(select(func.count()).select_from(_BROADCAST).where(_ALIVE)).scalar_one()
    sending = select(_BROADCAST.c.id).where(_BROADCAST.c.state == "sending").limit(1)
    if not alive or unit.execute(sending).first() is None:
        return int(alive)
    newest = unit.execute(select(func.max(_OUTBOX.c.id))).scalar() or 0
    return int(alive + newest + 1)
