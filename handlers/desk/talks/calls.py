"""What calls for an official at the console: talks and urgent requests, in lists, and looked at again.

Why looking again is apart: a page that looks by itself writes nothing down, so it shows only what the official opened
herself lately, which was noted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, false, func, or_
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from handlers.desk.office import Context
from handlers.desk.talks import urgent
from handlers.desk.talks.lines import Spoken, TalkLines
from handlers.desk.talks.talks import SeenTalk, Talks
from handlers.desk.talks.urgent import UrgentRequests
from storage.ids import read_code
from storage.queries import talks
from storage.queries.chains import audit
from storage.tables import OfficialRow, Talk, UrgentRequest

STAYS_OPEN = timedelta(hours=12)
LATELY = timedelta(days=7)
CLOSED_SHOWN = 20
_ACTIVE = select(OfficialRow.id).where(OfficialRow.state == "active")


@dataclass(frozen=True, slots=True)
class Calls:
    """What calls for the official at the desk."""

    context: Context

    def talks(self) -> list[SeenTalk]:
        """Open talks that she may see, those waiting longest first."""
        query = select(Talk).where(talks.OPEN, *self._reach("talk.see", col(Talk.unit_id)))
        # In order here and not in the statement, for which SQLite would read every talk there ever was.
        rows = sorted(self.context.unit.scalars(query), key=lambda row: row.id)
        return [seen for row in rows if (seen := Talks(self.context).seen(row.id)) is not None]

    def closed_urgent(self) -> list[urgent.SeenUrgent]:
        """Urgent requests that were closed lately, of the units she may see, the latest first."""
        query = select(UrgentRequest).where(
            UrgentRequest.state == "closed", col(UrgentRequest.closed_at) >= self.context.now - LATELY,
            *self._reach("urgent.see", col(UrgentRequest.unit_id)),
        )  # fmt: skip
        rows = self.context.unit.scalars(query.order_by(col(UrgentRequest.closed_at).desc()).limit(CLOSED_SHOWN))
        return [UrgentRequests(self.context).seen(row) for row in rows]

    # Looked at again, which is not noted

    def talk_again(self, talk_id: str) -> list[Spoken] | None:
        """What was said in a talk that she opened lately; None of any other."""
        row = self.context.unit.get(Talk, talk_id)
        if row is None or not self._opened_lately("talk", row.id, row.unit_id):
            return None
        return TalkLines(self.context).read(talk_id, "")

    def urgent_again(self, code: str) -> urgent.UrgentContent | None:
        """What an urgent request says that she opened lately; None of any other."""
        query = select(UrgentRequest).where(UrgentRequest.code == read_code(code, "KC"))
        row = self.context.unit.scalars(query).first()
        if row is None or not self._opened_lately("urgent", row.id, row.unit_id):
            return None
        return UrgentRequests(self.context).opened(row)

    # Counts

    def talks_waiting(self) -> int:
        """How many talks wait for somebody to take them."""
        free = or_(col(Talk.officer_id).is_(None), col(Talk.officer_id).not_in(_ACTIVE))
        query = select(func.count()).select_from(Talk).where(talks.OPEN, free)
        return self.context.unit.execute(query.where(*self._reach("talk.take", col(Talk.unit_id)))).scalar_one()

    def urgent_waiting(self) -> int:
        """How many urgent requests wait for somebody to take them."""
        query = select(func.count()).select_from(UrgentRequest).where(urgent.OPEN, urgent.FREE)
        return self.context.unit.execute(
            query.where(*self._reach("urgent.see", col(UrgentRequest.unit_id)))
        ).scalar_one()

    # Inside

    def _reach(self, action: str, unit_id: Mapped[str | None]) -> Iterator[ColumnElement[bool]]:
        """Of which units she may do this; what names none is everybody's."""
        me = self.context.acting()
        reach = me.reach(action)
        if reach is None:
            yield false()
        elif reach == "unit":
            yield or_(unit_id.in_(sorted(me.units)), unit_id.is_(None))

    def _opened_lately(self, noun: str, its_id: str, unit_id: str | None) -> bool:
        context, since = self.context, self.context.now - STAYS_OPEN
        subject = f"{noun}:{its_id}"
        if not context.may(f"{noun}.see", unit_id):
            return False
        return audit.noted_since(context.unit, str(context.actor), f"{noun}.read", subject, since)
