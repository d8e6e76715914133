"""Moments that a wrong clock wrote: what waits for one further off than anybody could have meant waits no more.

Why mended in the rows and not asked with each look: what is due is found by an index of one moment, and a clock that
was years ahead for a second has left few rows.
"""

from datetime import datetime, timedelta

from sqlalchemy import Table, and_, or_, update

from storage.database import Unit
from storage.queries.outgoing.outbox import PENDING
from storage.tables import File, InboxRow, OutboxRow, Talk, UrgentRequest

_OUTBOX: Table = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_INBOX: Table = InboxRow.__table__  # type: ignore[attr-defined]  # as above
_FILES: Table = File.__table__  # type: ignore[attr-defined]  # as above
_URGENT: Table = UrgentRequest.__table__  # type: ignore[attr-defined]  # as above
_TALKS: Table = Talk.__table__  # type: ignore[attr-defined]  # as above

AGAIN = timedelta(days=1)  # the longest a platform or a failure puts off what was tried
A_NIGHT = timedelta(days=1)
HOLIDAYS = timedelta(days=31)  # more than Tết with all that is added to it
LEEWAY = timedelta(minutes=1)  # a clock is set right by seconds all the time


def bring_near(unit: Unit, now: datetime) -> int:
    """Bring what waits for a moment that nobody meant to now; returns how many rows that were."""
    leaves = _OUTBOX.c.not_before
    far = or_(
        leaves > now + HOLIDAYS,
        and_(leaves > now + A_NIGHT, _OUTBOX.c.lane == "reply"),
        and_(leaves > now + AGAIN, _OUTBOX.c.attempt > 0),
    )
    put_off, handled = _FILES.c.not_before > now + AGAIN, _INBOX.c.not_before > now + AGAIN
    rung, spoke = _URGENT.c.rung_at > now + LEEWAY, _TALKS.c.last_at > now + LEEWAY
    brought = (
        update(_OUTBOX).where(PENDING, far).values(not_before=now),
        update(_INBOX).where(_INBOX.c.state == "new", handled).values(not_before=now),
        update(_FILES).where(put_off).values(not_before=now),
        update(_URGENT).where(_URGENT.c.closed_at.is_(None), rung).values(rung_at=now),
        update(_TALKS).where(_TALKS.c.state == "open", spoke).values(last_at=now),
    )
    return sum(unit.change(one) for one in brought)
