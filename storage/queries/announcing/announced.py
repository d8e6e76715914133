"""What was announced: which of it somebody got, what waits for her and is taken back, and what was ever sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update

from storage.database import Unit
from storage.queries.announcing import states
from storage.queries.announcing.broadcasts import cause
from storage.queries.outgoing import states as outgoing
from storage.tables import Address, Broadcast, OutboxRow, Recipient

_BROADCAST = Broadcast.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_RECIPIENT = Recipient.__table__  # type: ignore[attr-defined]  # as above
_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # as above
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above

FROZEN = ("awaiting_approval", "scheduled", "sending", "paused")  # with recipients that are not released yet
MAY_BE_TRIED = ("sending", "unknown", "failed")
GOT = ("sending", "sent", "delivered", "unknown")
LONGEST = timedelta(days=30)  # from the begin of an announcement until its last message


@dataclass(frozen=True, slots=True)
class Got:
    """An announcement that somebody got. outbox_id: the message that carried it."""

    outbox_id: int
    kind: str
    topic: str
    code: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Begun:
    """An announcement that began to be sent, without its picture."""

    code: str
    state: str
    title: Mapping[str, str]
    rendered: Mapping[str, str]
    began_at: datetime


def last_got(unit: Unit, person_id: str, since: datetime) -> list[Got]:
    """The announcements of the last message that somebody got: several if it was a digest. since: none before."""
    columns = (_OUTBOX.c.id, _BROADCAST.c.kind, _BROADCAST.c.topic, _BROADCAST.c.code, _BROADCAST.c.title)
    # By way of the announcements of some weeks: of recipients there may be millions, and none is found by its chat.
    query = (
        select(*columns)
        .join_from(_BROADCAST, _RECIPIENT, _RECIPIENT.c.broadcast_id == _BROADCAST.c.id)
        .join(_OUTBOX, _OUTBOX.c.id == _RECIPIENT.c.outbox_id)
        .where(_BROADCAST.c.began_at > since - LONGEST, _RECIPIENT.c.address_id.in_(_chats_of(person_id)))
        .where(_RECIPIENT.c.state.in_(("released", "digested")), _OUTBOX.c.state.in_(GOT), _OUTBOX.c.changed_at > since)
        .order_by(_OUTBOX.c.changed_at.desc(), _OUTBOX.c.id.desc(), _BROADCAST.c.id.desc())
    )
    found = [Got(*row) for row in unit.execute(query)]
    return [one for one in found if one.outbox_id == found[0].outbox_id]


def take_out(unit: Unit, person_id: str, kind: str, topics: Collection[str] | None, now: datetime) -> int:
    """Take somebody out of the announcements of a kind that have not left; topics: only of some news.

    Returns how many messages to her were cancelled.
    """
    meant = _meant(kind, topics)
    alive = unit.scalars(meant.where(_BROADCAST.c.state.in_(FROZEN))).all()
    hers = _RECIPIENT.c.address_id.in_(_chats_of(person_id))
    states.change(unit, "planned", "opted_out", hers, _RECIPIENT.c.broadcast_id.in_(alive))
    states.change(unit, "digest", "opted_out", hers, _RECIPIENT.c.broadcast_id.in_(meant))
    return _cancel(unit, person_id, meant, now) + _gather_again(unit, person_id, meant, now)


def leave(unit: Unit, address_ids: Collection[str]) -> None:
    """Take some chats, which are somebody else's from now on, out of every announcement."""
    alive = unit.scalars(select(_BROADCAST.c.id).where(_BROADCAST.c.state.in_(FROZEN))).all()
    theirs = _RECIPIENT.c.address_id.in_(address_ids)
    states.change(unit, "planned", "gone", theirs, _RECIPIENT.c.broadcast_id.in_(alive))
    states.change(unit, "digest", "gone", theirs)


def begun(unit: Unit, codes: Collection[str] | None, most: int) -> Sequence[Begun]:
    """Announcements that began to be sent, the latest first; codes: only these."""
    names = ("code", "state", "title", "rendered", "began_at")
    query = select(*(_BROADCAST.c[name] for name in names)).where(_BROADCAST.c.began_at.is_not(None))
    if codes is not None:
        query = query.where(_BROADCAST.c.code.in_(codes))
    return [Begun(*row) for row in unit.execute(query.order_by(_BROADCAST.c.began_at.desc()).limit(most))]


# Inside


def _chats_of(person_id: str) -> Select[Any]:
    return select(_ADDRESS.c.id).where(_ADDRESS.c.person_id == person_id)


def _meant(kind: str, topics: Collection[str] | None) -> Select[Any]:
    """The numbers of the announcements of a kind, and of some topics."""
    of_kind: ColumnElement[bool] = _BROADCAST.c.kind == kind
    return select(_BROADCAST.c.id).where(of_kind if topics is None else of_kind & _BROADCAST.c.topic.in_(topics))


def _cancel(unit: Unit, person_id: str, meant: Select[Any], now: datetime) -> int:
    """Cancel what waits to be sent to somebody of some announcements; what was tried is never tried again."""
    hers = (_OUTBOX.c.person_id == person_id, _OUTBOX.c.kind == "broadcast")
    alive = (*hers, _OUTBOX.c.state.in_(outgoing.NOT_LEFT + MAY_BE_TRIED))
    causes = unit.scalars(select(_OUTBOX.c.cause).where(*alive).distinct()).all()
    theirs = [cause(number) for number in unit.scalars(meant)] if causes else []
    if not (of_them := set(causes) & set(theirs)):
        return 0
    its = (*hers, _OUTBOX.c.cause.in_(of_them))
    unit.change(update(_OUTBOX).where(*its, _OUTBOX.c.state.in_(MAY_BE_TRIED)).values(deadline=now))
    return outgoing.cancel(unit, "opted_out", now, *its)


def _gather_again(unit: Unit, person_id: str, meant: Select[Any], now: datetime) -> int:
    """Cancel digests that wait with one of some announcements; the others in them wait for the next digest.

    What was tried is never tried again.
    """
    hers = (_OUTBOX.c.person_id == person_id, _OUTBOX.c.kind == "digest")
    alive = select(_OUTBOX.c.id, _OUTBOX.c.state).where(*hers, _OUTBOX.c.state.in_(outgoing.NOT_LEFT + MAY_BE_TRIED))
    cancelled = 0
    for outbox_id, state in unit.execute(alive).all():
        recent = _BROADCAST.c.began_at > now - 2 * LONGEST
        carried = (
            _RECIPIENT.c.broadcast_id.in_(select(_BROADCAST.c.id).where(recent)),
            _RECIPIENT.c.address_id.in_(_chats_of(person_id)),
            _RECIPIENT.c.outbox_id == outbox_id,
        )
        of_them = (*carried, _RECIPIENT.c.broadcast_id.in_(meant))
        found = select(_RECIPIENT.c.broadcast_id).where(*of_them, _RECIPIENT.c.state == "digested")
        if unit.execute(found.limit(1)).first() is None:
            continue
        its = _OUTBOX.c.id == outbox_id
        if state in MAY_BE_TRIED:
            unit.change(update(_OUTBOX).where(its, _OUTBOX.c.state == state).values(deadline=now))
            continue
        states.change(unit, "digested", "opted_out", *of_them)
        states.change(unit, "digested", "digest", *carried)
        cancelled += outgoing.cancel(unit, "opted_out", now, its, old=(state,))
    return cancelled
