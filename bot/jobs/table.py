"""The scheduled jobs as one readable table, and the clock that ticks them.

Why rows and not timers alone: a daily job is a row unique on (job, due), so that two leaders do nothing twice, and what
was missed is found by looking once more: after this process came to lead, and now and then.
"""

import asyncio
import logging
import time as clocks
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import SystemClock
from bot.jobs.chores import (
    Work,
    announce,
    clean_photos,
    clear_up_accounts,
    end_idle_talks,
    fetch_photos,
    forget,
    in_rounds,
    look_at_law_changes,
    look_for_damage,
    look_for_silence,
    mend_moments,
    remind_of_pledges,
    ring,
    scrub,
    seal,
    tell_of_endings,
    write_anchors,
    write_posts,
)
from bot.jobs.triggers import is_too_far, trigger
from bot.jobs.watch import HEARD, JobWatch
from bot.lease import Lease
from storage.database import DatabaseAway, UnclearCommit
from storage.queries import machine

__all__ = ["JOBS", "Job", "JobClock", "Work", "latest_due"]

log = logging.getLogger(__name__)
STOP_S = 5.0
LEASE = timedelta(seconds=20)
RENEW_S = LEASE.total_seconds() / 3
ASK_S = 1.0  # between two tries of whoever does not lead: how long nobody does after a leader that died
SOON = timedelta(seconds=30)  # what waited for this process to start comes first
LOOK_AGAIN_S = 300.0
MOST_LATE_S = 60  # what is done over and over has its next turn at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job: done at a time of day, or over and over. late: how much later it is still worth doing.

    digest: at the time that the operator chose for what is gathered, in place of the one here.
    """

    name: str
    do: Callable[[Work], Awaitable[bool]]
    every: timedelta | None = None
    at: time | None = None
    late: timedelta = timedelta(days=2)
    digest: bool = False


tell_officials = in_rounds("tell_officials", lambda desk: desk.mornings)
send_digests = in_rounds("send_digests", lambda desk: desk.digests)
remind_of_questions = in_rounds("remind_of_questions", lambda desk: desk.question_reminders)
remind_of_arrivals = in_rounds("remind_of_arrivals", lambda desk: desk.arrival_reminders)
remind_of_forms = in_rounds("remind_of_forms", lambda desk: desk.form_reminders)

JOBS: tuple[Job, ...] = (
    Job(name="seal", do=seal, every=timedelta(seconds=1)),
    Job(name="scrub", do=scrub, every=timedelta(seconds=1)),
    Job(name="fetch_photos", do=fetch_photos, every=timedelta(seconds=1)),
    Job(name="clean_photos", do=clean_photos, every=timedelta(seconds=1)),
    Job(name="mend_moments", do=mend_moments, every=timedelta(minutes=1)),
    Job(name="ring", do=ring, every=timedelta(seconds=10)),
    Job(name="end_idle_talks", do=end_idle_talks, every=timedelta(minutes=1)),
    Job(name="clear_up_accounts", do=clear_up_accounts, every=timedelta(seconds=10)),
    Job(name="look_at_law_changes", do=look_at_law_changes, every=timedelta(seconds=10)),
    Job(name="write_posts", do=write_posts, every=timedelta(minutes=5)),
    Job(name="announce", do=announce, every=timedelta(seconds=0.5)),
    Job(name="tell_officials", do=tell_officials, at=time(7, 0), late=timedelta(hours=5), digest=True),
    Job(name="send_digests", do=send_digests, at=time(7, 0), late=timedelta(hours=12), digest=True),
    Job(name="look_for_silence", do=look_for_silence, at=time(8, 0), late=timedelta(hours=12)),
    Job(name="tell_of_endings", do=tell_of_endings, at=time(8, 10), late=timedelta(days=2)),
    Job(name="remind_of_questions", do=remind_of_questions, at=time(8, 20), late=timedelta(hours=9)),
    Job(name="remind_of_arrivals", do=remind_of_arrivals, at=time(8, 30), late=timedelta(hours=9)),
    Job(name="remind_of_forms", do=remind_of_forms, at=time(8, 40), late=timedelta(hours=9)),
    Job(name="remind_of_pledges", do=remind_of_pledges, at=time(9, 0), late=timedelta(hours=10)),
    Job(name="forget", do=forget, at=time(3, 15)),
    Job(name="look_for_damage", do=look_for_damage, at=time(3, 45)),
    Job(name="anchor", do=write_anchors, at=time(4, 0)),
)


def table(digest_at: time) -> tuple[Job, ...]:
    """The jobs with the operator's time of what is gathered."""
    return tuple(replace(job, at=digest_at) if job.digest else job for job in JOBS)


