"""The clock does its own work on announcements: drafts for officials, digests, and whom a change of the law means."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot.jobs.chores import Work
from bot.jobs.table import JOBS, Job
from storage.tables import Broadcast, LawChange, Recipient
from tests.handlers.conversations.checks import CONSENTED, POOR
from tests.kit.giving import front
from tests.kit.news import press, subscriber
from tests.kit.town import Town


def job(name: str) -> Job:
    return next(one for one in JOBS if one.name == name)


@pytest.fixture
def work(town: Town) -> Work:
    return town.work()


async def does(work: Work, name: str) -> int:
    """Do a job until nothing is left, as its tick does; returns how often there was something."""
    times = 0
    while await job(name).do(work):
        times += 1
    return times


async def test_posts_are_drafted_a_few_minutes_after_a_campaign_opens(town: Town, work: Work) -> None:
    await (await front(town)).opens()

    times = await does(work, "write_posts"), await does(work, "write_posts")

    authors = await town.database.read(lambda unit: unit.scalars(select(Broadcast.authors)).all())
    assert (times, authors) == ((1, 0), [["clock"]])
    assert job("write_posts").every == timedelta(minutes=5)


async def test_a_confirmed_change_is_looked_at_to_its_end(town: Town, work: Work) -> None:
    await town.citizen("Lan").says(*CONSENTED, *POOR)
    admin = await town.official("an", "admin")
    await town.as_official(admin, lambda desk: desk.law_changes.confirm(date(2027, 1, 1)))

    times = await does(work, "look_at_law_changes"), await does(work, "look_at_law_changes")

    found = await town.database.read(lambda unit: unit.scalars(select(LawChange)).one())
    assert (times, found.state, found.found) == ((1, 0), "found", 1)


async def test_digests_go_out_once_a_day_for_everybody(town: Town, work: Work) -> None:
    for number in range(60):  # more than one slice
        await subscriber(town, f"Người {number}")
    await (await press(town)).announces("Lịch trạm y tế")
    town.clock.move(days=1)

    said = [await job("send_digests").do(work) for _ in range(2)]

    states = await town.database.read(lambda unit: unit.scalars(select(Recipient.state)).all())
    assert (said, states) == ([True, False], ["digested"] * 60)
