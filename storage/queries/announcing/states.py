"""The states of an announcement and of its recipients: which may follow which, and every change from one to another.

Why nothing else writes them, as `tests/test_states.py` proves: two officials and the clock may be at one announcement
at the same moment, and what one of them saw must still be so when it is changed.
"""

from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    Text,
    TextClause,
    Update,
    bindparam,
    literal,
    select,
    update,
)

from storage.database import Unit
from storage.queries.follows import Follows, check
from storage.queries.rows import among, as_texts
from storage.tables import Broadcast, OutboxRow, Recipient

Which = ColumnElement[bool] | TextClause

_BROADCAST = Broadcast.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_RECIPIENT = Recipient.__table__  # type: ignore[attr-defined]  # as above
_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # as above

FOLLOWS: Follows = {
    "draft": ("draft", "awaiting_approval", "cancelled"),  # a draft again, once it is written anew
    "awaiting_approval": ("draft", "scheduled", "cancelled"),
    "scheduled": ("draft", "sending", "cancelled"),
    "sending": ("draft", "done", "cancelled"),  # a draft again, where a backup was restored
    "paused": ("draft", "cancelled"),
    "done": ("draft", "cancelled"),  # as long as it waits for somebody's digest
    "cancelled": (),
}
WAITING = ("planned", "digest")  # of recipients: who is still to be handed it
RECIPIENT_FOLLOWS: Follows = {
    "planned": ("released", "opted_out", "gone", "elsewhere", "stopped"),
    "digest": ("digested", "opted_out", "gone", "stopped"),
    "digested": ("digest", "opted_out", "stopped"),  # taken out of a digest that has not left
    "released": (),
    "opted_out": (),
    "gone": (),
    "elsewhere": (),
    "stopped": (),
}


def _take(*, on_sqlite: bool) -> Update:
    """Note what became of some recipients. Which message carries each is found by its key; the others have none."""
    its = _OUTBOX.c.key == bindparam("prefix", type_=Text).concat(_RECIPIENT.c.address_id)
    planned = (_RECIPIENT.c.broadcast_id == bindparam("which"), _RECIPIENT.c.state == "planned")
    taken = update(_RECIPIENT).where(*planned, among(_RECIPIENT.c.address_id, "chats", on_sqlite=on_sqlite))
    return taken.values(state=bindparam("now_state"), outbox_id=select(_OUTBOX.c.id).where(its).scalar_subquery())


_TAKE = {one: _take(on_sqlite=one) for one in (True, False)}


def move(unit: Unit, row: Broadcast, new: str, *still: ColumnElement[bool], **values: object) -> bool:
    """Bring an announcement to another state and read it anew. False if it is not as it was read. Raises ValueError.

    still: what else must be so.
    """
    check(FOLLOWS, row.state, new)
    return _change(unit, row, (_BROADCAST.c.state == row.state, *still), {**values, "state": new})


def edit(unit: Unit, row: Broadcast, *still: ColumnElement[bool], **values: object) -> bool:
    """Change what an announcement says, and read it anew. False if it is not `still` so. Raises ValueError."""
    if "state" in values:
        raise ValueError("a state has to be moved to")
    return _change(unit, row, still, values)


def _change(unit: Unit, row: Broadcast, still: tuple[ColumnElement[bool], ...], values: dict[str, object]) -> bool:
    done = unit.run(update(_BROADCAST).where(_BROADCAST.c.id == row.id, *still).values(**values)).rowcount == 1
    unit.refresh(row)
    return done


def take(unit: Unit, broadcast_id: int, chats: Collection[str], new: str, prefix: str) -> None:
    """Note what became of some recipients that were planned. prefix: of the keys of the messages that carry it."""
    check(RECIPIENT_FOLLOWS, "planned", new)
    those = as_texts(chats, on_sqlite=unit.on_sqlite)
    unit.run(_TAKE[unit.on_sqlite], {"which": broadcast_id, "prefix": prefix, "chats": those, "now_state": new})


def change(unit: Unit, old: str, new: str, *which: Which, carried_by: SQLColumnExpression[int] | None = None) -> int:
    """Bring some recipients from one state to another; returns how many. carried_by: the message, in one that has it.

    What went out in a message, and does not any more, is carried by none.
    """
    check(RECIPIENT_FOLLOWS, old, new)
    # Written out, as the index of those that wait has it.
    as_told = _RECIPIENT.c.state == literal(old, literal_execute=True)
    its = update(_RECIPIENT).where(*which, as_told)
    return unit.run(its.values(state=new, outbox_id=carried_by)).rowcount


def stop_some(unit: Unit, broadcast_id: int, most: int) -> int:
    """Stop some of those who wait for an announcement, at most so many of each state; returns how many."""
    done = 0
    for old in WAITING:
        its = (_RECIPIENT.c.broadcast_id == broadcast_id, _RECIPIENT.c.state == literal(old, literal_execute=True))
        some = select(_RECIPIENT.c.address_id).where(*its).limit(most).scalar_subquery()
        done += change(unit, old, "stopped", _RECIPIENT.c.address_id.in_(some), its[0])
    return done
