"""What did not arrive as it was written down: who is told, who may close it, and what becomes of gift and need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bot.jobs.table import JOBS
from handlers.desk import Actor, Desk
from handlers.desk.allocations import Answer, Answered, Grievances, ListedGrievance
from storage.tables import Grievance
from tests.kit.gifts import Books, books, brings, drive, gives, needs, promises
from tests.kit.on_duty import Clerk, clerk, listening
from tests.kit.requests import HERE, THERE, asks
from tests.kit.town import Citizen, Town

T = TypeVar("T")
CLOCK = Actor("clock")


@dataclass
class Hall:
    """A unit's office in which ten kilos of rice were handed over to Lan. giver: of the gift; tam handed it over."""

    town: Town
    tam: Clerk
    lead: Clerk
    lan: Citizen
    case: str
    slot: str
    gift: str
    allocation: str

    async def says(self, answer: Answer, amount: int | None = None) -> Answered:
        return await self.lan.at_desk(lambda desk: desk.household_gifts.confirm(self.allocation, answer, amount))

    async def does(self, who: Clerk, work: Callable[[Grievances], T]) -> T:
        return await self.town.as_official(who.id, lambda desk: work(desk.grievances))

    async def open_ones(self, who: Clerk | None = None) -> list[ListedGrievance]:
        return await self.does(who or self.lead, lambda at: at.listed())

    async def looks_for_silence(self) -> int:
        return await self.town.at_desk(CLOCK, lambda desk: desk.grievances.look_for_silence())

    async def closes(self, who: Clerk, outcome: str, words: str = "đã đến nhà xem") -> str:
        grievance = (await self.open_ones())[0].id
        return await self.does(who, lambda at: at.close(grievance, outcome, words))

    async def books(self) -> Books:
        found = await books(self.town)
        assert found.wrong() == []
        return found


@pytest.fixture
async def hall(town: Town) -> Hall:
    tam = await clerk(town, "Tâm", "officer", places=(HERE,))
    lead = await clerk(town, "An", "lead", places=(HERE,))
    case = await asks(town, "Lan")
    slot, gift = await needs(town, tam.id, case), await promises(town, "Cho")
    await gives(town, tam.id, gift, slot)
    allocation = (await books(town)).allocation.id
    await brings(town, tam.id, allocation)
    return Hall(town, tam, lead, town.citizen("Lan"), case, slot, gift, allocation)


# The household's word


async def test_all_is_confirmed_and_the_need_is_met(hall: Hall) -> None:
    assert await hall.says("all") == Answered("done", "all")

    found = await hall.books()
    assert found.kinds()[-1] == ("confirmed", 10)
    assert (found.allocation.state, found.slots[hall.slot].state) == ("confirmed", "met")
    assert (found.pledges[hall.gift].state, found.pledges[hall.gift].confirmed) == ("received", 10)
    assert await hall.open_ones() == []


@pytest.mark.parametrize(("answer", "amount"), [("less", 7), ("not_yet", None), ("not_mine", None)])
async def test_anything_else_is_looked_into_and_those_who_decide_are_told(
    hall: Hall, answer: Answer, amount: int | None
) -> None:
    async with listening(hall.lead, hall.tam):
        assert await hall.says(answer, amount) == Answered("done", answer)

    (listed,) = await hall.open_ones()
    assert (listed.cause, listed.said, listed.amount, listed.handed_by) == (answer, amount, 10, hall.tam.id)
    assert ((await hall.books()).allocation.state, (await hall.books()).pledges[hall.gift].confirmed) == ("differs", 0)
    hall.lead.hears(f"gift_news.{answer}")
    assert hall.tam.heard == []


@pytest.mark.parametrize("amount", [None, 0, -1, 10, 11])
async def test_less_is_less_than_was_written_down(hall: Hall, amount: int | None) -> None:
    assert await hall.says("less", amount) == Answered("invalid")
    assert (await hall.books()).allocation.state == "handed_over"


