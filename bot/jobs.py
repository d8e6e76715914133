"""The scheduled jobs as one readable table, and the clock that ticks them.

Why rows and not timers: a daily job is a row unique on (job, due), so a missed tick is caught up and two leaders do
nothing twice. APScheduler only ticks.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.channels.contract import Fetches, SendError
from bot.channels.contract import Refused as PhotoRefused
from bot.clock import Clock
from bot.inbox import Office
from bot.photos import MAX_BYTES, Cleaner, Refused
from handlers.desk import Actor, Desk
from handlers.desk.case_news import CaseNews
from handlers.desk.grievances import Grievances
from handlers.desk.pledge_reminders import PledgeReminders
from handlers.desk.retention import Retention
from storage.database import Database, DatabaseAway, Unclear, Unit
from storage.queries import chain, machine
from storage.verify import broken

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=20)
STOP_S = 5.0
FETCHES = 5  # of a photo, over half an hour
BELIEVABLE = timedelta(days=7)  # between two notes in the audit; the nightly jobs alone write one a day


@dataclass(frozen=True, slots=True)
class Job:
    """One job: done at a time of day, or over and over. late: how much later it is still worth doing."""

    name: str
    do: Callable[["Work"], Awaitable[bool]]
    every: timedelta | None = None
    at: time | None = None
    late: timedelta = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Work:
    """What the jobs work with.

    fetchers: who gets a photo from its platform, by channel. broke: told of each broken invariant that is found.
    """

    database: Database
    office: Office
    clock: Clock
    cleaner: Cleaner
    fetchers: Mapping[str, Fetches]
    replied: Callable[[], None]
    broke: Callable[[str], None]


async def seal(work: Work) -> bool:
    """Give new rows of the audit and of the ledger their place in their chains."""
    return await work.database.write(chain.seal) > 0


async def clean_photos(work: Work) -> bool:
    """Re-encode the oldest photo not cleaned yet, apart from this process; True if there was one."""

    def desk(unit: Unit, cause: str) -> Desk:
        return work.office.desk(unit, Actor("clock"), cause, work.clock)

    found = await work.database.read(lambda unit: desk(unit, "clean_photos").files.next_raw())
    if found is None:
        return False
    file_id, raw = found
    try:
        jpeg = await work.cleaner.clean(raw)
    except Refused as refused:
        reason = refused.reason
        await work.database.write(lambda unit: desk(unit, f"photo:{file_id}").files.refuse(file_id, reason))
        work.replied()
    else:
        await work.database.write(lambda unit: desk(unit, f"photo:{file_id}").files.cleaned(file_id, jpeg))
    return True


async def fetch_photos(work: Work) -> bool:
    """Fetch the photo that waits longest from its platform; True if there was one. What fails is tried again, and
    after a while given up, and the person is told.
    """

    def desk(unit: Unit, cause: str) -> Desk:
        return work.office.desk(unit, Actor("clock"), cause, work.clock)

    found = await work.database.read(lambda unit: desk(unit, "fetch_photos").files.next_remote())
    if found is None:
        return False
    try:
        raw = await work.fetchers[found.channel].fetch(found.name, MAX_BYTES)
    except (KeyError, SendError) as error:
        reason = "too_big" if isinstance(error, PhotoRefused) and error.reason == "too_big" else ""
        if not reason and found.attempt < FETCHES:
            until = work.clock.now() + timedelta(seconds=5 * 4**found.attempt)
            await work.database.write(lambda unit: desk(unit, "fetch_photos").files.put_off(found.id, until))
            return True
        told = reason or "not_fetched"
        await work.database.write(lambda unit: desk(unit, f"photo:{found.id}").files.refuse(found.id, told))
        work.replied()
    else:
        await work.database.write(lambda unit: desk(unit, "fetch_photos").files.fetched(found.id, raw))
    return True


async def ring(work: Work) -> bool:
    """Ring once more for an urgent request that nobody has taken; True if one was due."""
    return await _said_something(work, "ring", lambda desk: desk.urgent.ring())


async def end_idle_talks(work: Work) -> bool:
    """End some talks in which nobody has said anything for a day; True if there were any."""
    return await _said_something(work, "end_idle_talks", lambda desk: desk.talks.end_idle())


async def clear_up_accounts(work: Work) -> bool:
    """Take ended accounts out of the chats, and tell whoever was to pay there; True if there was anything."""
    return await _said_something(work, "clear_up_accounts", lambda desk: desk.gift_accounts.clear_up())


async def tell_of_checks(work: Work) -> bool:
    """Tell officials whose conditions they look at today; True if there are any."""
    return await _said_something(work, "tell_of_checks", lambda desk: CaseNews(desk).checks_due(desk.today()))


async def look_for_silence(work: Work) -> bool:
    """Have looked into what was handed over a week ago and nobody has confirmed; True if there is any."""
    return await _said_something(work, "look_for_silence", lambda desk: Grievances(desk).look_for_silence())


async def remind_of_pledges(work: Work) -> bool:
    """Remind of promises whose day is near; True if there were any."""
    return await _said_something(work, "remind_of_pledges", lambda desk: PledgeReminders(desk).run())


async def _said_something(work: Work, cause: str, do: Callable[[Desk], int]) -> bool:
    """Do something at the desk in the clock's name; if there was any, people were told."""
    # Each run is a cause of its own: what is told again on another day is another message.
    run = f"{cause}/{work.clock.now().isoformat()}"
    if not await work.database.write(lambda unit: do(work.office.desk(unit, Actor("clock"), run, work.clock))):
        return False
    work.replied()
    return True


