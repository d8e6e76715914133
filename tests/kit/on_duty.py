"""Officials who work from a chat, and whoever listens while somebody else acts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlmodel import func, select

from handlers.desk import Actor
from storage.tables import OutboxRow
from tests.kit.town import Citizen, Town

PLACE = "phuong_hoa_khanh"


@dataclass
class Clerk(Citizen):
    """An official at her phone. id: of her account."""

    id: str = ""


async def clerk(
    town: Town, name: str, *roles: str, places: tuple[str, ...] = (PLACE,), channel: str = "webchat"
) -> Clerk:
    """An official with an active account, for which her chat acts; an officer unless other roles are given."""
    official_id = await town.official(name, *(roles or ("officer",)), places=places)
    made = Clerk(town, name, "vi", channel, id=official_id)
    await made.says("/menu")
    person_id = (await made.chat()).person_id
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.bind_chat(official_id, person_id))
    return made


@asynccontextmanager
async def listening(*citizens: Citizen) -> AsyncIterator[None]:
    """While others act, listen: afterwards each has heard what was said to her meanwhile."""
    town = citizens[0].town
    before = await town.database.read(lambda unit: unit.scalar(select(func.max(OutboxRow.id))) or 0)
    yield
    for citizen in citizens:
        await citizen.listens(before)


async def disable(town: Town, official: Clerk) -> None:
    """End an official's account."""
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.disable(official.id, "left"))
