"""Two who do to one gift at the same moment what does not go together: one of them does it, and the sums hold."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from handlers.desk import Desk
from storage.queries.chains import chain
from storage.verify import broken
from tests.kit.gifts import MONEY, Books, books, gives, needs, promises
from tests.kit.requests import HERE, asks
from tests.kit.town import Town

ON_BOTH = pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
ALL = 1_000_000


class Vault:
    """A treasurer, two officials of one place with a need of money each, and a promise of money."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def opens(self) -> "Vault":
        town = self.town
        self.kim = await town.official("kim", "treasurer")
        self.officials = [await town.official(name, "officer", places=(HERE,)) for name in ("tam", "ba")]
        self.slots = []
        for who, official in zip(("Lan", "Mai"), self.officials, strict=True):
            case = await asks(town, who)
            self.slots.append(await needs(town, official, case, "money", ALL))
        self.gift = await promises(town, "Cho", MONEY)
        self.giver = town.citizen("Cho")
        return self

    async def receives(self, amount: int) -> str:
        return await self.town.as_official(
            self.kim, lambda desk: desk.pledge_work.receive(self.gift, amount, "phiếu thu 1")
        )

    async def gives(self, which: int, amount: int) -> str:
        return await gives(self.town, self.officials[which], self.gift, self.slots[which], amount)

    async def brings(self, which: int, amount: int) -> str:
        [given] = [one for one in (await books(self.town)).allocations if one.slot_id == self.slots[which]]
        return await self.town.as_official(
            self.officials[which], lambda desk: desk.allocations.hand_over(given.id, amount, "")
        )

    async def as_giver(self, work: Callable[[Desk], bool]) -> bool:
        return await self.giver.at_desk(work)

    async def books(self) -> Books:
        found = await books(self.town)
        assert found.wrong() == []
        await self.town.database.write(chain.seal)
        assert await self.town.database.read(lambda unit: list(broken(unit, self.town.clock.now()))) == []
        return found


@pytest.fixture
async def vault(town: Town) -> Vault:
    return await Vault(town).opens()


@ON_BOTH
async def test_two_who_hand_over_at_once_hand_over_no_more_than_has_come(vault: Vault) -> None:
    await vault.receives(ALL // 2)
    for which in (0, 1):
        assert await vault.gives(which, ALL // 2) == "done"

    both = await asyncio.gather(vault.brings(0, ALL // 2), vault.brings(1, ALL // 2))

    assert sorted(both) == ["done", "too_much"]
    assert (await vault.books()).pledges[vault.gift].handed == ALL // 2


def _withdraw(vault: Vault) -> Awaitable[bool]:
    return vault.as_giver(lambda desk: desk.allocations.withdraw(desk.pledges.mine()[0]))


def _makes_less(vault: Vault) -> Awaitable[bool]:
    return vault.as_giver(lambda desk: desk.pledges.change(desk.pledges.mine()[0], amount=1))


@ON_BOTH
async def test_who_stops_while_it_is_received_stops_it_or_not_at_all(vault: Vault) -> None:
    stopped, came = await asyncio.gather(_withdraw(vault), vault.receives(ALL))

    pledge = (await vault.books()).pledges[vault.gift]
    assert (stopped, came) in ((True, "not_now"), (False, "done"))
    assert (pledge.state == "withdrawn", pledge.received) == (stopped, 0 if stopped else ALL)


@ON_BOTH
@pytest.mark.parametrize("changes", [_withdraw, _makes_less])
async def test_who_changes_a_promise_while_it_is_given_on_leaves_no_need_without_its_gift(
    vault: Vault, changes: Callable[[Vault], Awaitable[bool]]
) -> None:
    changed, *given = await asyncio.gather(changes(vault), vault.gives(0, ALL // 2), vault.gives(1, ALL // 2))

    found = await vault.books()
    pledge, held = found.pledges[vault.gift], [one for one in found.allocations if one.state == "allocated"]
    assert pledge.allocated == sum(one.amount for one in held) <= pledge.amount
    assert not held or pledge.closed_at is None
    assert changed or given.count("done") == 2 or held
