"""Entries of officials over the shipped rows of law, and two admins who make them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from handlers.desk import Desk
from handlers.rules.overrides import Override

T = TypeVar("T")
SOCIAL_BASE = "parameter.social_base"
NEW_YEAR = date(2027, 1, 1)
ACT = "NĐ 1/2027/NĐ-CP Điều 4"
# A poor family in which one parent raises two children, and the figure is paid for each.
PARENT = ("/kiemtra", "1", "phường Hải Châu", "Hộ nghèo", "Cha hoặc mẹ một mình nuôi con", "2")
FIGURE = Override(
    what="figure",
    row_id=SOCIAL_BASE,
    valid_from=NEW_YEAR,
    value=560_000,
    compared_on=date(2026, 11, 24),
    document=ACT,
    evidence="text",
)
COMPARED = Override(
    what="compared",
    row_id="parameter.base_salary",
    valid_from=date(2026, 7, 1),
    value=2_530_000,
    compared_on=date(2026, 11, 24),
    document="NĐ 161/2026/NĐ-CP",
    evidence="text",
)


class Office(Protocol):
    """What a town and a house have alike."""

    async def official(self, name: str, *roles: str, places: tuple[str, ...] = ()) -> str: ...
    async def as_official(self, official_id: str, work: Callable[[Desk], T]) -> T: ...


@dataclass
class TwoAdmins:
    """Two who need each other: one proposes, the other confirms."""

    town: Office
    an: str
    bo: str

    async def proposes(self, one: Override = FIGURE) -> str:
        """An entry that waits for another; its id."""
        assert await self.town.as_official(self.an, lambda desk: desk.rule_overrides.propose(one)) == "done"
        return await self.town.as_official(self.an, lambda desk: desk.rule_overrides.open_ones()[0].id)

    async def has(self, one: Override = FIGURE) -> str:
        """An entry in force; its id."""
        entry = await self.proposes(one)
        assert await self.acts(self.bo, "confirm", entry) == "done"
        return entry

    async def acts(self, who: str, what: str, entry: str) -> str:
        """One of them does something to an entry; how it went."""
        return await self.town.as_official(who, lambda desk: str(getattr(desk.rule_overrides, what)(entry)))


async def two_admins(town: Office) -> TwoAdmins:
    """The admins of a town."""
    return TwoAdmins(town, await town.official("an", "admin"), await town.official("bo", "admin"))