async def forget(work: Work) -> bool:
    """Forget what has been kept long enough, and destroy the keys of days that are over.

    Not on the first night after a jump of the clock: one wrong clock must not erase everything. An outage as long puts
    it off by one night.
    """

    def run(unit: Unit) -> int | None:
        desk = work.office.desk(unit, Actor("clock"), "retention", work.clock)
        last = machine.last_note(unit)
        if last is not None and desk.now - last > BELIEVABLE:
            desk.note("retention.put_off", "all", "the clock is far ahead of all that was noted")
            return None
        return Retention(desk).run()

    touched = await work.database.write(run)
    if touched is None:
        work.broke("the clock jumped ahead: nothing was forgotten tonight")
    return bool(touched)


async def look_for_damage(work: Work) -> bool:
    """Check the invariants of the data; what is broken raises an alarm."""
    found = await work.database.read(lambda unit: next(broken(unit, work.clock.now()), None))
    if found is not None:
        work.broke(found)
    return found is not None


JOBS: tuple[Job, ...] = (
    Job("seal", seal, every=timedelta(seconds=1)),
    Job("fetch_photos", fetch_photos, every=timedelta(seconds=1)),
    Job("clean_photos", clean_photos, every=timedelta(seconds=1)),
    Job("ring", ring, every=timedelta(seconds=10)),
    Job("end_idle_talks", end_idle_talks, every=timedelta(minutes=1)),
    Job("clear_up_accounts", clear_up_accounts, every=timedelta(seconds=10)),
    Job("tell_of_checks", tell_of_checks, at=time(7, 30), late=timedelta(hours=12)),
    Job("look_for_silence", look_for_silence, at=time(8, 0), late=timedelta(hours=12)),
    Job("remind_of_pledges", remind_of_pledges, at=time(9, 0), late=timedelta(hours=10)),
    Job("forget", forget, at=time(3, 15)),
    Job("look_for_damage", look_for_damage, at=time(3, 45)),
)


class JobClock:
    """Ticks the jobs, as long as this process leads."""

    def __init__(self, work: Work, zone: ZoneInfo) -> None:
        self._work, self._zone = work, zone
        self._holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._scheduler = AsyncIOScheduler(timezone=zone)
        self._at_work: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self) -> None:
        """Begin to tick."""
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        for job in JOBS:
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
