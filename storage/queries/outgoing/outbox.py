"""The outbox: what was committed to be said, and how far it came."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from typing import cast as cast_type

from sqlalchemy import (
    BigInteger,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    insert,
    or_,
    select,
    text,
)

from storage.database import Unit
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import states
from storage.tables import Broadcast, OutboxRow
from storage.vault import Vault

_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_BROADCAST = Broadcast.__table__  # type: ignore[attr-defined]  # as above
FINAL = ("sent", "delivered", "failed", "unknown", "expired", "cancelled")
# SQLite takes an index of some rows only where its condition is repeated to the letter.
PENDING = text("state IN ('queued', 'sending')")
OPEN = text("state IN ('queued', 'sending', 'unknown')")
STUCK = text("outbox.state IN ('unknown', 'failed', 'held', 'expired')")
PICTURE_CARD = "announced"  # the picture of an announcement; its card holds the code alone
STUCK_STATES = ("unknown", "failed", "held", "expired")

ANNOUNCED = ("broadcast", "warning")  # kinds of messages that carry an announcement
NEWS = (*ANNOUNCED, "digest")  # and those that have a deadline only once she has said that she wants no more
CARRIES = text("outbox.kind IN ('broadcast', 'warning')")  # the same, as the index of them has it
CAUSE = "broadcast:"  # and what they are caused by, followed by its number
_ITS_NUMBER = case(
    (
        and_(CARRIES, _OUTBOX.c.copy_of.is_(None), _OUTBOX.c.cause.startswith(CAUSE)),
        cast(func.substr(_OUTBOX.c.cause, len(CAUSE) + 1), BigInteger),
    )
)
# Whether a message carries an announcement that was stopped; what was sent once more goes on.
IS_STOPPED = exists().where(_BROADCAST.c.id == _ITS_NUMBER, _BROADCAST.c.state == "cancelled").label("is_stopped")

_REMEMBERED = "announced"
_PUT = insert(_OUTBOX)
_ANNOUNCED = select(
    _BROADCAST.c.code, _BROADCAST.c.rendered, _BROADCAST.c.picture.is_not(None).label("has_picture")
).where(_BROADCAST.c.id == bindparam("which"))
_READY = (
    select(_OUTBOX.c.address_id)
    .where(
        _OUTBOX.c.channel == bindparam("channel"),
        _OUTBOX.c.state == "queued",
        _OUTBOX.c.not_before <= bindparam("now"),
        PENDING,
    )
    .group_by(_OUTBOX.c.address_id)
    .order_by(func.min(_OUTBOX.c.id))
    .limit(bindparam("most"))
)
_NEXT_OF = (
    select(_OUTBOX, IS_STOPPED)
    .where(
        _OUTBOX.c.address_id == bindparam("address_id"),
        _OUTBOX.c.state == "queued",
        _OUTBOX.c.not_before <= bindparam("now"),
        OPEN,
    )
    .order_by(_OUTBOX.c.lane.desc(), _OUTBOX.c.id)
    .limit(1)
)


class Leaving(NamedTuple):
    """One message on its way out, opened."""

    id: int
    key: str
    person_id: str
    address_id: str
    channel: str
    kind: str
    attempt: int
    body: Mapping[str, object]


def put(
    unit: Unit, vault: Vault, chat: Chat, key: str, kind: str, body: Mapping[str, object], cause: str, now: datetime,
    *, lane: str = "reply", deadline: datetime | None = None, not_before: datetime | None = None,
) -> None:  # fmt: skip
    """Put a message in the outbox. key: names it for ever; a second row with it is an error. not_before: now if None.

    Until that time nothing in its chat waits for it.
    """
    values = {
        "key": key, "person_id": chat.person_id, "address_id": chat.address_id, "channel": chat.channel, "lane": lane,
        "kind": kind, "state": "queued", "attempt": 0, "epoch": 0, "not_before": not_before or now,
        "deadline": deadline, "cause": cause,
        "body": vault.seal(f"person:{chat.person_id}", f"outbox.body:{key}", body),
        "created_at": now, "changed_at": now,
    }  # fmt: skip
    unit.run(_PUT, values)


def ready(unit: Unit, channel: str, now: datetime, most: int = 200) -> list[str]:
    """Addresses with a message that may leave now, those waiting longest first."""
    return list(unit.run(_READY, {"channel": channel, "now": now, "most": most}).scalars())


def next_of(unit: Unit, address_id: str, now: datetime) -> "Row[Any] | None":
    """The oldest message of a chat that may leave now, replies first; still sealed."""
    return unit.run(_NEXT_OF, {"address_id": address_id, "now": now}).first()


def opened(vault: Vault, row: "Row[Any]") -> Leaving:
    """Open a message. Raises KeyGone, WrongKey."""
    body = body_of(vault, row)
    return Leaving(row.id, row.key, row.person_id, row.address_id, row.channel, row.kind, row.attempt, body)


def body_of(vault: Vault, row: "Row[Any] | OutboxRow") -> Mapping[str, object]:
    """What a message says; the words of an announcement stand there once for all. Raises KeyGone, WrongKey."""
    body = vault.open(f"person:{row.person_id}", f"outbox.body:{row.key}", row.body or b"")
    assert isinstance(body, dict)  # noqa: S101  # we wrote it so
    return _announced(vault.unit, body["broadcast"], body["language"]) if "broadcast" in body else body


def said(vault: Vault, outbox_id: int) -> Mapping[str, object] | None:
    """What a message says; None where there is none, or it is kept no more. Raises KeyGone, WrongKey."""
    row = vault.unit.execute(select(_OUTBOX).where(_OUTBOX.c.id == outbox_id)).first()
    return body_of(vault, row) if row is not None and row.body is not None else None


def _announced(unit: Unit, which: int, language: str) -> Mapping[str, object]:
    """An announcement as it is sent, which never changes once there are messages. The last one is remembered."""
    remembered = unit.remembered
    known, found = remembered.get(_REMEMBERED, (None, {}))
    if known != which:
        found = _in_each_language(unit.run(_ANNOUNCED, {"which": which}).one())
        remembered[_REMEMBERED] = which, found
    return cast_type("Mapping[str, object]", found.get(language) or found["vi"])


def _in_each_language(announced: Row[Any]) -> Mapping[str, Mapping[str, object]]:
    said: dict[str, object] = {"key": f"broadcast:{announced.code}"}
    if announced.has_picture:
        said["card"] = {"kind": PICTURE_CARD, "values": {"code": announced.code}}
    return {language: {"text": words, **said} for language, words in announced.rendered.items() if words}


def handed_out(unit: Unit, ids: list[int], now: datetime) -> int:
    """Mark messages of our own chat as delivered: their lines were read out to the person."""
    return len(states.deliver(unit, now, _OUTBOX.c.id.in_(ids)))


def counts(unit: Unit) -> dict[tuple[str, str], int]:
    """How many messages stand in each state, by channel."""
    rows = unit.execute(
        select(_OUTBOX.c.channel, _OUTBOX.c.state, func.count()).group_by(_OUTBOX.c.channel, _OUTBOX.c.state)
    )
    return {(channel, state): count for channel, state, count in rows}


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as operators see it: everything but its words."""

    id: int
    channel: str
    kind: str
    state: str
    attempt: int
    reason: str | None
    platform_id: str | None
    created_at: datetime
    changed_at: datetime


