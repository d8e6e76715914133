"""Each due time of a job is worked once, whatever the clock does and however many processes tick."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from sqlalchemy import func, update
from sqlmodel import col, select

from bot.jobs.chores import Work, look_for_damage
from bot.jobs.table import JOBS, Job, JobClock, latest_due
from handlers.desk import Actor
from storage.database import DatabaseAway
from storage.queries import machine
from storage.queries.chains import chain
from storage.tables import AuditRow, ChatLine, File, JobRun, OutboxRow, Talk
from tests.kit.on_duty import clerk, listening
from tests.kit.town import Citizen, Town

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAILY = tuple(job for job in JOBS if job.at)


@dataclass
class Diary:
    """What the jobs of a test did. error: what they raise instead."""

    town: Town
    done: list[datetime] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    error: Exception | None = None

    async def write(self, _: Work) -> bool:
        if self.error is not None:
            raise self.error
        self.done.append(self.town.clock.now())
        return False

    def job(self, name: str = "diary", **values: object) -> Job:
        return Job(name=name, do=self.write, **({"at": time(3, 15)} | values))  # type: ignore[arg-type]  # fields of a job

    def leader(self) -> JobClock:
        """The clock of one more process on this database."""
        return JobClock(self.town.work(broke=self.broken.append), ZONE)


@pytest.fixture
def diary(town: Town) -> Diary:
    return Diary(town)


async def runs(town: Town, job: str = "diary") -> list[tuple[datetime, str]]:
    """(due, state) of every run of a job, by due time."""
    query = select(JobRun.due, JobRun.state).where(JobRun.job == job).order_by(col(JobRun.due))
    return await town.database.read(lambda unit: [(due, state) for due, state in unit.execute(query)])


def local(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param(local(25, 9), local(25, 3, 15), id="later that day"),
        pytest.param(local(25, 3, 15), local(25, 3, 15), id="to the minute"),
        pytest.param(local(25, 3, 14), local(24, 3, 15), id="a minute before"),
        pytest.param(local(25, 0), local(24, 3, 15), id="midnight"),
        pytest.param(datetime(2026, 11, 24, 20, 15, tzinfo=UTC), local(25, 3, 15), id="still the day before in UTC"),
        pytest.param(local(1, 1, month=1, year=2027), local(31, 3, 15, month=12), id="New Year's night"),
    ],
)
def test_a_job_was_last_due(now: datetime, due: datetime) -> None:
    assert latest_due(Job(name="any", do=look_for_damage, at=time(3, 15)), now, ZONE) == due


async def test_a_daily_job_runs_once_a_day_however_often_it_is_ticked(town: Town, diary: Diary) -> None:
    one, job = diary.leader(), diary.job()

    for _ in range(2):
        for _ in range(20):
            await one.tick(job)
            town.clock.move(minutes=30)
        town.clock.move(hours=14)

    assert await runs(town) == [(local(25, 3, 15), "done"), (local(26, 3, 15), "done")]
    assert len(diary.done) == 2


async def test_two_processes_do_a_daily_job_once(town: Town, diary: Diary) -> None:
    one, other, job = diary.leader(), diary.leader(), diary.job()

    for _ in range(5):
        await asyncio.gather(one.tick(job), other.tick(job))
        town.clock.move(minutes=1)  # the lease runs out, and either may lead now
        await other.tick(job)

    assert await runs(town) == [(local(25, 3, 15), "done")]
    assert len(diary.done) == 1


async def test_the_same_due_time_claimed_many_times_at_once_is_worked_once(town: Town, diary: Diary) -> None:
    leaders, job, due = [diary.leader() for _ in range(10)], diary.job(), local(25, 3, 15)

    claimed = await asyncio.gather(*(leader.run(job, due) for leader in leaders))

    assert claimed.count(True) == 1
    assert len(diary.done) == 1


async def test_a_job_missed_for_three_days_is_caught_up_once(town: Town, diary: Diary) -> None:
    leader, job = diary.leader(), diary.job()
    await leader.tick(job)
    town.clock.move(days=3)

    for _ in range(3):
        await leader.tick(job)

    assert await runs(town) == [(local(25, 3, 15), "done"), (local(28, 3, 15), "done")]


async def test_a_job_too_late_to_be_worth_it_is_dropped(town: Town, diary: Diary) -> None:
    leader, job = diary.leader(), diary.job(late=timedelta(hours=1))

    await leader.tick(job)
    town.clock.at = local(26, 3, 30).astimezone(UTC)
    await leader.tick(job)

    assert await runs(town) == [(local(25, 3, 15), "dropped"), (local(26, 3, 15), "done")]
    assert diary.done == [town.clock.now()]


async def test_each_due_time_is_worked_once_though_the_clock_jumps(town: Town, diary: Diary) -> None:
    leader, job = diary.leader(), diary.job()

    for jump in ({"days": 0}, {"days": 1}, {"hours": -1}, {"days": 3653}, {"days": -2}, {"hours": 1}, {"days": 2}):
        town.clock.move(**jump)
        for _ in range(3):
            await leader.tick(job)

    dues = [due for due, _ in await runs(town)]
    assert dues == [local(25, 3, 15), local(26, 3, 15), *(local(d, 3, 15, year=2036) for d in (24, 26))]
    assert len(diary.done) == 4


async def test_a_job_that_fails_is_marked_and_the_others_go_on(town: Town, diary: Diary) -> None:
    leader, bad = diary.leader(), Diary(town, error=ValueError("a bug"))

    for _ in range(3):
        await leader.tick(bad.job("bad"))
        await leader.tick(diary.job())

    assert await runs(town, "bad") == [(local(25, 3, 15), "failed")]
    assert await runs(town) == [(local(25, 3, 15), "done")]


async def test_a_job_done_over_and_over_goes_on_after_it_failed(town: Town, diary: Diary) -> None:
    leader = diary.leader()
    job = diary.job(at=None, every=timedelta(seconds=1))

    diary.error = ValueError("a bug")
    await leader.tick(job)
    diary.error = DatabaseAway("gone for a moment")
    await leader.tick(job)
    diary.error = None
    await leader.tick(job)

    assert len(diary.done) == 1


@pytest.mark.parametrize("job", [pytest.param(job, id=job.name) for job in DAILY])
async def test_each_daily_job_of_the_service_is_done_once_a_day(town: Town, diary: Diary, job: Job) -> None:
    await town.citizen("Lan").says("/menu")
    await town.database.write(chain.seal)
    leader, other = diary.leader(), diary.leader()

    for _ in range(2):
        for _ in range(3):
            await asyncio.gather(leader.tick(job), other.tick(job))
        town.clock.move(days=1)

    assert [state for _, state in await runs(town, job.name)] == ["done", "done"]
    assert diary.broken == []


async def test_every_job_of_the_service_has_one_rhythm_and_a_name_of_its_own() -> None:
    assert all((job.every is None) != (job.at is None) for job in JOBS)
    assert len({job.name for job in JOBS}) == len(JOBS)


def job_of(name: str) -> Job:
    return next(job for job in JOBS if job.name == name)


async def test_new_audit_rows_are_sealed_at_the_next_tick(town: Town, diary: Diary) -> None:
    await town.at_desk(Actor("clock"), lambda desk: desk.note("test.noted", "test"))

    await diary.leader().tick(job_of("seal"))

    unsealed = select(func.count()).where(col(AuditRow.sequence).is_(None))
    assert await town.database.read(lambda unit: unit.scalar(unsealed)) == 0


async def keeps_photo(citizen: Citizen, raw: bytes) -> str:
    await citizen.says("/menu")
    return await citizen.at_desk(lambda desk: desk.files.keep(raw))


async def file(town: Town, file_id: str) -> File:
    return await town.database.read(lambda unit: unit.get_one(File, file_id))


async def test_photos_are_cleaned_or_refused_each_on_its_own(town: Town, diary: Diary) -> None:
    lan, mai = town.citizen("Lan"), town.citizen("Mai")
    picture = BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "PNG")
    ids = [await keeps_photo(lan, b"not a photo"), await keeps_photo(mai, picture.getvalue())]

    await diary.leader().tick(job_of("clean_photos"))
    await town.service.outbox.drain()
    await lan.listens(1)

    kept = [await file(town, file_id) for file_id in ids]
    assert [(f.state, f.body is None) for f in kept] == [("refused", True), ("clean", False)]
    jpeg = await mai.at_desk(lambda desk: desk.files.clean_photo(ids[1]))
    assert jpeg is not None
    assert jpeg.startswith(b"\xff\xd8")
    assert lan.heard[-1].key.startswith("photo_refused.")


async def test_damage_found_at_night_raises_an_alarm(town: Town, diary: Diary) -> None:
    await town.at_desk(Actor("clock"), lambda desk: desk.note("test.noted", "test"))
    await town.database.write(chain.seal)
    await town.database.write(lambda unit: unit.execute(update(AuditRow).values(actor="somebody else")))

    await diary.leader().tick(job_of("look_for_damage"))

    [sentence] = diary.broken
    assert "does not fit the chain" in sentence


async def test_a_process_that_stops_lets_another_lead_at_once(town: Town, diary: Diary) -> None:
    one, other = diary.leader(), diary.leader()
    one.start()
    await one.tick(diary.job("a"))
    await other.tick(diary.job("b"))
    waited = await runs(town, "b")

    await one.stop()
    town.clock.move(seconds=1)  # whoever does not lead asks twice a second at most
    await other.tick(diary.job("b"))

    assert waited == []
    assert [state for _, state in await runs(town, "b")] == ["done"]


async def test_a_stopped_leader_of_a_database_that_is_away_stops_all_the_same(town: Town, diary: Diary) -> None:
    leader = diary.leader()
    leader.start()
    await town.database.close()

    await leader.stop()


async def test_a_job_that_was_interrupted_is_done_after_all(diary: Diary) -> None:
    town, due = diary.town, local(25, 3, 15)
    await town.database.write(lambda unit: machine.begin_run(unit, "diary", due, town.clock.now()))

    at_once = await diary.leader().run(diary.job(), due)
    town.clock.move(minutes=11)
    later = await diary.leader().run(diary.job(), due)

    assert (at_once, later) == (False, True)
    assert await runs(town) == [(due.astimezone(UTC), "done")]


async def test_one_night_with_the_clock_ten_years_fast_forgets_nothing(diary: Diary) -> None:
    town = diary.town
    await town.citizen("Lan").says("/dangky", "1", "1")
    forget = next(job for job in JOBS if job.name == "forget")
    lines = select(func.count()).select_from(ChatLine)
    before = await town.database.read(lambda unit: unit.scalar(lines))

    town.clock.move(days=3650)
    await diary.leader().tick(forget)

    assert before == await town.database.read(lambda unit: unit.scalar(lines))
    assert diary.broken == ["the clock jumped ahead: nothing was forgotten tonight"]


async def test_a_clock_that_is_right_again_is_believed_the_second_night(diary: Diary) -> None:
    town = diary.town
    await town.citizen("Lan").says("/dangky", "1", "1")
    forget = next(job for job in JOBS if job.name == "forget")

    for _ in range(2):
        town.clock.move(days=200)
        await diary.leader().tick(forget)
        town.clock.move(days=1)
        await diary.leader().tick(forget)

    assert await town.database.read(lambda unit: unit.scalar(select(func.count()).select_from(ChatLine))) == 0


# What can't wait for the night


async def test_an_urgent_request_rings_until_it_is_taken_also_at_night(town: Town, diary: Diary) -> None:
    leader, job = diary.leader(), next(job for job in JOBS if job.name == "ring")
    hoa, lan = await clerk(town, "Hoa"), town.citizen("Lan")
    await lan.says("/menu")
    town.clock.move(hours=14)  # 23:00
    async with listening(hoa):
        raised = await lan.at_desk(lambda desk: desk.urgent.raise_one("phường Hòa Khánh", "hunger", None))
        for _ in range(2):
            town.clock.move(minutes=3)
            await leader.tick(job)
            await leader.tick(job)
        await town.service.outbox.drain()
    hoa.hears("urgent.alarm", "urgent.again", "urgent.again")
    rows = select(OutboxRow.state).where(OutboxRow.kind == "urgent")
    assert set(await town.database.read(lambda unit: unit.scalars(rows).all())) == {"sent"}

    await town.as_official(hoa.id, lambda desk: desk.urgent.take(raised.code))
    town.clock.move(minutes=30)
    async with listening(hoa):
        await leader.tick(job)

    hoa.hears()


async def test_talks_in_which_nobody_says_anything_are_ended(town: Town, diary: Diary) -> None:
    leader, job = diary.leader(), next(job for job in JOBS if job.name == "end_idle_talks")
    hoa, lan = await clerk(town, "Hoa"), town.citizen("Lan")
    await lan.says("/menu", "/canbo", "phường Hòa Khánh")
    [talk] = await town.database.read(lambda unit: unit.scalars(select(Talk)).all())
    await town.as_official(hoa.id, lambda desk: desk.talks.take(talk.id, in_chat=False))

    async with listening(lan):
        await leader.tick(job)
        town.clock.move(hours=24, seconds=1)
        await leader.tick(job)
        await town.service.outbox.drain()

    lan.hears("talk.ended_idle")
