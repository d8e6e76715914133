"""Accounts and campaigns to test with: who enters and confirms, who writes and opens, and what all of it says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol, TypeVar

from handlers.desk import Actor, Desk
from handlers.desk.money import AccountEntry, CampaignDraft, stamp

T = TypeVar("T")
DAY = date(2026, 11, 25)
ENTRY = AccountEntry(owner="Ban vận động thử", bank="vietcombank", number="0011 223344", first_day=DAY)
DRAFT = CampaignDraft(
    title={"vi": "Mái nhà trước Tết", "en": "A roof before Tet"},
    about={"vi": "Sửa nhà dột cho các gia đình.", "en": "Mending roofs."},
    organiser="Ban vận động thử",
    basis="fund_for_the_poor",
    first_day=DAY,
    last_day=DAY + timedelta(days=30),
    goal=100_000_000,
)


class Office(Protocol):
    """What a town and a house have alike."""

    async def official(self, name: str, *roles: str, places: tuple[str, ...] = ()) -> str: ...
    async def as_official(self, official_id: str, work: Callable[[Desk], T]) -> T: ...
    async def at_desk(self, actor: Actor, work: Callable[[Desk], T]) -> T: ...


@dataclass
class Front:
    """Two officials who need each other: a treasurer who enters and writes, and an admin who confirms and opens."""

    town: Office
    treasurer: str
    admin: str

    async def enters(self, entry: AccountEntry = ENTRY) -> str:
        """An account that waits to be confirmed; its id."""
        entered = await self.town.as_official(self.treasurer, lambda desk: desk.gift_accounts.enter(entry))
        assert entered
        return entered

    async def has(self, entry: AccountEntry = ENTRY) -> str:
        """An account that is confirmed; its id."""
        account = await self.enters(entry)
        await self.confirms(account)
        return account

    async def confirms(self, account: str) -> None:
        """An account that was entered is confirmed."""
        assert await self.town.as_official(self.admin, lambda desk: desk.gift_accounts.confirm(account)) == "done"

    async def writes(self, draft: CampaignDraft = DRAFT) -> str:
        """A draft; its code."""
        code = await self.town.as_official(self.treasurer, lambda desk: desk.campaigns.write(draft))
        assert code
        return code

    async def opens(self, draft: CampaignDraft = DRAFT, **others: object) -> str:
        """A campaign that is open; its code. others: what differs from the draft."""
        code = await self.writes(replace(draft, **others))  # type: ignore[arg-type]  # fields of a draft
        await self.lets_open(code)
        return code

    async def lets_open(self, code: str) -> None:
        """A draft is opened."""
        assert await self.town.as_official(self.admin, lambda desk: _open(desk, code)) == "done"


def _open(desk: Desk, code: str) -> str:
    seen = desk.campaigns.read(code)
    assert seen
    return desk.campaigns.open(code, stamp(seen))


async def front(town: Office) -> Front:
    """The treasurer and the admin of a town."""
    return Front(town, await town.official("ketoan", "treasurer"), await town.official("quantri", "admin"))
