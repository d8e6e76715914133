"""The office's calendar: Monday to Friday, holidays and their substitutes left out, with what was decided since.

Why the `holidays` package and not a table of ours: it knows Tết, the days off in its place, and the holiday of
24 November since 2026. What the government decides later in a year, an official enters as closed or opened days.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo

from sqlmodel import select

from storage.tables import OfficeDay
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days, as the office counts them.

    closed: further days off. opened: weekend days or holidays that are worked. A day in both is closed.
    """

    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    @classmethod
    def read(cls, unit: Unit) -> Self:
        """The calendar with the days that were entered."""
        days = {row.day: row.kind for row in unit.scalars(select(OfficeDay))}
        return cls(
            frozenset(day for day, kind in days.items() if kind == "closed"),
            frozenset(day for day, kind in days.items() if kind == "opened"),
        )

    def is_working_day(self, day: date) -> bool:
        """Whether the offices work on a day."""
        if day in self.closed:
            return False
        return day in self.opened or (day.weekday() < 5 and day not in _holidays(day.year))

    def is_holiday(self, day: date) -> bool:
        """Whether everybody is off, for Tết or another holiday; a weekend as such is none."""
        return day in self.closed or (day not in self.opened and day in _holidays(day.year))

    def add(self, day: date, working_days: int) -> date:
        """The working day that comes so many working days after a day, which itself is not counted.

        Raises ValueError for fewer than one working day.
        """
        if working_days < 1:
            raise ValueError("Working days are counted from one.")
        left = working_days
        while left:
            day += timedelta(days=1)
            left -= self.is_working_day(day)
        return day

    def due(self, received: datetime, working_days: int, *, zone: ZoneInfo, cutoff: time) -> date:
        """The office's calendar day by which something received is to be done.

        received: aware. zone: the office's. The day of receipt is not counted; what comes after the cutoff,
        local time, is received the next day, and the minute of the cutoff is still in time.
        Raises ValueError for a naive moment or fewer than one working day.
        """
        if received.tzinfo is None:
            raise ValueError("The moment of receipt needs a time zone.")
        here = received.astimezone(zone)
        on_time = here.time().replace(second=0, microsecond=0) <= cutoff
        counted_from = here.date() if on_time else here.date() + timedelta(days=1)
        return self.add(counted_from, working_days)


@cache
def _holidays(year: int) -> frozenset[date]:
    # Importing it takes a tenth of a second, which a process that counts no days need not spend.
    import holidays

    return frozenset(holidays.country_holidays("VN", years=year))