async def test_one_word_counts_and_a_second_is_told_the_first(hall: Hall) -> None:
    await hall.says("not_yet")

    assert await hall.says("all") == Answered("answered", "not_yet")
    assert (await hall.books()).allocation.state == "differs"


async def test_nobody_else_speaks_for_her(hall: Hall) -> None:
    mai = hall.town.citizen("Mai")
    await mai.says("/menu")

    said = await mai.at_desk(lambda desk: desk.household_gifts.confirm(hall.allocation, "all"))

    assert said == Answered("absent")
    assert await mai.at_desk(lambda desk: desk.household_gifts.find_brought(hall.allocation)) is None


async def test_nothing_is_confirmed_before_it_was_handed_over(town: Town) -> None:
    officer = await town.official("tam", "officer", places=(HERE,))
    slot = await needs(town, officer, await asks(town, "Lan"))
    await gives(town, officer, await promises(town, "Cho"), slot)
    given = (await books(town)).allocation.id

    said = await town.citizen("Lan").at_desk(lambda desk: desk.household_gifts.confirm(given, "all"))

    assert said == Answered("absent")


# Silence


async def test_seven_days_of_silence_open_one_once(hall: Hall) -> None:
    hall.town.clock.move(days=7, seconds=-1)
    early = await hall.looks_for_silence()
    hall.town.clock.move(seconds=1)

    assert (early, await hall.looks_for_silence(), await hall.looks_for_silence()) == (0, 1, 0)
    assert [one.cause for one in await hall.open_ones()] == ["silent"]


async def test_of_a_campaign_s_need_a_second_official_is_asked_at_once(town: Town) -> None:
    tam = await clerk(town, "Tâm", "officer", places=(HERE,))
    lead = await clerk(town, "An", "lead", places=(HERE,))
    code, title = await drive(town, HERE), {"vi": "Gạo (mẫu)", "en": "Rice (sample)"}
    slot = (
        await town.as_official(
            lead.id, lambda desk: desk.needs.open_for_campaign(code, "food", "goods", 10, title, "kg")
        )
    ).slot_id
    await gives(town, tam.id, await promises(town, "Cho"), slot)
    await brings(town, tam.id, (await books(town)).allocation.id)

    found = await town.at_desk(CLOCK, lambda desk: desk.grievances.look_for_silence())

    [open_one] = await town.as_official(lead.id, lambda desk: desk.grievances.listed())
    closing = [
        await town.as_official(who.id, lambda desk: desk.grievances.close(open_one.id, "received", "đã xem kho"))
        for who in (tam, lead)
    ]
    assert (found, open_one.cause, closing) == (1, "silent", ["own", "done"])
    assert (await books(town)).allocation.state == "settled"


async def test_a_late_all_ends_what_silence_opened(hall: Hall) -> None:
    hall.town.clock.move(days=8)
    await hall.looks_for_silence()

    assert (await hall.says("all")).how == "done"

    assert await hall.open_ones() == []
    assert (await hall.books()).allocation.state == "confirmed"


async def test_a_late_less_takes_the_place_of_silence(hall: Hall) -> None:
    hall.town.clock.move(days=8)
    await hall.looks_for_silence()

    await hall.says("less", 4)

    assert [(one.cause, one.said) for one in await hall.open_ones()] == [("less", 4)]


async def test_silence_is_looked_for_every_morning() -> None:
    job = next(job for job in JOBS if job.name == "look_for_silence")

    assert job.at is not None
    assert (job.at.hour, job.at.minute) == (8, 0)


# Closing


async def test_who_handed_it_over_can_not_close_it(hall: Hall) -> None:
    await hall.says("less", 7)

    assert await hall.closes(hall.tam, "received") == "own"
    assert len(await hall.open_ones()) == 1
    assert [one.hers for one in await hall.open_ones(hall.tam)] == [True]


async def test_the_database_itself_lets_nobody_close_what_she_handed_over(hall: Hall) -> None:
    await hall.says("less", 7)
    by_herself = update(Grievance).values(closed_by=hall.tam.id, state="closed")

    with pytest.raises(IntegrityError):
        await hall.town.database.write(lambda unit: unit.execute(by_herself))


