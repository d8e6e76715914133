"""The scheduled jobs as one readable table, and the clock that ticks them.

Why rows and not timers: a daily job is a row unique on (job, due), so a missed tick is caught up and two leaders do
nothing twice. APScheduler only ticks.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

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
    remind_of_pledges,
    ring,
    seal,
    tell_of_endings,
    write_anchors,
    write_posts,
)
from handlers.desk.allocations import ArrivalReminders
from handlers.desk.announcing import Digests
from handlers.desk.cases import FormReminders, QuestionReminders
from handlers.desk.mornings import Mornings
from storage.database import DatabaseAway, Unclear
from storage.queries import machine

__all__ = ["JOBS", "Job", "JobClock", "Work", "latest_due"]

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=20)
STOP_S = 5.0


@dataclass(frozen=True, slots=True)
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


tell_officials = in_rounds("tell_officials", Mornings)
send_digests = in_rounds("send_digests", Digests)
remind_of_questions = in_rounds("remind_of_questions", QuestionReminders)
remind_of_arrivals = in_rounds("remind_of_arrivals", ArrivalReminders)
remind_of_forms = in_rounds("remind_of_forms", FormReminders)

JOBS: tuple[Job, ...] = (
    Job("seal", seal, every=timedelta(seconds=1)),
    Job("fetch_photos", fetch_photos, every=timedelta(seconds=1)),
    Job("clean_photos", clean_photos, every=timedelta(seconds=1)),
    Job("ring", ring, every=timedelta(seconds=10)),
    Job("end_idle_talks", end_idle_talks, every=timedelta(minutes=1)),
    Job("clear_up_accounts", clear_up_accounts, every=timedelta(seconds=10)),
    Job("look_at_law_changes", look_at_law_changes, every=timedelta(seconds=10)),
    Job("write_posts", write_posts, every=timedelta(minutes=5)),
    Job("announce", announce, every=timedelta(seconds=0.5)),
    Job("tell_officials", tell_officials, at=time(7, 0), late=timedelta(hours=5), digest=True),
    Job("send_digests", send_digests, at=time(7, 0), late=timedelta(hours=12), digest=True),
    Job("look_for_silence", look_for_silence, at=time(8, 0), late=timedelta(hours=12)),
    Job("tell_of_endings", tell_of_endings, at=time(8, 10), late=timedelta(days=2)),
    Job("remind_of_questions", remind_of_questions, at=time(8, 20), late=timedelta(hours=9)),
    Job("remind_of_arrivals", remind_of_arrivals, at=time(8, 30), late=timedelta(hours=9)),
    Job("remind_of_forms", remind_of_forms, at=time(8, 40), late=timedelta(hours=9)),
    Job("remind_of_pledges", remind_of_pledges, at=time(9, 0), late=timedelta(hours=10)),
    Job("forget", forget, at=time(3, 15)),
    Job("look_for_damage", look_for_damage, at=time(3, 45)),
    Job("anchor", write_anchors, at=time(4, 0)),
)


def table(digest_at: time) -> tuple[Job, ...]:
    """The jobs with the operator's time of what is gathered."""
    return tuple(replace(job, at=digest_at) if job.digest else job for job in JOBS)


class JobClock:
    """Ticks the jobs, as long as this process leads."""

    def __init__(self, work: Work, zone: ZoneInfo, digest_at: time = time(7)) -> None:
        self._work, self._zone, self._jobs = work, zone, table(digest_at)
        self._holder = work.database.holder()
        self._scheduler = AsyncIOScheduler(timezone=zone)
        self._at_work: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self) -> None:
        """Begin to tick."""
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        for job in self._jobs:
            seconds = job.every.total_seconds() if job.every else 30
            self._scheduler.add_job(self.tick, "interval", seconds=seconds, args=[job], id=job.name, **options)
        self._scheduler.start()

    async def tick(self, job: Job) -> None:
        """Do what is due of one job, if this process leads."""
        self._at_work.add(job.name)
        self._idle.clear()
        try:
            await (self._over_and_over(job) if job.every else self._daily(job))
        finally:
            self._at_work.discard(job.name)
            if not self._at_work:
                self._idle.set()

    async def stop(self) -> None:
        """Tick no more, let what is being done come to its end, and let another lead at once."""
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
        try:
            now = self._work.clock.now()
            await self._work.database.write(lambda unit: machine.release(unit, "jobs", self._holder, now), deadline_s=2)
        except (DatabaseAway, Unclear):
            log.warning("the lease of the jobs runs out by itself")

    async def _leads(self) -> bool:
        now = self._work.clock.now()
        return await self._work.database.write(lambda u: machine.lease(u, "jobs", self._holder, now, LEASE)) is not None

    async def _over_and_over(self, job: Job) -> None:
        try:
            if await self._leads():
                while await job.do(self._work):
                    pass
        except (DatabaseAway, Unclear):
            log.warning("a job waits for the database", extra={"job": job.name})
        except Exception:
            log.exception("a job failed", extra={"job": job.name})

    async def _daily(self, job: Job) -> None:
        """Do a daily job if its latest due time was not done yet."""
        due = latest_due(job, self._work.clock.now(), self._zone)
        try:
            if await self._leads():
                await self.run(job, due)
        except (DatabaseAway, Unclear):
            log.warning("a job waits for the database", extra={"job": job.name})

    async def run(self, job: Job, due: datetime) -> bool:
        """Claim one due time and do the job; False if it was claimed before."""
        work, now = self._work, self._work.clock.now()
        if not await work.database.write(lambda unit: machine.begin_run(unit, job.name, due, now)):
            return False
        state = "dropped" if now - due > job.late else "done"
        try:
            if state == "done":
                await job.do(work)
        except (DatabaseAway, Unclear):
            raise
        except Exception:
            log.exception("a job failed", extra={"job": job.name})
            state = "failed"
        ended = work.clock.now()
        await work.database.write(lambda unit: machine.end_run(unit, job.name, due, state, ended))
        return True


def latest_due(job: Job, now: datetime, zone: ZoneInfo) -> datetime:
    """The latest moment at or before now at which a daily job was due."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), job.at or time(), zone)
    return today if today <= local else today - timedelta(days=1)
