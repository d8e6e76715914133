"""The office's calendar: working days and holidays, with what the government decided since."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete
from sqlmodel import col, select

from handlers.desk.office import working_days
from storage.tables import OfficeDay

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

Kind = Literal["closed", "opened"]


@dataclass(frozen=True)
class Calendar:
    """Days, as the office counts them."""

    desk: "Desk"

    def is_working_day(self, day: date) -> bool:
        return working_days.is_working_day(day, closed=self._closed, opened=self._opened)

    def is_holiday(self, day: date) -> bool:
        """Whether everybody is off; a weekend as such is no holiday."""
        return working_days.is_holiday(day, closed=self._closed, opened=self._opened)

    def add(self, day: date, count: int) -> date:
        """The working day that comes so many working days after a day, which itself is not counted."""
        return working_days.add(day, count, closed=self._closed, opened=self._opened)

    def due(self, count: int) -> date:
        """The day by which something received now is to be done, in working days."""
        desk = self.desk
        cutoff = desk.office.cutoff
        return working_days.due(
            desk.now, count, zone=desk.zone, cutoff=cutoff, closed=self._closed, opened=self._opened
        )

    def entered(self) -> list[OfficeDay]:
        """Days that an official entered and that are not over, by date."""
        query = select(OfficeDay).where(col(OfficeDay.day) >= self.desk.today()).order_by(col(OfficeDay.day))
        return list(self.desk.unit.scalars(query))

    def enter(self, day: date, kind: Kind) -> bool:
        """Close or open the offices on a day to come. False without the right to, or for a day that has passed."""
        desk = self.desk
        if not desk.allows("calendar.change", None, f"day:{day}") or day < desk.today():
            return False
        desk.unit.execute(delete(OfficeDay).where(col(OfficeDay.day) == day))
        desk.unit.add(OfficeDay(day=day, kind=kind, entered_by=desk.acting().id, at=desk.now))
        desk.note("calendar.changed", f"day:{day}", kind=kind)
        return True

    def take_back(self, day: date) -> bool:
        """Let the calendar speak again for a day."""
        desk = self.desk
        if not desk.allows("calendar.change", None, f"day:{day}"):
            return False
        gone = desk.unit.change(delete(OfficeDay).where(col(OfficeDay.day) == day)) == 1
        if gone:
            desk.note("calendar.changed", f"day:{day}", kind="as before")
        return gone

    # Inside

    @cached_property
    def _days(self) -> dict[date, str]:
        return {row.day: row.kind for row in self.desk.unit.scalars(select(OfficeDay))}

    @property
    def _closed(self) -> Collection[date]:
        return {day for day, kind in self._days.items() if kind == "closed"}

    @property
    def _opened(self) -> Collection[date]:
        return {day for day, kind in self._days.items() if kind == "opened"}
