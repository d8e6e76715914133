"""Promises: which state follows which, what the sums hold, and what may still be changed."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

import pytest

from handlers.desk import Desk
from handlers.desk.pledges import FOLLOWS, MOST, OPEN, Offer
from storage.tables import Pledge
from tests.kit.town import Citizen

T = TypeVar("T")
MONEY = Offer(kind="money", giver="person", amount=1_000_000, name="Nguyễn Thị Lan", phone="+84905123456")
STATES = tuple(FOLLOWS)


async def promised(lan: Citizen, offer: Offer = MONEY) -> str:
    return await lan.at_desk(lambda desk: desk.pledges.offer(offer).code)


async def does(lan: Citizen, code: str, work: Callable[[Desk, Pledge], T]) -> T:
    def run(desk: Desk) -> T:
        pledge = desk.pledges.by_code(code)
        assert pledge
        return work(desk, pledge)

    return await lan.at_desk(run)


@pytest.mark.parametrize("amount", [0, -1, MOST + 1, 10**15])
async def test_an_amount_that_is_none_is_refused(lan: Citizen, amount: int) -> None:
    with pytest.raises(ValueError, match="no such amount"):
        await promised(lan, Offer(kind="money", giver="person", amount=amount, name="Lan"))

    assert await lan.at_desk(lambda desk: desk.pledges.mine()) == []


@pytest.mark.parametrize("old", STATES)
@pytest.mark.parametrize("new", STATES)
async def test_only_a_state_that_follows_may_come(lan: Citizen, old: str, new: str) -> None:
    code = await promised(lan)

    def move(desk: Desk, pledge: Pledge) -> str:
        pledge.state = old
        try:
            desk.pledges.move_to(pledge, new, new)
        except ValueError:
            return "refused"
        assert (pledge.closed_at is None) == (new in OPEN)
        return "moved"

    assert await does(lan, code, move) == ("moved" if new in FOLLOWS[old] else "refused")


async def test_what_is_promised_is_never_given_on_twice(lan: Citizen) -> None:
    code = await promised(lan)

    def give(desk: Desk, pledge: Pledge) -> list[bool]:
        desk.pledges.move_to(pledge, "accepted", "accepted")
        return [desk.pledges.take(pledge, amount) for amount in (600_000, 600_000, 400_000, 1, 0, -1)]

    assert await does(lan, code, give) == [True, False, True, False, False, False]
    assert await does(lan, code, lambda _, pledge: pledge.allocated) == 1_000_000


async def test_an_offer_that_nobody_accepted_is_not_given_on(lan: Citizen) -> None:
    code = await promised(lan)

    assert not await does(lan, code, lambda desk, pledge: desk.pledges.take(pledge, 1))


async def test_it_is_changed_while_it_is_open_and_never_below_what_has_come(lan: Citizen) -> None:
    code = await promised(lan)
    await does(lan, code, lambda desk, pledge: desk.pledges.receive(pledge, 400_000))

    def change(desk: Desk, pledge: Pledge) -> list[bool]:
        return [desk.pledges.change(pledge, amount=amount) for amount in (0, -5, 399_999, MOST + 1, 400_000)]

    assert await does(lan, code, change) == [False, False, False, False, True]


async def test_it_is_withdrawn_only_while_nothing_of_it_has_come(lan: Citizen) -> None:
    first, second = await promised(lan), await promised(lan)
    await does(lan, second, lambda desk, pledge: desk.pledges.receive(pledge, 1))

    assert await does(lan, first, lambda desk, pledge: desk.allocations.withdraw(pledge))
    assert not await does(lan, first, lambda desk, pledge: desk.allocations.withdraw(pledge))
    assert not await does(lan, second, lambda desk, pledge: desk.allocations.withdraw(pledge))


async def test_nothing_is_received_of_a_promise_that_was_withdrawn(lan: Citizen) -> None:
    code = await promised(lan)
    await does(lan, code, lambda desk, pledge: desk.allocations.withdraw(pledge))

    with pytest.raises(ValueError, match="nothing to receive"):
        await does(lan, code, lambda desk, pledge: desk.pledges.receive(pledge, 1))


async def test_a_new_day_begins_its_reminders_anew(lan: Citizen) -> None:
    code = await promised(lan)

    def put_off(desk: Desk, pledge: Pledge) -> tuple[date | None, int]:
        pledge.reminders = 3
        desk.pledges.change(pledge, due=date(2026, 12, 20))
        return pledge.due, pledge.reminders

    assert await does(lan, code, put_off) == (date(2026, 12, 20), 0)


async def test_somebody_else_s_code_and_none_look_alike(lan: Citizen, mai: Citizen) -> None:
    code = await promised(lan)

    def finds(desk: Desk) -> list[bool]:
        return [desk.pledges.find_mine(typed) is not None for typed in (code, "UH-0000-0000", "", "x" * 500)]

    assert await mai.at_desk(finds) == [False, False, False, False]
    assert await lan.at_desk(finds) == [True, False, False, False]
