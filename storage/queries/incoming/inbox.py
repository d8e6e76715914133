"""The inbox: what was accepted, in the order it came, each handled once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    bindparam,
    case,
    exists,
    false,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.ids import new_id
from storage.queries.incoming import chats, states
from storage.queries.incoming.chats import Chat
from storage.tables import Address, DataKey, DeadLetter, InboxRow, Person
from storage.vault import Vault

_INBOX = InboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_DEAD = DeadLetter.__table__  # type: ignore[attr-defined]  # as above
_PERSON = Person.__table__  # type: ignore[attr-defined]  # as above
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
_KEYS = DataKey.__table__  # type: ignore[attr-defined]  # as above

_ACCEPT_ON_SQLITE = sqlite.insert(_INBOX).on_conflict_do_nothing().inline()
_ACCEPT = postgresql.insert(_INBOX).on_conflict_do_nothing().inline()
_KNOWN = select(_INBOX.c.id).where(_INBOX.c.channel == bindparam("through"), _INBOX.c.update_id == bindparam("named"))
# All that keeping a message needs to know, by one statement.
_KEPT = exists(_KNOWN)
_KEY = select(_KEYS.c.wrapped).where(_KEYS.c.name == bindparam("today")).scalar_subquery()
_NOW = bindparam("now", type_=_ADDRESS.c.last_in_at.type)
_ARRIVES_ON_SQLITE = (
    update(_ADDRESS)
    .where(_ADDRESS.c.channel == bindparam("through"), _ADDRESS.c.external == bindparam("known_as"))
    .values(
        reachable=case((_KEPT, _ADDRESS.c.reachable), else_=True),
        last_in_at=case((_KEPT, _ADDRESS.c.last_in_at), else_=_NOW),
    )
    .returning(
        _ADDRESS.c.person_id, _ADDRESS.c.id, _ADDRESS.c.channel, chats.LANGUAGE.label("language"), _ADDRESS.c.screen,
        _KEPT.label("kept"), _KEY.label("key"),
    )
)  # fmt: skip
# With a row also where there is no chat yet.
_ARRIVED = _ARRIVES_ON_SQLITE.cte("arrived")
_ARRIVES = select(*(column for column in _ARRIVED.c if column.name != "key"), _KEY.label("key")).select_from(
    select(literal_column("1").label("one")).subquery().outerjoin(_ARRIVED, true())
)
# An UPDATE and not FOR UPDATE: who waited for the lock sees the past, and has to begin again.
_LOCK = update(_PERSON).where(_PERSON.c.id == bindparam("person_id")).values(state=_PERSON.c.state)
# The condition is written out, as the index of what waits has it.
_WAITS = (_INBOX.c.person_id == bindparam("person_id"), text("inbox.state = 'new'"))
# With the chat and its person's key, which every turn needs.
_OLDEST = (
    select(_INBOX, _ADDRESS.c.person_id.label("chat_of"), _ADDRESS.c.screen, _PERSON.c.language, _KEYS.c.wrapped)
    .join_from(_INBOX, _ADDRESS, _ADDRESS.c.id == _INBOX.c.address_id)
    .join(_PERSON, _PERSON.c.id == _ADDRESS.c.person_id)
    .outerjoin(_KEYS, _KEYS.c.name == literal("person:") + _ADDRESS.c.person_id)
    .where(*_WAITS)
    .order_by(_INBOX.c.id)
    .limit(literal_column("2"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One message that waits for its turn. more: whether another of the same person waits behind it."""

    id: int
    chat: Chat
    kind: str
    body: Mapping[str, object]
    more: bool


def day_key(day: date) -> str:
    """The name of the data key of one day."""
    return f"day:{day.isoformat()}"


def arrive(
    unit: Unit, vault: Vault, channel: str, external: bytes, update_id: str, now: datetime, *, platform: str
) -> Chat | None:
    """Find the chat of a message, or make it and its person at their first one; None if the message was kept before.

    Together with `accept` this takes two round trips. platform: the platform's id of the chat.
    """
    day = day_key(now.date())
    asked = {"through": channel, "known_as": external, "named": update_id, "now": now, "today": day}
    row = unit.run(_ARRIVES_ON_SQLITE if unit.on_sqlite else _ARRIVES, asked).first()
    if row is not None and row.kept:
        return None
    if row is not None and row.key is None:
        vault.make(day, now)
    elif row is not None:
        vault.learn(day, row.key)
    if row is None or row.person_id is None:
        return chats.make(unit, vault, channel, external, now, platform=platform)
    return Chat(row.person_id, row.id, row.channel, row.language, row.screen)