def listed(unit: Unit, state: str | None, most: int) -> list[Listed]:
    """Messages for operators, newest first."""
    names = ("id", "channel", "kind", "state", "attempt", "reason", "platform_id", "created_at", "changed_at")
    query = select(*(_OUTBOX.c[name] for name in names)).order_by(_OUTBOX.c.id.desc()).limit(most)
    return [Listed(*row) for row in unit.execute(query.where(_OUTBOX.c.state == state) if state else query)]


@dataclass(frozen=True, slots=True)
class Stuck:
    """One message that will not go on by itself, without its words. copied: it was sent once more as another row."""

    id: int
    key: str
    person_id: str
    channel: str
    kind: str
    state: str
    reason: str | None
    copy_of: int | None
    created_at: datetime
    changed_at: datetime
    readable: bool
    copied: bool


def stuck(unit: Unit, states: Collection[str], before: int | None, most: int) -> list[Stuck]:
    """Messages of some of STUCK_STATES, newest first. before: only those with a smaller id."""
    copies = _OUTBOX.alias("copies")
    names = ("id", "key", "person_id", "channel", "kind", "state", "reason", "copy_of", "created_at", "changed_at")
    copied = exists().where(copies.c.key == _OUTBOX.c.key + "/copy")
    query: Select[Any] = select(*(_OUTBOX.c[name] for name in names), _OUTBOX.c.body.is_not(None), copied)
    query = query.where(_OUTBOX.c.state.in_(states), STUCK).order_by(_OUTBOX.c.id.desc()).limit(most)
    return [Stuck(*row) for row in unit.execute(query if before is None else query.where(_OUTBOX.c.id < before))]


def open_counts(unit: Unit) -> dict[tuple[str, str], int]:
    """How many messages are not through, in each state, by channel: those that wait and those that are stuck."""
    by = (_OUTBOX.c.channel, _OUTBOX.c.state)
    queries = (select(*by, func.count()).where(those).group_by(*by) for those in (PENDING, STUCK))
    return {(channel, state): count for query in queries for channel, state, count in unit.execute(query)}


def count_stuck(unit: Unit, states: Collection[str]) -> int:
    """How many messages are stuck in some of STUCK_STATES."""
    return unit.execute(select(func.count()).where(_OUTBOX.c.state.in_(states), STUCK)).scalar_one()


def recent_counts(unit: Unit, most: int) -> dict[tuple[str, str], int]:
    """How the newest messages stand, by channel; of all there may be millions."""
    newest = select(_OUTBOX.c.channel, _OUTBOX.c.state).order_by(_OUTBOX.c.id.desc()).limit(most).subquery()
    query = select(newest.c.channel, newest.c.state, func.count()).group_by(newest.c.channel, newest.c.state)
    return {(channel, state): count for channel, state, count in unit.execute(query)}


def call_off(unit: Unit, person_id: str, kind: str, about: str, now: datetime) -> int:
    """Cancel messages of a kind to a person that have not left, because what they are about is over; returns how many.

    about: what their keys have in them.
    """
    hers = (_OUTBOX.c.person_id == person_id, _OUTBOX.c.kind == kind)
    return states.cancel(unit, "answered", now, *hers, _OUTBOX.c.key.contains(about, autoescape=True))


def retry(unit: Unit, outbox_id: int, now: datetime) -> bool:
    """Queue a failed or expired message again. False if it is in another state: one that is held waits for her; nor
    an announcement that she said she does not want.
    """
    wanted = or_(_OUTBOX.c.kind.not_in(NEWS), _OUTBOX.c.deadline.is_(None))
    return states.try_again(unit, now, _OUTBOX.c.id == outbox_id, wanted, _OUTBOX.c.body.is_not(None)) == 1
