"""Announcements of a restored database: what had not come to its end waits for two officials again.

Why a draft again, and not a pause that one official ends: it may have gone on since the backup was taken, to people of
whom the backup knows nothing. Who was handed it by then is kept, so that she is passed over when it is approved anew.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, or_, select, update
from sqlmodel import col

from storage.database import Unit
from storage.queries.announcing import states
from storage.tables import Broadcast, Recipient

UNFINISHED = ("awaiting_approval", "scheduled", "sending", "paused")


@dataclass(frozen=True, slots=True)
class HeldBroadcast:
    """One that is held, as it stood in the backup. had: people who were handed it; waits: those it would go on to."""

    id: int
    code: str
    title: str
    state: str
    had: int
    waits: int


def hold(unit: Unit, now: datetime) -> list[HeldBroadcast]:
    """Hold all that would go on by itself, or by one official alone; returns what is held."""
    asked = update(Broadcast).where(col(Broadcast.again_by).is_not(None)).values(again_by=None)
    unit.execute(asked.execution_options(synchronize_session=False))
    gathered = select(col(Recipient.broadcast_id)).where(col(Recipient.state) == "digest")
    unfinished = or_(
        col(Broadcast.state).in_(UNFINISHED), (col(Broadcast.state) == "done") & col(Broadcast.id).in_(gathered)
    )
    rows = unit.scalars(select(Broadcast).where(unfinished).order_by(col(Broadcast.id))).all()
    return [held for row in rows if (held := _hold(unit, row, now)) is not None]


def _hold(unit: Unit, row: Broadcast, now: datetime) -> HeldBroadcast | None:
    """Hold one; None if it has nobody left to go to."""
    which, fresh = cast("int", row.id), {"version": row.version + 1, "changed_at": now}
    found = select(col(Recipient.state), func.count()).where(col(Recipient.broadcast_id) == which)
    people: Counter[str] = Counter()
    for state, count in unit.execute(found.group_by(col(Recipient.state))):
        people[state] = count
    waits = sum(people[state] for state in states.WAITING)
    if row.state == "sending" and not waits:
        states.move(unit, row, "done", ended_at=now, **fresh)
        return None
    held = HeldBroadcast(which, row.code, row.title["vi"], row.state, people["released"] + people["digested"], waits)
    # Of what had begun, who approved it stays: part of it went out by that.
    approval = {"approved_by": None, "approved_at": None} if row.began_at is None else {}
    states.move(unit, row, "draft", submitted_at=None, ended_at=None, **approval, **fresh)
    return held
