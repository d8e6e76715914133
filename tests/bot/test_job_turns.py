"""When a job has its turn, who takes it, what is caught up, and what is told of turns that went wrong."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.events import JobExecutionEvent as Ran
from apscheduler.events import JobSubmissionEvent as Submitted
from sqlmodel import select

from bot.jobs.chores import Work
from bot.jobs.table import JOBS, LEASE, Job, JobClock
from bot.jobs.triggers import is_too_far, trigger
from bot.jobs.watch import STUCK_S, JobWatch
from storage.database import Unit
from storage.queries import machine
from storage.tables import JobRun
from tests.kit.cases import for_each
from tests.kit.house import Visitor, open_house, visit
from tests.kit.town import Town
from tests.kit.waiting import until

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAILY = {job.name for job in JOBS if job.at}
HALF = timedelta(seconds=0.5)
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)
LONG_AGO = NOW - timedelta(days=3653)


class Stopwatch:
    """Counts seconds as it is told to."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


# When


@for_each(
    ("now", "turn"),
    [
        pytest.param(NOW, NOW.replace(day=26, hour=3, minute=15), id="tomorrow"),
        pytest.param(NOW.replace(hour=3), NOW.replace(hour=3, minute=15), id="in a quarter of an hour"),
        pytest.param(NOW.replace(hour=3, minute=15), NOW.replace(hour=3, minute=15), id="now"),
        pytest.param(
            datetime(2026, 11, 24, 20, 0, tzinfo=UTC), NOW.replace(hour=3, minute=15), id="the day before in UTC"
        ),
    ],
)
def test_a_daily_job_has_its_turn_at_its_time_in_the_office(now: datetime, turn: datetime) -> None:
    assert trigger(None, time(3, 15), ZONE).get_next_fire_time(None, now) == turn


@for_each(
    ("previous", "turn"),
    [
        pytest.param(None, NOW + HALF, id="at first"),
        pytest.param(NOW - HALF / 2, NOW + HALF / 2, id="in step"),
        pytest.param(NOW - 3 * HALF, NOW + HALF, id="one missed"),
        pytest.param(LONG_AGO, NOW + HALF, id="set ahead by ten years"),
        pytest.param(NOW + timedelta(days=3653), NOW + HALF, id="set back by ten years"),
    ],
)
def test_what_is_done_over_and_over_goes_on_from_now(previous: datetime | None, turn: datetime) -> None:
    assert trigger(HALF, None, ZONE).get_next_fire_time(previous, NOW) == turn


@for_each(
    ("every", "at", "turn", "far"),
    [
        pytest.param(HALF, None, NOW + HALF, False, id="in half a second"),
        pytest.param(HALF, None, NOW - HALF, False, id="overdue"),
        pytest.param(HALF, None, NOW + timedelta(hours=1), True, id="half a second, set back by an hour"),
        pytest.param(None, time(8), NOW.replace(day=26, hour=8), False, id="tomorrow morning"),
        pytest.param(None, time(8), NOW.replace(day=27, hour=8), True, id="a morning, set back by a day"),
    ],
)
def test_a_clock_set_back_leaves_turns_too_far_ahead(
    every: timedelta | None, at: time | None, turn: datetime, far: bool
) -> None:
    assert is_too_far(trigger(every, at, ZONE), turn, NOW) is far


# Who


async def test_whoever_comes_to_lead_catches_up_what_was_missed(town: Town) -> None:
    leader = JobClock(town.work(), ZONE, soon=timedelta(0))
    query = select(JobRun.job).where(JobRun.state != "started")

    leader.start()

    def done(unit: Unit) -> set[str]:
        return set(unit.scalars(query))

    await until("all that was missed is done", lambda: town.database.read(done), lambda found: found == DAILY)

    await leader.stop()


async def test_whoever_leads_not_does_nothing_until_the_leader_stops(town: Town) -> None:
    one, other = JobClock(town.work(), ZONE), JobClock(town.work(), ZONE, soon=timedelta(0))
    await one.tick(JOBS[0])
    query = select(JobRun.job)

    other.start()
    for _ in range(100):
        early = await town.database.read(lambda unit: unit.scalars(query).all())
    one.start()
    await one.stop()
    await until("the other does a job", lambda: town.database.read(lambda unit: unit.scalars(query).all()))

    await other.stop()
    assert early == []


async def test_a_daily_job_that_comes_too_late_is_counted(town: Town) -> None:
    leader, daily = JobClock(town.work(), ZONE), next(job for job in JOBS if job.name == "tell_officials")
    town.clock.move(hours=8)

    await leader.tick(daily)

    assert leader.counts() == {("tell_officials", "dropped"): 1}
    assert leader.reasons() == []


