"""Two clicks at the same moment, of two officials or of one who clicked twice: one counts, and the other is told so."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from storage.queries import machine
from storage.tables import CaseEvent, OfficialRow
from tests.bot.web.console.test_deciding import SEEN
from tests.kit.audit import actions
from tests.kit.calls import PLACE, raises, resident, wishes
from tests.kit.console import Clerk, clerk
from tests.kit.house import House, open_house
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, asks

BOTH = {"roles": "officer", "units": PLACE, "email": "moi@example.test", "name": "Mới"}


@pytest.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    async with open_house(tmp_path, database_url=database_url) as house:
        yield house


async def at_once(path: str, *clicks: tuple[Clerk, dict[str, str]]) -> list[int]:
    """Send the same form several times at once; the statuses, smallest first."""
    replies = await asyncio.gather(*(who.sends(path, fields) for who, fields in clicks))
    return sorted(reply.status for reply in replies)


async def events(house: House) -> list[str]:
    query = select(CaseEvent.kind).order_by(col(CaseEvent.id))
    return list(await house.database.read(lambda unit: unit.scalars(query).all()))


async def test_two_admins_at_once(house: House) -> None:
    async with clerk(house, "an", "admin") as an, clerk(house, "ba", "admin") as ba, clerk(house, "ca", "admin") as ca:
        for who in (an, ba, ca):
            await who.signs_in()

        assert await at_once("/officials", (an, BOTH), (ba, BOTH), (ca, BOTH)) == [303, 400, 400]
        assert (await an.sends("/owner", {"body": "UBND", "contact": "1022", "data_contact": "a@b.cd"})).status == 303
        waiting = (await house.database.read(machine.owners))[1]
        assert waiting is not None
        number = {"number": str(waiting.number)}
        assert await at_once("/owner/confirm", (ba, number), (ca, number)) == [303, 409]

        async def ends(who: Clerk, other: Clerk) -> int:
            return (await who.sends(f"/officials/{other.id}/disable", {"reason": "left"})).status

        went = await asyncio.gather(ends(an, ba), ends(ba, ca), ends(ca, an))
        assert set(went) <= {303, 400, 401}
        active = select(OfficialRow.id).where(OfficialRow.state == "active")
        assert await house.database.read(lambda unit: unit.scalars(active).all())


async def test_two_officials_at_one_request(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    async with (
        clerk(house, "tam", "officer", places=(HERE,)) as tam,
        clerk(house, "an", "lead", places=(HERE,)) as an,
        clerk(house, "ba", "lead", places=(HERE,)) as ba,
    ):
        seen = {"seen": await last(tam, code)}
        await an.opens("/account")
        both = {**seen, "what": "gạo", "own_words": "xin chờ", "reason": "lives_elsewhere"}
        went = await asyncio.gather(
            tam.sends(f"/requests/{code}/propose", both), an.sends(f"/requests/{code}/refuse", both)
        )
        assert sorted(reply.status for reply in went) == [303, 409]
        if went[1].status == 303:
            return
        seen = {"seen": await last(an, code)}
        await ba.opens("/account")
        # The third is the first one's double click.
        assert await at_once(f"/requests/{code}/approve", (an, seen), (ba, seen), (an, seen)) == [303, 409, 409]
        assert (await events(house)).count("approved") == 1
        await town.service.outbox.drain()


async def last(who: Clerk, code: str) -> str:
    """The last event that a request's page shows."""
    found = SEEN.search((await who.opens(f"/requests/{code}")).body.decode())
    assert found
    return found[1]


async def test_two_officials_at_one_talk_and_one_urgent_request(house: House, town: TownOf) -> None:
    lan = await resident(town)
    talk, urgent = await wishes(town, lan), await raises(town, lan)
    async with clerk(house, "an", "officer", places=(PLACE,)) as an, clerk(house, "ba", "lead", places=(PLACE,)) as ba:
        await an.opens("/account")
        await ba.opens("/account")
        assert await at_once(f"/talks/{talk}/take", (an, {}), (ba, {})) == [303, 409]
        assert await at_once(f"/urgent/{urgent}/take", (an, {}), (ba, {})) == [303, 409]
        done = {"done": "đã tới"}
        assert await at_once(f"/urgent/{urgent}/close", (an, done), (an, done)) == [303, 409]
        assert len(await actions(town, "urgent.closed")) == 1
