"""Whatever the clock does and however many look at once, each reminder of each subject is sent once."""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from bot.jobs.chores import Work
from bot.jobs.table import JOBS, Job, JobClock, table
from storage.tables import JobRun, OutboxRow, Reminder
from tests.kit.gifts import books, brings, gives, needs, promises
from tests.kit.giving import DAY, ENTRY, Front
from tests.kit.on_duty import Clerk, clerk
from tests.kit.requests import HERE, asks
from tests.kit.town import Town

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NAMES = ("tell_officials", "tell_of_endings", "remind_of_questions", "remind_of_arrivals", "remind_of_forms")
REMIND = tuple(job for job in JOBS if job.name in NAMES)


@dataclass
class Office:
    """A town in which everything waits that is reminded of: a form, a question, a hand-over, an account, a campaign."""

    town: Town
    tam: Clerk
    kim: Clerk

    def work(self) -> Work:
        """What a process that was just started works with."""
        return self.town.work()

    def leader(self) -> JobClock:
        return JobClock(self.work(), ZONE)

    async def said(self) -> Counter[str]:
        """What the clock said, each message by its place, and how often."""
        query = select(OutboxRow.key, OutboxRow.cause).where(col(OutboxRow.cause).like("%/%"))
        rows = await self.town.database.read(lambda unit: unit.execute(query).all())
        return Counter(key.removeprefix(f"{cause}/") for key, cause in rows if cause.startswith(NAMES))

    async def kinds(self) -> Counter[str]:
        """How many of what the clock said are of each kind."""
        return Counter(place.partition("/")[0] for place in (await self.said()).elements())


@pytest.fixture
async def office(town: Town) -> Office:
    tam, kim = await clerk(town, "Tâm", places=(HERE,)), await clerk(town, "Kim", "treasurer", places=())
    await town.citizen("Hoa").says("/dangky", "1", "1")
    asked = await asks(town, "Mai")
    assert await town.as_official(tam.id, lambda desk: desk.casework.ask(asked, "Xin ảnh giấy ra viện.")) == "done"
    slot, gift = await needs(town, tam.id, await asks(town, "Lan")), await promises(town, "Cho")
    await gives(town, tam.id, gift, slot)
    await brings(town, tam.id, (await books(town)).allocation.id)
    keepers = Front(town, kim.id, await town.official("quantri", "admin"))
    soon = DAY + timedelta(days=7)
    await keepers.has(replace(ENTRY, last_day=soon))
    await keepers.opens(last_day=soon)
    return Office(town, tam, kim)


# Five days later.
ON_MONDAY = {"morning": 1, "ends": 2, "question": 1, "arrival": 1, "form": 1}


async def test_two_who_look_at_once_remind_once(office: Office) -> None:
    office.town.clock.move(days=5)
    works = [office.work() for _ in range(3)]

    for job in REMIND:
        await asyncio.gather(*(job.do(work) for work in works))

    assert await office.kinds() == ON_MONDAY
    assert set((await office.said()).values()) == {1}


async def test_two_leaders_and_a_restart_remind_once(office: Office) -> None:
    office.town.clock.move(days=5)
    one, other = office.leader(), office.leader()

    for job in REMIND:
        await asyncio.gather(one.tick(job), other.tick(job))
    office.town.clock.move(minutes=1)  # the lease runs out
    anew = office.leader()
    for job in REMIND:
        await anew.tick(job)
        await job.do(office.work())  # as if the row of its run had been lost

    assert await office.kinds() == ON_MONDAY


async def test_though_the_clock_jumps_each_reminder_is_sent_once(office: Office) -> None:
    leader = office.leader()

    for jump in ({"days": 1}, {"hours": -1}, {"days": 3653}, {"days": -2}, {"days": -3651}, *[{"days": 1}] * 12):
        office.town.clock.move(**jump)
        for job in REMIND:
            await leader.tick(job)
            await job.do(office.work())

    assert set((await office.said()).values()) == {1}
    kinds = await office.kinds()
    assert {kind: kinds[kind] for kind in ("ends", "question", "arrival", "form", "case")} == {
        "ends": 2, "question": 2, "arrival": 1, "form": 2, "case": 1
    }  # fmt: skip


async def test_a_round_that_was_cut_off_goes_on_where_nobody_was_told(office: Office) -> None:
    office.town.clock.move(days=3)
    [forms] = [job for job in REMIND if job.name == "remind_of_forms"]
    work, anew = office.work(), office.work()
    going = asyncio.create_task(_do(forms, work))
    asyncio.get_running_loop().call_soon(going.cancel)  # once it has begun
    with pytest.raises(asyncio.CancelledError):
        await going

    await forms.do(anew)
    await forms.do(anew)

    assert (await office.kinds())["form"] == 1


async def _do(job: Job, work: Work) -> None:
    await job.do(work)


async def test_a_reminder_that_comes_too_late_in_the_day_is_dropped(office: Office) -> None:
    office.town.clock.at = datetime(2026, 11, 28, 19, 0, tzinfo=ZONE).astimezone(UTC)
    leader = office.leader()

    for job in REMIND:
        await leader.tick(job)

    states = select(JobRun.job).where(JobRun.state == "done")
    done = await office.town.database.read(lambda unit: set(unit.scalars(states)))
    assert done == {"tell_of_endings"}


async def test_the_officials_morning_is_when_the_operator_chose() -> None:
    jobs = table(time(6, 30))

    assert [job.at for job in jobs if job.name == "tell_officials"] == [time(6, 30)]
    assert [job for job in jobs if not job.digest] == [job for job in JOBS if not job.digest]


async def test_every_reminder_has_its_row(office: Office) -> None:
    office.town.clock.move(days=5)
    for job in REMIND:
        await job.do(office.work())

    query = select(Reminder.kind, Reminder.number, Reminder.state)
    rows = await office.town.database.read(lambda unit: {tuple(row) for row in unit.execute(query)})
    assert rows == {
        ("morning", date(2026, 11, 30).toordinal(), "sent"), ("account_ends", 1, "sent"), ("campaign_ends", 1, "sent"),
        ("question", 1, "sent"), ("arrival", 1, "sent"), ("form", 1, "skipped"), ("form", 2, "sent"),
    }  # fmt: skip
