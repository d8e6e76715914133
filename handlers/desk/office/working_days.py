"""Working days of the city's offices: Monday to Friday, Vietnamese holidays and their substitutes left out.

Why the `holidays` package and not a table of ours: it knows Tết, the days off in its place, and the holiday of
24 November since 2026. What the government decides later in a year, an operator enters as closed or opened days.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo


def is_working_day(day: date, *, closed: Collection[date] = (), opened: Collection[date] = ()) -> bool:
    """Say whether the offices work on a day.

    closed: further days off. opened: weekend days or holidays that are worked. A day in both is closed.
    """
    if day in closed:
        return False
    return day in opened or (day.weekday() < 5 and day not in _holidays(day.year))


def is_holiday(day: date, *, closed: Collection[date] = (), opened: Collection[date] = ()) -> bool:
    """Say whether a day is one off for everybody, Tết or another; a weekend as such is none."""
    return day in closed or (day not in opened and day in _holidays(day.year))


def add(day: date, working_days: int, *, closed: Collection[date] = (), opened: Collection[date] = ()) -> date:
    """Return the working day that comes so many working days after a day, which itself is not counted.

    Raises ValueError for fewer than one working day.
    """
    if working_days < 1:
        raise ValueError("Working days are counted from one.")
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, closed=closed, opened=opened)
    return day


def due(
    received: datetime,
    working_days: int,
    *,
    zone: ZoneInfo,
    cutoff: time,
    closed: Collection[date] = (),
    opened: Collection[date] = (),
) -> date:
    """Return the office's calendar day by which something received is to be done.

    received: aware. zone: the office's. The day of receipt is not counted; what comes after the cutoff,
    local time, is received the next day, and the minute of the cutoff is still in time.
    Raises ValueError for a naive moment or fewer than one working day.
    """
    if received.tzinfo is None:
        raise ValueError("The moment of receipt needs a time zone.")
    here = received.astimezone(zone)
    on_time = here.time().replace(second=0, microsecond=0) <= cutoff
    counted_from = here.date() if on_time else here.date() + timedelta(days=1)
    return add(counted_from, working_days, closed=closed, opened=opened)


@cache
def _holidays(year: int) -> frozenset[date]:
    # Importing it takes a tenth of a second, which a process that counts no days need not spend.
    import holidays

    return frozenset(holidays.country_holidays("VN", years=year))
