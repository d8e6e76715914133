"""Announcements on their way: recipients frozen inside the database, handed to the outbox in slices, and counted.

Why thin rows and slices: a million messages in the outbox would stand before everything else there, and a stop must
find most of them not yet written. A slice is one transaction, so that a crash leaves each recipient either planned or
in the outbox.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Insert,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
)

from storage.database import Unit
from storage.queries.announcing import states
from storage.queries.outgoing import states as outgoing
from storage.queries.outgoing.outbox import ANNOUNCED, CARRIES, CAUSE, PENDING
from storage.queries.rows import Types, as_json, given
from storage.tables import Address, Broadcast, DataKey, OutboxRow, Person, Recipient
from storage.vault import Vault

_BROADCAST = Broadcast.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_RECIPIENT = Recipient.__table__  # type: ignore[attr-defined]  # as above
_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # as above
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
_PERSON = Person.__table__  # type: ignore[attr-defined]  # as above
_KEYS = DataKey.__table__  # type: ignore[attr-defined]  # as above

HANDED = ("released", "digested")  # what became of it there stands in the outbox
GOT = (*HANDED, "digest")
_OTHER, _HER_OTHER = _RECIPIENT.alias("other"), _ADDRESS.alias("her_other")
# Whether she gets it in another chat: one that was somebody else's when it was frozen, and has been joined since. What
# became of it there is a question of its own: joined, a database without statistics reads all recipients for each.
_THERE = (
    select(_OTHER.c.state)
    .where(_OTHER.c.broadcast_id == _RECIPIENT.c.broadcast_id, _OTHER.c.address_id == _HER_OTHER.c.id)
    .correlate(_RECIPIENT, _HER_OTHER)
    .scalar_subquery()
)
_ELSEWHERE = (
    select(_HER_OTHER.c.id)
    .where(
        _HER_OTHER.c.person_id == _ADDRESS.c.person_id,
        _HER_OTHER.c.id != _RECIPIENT.c.address_id,
        or_(
            _THERE.in_(GOT),
            and_(_HER_OTHER.c.id < _RECIPIENT.c.address_id, _HER_OTHER.c.reachable.is_(True), _THERE == "planned"),
        ),
    )
    .correlate(_RECIPIENT, _ADDRESS)
    .exists()
)
# The slice that is next; whether each of them still wants it is asked in the same statement.
_SLICE = (
    select(
        _RECIPIENT.c.address_id, _ADDRESS.c.person_id, _ADDRESS.c.reachable, _PERSON.c.language, _PERSON.c.state,
        _KEYS.c.wrapped, _ELSEWHERE.label("elsewhere"),
    )
    .join_from(_RECIPIENT, _ADDRESS, _ADDRESS.c.id == _RECIPIENT.c.address_id)
    .join(_PERSON, _PERSON.c.id == _ADDRESS.c.person_id)
    .join(_KEYS, _KEYS.c.name == literal("person:").concat(_PERSON.c.id), isouter=True)
    .where(
        _RECIPIENT.c.broadcast_id == bindparam("which"),
        _RECIPIENT.c.state == literal("planned", literal_execute=True),
        _RECIPIENT.c.channel == bindparam("channel"),
    )
    .order_by(_RECIPIENT.c.outbox_id)  # none has one: this is the order of the index of those planned
    .limit(bindparam("most"))
)  # fmt: skip
_ANY_PLANNED = (
    select(_RECIPIENT.c.address_id)
    .where(
        _RECIPIENT.c.broadcast_id == bindparam("which"),
        _RECIPIENT.c.state == literal("planned", literal_execute=True),
    )
    .order_by(_RECIPIENT.c.channel, _RECIPIENT.c.outbox_id)  # as above
    .limit(1)
)
_MESSAGES: Types = {"key": Text(), "whose": Text(), "chat": Text(), "body": Text()}
_TIMES = ("not_before", "created_at", "changed_at")
_SAME = ("channel", "lane", "kind", "cause")


def _put() -> Insert:
    """Put many messages into the outbox of PostgreSQL; what is sealed is given in hexadecimal."""
    rows = given(_MESSAGES, on_sqlite=False)
    hers = (rows.c.key, rows.c.whose, rows.c.chat, func.decode(rows.c.body, "hex"))
    now = bindparam("now", type_=_OUTBOX.c.created_at.type)
    same = (bindparam(name, type_=Text) for name in _SAME)
    names = ["key", "person_id", "address_id", "body", "state", "attempt", "epoch", *_TIMES, *_SAME]
    found = select(*hers, literal("queued"), literal(0), literal(0), *(now for _ in _TIMES), *same)
    return insert(_OUTBOX).from_select(names, found)


_PUT_MANY, _PUT_EACH = _put(), insert(_OUTBOX)


_AHEAD = select(func.count()).where(
    _OUTBOX.c.channel == bindparam("channel"),
    _OUTBOX.c.kind.in_(ANNOUNCED),
    _OUTBOX.c.not_before <= bindparam("now"),
    PENDING,
)


class _Message(NamedTuple):
    """What carries an announcement to one recipient. body: sealed."""

    key: str
    whose: str
    chat: str
    body: bytes


def cause(broadcast_id: int) -> str:
    """What its messages in the outbox are caused by."""
    return f"{CAUSE}{broadcast_id}"


def freeze(unit: Unit, broadcast_id: int, found: Select[Any]) -> int:
    """Keep who gets it, as rows of (address_id, channel, state) that a query finds; returns how many.

    Whoever was handed it already, in whichever of her chats, is left out.
    """
    chosen = found.subquery()
    rows = select(literal(broadcast_id), chosen.c.address_id, chosen.c.channel, chosen.c.state)
    if unit.run(select(_RECIPIENT.c.address_id).where(_RECIPIENT.c.broadcast_id == broadcast_id).limit(1)).first():
        rows = rows.where(chosen.c.address_id.not_in(_handed(broadcast_id)))
    frozen = insert(_RECIPIENT).from_select(["broadcast_id", "address_id", "channel", "state"], rows)
    # Of an INSERT the driver is asked how many only if told so.
    return unit.run(frozen.execution_options(preserve_rowcount=True)).rowcount


def thaw(unit: Unit, broadcast_id: int) -> int:
    """Forget who was to get one and was not handed it; returns how many were."""
    its = _RECIPIENT.c.broadcast_id == broadcast_id
    unit.execute(_RECIPIENT.delete().where(its, _RECIPIENT.c.state.not_in(HANDED)))
    return int(unit.execute(select(func.count()).select_from(_RECIPIENT).where(its)).scalar_one())


def _handed(broadcast_id: int) -> Select[Any]:
    """All chats of those who were handed one."""
    chats = select(_RECIPIENT.c.address_id).where(_RECIPIENT.c.broadcast_id == broadcast_id)
    people = select(_ADDRESS.c.person_id).where(_ADDRESS.c.id.in_(chats))
    return select(_ADDRESS.c.id).where(_ADDRESS.c.person_id.in_(people))


def digest(unit: Unit, broadcast_id: int, head: bytes) -> bytes:
    """A hash of what an announcement says and of everybody who was frozen for it, in order."""
    found = hashlib.sha256(head)
    rows = select(_RECIPIENT.c.address_id).where(_RECIPIENT.c.broadcast_id == broadcast_id)
    rows = rows.order_by(_RECIPIENT.c.address_id)
    for address_id in unit.execute(rows.execution_options(yield_per=10_000)).scalars():
        found.update(address_id.encode("ascii") + b"\n")
    return found.digest()


def ahead(unit: Unit, channel: str, now: datetime) -> int:
    """How many messages of announcements stand in the outbox of a channel and may leave."""
    return int(unit.run(_AHEAD, {"channel": channel, "now": now}).scalar_one())


def release(
    unit: Unit, vault: Vault, broadcast: Broadcast, channel: str, agrees: ColumnElement[bool], most: int, now: datetime
) -> int:
    """Put the messages of the next planned recipients on a channel into the outbox; returns how many rows it took.

    agrees: whether a person still wants it. Whoever took her yes back, can't be reached any more, or has been joined to
    a person who gets it is passed over.
    """
    assert broadcast.id is not None  # noqa: S101  # it was read from its table
    which = {"which": broadcast.id, "channel": channel, "most": most}
    rows = unit.run(_SLICE.add_columns(agrees.label("agrees")), which).all()
    fates: dict[str, list[str]] = {"opted_out": [], "elsewhere": [], "gone": [], "released": []}
    messages = []
    for row in rows:
        state = _fate(row)
        fates[state].append(row.address_id)
        if state == "released":
            messages.append(_message(vault, broadcast, row))
    if messages:
        _write(unit, broadcast, channel, messages, now)
    for state, chats in fates.items():
        # In one statement each: on a server every statement is a journey, and three hundred leave in a second.
        if chats:
            states.take(unit, broadcast.id, chats, state, f"{cause(broadcast.id)}/")
    return len(rows)


def _fate(row: Row[Any]) -> str:
    if not row.agrees:
        return "opted_out"
    if not row.reachable or row.state != "active" or row.wrapped is None:
        return "gone"
    return "elsewhere" if row.elsewhere else "released"


def _message(vault: Vault, broadcast: Broadcast, row: Row[Any]) -> _Message:
    key = f"{cause(cast('int', broadcast.id))}/{row.address_id}"
    body = {"broadcast": broadcast.id, "language": row.language or "vi"}
    vault.learn(f"person:{row.person_id}", row.wrapped)
    sealed = vault.seal(f"person:{row.person_id}", f"outbox.body:{key}", body)
    return _Message(key, row.person_id, row.address_id, sealed)


def _write(unit: Unit, broadcast: Broadcast, channel: str, messages: Sequence[_Message], now: datetime) -> None:
    """Put messages that carry an announcement into the outbox."""
    lane, kind = ("reply", "warning") if broadcast.kind == "warning" else ("bulk", "broadcast")
    same = {"channel": channel, "lane": lane, "kind": kind, "cause": cause(cast("int", broadcast.id))}
    if unit.on_sqlite:  # whose driver runs one statement for each row as fast
        fresh = {"state": "queued", "attempt": 0, "epoch": 0, "not_before": now, "created_at": now, "changed_at": now}
        hers = ({"key": m.key, "person_id": m.whose, "address_id": m.chat, "body": m.body} for m in messages)
        unit.execute(_PUT_EACH, [one | same | fresh for one in hers])
        return
    rows = ({"key": m.key, "whose": m.whose, "chat": m.chat, "body": m.body.hex()} for m in messages)
    unit.run(_PUT_MANY, {"rows": as_json(rows), "now": now, **same})


def halt(unit: Unit, broadcast_id: int, most: int, now: datetime) -> int:
    """Cancel what has not left of one that was stopped, at most so many of each; returns how many rows it changed.

    Every change is compare-and-set, so that it needs no transaction of its own kind: what is being sent meanwhile
    would else undo it again and again. What was sent once more, by leave of two officials, goes on.
    """
    carriers = (_OUTBOX.c.cause == cause(broadcast_id), CARRIES, _OUTBOX.c.copy_of.is_(None))
    done = outgoing.cancel(unit, "stopped", now, *carriers, old=("queued",))
    return done + states.stop_some(unit, broadcast_id, most)


def counts(unit: Unit, broadcast_id: int) -> Mapping[tuple[str, str], int]:
    """How many recipients stand in each state, by channel; they add up to those who were frozen.

    States: of the message that carries it, or, without one, of the recipient.
    """
    state = func.coalesce(_OUTBOX.c.state, _RECIPIENT.c.state)
    found = (
        select(_RECIPIENT.c.channel, state, func.count())
        .join_from(_RECIPIENT, _OUTBOX, _OUTBOX.c.id == _RECIPIENT.c.outbox_id, isouter=True)
        .where(_RECIPIENT.c.broadcast_id == broadcast_id)
        .group_by(_RECIPIENT.c.channel, state)
    )
    return {(channel, state): count for channel, state, count in unit.execute(found)}


def has_planned(unit: Unit, broadcast_id: int) -> bool:
    """Whether somebody is still planned."""
    return unit.run(_ANY_PLANNED, {"which": broadcast_id}).first() is not None


def is_under_way(unit: Unit, broadcast_id: int) -> bool:
    """Whether a message of it waits in the outbox or is being sent."""
    open_ones = select(_OUTBOX.c.id).where(_OUTBOX.c.cause == cause(broadcast_id), CARRIES, PENDING)
    return unit.execute(open_ones.limit(1)).first() is not None


def unknown_ones(unit: Unit, broadcast_id: int) -> list[int]:
    """Ids of its messages of which nobody knows whether they arrived, and that were not sent once more."""
    copies = _OUTBOX.alias("copies")
    again = select(copies.c.id).where(copies.c.key == _OUTBOX.c.key + "/copy").exists()
    found = select(_OUTBOX.c.id).where(
        _OUTBOX.c.cause == cause(broadcast_id), CARRIES, _OUTBOX.c.state == "unknown",
        _OUTBOX.c.copy_of.is_(None), ~again,
    )  # fmt: skip
    return list(unit.execute(found.order_by(_OUTBOX.c.id)).scalars())
