"""How many wait where: of what an official may see, and nothing of anything else."""

from sqlalchemy import update

from handlers.console.work.counts import counts
from handlers.desk import Actor
from storage.tables import OutboxRow
from tests.bot.web.console.test_letters import dies
from tests.kit.calls import ELSEWHERE, PLACE, raises, resident, wishes
from tests.kit.gifts import books, brings, gives, needs, promises
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, THERE, asks

NONE = (0, 0, 0, 0)
# Urgent requests, people waiting, messages that are stuck, dead letters.
EXPECTED = {
    "admin": (2, 2, 1, 1),
    "lead": (2, 1, 0, 0),
    "officer": (2, 1, 0, 0),
    "helper": (2, 0, 0, 0),
    "treasurer": NONE,
    "editor": NONE,
    "auditor": (0, 0, 1, 1),
}


async def test_each_role_counts_what_it_may_see(house: House, town: TownOf) -> None:
    lan, mai = await resident(town, "Lan"), await resident(town, "Mai")
    taken = await wishes(town, lan)
    officer = await town.official("hoa", "officer", places=(PLACE,))
    await town.as_official(officer, lambda desk: desk.talks.take(taken, in_chat=False))
    await wishes(town, mai)
    await wishes(town, await resident(town, "Tư"), ELSEWHERE)
    for where in ("phường Hòa Khánh", "không rõ"):
        await raises(town, lan, where=where)
    closed = await raises(town, mai)
    await town.as_official(officer, lambda desk: (desk.urgent.take(closed), desk.urgent.close(closed, "xong")))
    first = update(OutboxRow).where(OutboxRow.id == 1).values(state="failed")  # type: ignore[arg-type]  # a column
    await house.database.write(lambda unit: unit.execute(first))
    await dies(town, lan, "chào")

    found = {}
    for role in EXPECTED:
        one = await town.official(role, role, places=(PLACE,))
        made = await town.as_official(one, counts)
        found[role] = (made.urgent, made.waiting, made.unknown, made.letters)

    assert found == EXPECTED


# Offers nobody answered, gifts that are overdue, hand-overs nothing was heard of for seven days, open grievances.
OF_GIFTS = {
    "admin": (2, 1, 2, 2),
    "lead": (1, 1, 1, 1),
    "officer": (1, 1, 1, 1),
    "helper": (1, 1, 1, 0),
    "treasurer": (2, 1, 2, 2),
    "editor": NONE,
    "auditor": NONE,
}


async def test_each_role_counts_the_gifts_it_may_see(house: House, town: TownOf) -> None:
    boss = await town.official("an", "lead", "officer", places=(HERE, THERE))
    for place in (HERE, THERE):
        case = await asks(town, f"lan {place}", phone="", unit_id=place)
        gift, slot = await promises(town, f"Cho {place}", unit_id=place), await needs(town, boss, case)
        await gives(town, boss, gift, slot)
        await brings(town, boss, (await books(town)).allocation.id)
        await promises(town, f"Mới {place}", unit_id=place, accepted=False)
    await promises(town, "Trễ", unit_id=HERE, due=house.clock.now().date())
    house.clock.move(days=8)
    await town.at_desk(Actor("clock"), lambda desk: desk.grievances.look_for_silence())

    found = {}
    for role in OF_GIFTS:
        one = await town.official(role, role, places=(HERE,))
        made = await town.as_official(one, counts)
        found[role] = (made.gifts.offered, made.gifts.due, made.unconfirmed, made.grievances)

    assert found == OF_GIFTS
