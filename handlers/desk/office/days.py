"""Days that officials close or open beside the calendar, as the government decides during a year."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import delete
from sqlmodel import col, select

from handlers.desk.office.context import Context
from storage.tables import OfficeDay

DayKind = Literal["closed", "opened"]


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """Days that were entered."""

    context: Context

    def entered(self) -> list[OfficeDay]:
        """Days that an official entered and that are not over, by date."""
        query = select(OfficeDay).where(col(OfficeDay.day) >= self.context.today()).order_by(col(OfficeDay.day))
        return list(self.context.unit.scalars(query))

    def enter(self, day: date, kind: DayKind) -> bool:
        """Close or open the offices on a day to come. False without the right to, or for a day that has passed."""
        context = self.context
        if not context.allows("calendar.change", None, f"day:{day}") or day < context.today():
            return False
        context.unit.execute(delete(OfficeDay).where(col(OfficeDay.day) == day))
        context.unit.add(OfficeDay(day=day, kind=kind, entered_by=context.acting().id, at=context.now))
        context.note("calendar.changed", f"day:{day}", kind=kind)
        return True

    def take_back(self, day: date) -> bool:
        """Let the calendar speak again for a day."""
        context = self.context
        if not context.allows("calendar.change", None, f"day:{day}"):
            return False
        gone = context.unit.change(delete(OfficeDay).where(col(OfficeDay.day) == day)) == 1
        if gone:
            context.note("calendar.changed", f"day:{day}", kind="as before")
        return gone
