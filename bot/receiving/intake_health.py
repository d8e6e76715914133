"""Whether what comes in is kept, as those who brought it were told lately.

Why beside a probe of the database: one small row may be written while no message can, as on a disk that is nearly full.
Why a refusal counts for half a minute: whoever sends us nothing while we are not ready would never see us heal.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.clock import Clock
from storage.database import DatabaseAway, UnclearCommit

COUNTS = timedelta(seconds=30)


class IntakeHealth:
    """Remembers the last refusal for a reason of ours, until something is kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refused_at: datetime | None = None

    @property
    def refuses(self) -> bool:
        """Whether the last thing that came in lately was refused."""
        return self._refused_at is not None and self._clock.now() - self._refused_at < COUNTS

    def refused(self) -> None:
        """Note that something was refused which we should have kept."""
        self._refused_at = self._clock.now()

    @contextmanager
    def watch(self, *, keeps: bool = True) -> Iterator[None]:
        """Note what becomes of what is done here. keeps: it writes, so that all is well once it is done."""
        try:
            yield
        except (DatabaseAway, UnclearCommit, TimeoutError):
            self.refused()
            raise
        if keeps:
            self._refused_at = None
