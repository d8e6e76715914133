"""A lease: the right of one process at a time to do something, such as to send for a channel or to run the jobs.

Why a holder believes its own clock no longer than the lease lasts: whoever stood still, or could not reach the
database to renew, must stop before another process begins. What has to be certain is checked by the database as well,
by the lease's epoch, in the transaction that depends on it.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from storage.database import Database, DatabaseAway, UnclearCommit
from storage.queries import machine
from storage.unit import Unit

log = logging.getLogger(__name__)
RENEWED_AFTER = 1 / 3  # of its length: one renewal may fail, and the next still comes in time
ASK_AGAIN = timedelta(seconds=0.5)
RELEASE_S = 2.0


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment by the clock that other processes see, and by one that nobody sets."""

    at: datetime
    at_s: float


class Lease:
    """A named lease of this process, for the one part of it that needs it.

    name: as the database has it. length: how long others wait for whoever was killed. alone: no other process can serve
    this database, so whoever held it before is gone. monotonic: seconds of a clock that nobody sets.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        name: str,
        length: timedelta,
        alone: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.length, self.holder = name, length, database.holder()
        self._database, self._clock, self._alone, self._monotonic = database, clock, alone, monotonic
        self._epoch: int | None = None
        self._taken: _Moment | None = None
        self._asked: _Moment | None = None
        self._perhaps_ours = False
        self._one_asks = asyncio.Lock()

    @property
    def held(self) -> bool:
        """Whether this process holds it now."""
        return self._taken is not None and not self._is_past(self._taken, self.length)

    @property
    def epoch(self) -> int | None:
        """How often it had changed hands when it came to us; None while we do not hold it."""
        return self._epoch if self.held else None

    async def keep(self) -> bool:
        """Take it, or renew it once a third of its length has passed; returns whether it is held.

        May be called as often as one likes: the database is asked when it is time. Raises DatabaseAway, Unclear; what
        was held before is held on then, as long as it lasts.
        """
        async with self._one_asks:
            if self._is_due():
                await self._ask()
        return self.held

    def take(self, unit: Unit) -> bool:
        """Take or renew it inside a transaction of the caller's, for what has to commit together with it.

        Returns whether the transaction has it. `held` knows nothing of it, for the transaction may not commit.
        """
        self._perhaps_ours = True
        return self._lease(unit, self._clock.now()) is not None

    def forget(self) -> None:
        """Hold it no longer: the database said that another process does. The next `keep` asks at once."""
        self._epoch = self._taken = self._asked = None

    async def release(self) -> None:
        """Give it back, so that another process need not wait. Where the database is away it runs out by itself."""
        self.forget()
        if not self._perhaps_ours:
            return
        now = self._clock.now()
        try:
            await self._database.write(
                lambda unit: machine.release(unit, self.name, self.holder, now), deadline_s=RELEASE_S
            )
        except (DatabaseAway, UnclearCommit):
            log.warning("a lease could not be given back and runs out by itself", extra={"kind": self.name})
        else:
            self._perhaps_ours = False

    async def _ask(self) -> None:
        moment = self._asked = _Moment(self._clock.now(), self._monotonic())
        self._perhaps_ours = True
        self._epoch = await self._database.write(lambda unit: self._lease(unit, moment.at))
        self._taken = moment if self._epoch is not None else None

    def _lease(self, unit: Unit, now: datetime) -> int | None:
        seize = self._alone and self._epoch is None
        return machine.lease(unit, self.name, self.holder, now, self.length, seize=seize)

    def _is_due(self) -> bool:
        if self._asked is not None and not self._is_past(self._asked, ASK_AGAIN):
            return False
        return self._taken is None or self._is_past(self._taken, self.length * RENEWED_AFTER)

    def _is_past(self, since: _Moment, length: timedelta) -> bool:
        """Whether so much time has passed, by either clock: a machine may sleep, and a clock may be set back."""
        return self._monotonic() - since.at_s >= length.total_seconds() or self._clock.now() - since.at >= length
