"""News that waits to be gathered: who it is for, whether it is due, and in which message it went out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, literal, select, text, tuple_

from storage.database import Unit
from storage.queries.announcing import states
from storage.queries.outgoing import states as outgoing
from storage.tables import Address, Broadcast, OutboxRow, Person, Recipient, Subscription

_BROADCAST = Broadcast.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_RECIPIENT = Recipient.__table__  # type: ignore[attr-defined]  # as above
_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # as above
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
_PERSON = Person.__table__  # type: ignore[attr-defined]  # as above
_WANTED = Subscription.__table__  # type: ignore[attr-defined]  # as above
AT_ONCE = 500  # messages named in a statement
BEGUN = ("sending", "done")  # states of announcements that have begun to go out and were not stopped
# SQLite takes an index of some rows only where its condition is repeated to the letter.
_PENDING = text("outbox.state IN ('queued', 'sending')")
_WAITS = _RECIPIENT.c.state == literal("digest", literal_execute=True)
_hers = (
    _WANTED.c.person_id == _ADDRESS.c.person_id, _WANTED.c.topic == _BROADCAST.c.topic, _WANTED.c.stopped_at.is_(None)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WaitingNews:
    """One announcement that waits for somebody's digest.

    wanted: she has not stopped it meanwhile. weekly: she wants it once a week only. active: she was not erased.
    """

    broadcast_id: int
    address_id: str
    person_id: str
    active: bool
    began_at: datetime
    wanted: bool
    weekly: bool


def chats_with_news(unit: Unit, after: str, most: int) -> Sequence[str]:
    """Chats that something waits for, by id, from the one after another on."""
    query = select(_RECIPIENT.c.address_id).where(_WAITS, _RECIPIENT.c.address_id > after).distinct()
    return unit.execute(query.order_by(_RECIPIENT.c.address_id).limit(most)).scalars().all()


def people_of(unit: Unit, address_ids: Collection[str]) -> list[str]:
    """Whose chats these are, each person once."""
    query = select(_ADDRESS.c.person_id).where(_ADDRESS.c.id.in_(address_ids)).distinct()
    return list(unit.execute(query.order_by(_ADDRESS.c.person_id)).scalars())


def waiting(unit: Unit, people: Collection[str]) -> Sequence[WaitingNews]:
    """What waits for some people, in whichever of their chats, and has begun to go out; the oldest first."""
    wanted = exists().where(*_hers)
    often = exists().where(*_hers, _WANTED.c.rhythm != "weekly")
    query = (
        select(
            _RECIPIENT.c.broadcast_id, _RECIPIENT.c.address_id, _ADDRESS.c.person_id, _PERSON.c.state == "active",
            _BROADCAST.c.began_at, wanted, ~often,
        )
        .join_from(_RECIPIENT, _ADDRESS, _ADDRESS.c.id == _RECIPIENT.c.address_id)
        .join(_PERSON, _PERSON.c.id == _ADDRESS.c.person_id)
        .join(_BROADCAST, _BROADCAST.c.id == _RECIPIENT.c.broadcast_id)
        .where(_WAITS, _ADDRESS.c.person_id.in_(people))
        .where(_BROADCAST.c.state.in_(BEGUN), _BROADCAST.c.began_at.is_not(None))
        .order_by(_BROADCAST.c.began_at, _BROADCAST.c.id)
    )  # fmt: skip
    return [WaitingNews(*row) for row in unit.execute(query)]


def settle(unit: Unit, some: Collection[WaitingNews], state: str, key: str | None = None) -> int:
    """Give some that wait another state. key: of the message that carries them. Returns how many still waited."""
    message = select(_OUTBOX.c.id).where(_OUTBOX.c.key == key).scalar_subquery() if key is not None else None
    keys = [(one.broadcast_id, one.address_id) for one in some]
    these = tuple_(_RECIPIENT.c.broadcast_id, _RECIPIENT.c.address_id).in_(keys)
    return states.change(unit, "digest", state, these, carried_by=message)


def are_to_come(unit: Unit, broadcast_id: int) -> bool:
    """Whether an announcement waits for somebody's digest, or in one that has not left."""
    waits = select(_RECIPIENT.c.address_id).where(_RECIPIENT.c.broadcast_id == broadcast_id, _WAITS)
    return any(unit.execute(one.limit(1)).first() is not None for one in (waits, _carriers(broadcast_id)))


def pull_back(unit: Unit, broadcast_id: int, now: datetime) -> int:
    """Take a stopped announcement out of some digests that have not left; returns how many.

    What else is in them waits for the next. A digest is cancelled first, so that it can't leave meanwhile.
    """
    # By way of what waits: of recipients there may be a million.
    messages = unit.execute(_carriers(broadcast_id).distinct().limit(AT_ONCE)).scalars().all()
    held = outgoing.cancel_queued(unit, messages, "stopped", now)
    carried, own = _RECIPIENT.c.outbox_id.in_(held), _RECIPIENT.c.broadcast_id == broadcast_id
    states.change(unit, "digested", "stopped", carried, own)
    states.change(unit, "digested", "digest", carried, ~own)
    return len(held)


def _carriers(broadcast_id: int) -> Select[Any]:
    """The digests with an announcement that have not left."""
    return (
        select(_OUTBOX.c.id)
        .join_from(_RECIPIENT, _OUTBOX, _OUTBOX.c.id == _RECIPIENT.c.outbox_id)
        .where(_PENDING, _OUTBOX.c.state == "queued", _OUTBOX.c.kind == "digest")
        .where(_RECIPIENT.c.broadcast_id == broadcast_id, _RECIPIENT.c.state == "digested")
    )
