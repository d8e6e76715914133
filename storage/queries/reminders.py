"""Notes what was reminded of: the row exists once, whoever looks at the same moment and however often."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.tables import Reminder

_TABLE = Reminder.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class


def once(unit: Unit, kind: str, subject: str, number: int, state: str, now: datetime) -> bool:
    """Put the row of one reminder. False if it is there already."""
    insert = sqlite.insert if unit.on_sqlite else postgresql.insert
    put = insert(_TABLE).values(kind=kind, subject=subject, number=number, state=state, at=now)
    return unit.execute(put.on_conflict_do_nothing().returning(_TABLE.c.kind)).first() is not None
