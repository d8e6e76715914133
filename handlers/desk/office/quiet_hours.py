"""When something that nobody asked for may be sent: not at night, and what can wait longer not on a holiday either.

Why a time in the outbox row and not a sender that pauses at night: an answer in the same chat goes out at once, and
what waits shows until when.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Waits = Literal["never", "at_night", "on_holidays"]

MOST_DAYS = 30  # of holidays in a row; nothing waits longer


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The part of a day in which nothing unasked is sent; it may go over midnight. Equal times: no part."""

    begin: time
    end: time

    def covers(self, at: time) -> bool:
        """Whether a time of day lies in it; its end does not."""
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end

    def over(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The moment from which it is over: now, or the end of the quiet hours that now lies in."""
        here = now.astimezone(zone)
        if not self.covers(here.time()):
            return now
        ends = datetime.combine(here.date(), self.end, zone)
        return ends if ends > here else datetime.combine(here.date() + timedelta(days=1), self.end, zone)


NIGHT = QuietHours(time(21), time(7))


def may_go(
    waits: Waits, now: datetime, zone: ZoneInfo, hours: QuietHours, is_holiday: Callable[[date], bool]
) -> datetime:
    """The first moment from now on at which something that waits so may be sent."""
    if waits == "never":
        return now
    goes = hours.over(now, zone)
    for _ in range(MOST_DAYS if waits == "on_holidays" else 0):
        day = goes.astimezone(zone).date()
        if not is_holiday(day):
            break
        goes = hours.over(datetime.combine(day + timedelta(days=1), time(), zone), zone)
    return goes
