"""A reminder that waits, at night or for a window, is called off once what it is about is over."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from sqlmodel import select

from handlers.desk import Actor, Desk
from handlers.desk.allocations import ArrivalReminders
from handlers.desk.cases import FormReminders, QuestionReminders, Registration
from handlers.desk.pledges import Offer
from storage.tables import OutboxRow
from tests.kit.gifts import books, brings, gives, needs, promises
from tests.kit.on_duty import clerk
from tests.kit.requests import HERE, asks
from tests.kit.rounds import goes_round
from tests.kit.town import Town

DUE = date(2026, 11, 28)  # in three days
Reminded = Callable[[Town], Awaitable[str]]


async def reminders(town: Town) -> list[tuple[str, str | None]]:
    """The state and reason of every reminder."""
    query = select(OutboxRow.state, OutboxRow.reason).where(OutboxRow.kind == "reminder").order_by(OutboxRow.id)  # type: ignore[arg-type]  # a column
    return [tuple(row) for row in await town.database.read(lambda unit: unit.execute(query).all())]


async def asked(town: Town) -> str:
    """Lan is reminded of an officer's question; returns the code of her request."""
    tam = await clerk(town, "Tâm", places=(HERE,))
    code = await asks(town, "Lan")
    assert await town.as_official(tam.id, lambda desk: desk.casework.ask(code, "Xin ảnh giấy ra viện.")) == "done"
    town.clock.move(days=3, hours=13)  # at night
    await goes_round(town, QuestionReminders)
    assert await reminders(town) == [("queued", None)]
    return code


async def brought(town: Town) -> str:
    """Lan is asked once more whether something arrived; returns the allocation."""
    tam = await clerk(town, "Tâm", places=(HERE,))
    slot = await needs(town, tam.id, await asks(town, "Lan"), "goods")
    await gives(town, tam.id, await promises(town, "Cho"), slot)
    allocation = (await books(town)).allocation.id
    assert await brings(town, tam.id, allocation) == "done"
    town.clock.move(days=3, hours=13)  # at night
    await goes_round(town, ArrivalReminders)
    assert await reminders(town) == [("queued", None)]
    return allocation


async def promised(town: Town) -> str:
    """Lan is reminded of a promise; returns its code."""

    def promise(desk: Desk) -> str:
        desk.consents.give("give", "give/1")
        return desk.pledges.offer(Offer(kind="money", giver="person", amount=500_000, name="Lan", due=DUE)).code

    lan = town.citizen("Lan")
    await lan.says("/menu")
    code = await lan.at_desk(promise)
    town.clock.move(hours=13)
    await town.at_desk(Actor("clock"), lambda desk: desk.pledge_reminders.run())
    assert await reminders(town) == [("queued", None)]
    return code


async def begun(town: Town) -> str:
    """Lan is reminded of a registration that she began."""
    await town.citizen("Lan").says("/dangky", "1", "1")
    town.clock.move(days=1, hours=13)
    await goes_round(town, FormReminders)
    assert await reminders(town) == [("queued", None)]
    return ""


def answers(desk: Desk, code: str) -> None:
    assert desk.case_answers.answer(code, "tuần sau tôi mới có")


def withdraws(desk: Desk, code: str) -> None:
    assert desk.cases.withdraw(code)


def got_it(desk: Desk, allocation: str) -> None:
    assert desk.household_gifts.confirm(allocation, "all").how == "done"


def got_nothing(desk: Desk, allocation: str) -> None:
    assert desk.household_gifts.confirm(allocation, "not_yet").how == "done"


def puts_off(desk: Desk, code: str) -> None:
    pledge = desk.pledges.find_mine(code)
    assert pledge is not None
    assert desk.pledges.change(pledge, due=date(2026, 12, 20))


def hushes(desk: Desk, code: str) -> None:
    pledge = desk.pledges.find_mine(code)
    assert pledge is not None
    desk.pledges.hush(pledge)


def takes_back(desk: Desk, code: str) -> None:
    pledge = desk.pledges.find_mine(code)
    assert pledge is not None
    assert desk.allocations.withdraw(pledge)


def has_sent(desk: Desk, code: str) -> None:
    pledge = desk.pledges.find_mine(code)
    assert pledge is not None
    desk.pledges.receive(pledge, 500_000)


def registers(desk: Desk, _: str) -> None:
    desk.cases.open(Registration(needs=("food",), unit_id=HERE, place="Hòa Sơn"))


def wants_no_news(desk: Desk, _: str) -> None:
    desk.consents.end("case_news", "case_news/1")
    desk.consents.end("give", "give/1")


OVER = {
    asked: (answers, withdraws, wants_no_news),
    brought: (got_it, got_nothing, wants_no_news),
    promised: (puts_off, hushes, takes_back, has_sent, wants_no_news),
    begun: (registers, wants_no_news),
}


@pytest.mark.parametrize(("reminded", "over"), [(reminded, over) for reminded in OVER for over in OVER[reminded]])
async def test_what_is_over_is_not_reminded_of(
    town: Town, reminded: Reminded, over: Callable[[Desk, str], None]
) -> None:
    about = await reminded(town)

    await town.citizen("Lan").at_desk(lambda desk: over(desk, about))

    assert await reminders(town) == [("cancelled", "answered")]


@pytest.mark.parametrize("reminded", list(OVER))
async def test_what_is_not_over_is(town: Town, reminded: Reminded) -> None:
    await reminded(town)
    lan = town.citizen("Lan")

    def does_something_else(desk: Desk) -> None:
        other = desk.cases.open(Registration(needs=("food",), unit_id=HERE, place="Hòa Sơn"))
        assert desk.cases.withdraw(other.code)
        desk.consents.end("campaign_posts", "campaign_posts/1")

    await (lan.says("/menu") if reminded is begun else lan.at_desk(does_something_else))

    assert await reminders(town) == [("queued", None)]


async def test_an_answer_to_one_question_leaves_the_reminder_of_another(town: Town) -> None:
    first = await asked(town)
    tam = await town.at_desk(Actor("clock"), lambda desk: desk.officials.of_unit(HERE, "case.see")[0].id)
    second = await asks(town, "Lan", needs=("work",))
    assert await town.as_official(tam, lambda desk: desk.casework.ask(second, "Xin giấy xác nhận.")) == "done"

    await town.citizen("Lan").at_desk(lambda desk: answers(desk, second))
    assert await reminders(town) == [("queued", None)]

    await town.citizen("Lan").at_desk(lambda desk: answers(desk, first))
    assert await reminders(town) == [("cancelled", "answered")]


@pytest.mark.parametrize("reminded", list(OVER))
async def test_who_wants_no_news_elsewhere_is_not_reminded_once_her_chats_are_linked(
    town: Town, reminded: Reminded
) -> None:
    await reminded(town)
    lan, elsewhere = town.citizen("Lan"), town.citizen("Lan at another phone")
    await elsewhere.says("/menu")
    await elsewhere.at_desk(lambda desk: wants_no_news(desk, ""))

    code, _ = await lan.at_desk(lambda desk: desk.links.make_code())
    await elsewhere.at_desk(lambda desk: desk.links.join(code))

    assert await reminders(town) == [("cancelled", "answered")]
