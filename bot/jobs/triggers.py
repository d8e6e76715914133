"""When APScheduler ticks a job: at a time of day in the office's zone, or over and over.

Why an interval of our own: APScheduler's goes through every turn that was missed, one by one, and half a second is
missed very often when the clock is set ahead by years.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger


class Steady(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """An interval that goes on from now where turns were missed."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The turn after the previous one if it is still to come, or else an interval from now."""
        if previous_fire_time is not None:
            following: datetime = super().get_next_fire_time(previous_fire_time, now)
            if now < following <= now + self.interval:
                return following
        interval: timedelta = self.interval
        return now + interval


def trigger(every: timedelta | None, at: time | None, zone: ZoneInfo) -> BaseTrigger:
    """The trigger of a job that is done over and over, or each day at a time."""
    if every is not None:
        return Steady(seconds=every.total_seconds(), timezone=zone)
    daily = at or time()
    return CronTrigger(hour=daily.hour, minute=daily.minute, second=daily.second, timezone=zone)


def is_too_far(of: BaseTrigger, next_turn: datetime, now: datetime) -> bool:
    """Whether a turn stands further ahead than the rhythm has it: the clock was set back since."""
    due = of.get_next_fire_time(None, now)
    return due is not None and next_turn > due
