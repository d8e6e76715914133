"""Needs: who opens and closes them, what the board shows of them, and what becomes of them with their request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

from handlers.desk import Desk
from handlers.desk.allocations import Needs, OpenedNeed
from storage.tables import NeedSlot
from tests.kit.audit import actions
from tests.kit.gifts import books, brings, drive, gives, needs, promises
from tests.kit.on_duty import clerk, listening
from tests.kit.requests import HERE, THERE, asks
from tests.kit.town import Town

T = TypeVar("T")
TITLE = {"vi": "Chăn ấm", "en": "Warm blankets"}


@dataclass
class Hall:
    """A unit's office with a request of Lan's, who needs work and sells bamboo shoots."""

    town: Town
    officer: str
    case: str

    async def does(self, work: Callable[[Needs], T], who: str = "") -> T:
        return await self.town.as_official(who or self.officer, lambda desk: work(desk.needs))

    async def slots(self) -> dict[str, NeedSlot]:
        return (await books(self.town)).slots


@pytest.fixture
async def hall(town: Town) -> Hall:
    officer = await town.official("tam", "officer", places=(HERE,))
    asked: dict[str, object] = {
        "needs": ("work", "trade"),
        "work": "con trai, thợ hồ, đi gần",
        "goods": "măng khô, mùa mưa, thiếu người mua",
    }
    return Hall(town, officer, await asks(town, "Lan", **asked))  # type: ignore[arg-type]  # fields of a request


# Opening


@pytest.mark.parametrize(
    ("need", "kind", "measure", "words"),
    [
        ("work", "job", "người", "con trai, thợ hồ, đi gần"),
        ("trade", "link", "kg", "măng khô, mùa mưa, thiếu người mua"),
    ],
)
async def test_a_need_of_work_or_trade_begins_with_the_household_s_own_words(
    hall: Hall, need: str, kind: str, measure: str, words: str
) -> None:
    opened = await hall.does(lambda at: at.open_for_case(hall.case, need, kind, 2, measure))

    assert opened.how == "done"
    assert await hall.does(lambda at: at.words(opened.slot_id)) == words


async def test_an_official_s_words_take_their_place_and_lie_sealed(hall: Hall) -> None:
    opened = await hall.does(lambda at: at.open_for_case(hall.case, "work", "job", 1, "người", words="thợ may"))

    assert await hall.does(lambda at: at.words(opened.slot_id)) == "thợ may"
    assert "need.read" in await actions(hall.town)
    assert "thợ may".encode() not in ((await hall.slots())[opened.slot_id].words or b"")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "idea"}, {"kind": "gold"}, {"amount": 0}, {"amount": -1}, {"amount": 10**12 + 1}, {"measure": " "},
        {"measure": "k" * 41}, {"months": (0,)}, {"months": (13,)}, {"need": ""}, {"words": "x" * 2_001},
        {"kind": "money", "measure": "kg"}, {"topic": "t" * 41},
    ],
    ids=str,
)  # fmt: skip
async def test_what_no_gift_could_meet_is_not_opened(hall: Hall, wrong: dict[str, object]) -> None:
    said = {"need": "food", "kind": "goods", "amount": 10, "measure": "kg"} | wrong

    assert await hall.does(lambda at: at.open_for_case(hall.case, **said)) == OpenedNeed("invalid")  # type: ignore[arg-type]  # on purpose
    assert await hall.slots() == {}


async def test_only_officials_of_the_unit_open_one_and_none_for_her_own_request(hall: Hall) -> None:
    boss = await clerk(hall.town, "Sếp", "lead", places=(HERE,))
    elsewhere = await hall.town.official("xa", "officer", places=(THERE,))
    helper = await hall.town.official("giup", "helper", places=(HERE,))
    hers = await asks(hall.town, "Sếp", name="Sếp")

    went = [
        await hall.does(lambda at, code=code: at.open_for_case(code, "food", "goods", 1, "kg"), who)  # type: ignore[misc]  # bound early
        for who, code in ((elsewhere, hall.case), (helper, hall.case), (boss.id, hers), (hall.officer, "HS-0000-0000"))
    ]

    assert {one.how for one in went} == {"absent"}


async def test_a_campaign_s_need_is_told_in_every_language(hall: Hall) -> None:
    lead = await hall.town.official("an", "lead", places=(HERE,))
    code = await drive(hall.town, HERE)

    async def opens(title: dict[str, str], kind: str = "goods") -> str:
        return (await hall.does(lambda at: at.open_for_campaign(code, "food", kind, 50, title, "cái"), lead)).how

    assert await opens({"vi": "Chăn ấm", "en": " "}) == "invalid"
    assert await opens(TITLE, "job") == "invalid"
    assert await opens(TITLE) == "done"
    (shown,) = await hall.does(lambda at: at.board(campaign_code=code))
    assert (shown.title, shown.campaign_code, shown.case_code) == (TITLE, code, "")


async def test_a_city_wide_campaign_s_need_is_opened_by_who_writes_campaigns(hall: Hall) -> None:
    code = await drive(hall.town)
    treasurer = await hall.town.official("kt", "treasurer")

    went = [
        (await hall.does(lambda at: at.open_for_campaign(code, "food", "money", 50, TITLE), who)).how
        for who in (hall.officer, treasurer)
    ]

    assert went == ["absent", "done"]


# Closing


async def test_a_need_is_closed_unless_a_gift_is_on_its_way(hall: Hall) -> None:
    slot = await needs(hall.town, hall.officer, hall.case)
    await gives(hall.town, hall.officer, await promises(hall.town, "Cho"), slot)
    other = await needs(hall.town, hall.officer, hall.case)
    elsewhere = await hall.town.official("xa", "officer", places=(THERE,))

    assert await hall.does(lambda at: at.close(slot)) == "taken"
    assert await hall.does(lambda at: at.close(other), elsewhere) == "absent"
    assert await hall.does(lambda at: at.close(other)) == "done"
    assert await hall.does(lambda at: at.close(other)) == "not_now"


async def test_needs_end_with_a_request_that_is_stopped_and_gifts_are_free_again(hall: Hall) -> None:
    lead, lan = await clerk(hall.town, "An", "lead", places=(HERE,)), hall.town.citizen("Lan")
    slot, gift = await needs(hall.town, hall.officer, hall.case), await promises(hall.town, "Cho")
    await gives(hall.town, hall.officer, gift, slot)

    async with listening(lead):
        assert await lan.at_desk(lambda desk: desk.cases.withdraw(hall.case))

    found = await books(hall.town)
    assert (found.slots[slot].state, found.allocation.state, found.pledges[gift].allocated) == ("closed", "returned", 0)
    assert found.wrong() == []
    lead.hears("gift_news.freed")


@pytest.mark.parametrize("erased", [False, True])
async def test_what_was_handed_over_stays_so_when_the_request_ends(hall: Hall, *, erased: bool) -> None:
    slot, gift = await needs(hall.town, hall.officer, hall.case), await promises(hall.town, "Cho")
    await gives(hall.town, hall.officer, gift, slot)
    await brings(hall.town, hall.officer, (await books(hall.town)).allocation.id)

    def end(desk: Desk) -> object:
        return desk.people.erase() if erased else desk.cases.withdraw(hall.case)

    await hall.town.citizen("Lan").at_desk(end)

    found = await books(hall.town)
    assert (found.slots[slot].state, found.allocation.state, found.pledges[gift].handed) == (
        "closed",
        "handed_over",
        10,
    )
    assert found.wrong() == []


async def test_erasing_frees_what_was_given_to_a_request_that_can_no_longer_be_stopped(hall: Hall) -> None:
    slot, gift = await needs(hall.town, hall.officer, hall.case), await promises(hall.town, "Cho")
    await gives(hall.town, hall.officer, gift, slot)

    def delivering(desk: Desk) -> None:
        case = desk.casework.find(hall.case, "case.see")
        assert case is not None
        case.state = "delivering"

    await hall.town.as_official(hall.officer, delivering)
    await hall.town.citizen("Lan").at_desk(lambda desk: desk.people.erase())

    found = await books(hall.town)
    assert (found.slots[slot].state, found.allocation.state, found.pledges[gift].allocated) == ("closed", "returned", 0)


async def test_erased_needs_have_no_words(hall: Hall) -> None:
    opened = await hall.does(lambda at: at.open_for_case(hall.case, "work", "job", 1, "người"))

    await hall.town.citizen("Lan").at_desk(lambda desk: desk.people.erase())

    assert (await hall.slots())[opened.slot_id].words is None
    assert await hall.does(lambda at: at.words(opened.slot_id)) == ""


async def test_needs_go_with_a_request_to_the_unit_it_is_placed_in(hall: Hall) -> None:
    slot = await needs(hall.town, hall.officer, hall.case)
    await gives(hall.town, hall.officer, await promises(hall.town, "Cho"), slot)
    given = (await books(hall.town)).allocation.id
    await brings(hall.town, hall.officer, given)
    await hall.town.citizen("Lan").at_desk(lambda desk: desk.household_gifts.confirm(given, "not_yet"))
    leads = [await hall.town.official(name, "lead", places=(place,)) for name, place in (("an", HERE), ("xa", THERE))]

    assert await hall.town.as_official(hall.officer, lambda desk: desk.casework.place(hall.case, THERE)) == "done"

    found = await books(hall.town)
    seen = [await hall.town.as_official(lead, lambda desk: len(desk.grievances.listed())) for lead in leads]
    assert (found.slots[slot].unit_id, found.allocation.unit_id, seen) == (THERE, THERE, [0, 1])


# The board


async def test_the_board_shows_what_is_within_reach_narrowed_and_page_by_page(hall: Hall) -> None:
    rice = [await needs(hall.town, hall.officer, hall.case) for _ in range(3)]
    job = await needs(hall.town, hall.officer, hall.case, "job", 1, need="work")
    elsewhere = await hall.town.official("xa", "officer", places=(THERE,))
    treasurer = await hall.town.official("kt", "treasurer")

    everything = await hall.does(lambda at: at.board())
    second = await hall.does(lambda at: at.board(kind="goods", after=rice[0], most=1))
    others = [await hall.does(lambda at: at.board(unit_id=HERE), who) for who in (elsewhere, treasurer)]

    assert [one.id for one in everything] == [*rice, job]
    assert {one.case_code for one in everything} == {hall.case}
    assert [one.id for one in second] == [rice[1]]
    assert [len(one) for one in others] == [0, 4]
    assert [one.id for one in await hall.does(lambda at: at.board(need="work"))] == [job]


async def test_the_board_says_what_is_still_lacking_and_what_is_held(hall: Hall) -> None:
    slot, gift = await needs(hall.town, hall.officer, hall.case), await promises(hall.town, "Cho")
    lan = hall.town.citizen("Lan")
    await gives(hall.town, hall.officer, gift, slot, 4)
    (held,) = await hall.does(lambda at: at.board())
    given = (await books(hall.town)).allocation.id
    await brings(hall.town, hall.officer, given, 4)
    await lan.at_desk(lambda desk: desk.household_gifts.confirm(given, "all"))

    (after,) = await hall.does(lambda at: at.board())

    assert (held.held, held.left) == (True, 10)
    assert (after.held, after.left, after.state) == (False, 6, "open")
    assert await gives(hall.town, hall.officer, gift, slot, 7) == "too_much"
    assert await gives(hall.town, hall.officer, gift, slot, 6) == "done"
