"""Gifts given to needs: what may go where, what the sums come to, who is told, and what thirty at once get."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import pytest

from handlers.desk import Desk
from handlers.desk.allocations import Allocations, HouseholdContact
from storage.tables import CaseEvent, Pledge
from tests.kit.audit import actions
from tests.kit.gifts import JOB, MONEY, RICE, Books, books, brings, gives, needs, promises
from tests.kit.on_duty import clerk, listening
from tests.kit.requests import HERE, THERE, asks
from tests.kit.town import Town

T = TypeVar("T")
ON_BOTH = pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
AT_ONCE = 30


@dataclass
class Hall:
    """A unit's office with a request for rice, and somebody who promised some."""

    town: Town
    officer: str
    case: str
    slot: str
    gift: str

    async def does(self, work: Callable[[Allocations], T], who: str = "") -> T:
        return await self.town.as_official(who or self.officer, lambda desk: work(desk.allocations))

    async def books(self) -> Books:
        found = await books(self.town)
        assert found.wrong() == []
        return found


@pytest.fixture
async def hall(town: Town) -> Hall:
    officer = await town.official("tam", "officer", places=(HERE,))
    case = await asks(town, "Lan")
    return Hall(town, officer, case, await needs(town, officer, case), await promises(town, "Cho"))


async def test_a_gift_is_allotted_handed_over_and_its_need_waits_for_the_word(hall: Hall) -> None:
    assert await gives(hall.town, hall.officer, hall.gift, hall.slot) == "done"
    given = (await hall.books()).allocation

    assert await brings(hall.town, hall.officer, given.id) == "done"

    found = await hall.books()
    pledge = found.pledges[hall.gift]
    assert (pledge.allocated, pledge.handed, pledge.confirmed, pledge.state) == (10, 10, 0, "handed_over")
    assert found.kinds() == [("allotted", 10), ("handed_over", 10)]
    assert (found.allocation.handed_by, found.slots[hall.slot].state) == (hall.officer, "open")


async def test_where_less_is_handed_over_the_rest_is_free_again(hall: Hall) -> None:
    await gives(hall.town, hall.officer, hall.gift, hall.slot)
    given = (await hall.books()).allocation

    assert await brings(hall.town, hall.officer, given.id, 7) == "done"

    found = await hall.books()
    assert found.kinds() == [("allotted", 10), ("returned", 3), ("handed_over", 7)]
    assert (found.allocation.amount, found.pledges[hall.gift].allocated) == (7, 7)
    assert found.pledges[hall.gift].state == "allocated"


async def test_a_part_of_a_gift_leaves_the_rest_for_another_need(hall: Hall) -> None:
    other = await needs(hall.town, hall.officer, hall.case)

    went = [await gives(hall.town, hall.officer, hall.gift, slot, 6) for slot in (hall.slot, other)]

    assert went == ["done", "too_much"]
    assert await gives(hall.town, hall.officer, hall.gift, other, 4) == "done"
    assert (await hall.books()).pledges[hall.gift].allocated == 10


async def test_of_one_need_one_gift_is_held(hall: Hall) -> None:
    more = await promises(hall.town, "Cho thêm")
    await gives(hall.town, hall.officer, hall.gift, hall.slot, 1)

    assert await gives(hall.town, hall.officer, more, hall.slot, 1) == "taken"
    assert await gives(hall.town, hall.officer, hall.gift, hall.slot, 1) == "taken"


