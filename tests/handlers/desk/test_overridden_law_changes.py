"""A figure that officials entered is a change of the law like one that was shipped: families asked before are found."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import select

from handlers.desk import Actor
from storage.database import Unit
from storage.queries import law_changes
from storage.tables import LawChange
from tests.handlers.conversations.checks import ABOVE, CONSENTED
from tests.kit.rules import FIGURE, PARENT, TwoAdmins, two_admins
from tests.kit.town import Citizen, Town

LATELY = date(2026, 11, 2)
REACHES_BACK = replace(FIGURE, valid_from=LATELY, in_force_from=date(2026, 11, 20))
SHIPPED = date(2026, 7, 1)


@pytest.fixture
async def office(town: Town) -> TwoAdmins:
    return await two_admins(town)


@pytest.fixture
async def parent(town: Town) -> Citizen:
    """Somebody who was told of an allowance that rests on the figure, in a town where another was told of none."""
    citizen, other = town.citizen("Lan"), town.citizen("Mai")
    await citizen.says(*PARENT)
    await other.says(*CONSENTED, *ABOVE)
    return citizen


async def look(town: Town) -> None:
    """Let the clock see what is in force, and look whom confirmed changes concern."""
    await town.service.rule_watch.look()
    while await town.at_desk(Actor("clock"), lambda desk: desk.law_changes.look()):
        pass


async def confirms(town: Town, office: TwoAdmins, day: date) -> str:
    await town.service.rule_watch.look()
    return await town.as_official(office.an, lambda desk: desk.law_changes.confirm(day))


async def found(town: Town) -> dict[date, int]:
    """How many people each change that was looked at concerns."""

    def read(unit: Unit) -> dict[date, int]:
        changes = unit.scalars(select(LawChange)).all()
        return {change.day: law_changes.count(unit, change.id) for change in changes}

    return await town.database.read(read)


async def test_who_was_told_by_the_figure_before_is_found_by_the_day_it_counts_from(
    town: Town, office: TwoAdmins, parent: Citizen
) -> None:
    before = await confirms(town, office, LATELY)
    await office.has(REACHES_BACK)

    after = await confirms(town, office, LATELY)
    await look(town)

    assert (before, after) == ("absent", "done")
    assert await found(town) == {LATELY: 1}


async def test_a_change_that_was_looked_at_by_another_figure_is_open_again(
    town: Town, office: TwoAdmins, parent: Citizen
) -> None:
    await confirms(town, office, SHIPPED)
    await look(town)
    entry = await office.has(replace(FIGURE, valid_from=SHIPPED, in_force_from=date(2026, 10, 5)))
    opened = await found(town)
    again = await confirms(town, office, SHIPPED)
    await look(town)
    looked = await found(town)
    await office.acts(office.an, "withdraw", entry)
    await office.acts(office.bo, "confirm", entry)

    assert (opened, again, looked) == ({}, "done", {SHIPPED: 2})
    assert await found(town) == {}


async def test_a_change_of_other_figures_stays_as_it_was_looked_at(
    town: Town, office: TwoAdmins, parent: Citizen
) -> None:
    await confirms(town, office, SHIPPED)
    await look(town)

    await office.has(REACHES_BACK)

    assert await found(town) == {SHIPPED: 2}