class JobClock:
    """Has the jobs ticked, as long as this process leads. soon: how long after it came to lead it catches up."""

    def __init__(self, work: Work, zone: ZoneInfo, digest_at: time = time(7), *, soon: timedelta = SOON) -> None:
        self._work, self._zone, self._jobs, self._soon = work, zone, table(digest_at), soon
        self._lease = Lease(database=work.database, clock=work.clock, name="jobs", length=LEASE)
        self._watch = JobWatch()
        self._scheduler = AsyncIOScheduler(timezone=zone)
        self._scheduler.add_listener(self._watch.hear, HEARD)
        self._at_work: Counter[str] = Counter()
        self._idle, self._stopping = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._leading: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to lead, or to wait until this process may, and to tick."""
        for job in self._jobs:
            # A daily job is never too late for its tick: its row says whether it is worth doing.
            grace = MOST_LATE_S if job.every else None
            self._scheduler.add_job(
                self._turn, trigger(job.every, job.at, self._zone), args=[job], id=job.name, name=job.name,
                coalesce=True, max_instances=1, misfire_grace_time=grace,
            )  # fmt: skip
        self._scheduler.start()
        self._leading = asyncio.create_task(self._lead())

    async def tick(self, job: Job) -> None:
        """Do what is due of one job now, if this process leads or may lead. What fails is told and counted."""
        try:
            if (self._lease.held or await self._lease.keep()) and await self._do(job):
                self._watch.done(job.name)
        except (DatabaseAway, UnclearCommit):
            log.warning("a job waits for the database", extra={"job": job.name})
        except Exception as error:
            self._watch.failed(job.name, error)

    async def stop(self) -> None:
        """Tick no more, let what is being done come to its end, and let another lead at once."""
        self._stopping.set()
        self._scheduler.pause()
        try:
            async with asyncio.timeout(STOP_S):
                await self._idle.wait()
        except TimeoutError:
            log.warning("a job is cut off by the stop")
        self._scheduler.shutdown(wait=False)
        with suppress(TimeoutError):  # what was cut off has something to clear up, as a child of its own
            async with asyncio.timeout(STOP_S):
                await self._idle.wait()
        if self._leading is not None:
            # A renewal that is on its way must not come after the end of the lease.
            await asyncio.wait({self._leading}, timeout=STOP_S)
            self._leading.cancel()
        await self._lease.release()

    def reasons(self) -> list[str]:
        """What is wrong with the jobs that this process does, in codes."""
        return self._watch.reasons() if self._lease.held else []

    def counts(self) -> Mapping[tuple[str, str], int]:
        """How often this process came to each outcome of each job."""
        return self._watch.counts

    async def run(self, job: Job, due: datetime) -> bool:
        """Claim one due time and do the job; False if it was claimed before. Raises what the job raises."""
        return await self._settle(job, due) != "claimed"

    async def _settle(self, job: Job, due: datetime) -> str:
        """Claim one due time and do the job, if it is not too late: done, dropped, or claimed before."""
        work, now = self._work, self._work.clock.now()
        if not await work.database.write(lambda unit: machine.begin_run(unit, job.name, due, now)):
            return "claimed"
        state = "dropped" if now - due > job.late else "done"
        try:
            if state == "done":
                await job.do(work)
        except (DatabaseAway, UnclearCommit):
            raise
        except Exception:
            await self._end(job, due, "failed")
            raise
        await self._end(job, due, state)
        return state

    async def _end(self, job: Job, due: datetime, state: str) -> None:
        now = self._work.clock.now()
        await self._work.database.write(lambda unit: machine.end_run(unit, job.name, due, state, now))

    async def _turn(self, job: Job) -> bool:
        """Take a job's turn, as the scheduler has it; True if it was done. Raises what the job raises."""
        if not self._lease.held:
            return False
        try:
            return await self._do(job)
        except (DatabaseAway, UnclearCommit):
            log.warning("a job waits for the database", extra={"job": job.name})
            if job.at is not None:
                self._look_soon(job)
            return False

    async def _do(self, job: Job) -> bool:
        """Do what is due of a job; False if nothing is, or it is too late."""
        self._at_work[job.name] += 1
        self._idle.clear()
        self._watch.begins(job.name)
        try:
            if job.at is not None:
                state = await self._settle(job, latest_due(job, self._work.clock.now(), self._zone))
                if state == "dropped":
                    self._watch.dropped(job.name)
                return state == "done"
            while await job.do(self._work):
                pass
            return True
        finally:
            self._watch.ends(job.name)
            self._at_work -= Counter([job.name])
            if not self._at_work:
                self._idle.set()

    async def _lead(self) -> None:
        """Renew the lease, or ask for it, until the stop; look at what was missed where that may be."""
        looked = float("-inf")
        while not self._stopping.is_set():
            led = self._lease.held
            try:
                leads = await self._lease.keep()
                if leads and (not led or clocks.monotonic() - looked > LOOK_AGAIN_S):
                    looked = clocks.monotonic()
                    for job in self._jobs:
                        if job.at is not None:
                            self._look_soon(job)
            except (DatabaseAway, UnclearCommit):
                log.warning("the lease of the jobs waits for the database")
            except Exception:
                log.exception("the lease of the jobs could not be had")
            self._set_right()
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_S if self._lease.held else ASK_S):
                    await self._stopping.wait()

    def _look_soon(self, job: Job) -> None:
        """Tick a daily job in a moment, whether or not it was done: its row says."""
        soon, scheduled = SystemClock().now() + self._soon, self._scheduler.get_job(job.name)
        if scheduled is not None and scheduled.next_run_time > soon:
            scheduled.modify(next_run_time=soon)

    def _set_right(self) -> None:
        """Have no job wait for a moment that was near before the clock was set back."""
        now = SystemClock().now().astimezone(self._zone)
        for scheduled in self._scheduler.get_jobs():
            if is_too_far(scheduled.trigger, scheduled.next_run_time, now):
                scheduled.modify(next_run_time=scheduled.trigger.get_next_fire_time(None, now))


def latest_due(job: Job, now: datetime, zone: ZoneInfo) -> datetime:
    """The latest moment at or before now at which a daily job was due."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), job.at or time(), zone)
    return today if today <= local else today - timedelta(days=1)
