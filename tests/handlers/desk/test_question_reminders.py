"""A question that its resident has not answered: she is reminded after three days and after seven, then its officer."""

import pytest
from sqlmodel import select

from handlers.desk import Desk
from handlers.desk.cases import QuestionReminders
from storage.tables import AuditRow
from tests.kit.on_duty import Clerk, clerk, listening
from tests.kit.requests import HERE, asks
from tests.kit.rounds import goes_round
from tests.kit.town import Citizen, Town

WHAT = "Xin ảnh giấy ra viện."


@pytest.fixture
async def tam(town: Town) -> Clerk:
    return await clerk(town, "Tâm", places=(HERE,))


@pytest.fixture
async def code(town: Town, tam: Clerk) -> str:
    """Lan's request, of which something was asked."""
    code = await asks(town, "Lan")
    assert await town.as_official(tam.id, lambda desk: desk.casework.ask(code, WHAT)) == "done"
    return code


async def reminded(town: Town, who: Citizen, days: int, *, a_day: int = 2) -> list[tuple[int, str]]:
    """(day, key) of what she gets, as the clock goes round so often on each of the days that follow."""
    found: list[tuple[int, str]] = []
    for day in range(1, days + 1):
        town.clock.move(days=1)
        async with listening(who):
            await goes_round(town, QuestionReminders, times=a_day)
        found += [(day, message.key) for message in who.heard]
    return found


async def test_she_is_reminded_after_three_days_and_after_seven_and_not_again(town: Town, code: str) -> None:
    assert await reminded(town, town.citizen("Lan"), 40) == [(3, "reminders.question"), (7, "reminders.question")]


async def test_the_officer_is_told_once_after_seven(town: Town, tam: Clerk, code: str) -> None:
    assert await reminded(town, tam, 40) == [(7, "case_news.unanswered")]


async def test_a_reminder_brings_the_question_with_its_doors_below_a_first_line_that_tells_nothing(
    town: Town, code: str
) -> None:
    lan = town.citizen("Lan")
    await lan.says("/menu", "/menu")
    town.clock.move(days=3)

    async with listening(lan):
        await goes_round(town, QuestionReminders)

    told = lan.hears_last("reminders.question")
    first, *rest = told.text.split("\n")
    assert first == "Cán bộ vẫn chờ một câu trả lời của ông/bà."
    assert f"Yêu cầu {code}: {WHAT}" in rest
    assert told.options == ("Trả lời cán bộ", "Gửi giấy qua trang riêng", "Tôi không có giấy này")
    assert told.kind == "reminder"
    await lan.presses("Tôi không có giấy này")
    assert await reminded(town, lan, 20) == []


async def test_of_an_officer_who_is_gone_the_leads_are_told(town: Town, tam: Clerk, code: str) -> None:
    an = await clerk(town, "An", "lead", places=(HERE,))
    await town.as_official(an.id, lambda desk: desk.accounts.disable(tam.id, "left"))

    assert await reminded(town, an, 10) == [(7, "case_news.unanswered")]


async def test_each_question_has_its_own_reminders(town: Town, tam: Clerk, code: str) -> None:
    lan = town.citizen("Lan")
    await reminded(town, lan, 7)
    await lan.at_desk(lambda desk: desk.case_answers.answer(code, "tuần sau tôi mới có"))
    await town.as_official(tam.id, lambda desk: desk.casework.ask(code, "Giấy ấy có chưa ạ?"))

    async with listening(lan):
        await goes_round(town, QuestionReminders)

    lan.hears()
    assert await reminded(town, lan, 20) == [(3, "reminders.question"), (7, "reminders.question")]


async def test_the_first_is_not_made_up_for(town: Town, code: str) -> None:
    town.clock.move(days=7)

    assert await reminded(town, town.citizen("Lan"), 10) == [(1, "reminders.question")]


def answers(desk: Desk, code: str) -> None:
    assert desk.case_answers.answer(code, "có rồi")


def stops(desk: Desk, code: str) -> None:
    assert desk.cases.withdraw(code)


def wants_no_news(desk: Desk, code: str) -> None:
    assert desk.consents.withdraw("case_news")


def erases_herself(desk: Desk, code: str) -> None:
    desk.people.erase()


@pytest.mark.parametrize("does", [answers, stops, wants_no_news, erases_herself])
async def test_she_is_not_reminded_who(town: Town, code: str, does: object) -> None:
    lan = town.citizen("Lan")
    await lan.at_desk(lambda desk: does(desk, code))  # type: ignore[operator]  # one of the four above

    assert await reminded(town, lan, 10) == []


async def test_the_officer_hears_too_of_somebody_who_wants_no_news(town: Town, tam: Clerk, code: str) -> None:
    await town.citizen("Lan").at_desk(lambda desk: wants_no_news(desk, code))

    assert await reminded(town, tam, 10) == [(7, "case_news.unanswered")]


async def test_not_once_an_officer_goes_on_without_the_answer(town: Town, tam: Clerk, code: str) -> None:
    await town.as_official(tam.id, lambda desk: desk.casework.refuse(code, "other_request", "đã có rồi ạ"))

    assert await reminded(town, town.citizen("Lan"), 10) == []


async def test_a_reminder_is_noted_without_its_words(town: Town, code: str) -> None:
    await reminded(town, town.citizen("Lan"), 10)

    query = select(AuditRow.detail).where(AuditRow.action == "case.reminded")
    assert await town.database.read(lambda unit: unit.scalars(query).all()) == [{"number": 1}, {"number": 2}]


async def test_all_are_looked_at_though_not_in_one_go(town: Town, tam: Clerk, code: str) -> None:
    other = await asks(town, "Mai")
    await town.as_official(tam.id, lambda desk: desk.casework.ask(other, WHAT))
    lan, mai = town.citizen("Lan"), town.citizen("Mai")
    town.clock.move(days=3)

    async with listening(lan, mai):
        await goes_round(town, QuestionReminders, most=1)

    for one in (lan, mai):
        one.hears("reminders.question")
