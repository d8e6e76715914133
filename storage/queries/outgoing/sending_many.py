"""Messages marked, settled, given back and written off many at a time, each with one statement for all of them.

Why only the simple ones are marked so: an announcement is nothing but those, and a statement costs little more for a
hundred rows than for one. A chat with a reply in it, and what is paid for, are left to the path of one chat, so that
none of its rules stands here twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select, update

from storage.database import Unit
from storage.queries import machine
from storage.queries.outgoing import states
from storage.queries.outgoing.outbox import PENDING
from storage.queries.outgoing.sending import (
    AFTER_UNKNOWN,
    IN_ORDER,
    OPEN_ONES,
    UNREADABLE,
    Claimed,
    Leader,
    Ready,
    check_leads,
    first_of,
    not_wanted,
    open_row,
)
from storage.queries.outgoing.states import Given
from storage.queries.outgoing.windows import Windows, is_closed, is_free
from storage.queries.rows import among, as_texts
from storage.tables import Address, OutboxRow
from storage.vault import Vault

_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above


def _waiting(*, on_sqlite: bool) -> "Select[Any]":
    hers = among(_OUTBOX.c.address_id, "chats", on_sqlite=on_sqlite)
    return OPEN_ONES.where(hers).order_by(_OUTBOX.c.address_id, *IN_ORDER)


_WAITING = {one: _waiting(on_sqlite=one) for one in (True, False)}


@dataclass(frozen=True, slots=True)
class Together:
    """What came of some chats. claimed: messages that were marked. apart: chats that are for the path of one chat."""

    claimed: list[Claimed]
    apart: list[Ready]


def claim(
    unit: Unit, vault: Vault, sender: Leader, chats: Sequence[str], now: datetime, rows_until: datetime,
    windows: Windows | None = None,
) -> Together:  # fmt: skip
    """Mark the next message of each of some chats as being sent, in the order of the chats. Raises NotLeading.

    Of a chat that is in neither list nothing may leave now. windows: what does not fit into one is held.
    """
    by_chat = groupby(waiting(unit, chats, now), attrgetter("address_id"))
    found = {chat: _next(vault, list(rows), now, windows) for chat, rows in by_chat}
    those = [found[chat] for chat in chats if chat in found]
    claimed = [one for one in those if isinstance(one, Claimed)]
    if claimed:
        marked = _mark(unit, sender, claimed, now, rows_until, {} if windows is None else {"way": "free"})
        claimed = [one for one in claimed if one.leaving.id in marked]
        if not claimed:
            check_leads(unit, sender, now)
    return Together(claimed, [one for one in those if isinstance(one, Ready)])


def waiting(unit: Unit, chats: Sequence[str], now: datetime) -> "Sequence[Row[Any]]":
    """The open messages of some chats, still sealed, chat by chat and there in order."""
    those = as_texts(chats, on_sqlite=unit.on_sqlite)
    asked = {"chats": those, "known_after": now - AFTER_UNKNOWN, "now": now}
    return unit.run(_WAITING[unit.on_sqlite], asked).all()


def _next(
    vault: Vault, rows: "list[Row[Any]]", now: datetime, windows: Windows | None
) -> Claimed | Ready | None:  # fmt: skip
    """The message of a chat that may leave, once those before it that need not are out of the way."""
    unit = vault.unit
    has_replies = any(row.lane == "reply" for row in rows)
    while row := first_of(rows, now):
        if has_replies:
            return Ready(row.address_id, row.lane, row.kind)
        if reason := not_wanted(unit, row, now):
            states.move(unit, row, "expired" if reason == "deadline" else "cancelled", now, reason=reason)
        else:
            try:
                leaving, chat = open_row(vault, row)
            except UNREADABLE as error:
                states.move(unit, row, "failed", now, reason=type(error).__name__)
            else:
                if windows is None or is_free(windows, row.interacted_at, now):
                    return Claimed(leaving, chat, row.lane, row.part, row.reason, more=len(rows) > 1)
                if not is_closed(windows, row.interacted_at, row.kind, now):
                    return Ready(row.address_id, row.lane, row.kind)
                states.move(unit, row, "held", now, reason="window")
        rows = [one for one in rows if one.id != row.id]
    return None


def _mark(
    unit: Unit, sender: Leader, claimed: Sequence[Claimed], now: datetime, until: datetime, ways: Mapping[str, str]
) -> Collection[int]:
    values = {"lease_owner": sender.holder, "lease_until": until, "epoch": sender.epoch, **ways}
    rows = [{"id": c.leaving.id, "tried": c.leaving.attempt, "whose": c.leaving.person_id} for c in claimed]
    return states.mark_each(unit, rows, sender.leads(), now, **values)


def marked(claimed: Claimed, sender: Leader) -> Given:
    """A message as it was marked."""
    return {"id": claimed.leaving.id, "tried": claimed.leaving.attempt, "under": sender.epoch}


def sent(claimed: Claimed, sender: Leader, part: int | None, platform_id: str | None) -> Given:
    """A message as it was sent. part: pieces that are out. platform_id: what the platform calls it."""
    return {**marked(claimed, sender), "part": part, "name": platform_id or None}


def settle(unit: Unit, rows: Sequence[Given], now: datetime) -> Collection[int]:
    """Write that messages were sent; returns the ids of those that nobody else wrote off meanwhile."""
    return states.settle_each(unit, rows, now)


def give_back(unit: Unit, rows: Sequence[Given], now: datetime) -> int:
    """Queue again what was marked and for which no call was made, as if it had not been marked; returns how many."""
    return len(states.unmark_each(unit, rows, now))


def lost(
    unit: Unit, sender: Leader, now: datetime, *, at_work: Collection[str], alone: bool
) -> list[tuple[int, str]]:  # fmt: skip
    """(id, kind) of messages that are marked as being sent and that nobody will settle; they become unknown.

    at_work: addresses this sender is sending to; a mark of its own elsewhere was kept by a COMMIT that seemed to fail.
    alone: no other process can still be at it, so that nothing is waited for.
    """
    nobodys = or_(_OUTBOX.c.epoch != sender.epoch, _OUTBOX.c.address_id.not_in(at_work))
    left = and_(_OUTBOX.c.channel == sender.channel, _OUTBOX.c.state == "sending", nobodys)
    query = select(_OUTBOX.c.id, _OUTBOX.c.kind).where(left, PENDING)
    if not alone:
        owners = set(unit.execute(select(_OUTBOX.c.lease_owner).distinct().where(left, PENDING)).scalars())
        gone = machine.gone(unit, [owner for owner in owners if owner is not None], sender.holder)
        over = or_(_OUTBOX.c.lease_until.is_(None), _OUTBOX.c.lease_until < now, _OUTBOX.c.lease_owner.in_(gone))
        query = query.where(over)
    found = [(int(outbox_id), str(kind)) for outbox_id, kind in unit.execute(query)]
    for outbox_id, _ in found:
        states.write_off(unit, outbox_id, now)
    return found


def give_up_chat(unit: Unit, address_id: str, reason: str, now: datetime) -> int:
    """A person can't be reached there: what waits for her there has failed. Returns how many messages."""
    unit.execute(update(_ADDRESS).where(_ADDRESS.c.id == address_id).values(reachable=False))
    return states.fail(unit, reason, now, _OUTBOX.c.address_id == address_id)
