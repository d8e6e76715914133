"""A household that says nothing of what was handed over is asked once more, three days after, and then looked into."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from handlers.desk import Actor, Desk
from handlers.desk.allocations import ArrivalReminders
from tests.kit.gifts import HELP, books, brings, drive, gives, needs, promises
from tests.kit.on_duty import Clerk, clerk, listening
from tests.kit.requests import HERE, asks
from tests.kit.rounds import goes_round
from tests.kit.town import Citizen, Town


@dataclass
class Hall:
    """Ten kilos of rice were handed over to Lan."""

    town: Town
    tam: Clerk
    lan: Citizen
    case: str
    allocation: str

    async def asked_on(self, days: int, *, a_day: int = 2) -> list[tuple[int, str]]:
        """(day, key) of what she gets, as the clock goes round so often on each of the days that follow."""
        found: list[tuple[int, str]] = []
        for day in range(1, days + 1):
            self.town.clock.move(days=1)
            async with listening(self.lan):
                await goes_round(self.town, ArrivalReminders, times=a_day)
            found += [(day, message.key) for message in self.lan.heard]
        return found


async def given(town: Town, *, news: bool = True, kind: str = "goods", **case: object) -> Hall:
    """A hall in which something was handed over. news: Lan agreed to news of her request."""
    tam = await clerk(town, "Tâm", places=(HERE,))
    code = await asks(town, "Lan", news=news, **case)  # type: ignore[arg-type]  # fields of a request
    slot = await needs(town, tam.id, code, kind)
    gift = await promises(town, "Cho", **({} if kind == "goods" else {"offer": HELP, "amount": 10}))  # type: ignore[arg-type]  # an offer
    await gives(town, tam.id, gift, slot)
    allocation = (await books(town)).allocation.id
    assert await brings(town, tam.id, allocation) == "done"
    return Hall(town, tam, town.citizen("Lan"), code, allocation)


@pytest.fixture
async def hall(town: Town) -> Hall:
    return await given(town)


async def test_she_is_asked_once_more_after_three_days(hall: Hall) -> None:
    assert await hall.asked_on(40) == [(3, "household_gift.did_you_get_it")]


async def test_she_is_asked_as_before_and_each_answer_counts(hall: Hall) -> None:
    hall.town.clock.move(days=3)
    async with listening(hall.lan):
        await goes_round(hall.town, ArrivalReminders)

    told = hall.lan.hears_last("household_gift.did_you_get_it")
    assert told.kind == "reminder"
    assert told.text.split("\n")[0] == "Có một việc cần ông/bà xác nhận."
    assert told.options == ("Nhận đủ", "Nhận thiếu", "Chưa nhận", "Không phải của tôi")
    hall.lan.said = 10  # she has written before
    await hall.lan.presses("Nhận đủ")
    assert (await books(hall.town)).allocation.state == "confirmed"


async def test_who_wrote_for_somebody_is_asked_for_her(town: Town) -> None:
    hall = await given(town, for_other=True, helper_name="Mai")

    assert await hall.asked_on(10) == [(3, "household_gift.did_they_get_it")]


def answers(desk: Desk, allocation: str) -> None:
    assert desk.household_gifts.confirm(allocation, "not_yet").how == "done"


def wants_no_news(desk: Desk, allocation: str) -> None:
    assert desk.consents.withdraw("case_news")


def erases_herself(desk: Desk, allocation: str) -> None:
    desk.people.erase()


@pytest.mark.parametrize("does", [answers, wants_no_news, erases_herself])
async def test_nobody_is_asked_again_who(hall: Hall, does: Callable[[Desk, str], None]) -> None:
    await hall.lan.at_desk(lambda desk: does(desk, hall.allocation))

    assert await hall.asked_on(10) == []


async def test_nobody_is_asked_again_who_agreed_to_no_news(town: Town) -> None:
    hall = await given(town, news=False)

    assert await hall.asked_on(10) == []


async def test_once_silence_is_looked_into_she_is_not_asked_any_more(hall: Hall) -> None:
    hall.town.clock.move(days=7)
    await hall.town.at_desk(Actor("clock"), lambda desk: desk.grievances.look_for_silence())

    assert await hall.asked_on(10) == []


async def test_of_a_campaign_s_need_there_is_nobody_to_ask(town: Town) -> None:
    tam, lead = await clerk(town, "Tâm", places=(HERE,)), await town.official("An", "lead", places=(HERE,))
    code, title = await drive(town, HERE), {"vi": "Gạo (mẫu)", "en": "Rice (sample)"}
    opened = await town.as_official(
        lead, lambda desk: desk.needs.open_for_campaign(code, "food", "goods", 10, title, "kg")
    )
    await gives(town, tam.id, await promises(town, "Cho"), opened.slot_id)
    await brings(town, tam.id, (await books(town)).allocation.id)
    lan = town.citizen("Lan")
    await lan.says("/menu")

    assert await Hall(town, tam, lan, "", "").asked_on(8) == []
