"""What becomes of the jobs: counted for the figures, and told where it is more than a passing thing.

Why a job that is still at work at its next turn is only counted: what is done every half second may well take longer,
and goes on by itself.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)

log = logging.getLogger(__name__)
STUCK_S = 600.0  # a job that is at work for longer will hardly end by itself
HEARD = EVENT_JOB_ERROR | EVENT_JOB_EXECUTED | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_MISSED


class JobWatch:
    """Hears from the scheduler how each job went. counts: how often, by job and outcome."""

    def __init__(self, passed: Callable[[], float] = time.monotonic) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self._passed = passed
        self._begun: dict[str, float] = {}
        self._failed: set[str] = set()
        self._late: set[str] = set()

    def hear(self, event: JobEvent) -> None:
        """Take in one event of the scheduler."""
        job = str(event.job_id)
        if event.code == EVENT_JOB_EXECUTED and event.retval:
            self.done(job)
        elif event.code == EVENT_JOB_ERROR:
            self.failed(job, event.exception)
        elif event.code == EVENT_JOB_MISSED:
            self._missed(job)
        elif event.code == EVENT_JOB_MAX_INSTANCES:
            self._skipped(job)

    def begins(self, job: str) -> None:
        """Note that a job is at work from now on."""
        self._begun[job] = self._passed()

    def ends(self, job: str) -> None:
        """Note that it is through, however it went."""
        self._begun.pop(job, None)

    def done(self, job: str) -> None:
        """Note that a job had its turn and was done: whatever was wrong with it is over."""
        self.counts[job, "done"] += 1
        self._failed.discard(job)
        self._late.discard(job)

    def failed(self, job: str, error: BaseException) -> None:
        """Note and tell that a job failed by a fault of ours; a stop that cuts it off is none."""
        if isinstance(error, asyncio.CancelledError):
            return
        self.counts[job, "failed"] += 1
        self._failed.add(job)
        log.error("a job failed", exc_info=error, extra={"job": job})

    def dropped(self, job: str) -> None:
        """Note that a daily job came too late to be worth doing."""
        self.counts[job, "dropped"] += 1

    def reasons(self) -> list[str]:
        """What is wrong with the jobs now, in codes."""
        return ["job_failed"] * bool(self._failed) + ["job_late"] * bool(self._late)

    def _missed(self, job: str) -> None:
        self.counts[job, "missed"] += 1
        self._late.add(job)
        log.warning("a job missed its turn", extra={"job": job})

    def _skipped(self, job: str) -> None:
        self.counts[job, "skipped"] += 1
        begun = self._begun.get(job)
        if begun is not None and self._passed() - begun > STUCK_S and job not in self._late:
            self._late.add(job)
            log.error("a job does not come to its end", extra={"job": job})
