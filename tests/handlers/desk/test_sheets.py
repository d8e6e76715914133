"""The link to a sheet: whose it is, how often it opens, and how long."""

import asyncio

import pytest

from handlers.desk import Actor
from tests.kit.requests import asks
from tests.kit.town import Citizen, Town

ON_BOTH = pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])


async def linked(citizen: Citizen, about: str = "review") -> str:
    """A link of hers; returns its token."""
    return (await citizen.at_desk(lambda desk: desk.sheets.link(about, ""))).rpartition("/")[2]


async def uses(town: Town, token: str) -> bool:
    return await town.at_desk(Actor("person"), lambda desk: desk.sheets.use(token))


async def opens(town: Town, token: str) -> bool | None:
    """Whether what a link opens was fetched; None where it opens nothing."""
    found = await town.at_desk(Actor("person"), lambda desk: desk.sheets.look(token))
    return None if found is None else found.used


async def test_a_link_is_used_once_and_then_says_so(town: Town, lan: Citizen) -> None:
    token = await linked(lan)

    assert await opens(town, token) is False
    assert [await uses(town, token) for _ in range(3)] == [True, False, False]
    assert await opens(town, token) is True


@ON_BOTH
async def test_of_several_who_come_at_once_one_gets_it(town: Town, lan: Citizen) -> None:
    token = await linked(lan)

    got = await asyncio.gather(*(uses(town, token) for _ in range(5)), return_exceptions=True)

    assert got.count(True) == 1


async def test_a_new_link_ends_the_old_one_and_no_other(town: Town, lan: Citizen, mai: Citizen) -> None:
    old, others, download = await linked(lan), await linked(mai), await lan.at_desk(lambda d: d.people.download_link())

    new = await linked(lan)

    assert [await opens(town, token) for token in (old, new, others)] == [None, False, False]
    token = download.rpartition("/")[2]
    assert await lan.at_desk(lambda desk: desk.export.language(token)) == "vi"


async def test_a_link_lives_as_long_as_one_to_what_is_stored(town: Town, lan: Citizen) -> None:
    token = await linked(lan)

    town.clock.move(minutes=15)
    assert await opens(town, token) is False
    town.clock.move(seconds=1)
    assert await opens(town, token) is None
    assert await uses(town, token) is False


async def test_erasing_ends_it(town: Town, lan: Citizen) -> None:
    token = await linked(lan)

    await lan.at_desk(lambda desk: desk.people.erase())

    assert await opens(town, token) is None


async def test_a_link_to_a_sheet_opens_nothing_else(town: Town, lan: Citizen) -> None:
    token = await linked(lan)

    assert await lan.at_desk(lambda desk: desk.export.language(token)) is None
    assert await lan.at_desk(lambda desk: desk.pages.look(token)) is None


@pytest.mark.parametrize("end", ["withdraw", "erase"])
async def test_a_request_that_is_over_is_no_longer_taken_by_itself(town: Town, lan: Citizen, end: str) -> None:
    code = await asks(town, "Lan")
    assert await lan.at_desk(lambda desk: desk.sheets.mine()) is not None

    await lan.at_desk(lambda desk: desk.cases.withdraw(code) if end == "withdraw" else desk.people.erase())

    assert await lan.at_desk(lambda desk: desk.sheets.mine()) is None