def accept(
    unit: Unit, vault: Vault, chat: Chat, update_id: str, kind: str, body: Mapping[str, object], now: datetime
) -> None:
    """Keep a message; the same id again has no effect."""
    day = now.date()
    vault.ensure(day_key(day), now)
    row = {
        "channel": chat.channel,
        "update_id": update_id,
        "address_id": chat.address_id,
        "person_id": chat.person_id,
        "kind": kind,
        "day": day,
        "body": vault.seal(day_key(day), f"inbox.body:{chat.channel}/{update_id}", body),
        "state": "new",
        "attempt": 0,
        "not_before": now,
        "received_at": now,
    }
    unit.send(_ACCEPT_ON_SQLITE if unit.on_sqlite else _ACCEPT, row)


def known(unit: Unit, channel: str, update_id: str) -> bool:
    """Whether a message with this id was accepted before."""
    return unit.run(_KNOWN, {"through": channel, "named": update_id}).first() is not None


def waiting(unit: Unit, most: int = 500) -> list[str]:
    """Persons with a message that waits, those waiting longest first."""
    query = select(_INBOX.c.person_id, func.min(_INBOX.c.id)).where(_INBOX.c.state == "new")
    rows = unit.execute(query.group_by(_INBOX.c.person_id).order_by(func.min(_INBOX.c.id)).limit(most)).all()
    return [person_id for person_id, _ in rows]


def oldest(unit: Unit, vault: Vault, person_id: str, now: datetime) -> Accepted | None:
    """Lock the person and read her oldest message, or None if it may not be handled yet."""
    if not unit.on_sqlite:
        unit.run(_LOCK, {"person_id": person_id})
    rows = unit.run(_OLDEST, {"person_id": person_id}).all()
    if not rows or rows[0].not_before > now:
        return None
    row = rows[0]
    body = vault.open(day_key(row.day), f"inbox.body:{row.channel}/{row.update_id}", row.body)
    assert isinstance(body, dict)  # noqa: S101  # we wrote it so
    vault.learn(f"person:{row.chat_of}", row.wrapped)
    chat = Chat(row.chat_of, row.address_id, row.channel, row.language, row.screen)
    return Accepted(id=row.id, chat=chat, kind=row.kind, body=body, more=len(rows) > 1)


def finish(unit: Unit, inbox_id: int, now: datetime) -> None:
    """Mark a message as handled."""
    states.finish(unit, inbox_id, now)


def ignore(unit: Unit, channel: str, update_id: str, now: datetime) -> None:
    """Mark a message as done without handling it."""
    states.skip(unit, now, _INBOX.c.channel == channel, _INBOX.c.update_id == update_id)


def put_off(unit: Unit, inbox_id: int, attempt: int, until: datetime) -> bool:
    """Note a failed attempt. False if somebody else was faster."""
    statement = update(_INBOX).where(_INBOX.c.id == inbox_id, _INBOX.c.state == "new", _INBOX.c.attempt == attempt)
    return unit.change(statement.values(attempt=attempt + 1, not_before=until)) == 1


def oldest_id(unit: Unit, person_id: str) -> tuple[int, int, str, str] | None:
    """(id, attempt, channel, address) of a person's oldest message, unread."""
    row = unit.execute(
        select(_INBOX.c.id, _INBOX.c.attempt, _INBOX.c.channel, _INBOX.c.address_id)
        .where(_INBOX.c.person_id == person_id, _INBOX.c.state == "new")
        .order_by(_INBOX.c.id)
        .limit(1)
    ).first()
    return tuple(row) if row else None


def bury(unit: Unit, inbox_id: int, channel: str, reason: str, now: datetime) -> str:
    """Set a message aside as a dead letter; returns the letter's id."""
    states.bury(unit, inbox_id, now)
    letter = new_id(now)
    unit.execute(
        insert(_DEAD).values(id=letter, inbox_id=inbox_id, channel=channel, reason=reason, state="open", created_at=now)
    )
    return letter