@pytest.mark.parametrize("outcome", ["received", "made_good"])
async def test_what_turns_out_well_counts_as_it_was_handed_over(hall: Hall, outcome: str) -> None:
    await hall.says("less", 7)

    async with listening(hall.lan):
        assert await hall.closes(hall.lead, outcome) == "done"

    found = await hall.books()
    assert (found.allocation.state, found.allocation.confirmed_amount) == ("settled", 10)
    assert (found.pledges[hall.gift].confirmed, found.pledges[hall.gift].state) == (10, "received")
    assert found.slots[hall.slot].state == "met"
    hall.lan.hears(f"household_gift.{outcome}")


async def test_what_is_taken_back_can_be_given_again_and_the_need_waits(hall: Hall) -> None:
    await hall.says("not_mine")

    assert await hall.closes(hall.lead, "taken_back") == "done"

    found = await hall.books()
    pledge = found.pledges[hall.gift]
    assert found.kinds() == [("allotted", 10), ("handed_over", 10), ("returned", 10)]
    assert (pledge.allocated, pledge.handed, pledge.state) == (0, 0, "accepted")
    assert (found.allocation.state, found.slots[hall.slot].state) == ("returned", "open")
    assert await gives(hall.town, hall.tam.id, hall.gift, hall.slot) == "done"


@pytest.mark.parametrize(("outcome", "words"), [("", "x"), ("gone", "x"), ("received", " "), ("received", "x" * 2_001)])
async def test_it_is_closed_with_an_outcome_of_the_list_and_with_words(hall: Hall, outcome: str, words: str) -> None:
    await hall.says("not_yet")

    assert await hall.closes(hall.lead, outcome, words) == "invalid"


async def test_it_is_closed_once_and_its_words_are_read_by_who_may(hall: Hall) -> None:
    stranger = await clerk(hall.town, "Xa", "lead", places=(THERE,))
    await hall.says("not_yet")
    grievance = (await hall.open_ones())[0].id

    assert await hall.does(stranger, lambda at: at.close(grievance, "received", "x")) == "absent"
    assert await hall.closes(hall.lead, "received", "đã hỏi hàng xóm") == "done"

    assert await hall.does(hall.lead, lambda at: at.close(grievance, "taken_back", "x")) == "not_now"
    assert await hall.does(hall.lead, lambda at: at.words(grievance)) == "đã hỏi hàng xóm"
    assert await hall.does(stranger, lambda at: at.words(grievance)) == ""


async def test_a_hand_over_to_a_campaign_s_need_is_looked_into_by_a_second_official_too(town: Town) -> None:
    """Nobody is there to confirm it, so silence opens it."""
    tam, lead = await clerk(town, "Tâm", "officer", places=(HERE,)), await clerk(town, "An", "lead", places=(HERE,))
    title = {"vi": "Gạo", "en": "Rice"}
    code = await drive(town, HERE)
    opened = await town.as_official(
        lead.id, lambda desk: desk.needs.open_for_campaign(code, "food", "goods", 10, title, "kg")
    )
    gift = await promises(town, "Cho")
    await gives(town, tam.id, gift, opened.slot_id)
    await brings(town, tam.id, (await books(town)).allocation.id)
    town.clock.move(days=7)
    await town.at_desk(CLOCK, lambda desk: desk.grievances.look_for_silence())

    def close(desk: Desk) -> str:
        (only,) = desk.grievances.listed()
        return desk.grievances.close(only.id, "received", "đã phát hết")

    assert await town.as_official(tam.id, close) == "own"
    assert await town.as_official(lead.id, close) == "done"
    assert (await books(town)).slots[opened.slot_id].state == "met"


async def test_what_erased_people_leave_open_can_be_closed(hall: Hall) -> None:
    await hall.says("not_yet")
    await hall.lan.at_desk(lambda desk: desk.people.erase())

    assert await hall.closes(hall.lead, "received") == "done"
    assert (await hall.books()).allocation.state == "settled"
