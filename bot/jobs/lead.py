"""Whether this process is the one that does the jobs: a lease in the database, and how long it may be believed.

Why two clocks: the lease is written in the clock's time, which may be set anew; how much time went by is told by one
that only goes on, but stands still while a laptop sleeps. What either says is over is over.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from storage.database import Database
from storage.queries import machine

NAME = "jobs"
LENGTH = timedelta(seconds=20)


class JobsLease:
    """The lease of the jobs. Whoever holds it renews it at about a third of its length."""

    def __init__(self, database: Database, clock: Clock, passed: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock, self._passed = database, clock, passed
        self._holder = database.holder()
        self._taken: tuple[datetime, float] | None = None

    @property
    def held(self) -> bool:
        """Whether it was taken and surely lasts."""
        if self._taken is None:
            return False
        at, passed = self._taken
        return at <= self._clock.now() < at + LENGTH and self._passed() - passed < LENGTH.total_seconds()

    async def take(self) -> bool:
        """Take or renew it; False while somebody else has it. Raises DatabaseAway, Unclear."""
        asked = now, _ = self._clock.now(), self._passed()
        epoch = await self._database.write(lambda unit: machine.lease(unit, NAME, self._holder, now, LENGTH))
        self._taken = None if epoch is None else asked
        return self.held

    async def release(self) -> None:
        """Give it back, so that another may have it at once. Raises DatabaseAway, Unclear."""
        self._taken, now = None, self._clock.now()
        await self._database.write(lambda unit: machine.release(unit, NAME, self._holder, now), deadline_s=2)
