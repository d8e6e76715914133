"""The time. Everything that needs it is handed a clock, so that tests hold it in their hand."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

JUMPED = timedelta(minutes=5)
BELIEVABLE = timedelta(days=7)  # between two notes in the audit; the nightly jobs alone write one a day


class Clock(Protocol):
    """Tells the moment, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def _since_start() -> float:
    """Seconds that passed, also while the machine slept where it can tell."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class ClockWatch:
    """Tells whether a clock can be believed. noted: the newest moment that was kept before this process began.

    A clock that jumped while we run stands apart from what has passed since; one that was wrong before we began does
    not fit what was noted last.
    """

    def __init__(self, clock: Clock, noted: datetime | None, passed: Callable[[], float] = _since_start) -> None:
        self._clock, self._noted, self._passed = clock, noted, passed
        self._began, self._began_at = passed(), clock.now()

    def reasons(self) -> list[str]:
        """What is wrong with the clock, in codes."""
        now = self._clock.now()
        expected = self._began_at + timedelta(seconds=self._passed() - self._began)
        if abs(now - expected) > JUMPED:
            return ["clock_jumped"]
        if self._noted is None:
            return []
        behind, ahead = self._noted - now > JUMPED, self._began_at - self._noted > BELIEVABLE
        return ["clock_behind"] if behind else ["clock_ahead"] if ahead else []
