"""Messages that were set aside."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from storage.database import Unit
from storage.queries.incoming import inbox
from storage.tables import InboxRow


def set_aside(unit: Unit, now: datetime, *, newest: bool = True) -> str:
    """Set the newest message aside, or the oldest, as if its turn had failed; the id of its letter."""
    order = col(InboxRow.id).desc() if newest else col(InboxRow.id)
    inbox_id = unit.scalars(select(InboxRow.id).order_by(order).limit(1)).one()
    unit.execute(update(InboxRow).where(col(InboxRow.id) == inbox_id).values(state="new", done_at=None))
    return inbox.bury(unit, inbox_id or 0, "webchat", "turn failed", now)
