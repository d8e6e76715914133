"""Officials who work from a chat, and whoever listens while somebody else acts."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlmodel import func, select

from handlers.desk import Actor
from storage.tables import OutboxRow
from tests.kit.town import Citizen, Town

PLACE = "phuong_hoa_khanh"


@dataclass
class Clerk(Citizen):
    """An official at her phone, who gives a one-time code where she is asked for one. id: of her account.

    gives_codes: or else she leaves the question open.
    """

    id: str = ""
    gives_codes: bool = True

    async def is_bound(self) -> None:
        """Let her chat act for her account."""
        chat = await self.chat()
        await self.town.at_desk(Actor("operator"), lambda desk: desk.acting_chats.bind(self.id, chat))

    async def code(self) -> str:
        """A one-time code that she has not used."""
        code = await self.town.at_desk(Actor("operator"), lambda desk: desk.signing_in.unused_code(self.id))
        assert code is not None
        return code

    async def takes_in(self, update_id: str, kind: str, body: Mapping[str, object]) -> None:
        await super().takes_in(update_id, kind, body)
        if self.gives_codes and self.heard and self.heard[-1].key == "one_time_code.one_time_code":
            before = self.heard[:-1]
            await self.says(await self.code())
            self.heard = [*before, *self.heard]


async def clerk(
    town: Town, name: str, *roles: str, places: tuple[str, ...] = (PLACE,), channel: str = "webchat"
) -> Clerk:
    """An official with an active account, for which her chat acts; an officer unless other roles are given."""
    official_id = await town.official(name, *(roles or ("officer",)), places=places)
    made = Clerk(town, name, "vi", channel, id=official_id)
    await made.says("/menu")
    await town.at_desk(Actor("operator"), lambda desk: desk.signing_in.hand_out(official_id, ""))
    await made.is_bound()
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