def bury_unread(unit: Unit, vault: Vault, channel: str, reason: str, raw: bytes, now: datetime) -> None:
    """Set aside what nobody could read, as it came."""
    letter, key = new_id(now), day_key(now.date())
    vault.ensure(key, now)
    sealed = vault.seal_bytes(key, f"dead_letter.body:{letter}", raw)
    unit.execute(
        insert(_DEAD).values(id=letter, channel=channel, reason=reason, state="open", body=sealed, created_at=now)
    )


def unread(unit: Unit, vault: Vault, letter: str) -> tuple[str, bytes] | None:
    """(channel, raw) of an open letter that nobody could read, for another try."""
    query = select(_DEAD.c.channel, _DEAD.c.body, _DEAD.c.created_at).where(
        _DEAD.c.id == letter, _DEAD.c.state == "open"
    )
    row = unit.execute(query).first()
    if row is None or row.body is None:
        return None
    return row.channel, vault.open_bytes(day_key(row.created_at.date()), f"dead_letter.body:{letter}", row.body)


def was_read(unit: Unit, letter: str) -> None:
    """Close a letter that could be read after all."""
    unit.execute(update(_DEAD).where(_DEAD.c.id == letter).values(state="replayed", body=None))


def replay(unit: Unit, letter: str, now: datetime) -> bool:
    """Give a dead letter another try. False if there is no such open letter, or its body is gone."""
    inbox_id = unit.execute(select(_DEAD.c.inbox_id).where(_DEAD.c.id == letter, _DEAD.c.state == "open")).scalar()
    if inbox_id is None or not states.wait_again(unit, inbox_id, now):
        return False
    unit.execute(update(_DEAD).where(_DEAD.c.id == letter).values(state="replayed"))
    return True


def dead_letters(unit: Unit) -> list[tuple[str, str, str, str, datetime]]:
    """(id, channel, reason, state, when) of every dead letter, newest first."""
    rows = unit.execute(
        select(_DEAD.c.id, _DEAD.c.channel, _DEAD.c.reason, _DEAD.c.state, _DEAD.c.created_at).order_by(
            _DEAD.c.created_at.desc()
        )
    )
    return [tuple(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter without what it says. kind: of the message; None: nobody could read it. kept: it can be tried."""

    id: str
    channel: str
    kind: str | None
    reason: str
    state: str
    at: datetime
    kept: bool


def letters(unit: Unit, state: str, before: str | None, most: int) -> list[Letter]:
    """Dead letters in one state, newest first. before: only those with a smaller id."""
    still = (_INBOX.c.state == "dead") & _INBOX.c.body.is_not(None)
    kept = or_(_DEAD.c.body.is_not(None), func.coalesce(still, false()))
    query = select(_DEAD.c.id, _DEAD.c.channel, _INBOX.c.kind, _DEAD.c.reason, _DEAD.c.state, _DEAD.c.created_at, kept)
    query = query.outerjoin_from(_DEAD, _INBOX, _INBOX.c.id == _DEAD.c.inbox_id).where(_DEAD.c.state == state)
    query = query.order_by(_DEAD.c.id.desc()).limit(most)
    rows = unit.execute(query if before is None else query.where(_DEAD.c.id < before))
    return [Letter(*row) for row in rows]


def letter_counts(unit: Unit) -> dict[str, int]:
    """How many dead letters stand in each state."""
    rows = unit.execute(select(_DEAD.c.state, func.count()).group_by(_DEAD.c.state))
    return {str(state): int(count) for state, count in rows}


def counts(unit: Unit) -> dict[str, int]:
    """How many messages stand in each state."""
    rows = unit.execute(select(_INBOX.c.state, func.count()).group_by(_INBOX.c.state))
    return {str(state): int(count) for state, count in rows}


def empty_bodies(unit: Unit, before: datetime) -> int:
    """Forget the bodies of messages handled before a moment; returns how many."""
    old = update(_INBOX).where(_INBOX.c.state == "done", _INBOX.c.done_at < before, _INBOX.c.body.is_not(None))
    return unit.change(old.values(body=None))
