"""The keys of days: each is destroyed once no message of its day needs it."""

from sqlmodel import col, select

from handlers.desk import Actor
from storage.tables import DataKey
from tests.kit.dead_letters import set_aside
from tests.kit.town import Citizen, Town


async def forgets(town: Town) -> int:
    return await town.at_desk(Actor("clock"), lambda desk: desk.retention.run())


async def is_given_up(lan: Citizen) -> None:
    await lan.says("/menu")
    await lan.town.database.write(lambda unit: set_aside(unit, lan.town.clock.now()))


async def days_with_a_key(town: Town) -> list[str]:
    query = select(DataKey.name).where(col(DataKey.name).like("day:%")).order_by(DataKey.name)
    return [name.removeprefix("day:") for name in await town.database.read(lambda unit: unit.scalars(query).all())]


async def test_the_key_of_a_day_is_destroyed_once_no_body_needs_it(town: Town) -> None:
    lan = town.citizen("Lan")
    for _ in range(3):
        await lan.says("/menu")
        town.clock.move(days=1)

    made = await days_with_a_key(town)
    town.clock.move(days=1)
    await forgets(town)

    assert made == ["2026-11-25", "2026-11-26", "2026-11-27"]
    assert await days_with_a_key(town) == ["2026-11-26", "2026-11-27"]


async def test_a_dead_letter_keeps_the_key_of_its_own_day_alone(town: Town) -> None:
    lan = town.citizen("Lan")
    await is_given_up(lan)
    for _ in range(8):
        town.clock.move(days=1)
        await lan.says("/menu")

    await forgets(town)

    assert await days_with_a_key(town) == [
        "2026-11-25",
        *(f"2026-{day}" for day in ("11-30", "12-01", "12-02", "12-03")),
    ]


async def test_the_key_of_today_is_never_destroyed(town: Town) -> None:
    lan = town.citizen("Lan")
    await lan.says("/menu")
    await lan.at_desk(lambda desk: desk.people.erase())

    await forgets(town)

    assert await days_with_a_key(town) == ["2026-11-25"]
