"""How long ago something was: in the largest whole unit, and longer ago than a month the day in the city."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.console.screen.moments import ago
from handlers.texts import Phrase

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=59), Phrase("console.ago.now")),
        (timedelta(minutes=1), Phrase("console.ago.minutes", {"count": 1})),
        (timedelta(minutes=59, seconds=59), Phrase("console.ago.minutes", {"count": 59})),
        (timedelta(hours=23, minutes=59), Phrase("console.ago.hours", {"count": 23})),
        (timedelta(days=29, hours=23), Phrase("console.ago.days", {"count": 29})),
        (timedelta(days=30), Phrase("console.ago.on", {"day": date(2026, 10, 26)})),
        (timedelta(days=30, hours=3), Phrase("console.ago.on", {"day": date(2026, 10, 26)})),  # at six in the morning
        (-timedelta(hours=2), Phrase("console.ahead.hours", {"count": 2})),
    ],
)
def test_how_long_ago_something_was(passed: timedelta, said: Phrase) -> None:
    assert ago(NOW, NOW - passed, ZONE) == said
