"""A clock in the test's hand."""

from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # Wednesday, 09:00 in Đà Nẵng


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Move by days, hours, minutes or seconds."""
        self.at += timedelta(**by)