# What is told

DONE = Ran(EVENT_JOB_EXECUTED, "a", "default", NOW, retval=True)
NOT_OURS = Ran(EVENT_JOB_EXECUTED, "a", "default", NOW, retval=False)
FAILED = Ran(EVENT_JOB_ERROR, "a", "default", NOW, exception=ValueError("a bug"))
CUT_OFF = Ran(EVENT_JOB_ERROR, "a", "default", NOW, exception=asyncio.CancelledError())
MISSED = Ran(EVENT_JOB_MISSED, "a", "default", NOW)
AT_WORK = Submitted(EVENT_JOB_MAX_INSTANCES, "a", "default", [NOW])
OF_ANOTHER = Ran(EVENT_JOB_EXECUTED, "b", "default", NOW, retval=True)


@for_each(
    ("events", "outcomes", "reasons"),
    [
        pytest.param([DONE], ["done"], [], id="done"),
        pytest.param([NOT_OURS], [], [], id="nothing to do"),
        pytest.param([FAILED], ["failed"], ["job_failed"], id="failed"),
        pytest.param([FAILED, NOT_OURS, OF_ANOTHER], ["failed", "done"], ["job_failed"], id="failed, another is done"),
        pytest.param([FAILED, DONE], ["failed", "done"], [], id="failed once"),
        pytest.param([CUT_OFF], [], [], id="cut off by the stop"),
        pytest.param([MISSED], ["missed"], ["job_late"], id="missed"),
        pytest.param([MISSED, DONE], ["missed", "done"], [], id="missed once"),
        pytest.param([AT_WORK, AT_WORK], ["skipped", "skipped"], [], id="still at work"),
        pytest.param([FAILED, MISSED], ["failed", "missed"], ["job_failed", "job_late"], id="both"),
    ],
)
def test_what_becomes_of_a_turn_is_counted_and_told(events: list[Ran], outcomes: list[str], reasons: list[str]) -> None:
    watch = JobWatch()

    for event in events:
        watch.hear(event)

    assert sorted(outcome for _, outcome in watch.counts.elements()) == sorted(outcomes)
    assert watch.reasons() == reasons


def test_a_job_that_does_not_come_to_its_end_is_told_until_it_does() -> None:
    passed = Stopwatch()
    watch = JobWatch(passed)
    watch.begins("a")
    seen = []

    for event, s in ((AT_WORK, STUCK_S), (AT_WORK, STUCK_S + 1), (DONE, STUCK_S + 2)):
        passed.s = s
        watch.hear(event)
        seen.append(watch.reasons())

    assert seen == [[], ["job_late"], []]


async def test_a_job_that_failed_is_a_reason_until_it_is_done_again(town: Town) -> None:
    leader, faults = JobClock(town.work(), ZONE), [ValueError("a bug")]

    async def do(_: Work) -> bool:
        if faults:
            raise faults.pop()
        return False

    bad = Job(name="bad", do=do, at=time(3, 15))
    seen = []
    for _ in range(2):
        await leader.tick(bad)
        seen.append(leader.reasons())
    town.clock.move(days=1)
    await leader.tick(bad)
    seen.append(leader.reasons())

    assert seen == [["job_failed"], ["job_failed"], []]


async def turns(machine_: Visitor) -> set[str]:
    """The jobs whose turns are in the figures as done."""
    lines = (await machine_.gets("/metrics")).body.decode().splitlines()
    return {line.split('"')[1] for line in lines if line.startswith("chungtay_jobs_total") and 'outcome="done"' in line}


async def test_the_figures_say_how_the_jobs_go(tmp_path: Path) -> None:
    short = {"seal", "announce", "fetch_photos", "clean_photos"}
    async with open_house(tmp_path) as house, visit(house) as program:
        await until("each job has had a turn", lambda: turns(program), lambda done: done >= short)


async def test_what_is_wrong_with_a_job_is_a_reason_of_readiness(tmp_path: Path) -> None:
    async def breaks(_: Work) -> bool:
        raise ValueError("a bug")

    async with open_house(tmp_path) as house, visit(house) as program:
        await house.service.jobs.tick(Job(name="bad", do=breaks, at=time(3, 15)))
        ready = (await program.gets("/health/ready")).json

    assert ready == {"status": "degraded", "reasons": ["job_failed"]}


async def test_a_stop_leaves_the_lease_to_others(town: Town) -> None:
    leader = JobClock(town.work(), ZONE)
    leader.start()

    await leader.stop()

    free = await town.database.write(lambda unit: machine.lease(unit, "jobs", "another", town.clock.now(), LEASE))
    assert free is not None
