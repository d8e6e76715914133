"""How long ago something was, in words; the page shows the exact time on hover."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.texts import Phrase

_STEPS = (
    (timedelta(minutes=1), timedelta(hours=1), "minutes"),
    (timedelta(hours=1), timedelta(days=1), "hours"),
    (timedelta(days=1), timedelta(days=30), "days"),
)


def ago(now: datetime, at: datetime, zone: ZoneInfo) -> Phrase:
    """How long before now; longer than a month ago it is the day in the office's zone."""
    passed = abs(now - at)
    if passed < timedelta(minutes=1):
        return Phrase("console.ago.now")
    for unit, below, name in _STEPS:
        if passed < below:
            return Phrase(f"console.ago.{name}" if now >= at else f"console.ahead.{name}", {"count": passed // unit})
    return Phrase("console.ago.on", {"day": at.astimezone(zone).date()})
