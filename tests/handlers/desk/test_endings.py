"""Accounts and campaigns that end soon: those who have to do with them are told in time, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.desk import Actor
from tests.kit.giving import DAY, DRAFT, ENTRY, Front
from tests.kit.on_duty import Clerk, clerk, listening
from tests.kit.town import Town


@pytest.fixture
async def kim(town: Town) -> Clerk:
    return await clerk(town, "Kim", "treasurer", places=())


@pytest.fixture
async def office(town: Town, kim: Clerk) -> Front:
    return Front(town, kim.id, await town.official("quantri", "admin"))


async def told(town: Town, who: Clerk, days: int) -> list[tuple[int, str]]:
    """(day, key) of what she is told today and on the days that follow; the clock looks twice a day."""
    found: list[tuple[int, str]] = []
    for day in range(days):
        async with listening(who):
            for _ in range(2):
                await town.at_desk(Actor("clock"), lambda desk: desk.endings.tell())
        found += [(day, message.key) for message in who.heard]
        town.clock.move(days=1)
    return found


async def test_of_an_account_its_treasurers_hear_a_week_before(town: Town, kim: Clerk, office: Front) -> None:
    await office.has(replace(ENTRY, last_day=DAY + timedelta(days=20)))

    assert await told(town, kim, 30) == [(13, "endings.account")]


async def test_whoever_keeps_no_account_hears_nothing(town: Town, office: Front) -> None:
    tam = await clerk(town, "Tâm")
    await office.has(replace(ENTRY, last_day=DAY + timedelta(days=3)))

    assert await told(town, tam, 10) == []


async def test_of_an_account_that_nobody_sees_or_that_has_no_last_day_nobody_hears(
    town: Town, kim: Clerk, office: Front
) -> None:
    await office.has()
    await office.enters(replace(ENTRY, number="0011 223355", last_day=DAY + timedelta(days=3)))
    ended = await office.has(replace(ENTRY, number="0011 223366", last_day=DAY + timedelta(days=3)))
    await town.as_official(kim.id, lambda desk: desk.gift_accounts.end(ended))

    assert await told(town, kim, 10) == []


async def test_of_a_campaign_its_writer_hears_three_days_before(town: Town, kim: Clerk, office: Front) -> None:
    code = await office.opens(last_day=DAY + timedelta(days=10))

    assert await told(town, kim, 7) == []
    async with listening(kim):
        await town.at_desk(Actor("clock"), lambda desk: desk.endings.tell())
    assert code in kim.hears_last("endings.campaign").text
    assert await told(town, kim, 10) == []


async def test_of_a_campaign_that_is_none_yet_or_was_closed_nobody_hears(town: Town, kim: Clerk, office: Front) -> None:
    soon = DAY + timedelta(days=2)
    closed = await office.opens(last_day=soon)
    assert await town.as_official(kim.id, lambda desk: desk.campaigns.close(closed)) == "done"
    await office.writes(replace(DRAFT, last_day=soon))

    assert await told(town, kim, 5) == []