WRONG: dict[str, tuple[str, dict[str, object], int]] = {
    "nothing": ("invalid", {}, 0),
    "less than nothing": ("invalid", {}, -1),
    "more than is needed": ("too_much", {"amount": 100}, 11),
    "more than is there": ("too_much", {"amount": 3}, 4),
    "another kind": ("invalid", {"kind": "time", "measure": "kg"}, 1),
    "what nobody accepted": ("not_now", {"accepted": False}, 1),
    "what is past its day": ("not_now", {"until": date(2026, 11, 24)}, 1),
    "of another unit": ("absent", {"unit_id": THERE}, 1),
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_does_not_go_is_said_and_changes_nothing(hall: Hall, what: str) -> None:
    wrong, changed, amount = WRONG[what]
    code = await promises(hall.town, "Sai", RICE, **changed)  # type: ignore[arg-type]  # fields of an offer

    assert await gives(hall.town, hall.officer, code, hall.slot, amount) == wrong

    found = await hall.books()
    assert (found.allocations, found.lines) == ([], [])


async def test_an_amount_in_another_measure_is_the_giver_s(hall: Hall) -> None:
    sacks = await promises(hall.town, "Bao", RICE, amount=20, measure="bao")

    assert await gives(hall.town, hall.officer, sacks, hall.slot, 20) == "done"


@pytest.mark.parametrize(
    ("code", "slot"),
    [
        ("UH-0000-0000", ""),
        ("", "0" * 24),
        ("HS-0000-0000", ""),
        ("'; --", ""),
        ("", "\0"),
        ("", "đ"),
    ],
)
async def test_an_absent_gift_or_need_is_absent(hall: Hall, code: str, slot: str) -> None:
    assert await gives(hall.town, hall.officer, code or hall.gift, slot or hall.slot) == "absent"


async def test_a_stranger_s_need_looks_like_none(hall: Hall) -> None:
    elsewhere = await hall.town.official("xa", "officer", places=(THERE,))
    await gives(hall.town, hall.officer, hall.gift, hall.slot)
    given = (await hall.books()).allocation

    went = (
        await gives(hall.town, elsewhere, hall.gift, hall.slot),
        await brings(hall.town, elsewhere, given.id),
        await hall.does(lambda at: at.give_back(given.id, "nhầm"), elsewhere),
    )

    assert went == ("absent", "absent", "absent")
    assert "rights.refused" in await actions(hall.town)


@pytest.mark.parametrize("role", ["admin", "helper", "editor", "auditor"])
async def test_who_may_not_give_on_does_not(hall: Hall, role: str) -> None:
    nobody = await hall.town.official(role, role, places=(HERE,))

    assert await gives(hall.town, nobody, hall.gift, hall.slot) == "absent"


async def test_nobody_gives_her_own_gift_on_or_to_her_own_request(hall: Hall) -> None:
    boss = await clerk(hall.town, "Sếp", "lead", places=(HERE,))
    hers = await promises(hall.town, "Sếp")
    case = await asks(hall.town, "Sếp", name="Sếp")
    slot = await needs(hall.town, hall.officer, case)

    went = [await gives(hall.town, boss.id, *pair, 1) for pair in ((hers, hall.slot), (hall.gift, slot))]

    assert went == ["own", "own"]


async def test_money_is_handed_over_only_as_far_as_it_has_come(hall: Hall) -> None:
    money = await promises(hall.town, "Tiền", MONEY)
    slot = await needs(hall.town, hall.officer, hall.case, "money", 1_000_000)
    await gives(hall.town, hall.officer, money, slot, 800_000)
    given = (await hall.books()).allocation

    before = await brings(hall.town, hall.officer, given.id, 500_000)
    await hall.town.as_official(hall.officer, lambda desk: desk.pledges.receive(_of(desk, money), 500_000))
    too_much = await brings(hall.town, hall.officer, given.id, 500_001)

    assert (before, too_much) == ("too_much", "too_much")
    assert await brings(hall.town, hall.officer, given.id, 500_000) == "done"
    assert (await hall.books()).pledges[money].handed == 500_000


@pytest.mark.parametrize("amount", [0, -5, 11])
async def test_no_more_is_handed_over_than_was_allotted(hall: Hall, amount: int) -> None:
    await gives(hall.town, hall.officer, hall.gift, hall.slot)
    given = (await hall.books()).allocation

    assert await brings(hall.town, hall.officer, given.id, amount) in ("invalid", "too_much")
    assert (await hall.books()).pledges[hall.gift].handed == 0


async def test_what_is_given_back_is_free_again_and_only_before_the_hand_over(hall: Hall) -> None:
    await gives(hall.town, hall.officer, hall.gift, hall.slot)
    first = (await hall.books()).allocation
    silent = await hall.does(lambda at: at.give_back(first.id, " "))

    assert (silent, await hall.does(lambda at: at.give_back(first.id, "chưa cần"))) == ("invalid", "done")
    assert (await hall.books()).pledges[hall.gift].allocated == 0
    assert await gives(hall.town, hall.officer, hall.gift, hall.slot) == "done"
    again = (await hall.books()).allocation
    await brings(hall.town, hall.officer, again.id)
    assert await hall.does(lambda at: at.give_back(again.id, "nhầm")) == "not_now"


async def test_the_official_s_words_are_kept_with_the_request_and_not_with_the_gift(hall: Hall) -> None:
    await gives(hall.town, hall.officer, hall.gift, hall.slot)
    given = (await hall.books()).allocation
    await brings(hall.town, hall.officer, given.id, words="trao cho bà Lan tại nhà")

    def words(desk: Desk) -> tuple[list[str], list[bool]]:
        case = desk.casework.find(hall.case, "case.see")
        assert case is not None
        events = [e for e in desk.unit.query(CaseEvent).all() if e.kind == "gift_handed_over" and e.note is not None]
        opened = [str(desk.vault.open(f"case:{case.id}", f"case_event.note:{e.id}", e.note or b"")) for e in events]
        return opened, [e.note is not None for e in desk.pledges.events(_of(desk, hall.gift))]

    with_request, with_gift = await hall.town.as_official(hall.officer, words)
    assert with_request == ["trao cho bà Lan tại nhà"]
    assert not any(with_gift)


# Who stops


async def test_a_giver_may_stop_before_the_hand_over_and_the_officials_are_told(hall: Hall) -> None:
    lead = await clerk(hall.town, "An", "lead", places=(HERE,))
    await gives(hall.town, hall.officer, hall.gift, hall.slot)
    cho = hall.town.citizen("Cho")

    async with listening(lead):
        stopped = await cho.at_desk(lambda desk: desk.allocations.withdraw(_of(desk, hall.gift)))

    found = await hall.books()
    assert (stopped, found.pledges[hall.gift].state, found.pledges[hall.gift].allocated) == (True, "withdrawn", 0)
    assert (found.allocation.state, found.slots[hall.slot].state) == ("returned", "open")
    lead.hears("gift_news.freed")


async def test_a_giver_can_not_stop_what_was_handed_over(hall: Hall) -> None:
    await gives(hall.town, hall.officer, hall.gift, hall.slot)
    await brings(hall.town, hall.officer, (await hall.books()).allocation.id)

    stopped = await hall.town.citizen("Cho").at_desk(lambda desk: desk.allocations.withdraw(_of(desk, hall.gift)))

    assert not stopped
    assert (await hall.books()).pledges[hall.gift].state == "handed_over"


async def test_a_giver_who_makes_it_less_than_was_left_closes_it_when_all_has_arrived(hall: Hall) -> None:
    await gives(hall.town, hall.officer, hall.gift, hall.slot, 6)
    given = (await hall.books()).allocation
    await brings(hall.town, hall.officer, given.id, 6)
    await hall.town.citizen("Lan").at_desk(lambda desk: desk.household_gifts.confirm(given.id, "all"))

    done = await hall.town.citizen("Cho").at_desk(lambda desk: desk.pledges.change(_of(desk, hall.gift), amount=6))

    assert (done, (await hall.books()).pledges[hall.gift].state) == (True, "received")


# Meeting an employer


async def test_an_employer_hears_of_nobody_before_the_yes(hall: Hall) -> None:
    job, slot = await promises(hall.town, "Chủ", JOB), await needs(hall.town, hall.officer, hall.case, "job", 1)
    lan = hall.town.citizen("Lan")
    async with listening(lan):
        assert await gives(hall.town, hall.officer, job, slot, 1) == "done"
    given = (await hall.books()).allocation

    lan.hears("household_gift.ask_job")
    assert given.state == "asked"
    assert await hall.does(lambda at: at.contact(given.id)) is None
    assert await brings(hall.town, hall.officer, given.id, 1) == "not_now"

    await lan.at_desk(lambda desk: desk.household_gifts.answer_offer(given.id, wants=True))

    assert await hall.does(lambda at: at.contact(given.id)) == HouseholdContact("Nguyễn Thị Lan", "+84905123456")
    await lan.at_desk(lambda desk: desk.consents.withdraw("meet"))
    assert await hall.does(lambda at: at.contact(given.id)) is None


async def test_a_no_frees_both(hall: Hall) -> None:
    job, slot = await promises(hall.town, "Chủ", JOB), await needs(hall.town, hall.officer, hall.case, "job", 1)
    await gives(hall.town, hall.officer, job, slot, 1)
    given = (await hall.books()).allocation

    done = await hall.town.citizen("Lan").at_desk(lambda desk: desk.household_gifts.answer_offer(given.id, wants=False))

    found = await hall.books()
    assert (done.how, found.allocation.state, found.pledges[job].allocated) == ("done", "declined", 0)
    assert await gives(hall.town, hall.officer, job, slot, 1) == "done"


async def test_an_employer_nobody_verified_is_shown_to_nobody(hall: Hall) -> None:
    job, slot = await promises(hall.town, "Chủ", JOB), await needs(hall.town, hall.officer, hall.case, "job", 1)

    def unverify(desk: Desk) -> None:
        _of(desk, job).verified_by = None

    await hall.town.as_official(hall.officer, unverify)

    assert await gives(hall.town, hall.officer, job, slot, 1) == "not_now"


async def test_whoever_wants_no_news_is_not_written_to(town: Town) -> None:
    officer = await town.official("tam", "officer", places=(HERE,))
    case, quiet = await asks(town, "Yên", news=False), town.citizen("Yên")
    job, slot = await promises(town, "Chủ", JOB), await needs(town, officer, case, "job", 1)

    async with listening(quiet):
        await gives(town, officer, job, slot, 1)

    assert quiet.heard == []
    assert len(await quiet.at_desk(lambda desk: desk.household_gifts.offers())) == 1


# Thirty at once


@ON_BOTH
async def test_of_thirty_who_give_to_one_need_at_once_one_does(hall: Hall) -> None:
    officials = [await hall.town.official(f"o{n}", "officer", places=(HERE,)) for n in range(AT_ONCE)]
    codes = [await promises(hall.town, f"Cho {n}", RICE) for n in range(AT_ONCE)]

    went = await asyncio.gather(
        *(gives(hall.town, who, code, hall.slot, 10) for who, code in zip(officials, codes, strict=True))
    )

    assert sorted(went) == ["done"] + ["taken"] * (AT_ONCE - 1)
    found = await hall.books()
    assert len(found.allocations) == 1
    assert sum(pledge.allocated for pledge in found.pledges.values()) == 10


@ON_BOTH
async def test_one_gift_given_to_thirty_needs_at_once_is_given_once_over(hall: Hall) -> None:
    slots = [await needs(hall.town, hall.officer, hall.case) for _ in range(AT_ONCE)]

    went = await asyncio.gather(*(gives(hall.town, hall.officer, hall.gift, slot, 3) for slot in slots))

    assert sorted(went) == ["done"] * 3 + ["too_much"] * (AT_ONCE - 3)
    found = await hall.books()
    assert (len(found.allocations), found.pledges[hall.gift].allocated) == (3, 9)


@ON_BOTH
async def test_of_two_who_hand_over_at_once_one_does(hall: Hall) -> None:
    other = await hall.town.official("mai", "helper", places=(HERE,))
    await gives(hall.town, hall.officer, hall.gift, hall.slot)
    given = (await hall.books()).allocation

    went = await asyncio.gather(*(brings(hall.town, who, given.id) for who in (hall.officer, other)))

    assert sorted(went) == ["done", "not_now"]
    assert (await hall.books()).pledges[hall.gift].handed == 10


def _of(desk: Desk, code: str) -> Pledge:
    pledge = desk.pledges.by_code(code)
    assert pledge is not None
    return pledge
