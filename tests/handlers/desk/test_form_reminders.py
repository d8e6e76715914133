"""A registration left half done: reminded of after a day and after three, then never; not where no news is wanted."""

import pytest
from sqlmodel import col, select

from handlers.desk.cases import FormReminders
from storage.tables import OutboxRow, Reminder
from tests.kit.on_duty import listening
from tests.kit.rounds import goes_round
from tests.kit.town import Citizen, Town

BEGUN = ("/dangky", "1", "1")  # agreed, and for herself


async def reminded(town: Town, lan: Citizen, days: int, *, a_day: int = 2) -> list[tuple[int, str]]:
    """(day, key) of what she gets, as the clock goes round so often on each of the days that follow."""
    found: list[tuple[int, str]] = []
    for day in range(1, days + 1):
        town.clock.move(days=1)
        async with listening(lan):
            await goes_round(town, FormReminders, times=a_day)
        found += [(day, message.key) for message in lan.heard]
    return found


async def test_one_after_a_day_one_after_three_and_then_never(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN)

    found = await reminded(town, lan, 20)

    assert found == [(1, "reminders.form"), (3, "reminders.form_last")]


async def test_not_a_moment_before_a_day_is_over(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN)
    town.clock.move(days=1, seconds=-1)

    async with listening(lan):
        await goes_round(town, FormReminders)

    lan.hears()


async def test_a_reminder_tells_nothing_private_and_goes_behind_every_reply(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN)
    town.clock.move(days=1)

    async with listening(lan):
        await goes_round(town, FormReminders)

    told = lan.hears_last("reminders.form")
    assert told.text.split("\n")[0] == "Ông/bà còn một việc làm dở ở đây."
    assert told.options == ("Làm tiếp", "Để sau")
    query = select(OutboxRow.kind, OutboxRow.lane).where(col(OutboxRow.cause).like("test:%"))
    assert ("reminder", "bulk") in (await town.database.read(lambda unit: unit.execute(query).all()))


async def test_the_last_one_says_until_when_the_answers_are_kept(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN)
    town.clock.move(days=3)

    async with listening(lan):
        await goes_round(town, FormReminders)

    assert "đến ngày 23/02/2027" in lan.hears_last("reminders.form_last").text


async def test_until_when_the_answers_are_kept_is_a_day_of_the_office(town: Town, lan: Citizen) -> None:
    town.clock.move(hours=15, minutes=30)  # half past midnight, in the city
    await lan.says(*BEGUN)
    town.clock.move(days=3)

    async with listening(lan):
        await goes_round(town, FormReminders)

    assert "đến ngày 24/02/2027" in lan.hears_last("reminders.form_last").text


@pytest.mark.parametrize("meanwhile", [(), ("/menu",), ("/menu", "/canbo")], ids=["open", "paused", "another open"])
async def test_go_on_goes_on_where_it_stopped(town: Town, lan: Citizen, meanwhile: tuple[str, ...]) -> None:
    await lan.says(*BEGUN)
    asked = lan.heard[-1].key
    await lan.says(*meanwhile)
    town.clock.move(days=1)
    async with listening(lan):
        await goes_round(town, FormReminders)

    await lan.presses("Làm tiếp")

    lan.hears_last(asked)


async def test_later_keeps_it(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN)
    town.clock.move(days=1)
    async with listening(lan):
        await goes_round(town, FormReminders)

    await lan.presses("Để sau")

    lan.hears_last("kept_for_later")


async def test_who_writes_again_is_reminded_a_day_after_that(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN)
    town.clock.move(hours=20)
    await lan.says("/menu")
    town.clock.move(hours=20)
    await goes_round(town, FormReminders)
    early = list(lan.heard)

    assert [m.key for m in early] == ["menu"]
    assert await reminded(town, lan, 3) == [(1, "reminders.form"), (3, "reminders.form_last")]


async def test_who_begins_anew_is_reminded_of_the_new_one(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN)
    await reminded(town, lan, 5)
    await lan.says("/dangky", "hủy")
    await lan.presses("Bỏ")
    await lan.says("/dangky", "1")

    assert await reminded(town, lan, 5) == [(1, "reminders.form"), (3, "reminders.form_last")]


async def test_what_was_missed_is_not_made_up_for(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN)
    town.clock.move(days=4)

    assert await reminded(town, lan, 10) == [(1, "reminders.form_last")]
    states = select(Reminder.number, Reminder.state).order_by(col(Reminder.number))
    assert await town.database.read(lambda unit: unit.execute(states).all()) == [(1, "skipped"), (2, "sent")]


async def test_what_was_left_long_ago_is_let_be(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN)
    town.clock.move(days=9)

    assert await reminded(town, lan, 90) == []


async def test_nobody_is_reminded_on_a_holiday_but_on_the_day_after(town: Town, lan: Citizen) -> None:
    town.clock.move(days=36)  # 31 December
    await lan.says(*BEGUN)

    assert await reminded(town, lan, 4) == [(2, "reminders.form"), (3, "reminders.form_last")]


@pytest.mark.parametrize(
    "does",
    [
        pytest.param(("/menu",), id="nothing of it"),
        pytest.param(("/luonggia", "1"), id="another conversation"),
    ],
)
async def test_only_of_a_registration(town: Town, lan: Citizen, does: tuple[str, ...]) -> None:
    await lan.says(*does)

    assert await reminded(town, lan, 5) == []


async def test_not_who_dropped_it(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN, "hủy")
    await lan.presses("Bỏ")

    assert await reminded(town, lan, 5) == []


@pytest.mark.parametrize("word", ["DỪNG HẾT", "dung het"])
@pytest.mark.parametrize("agreed", [True, False], ids=["who agreed before", "who was never asked"])
async def test_not_who_wants_no_news_at_all(town: Town, lan: Citizen, word: str, *, agreed: bool) -> None:
    if agreed:
        await lan.at_desk(lambda desk: desk.consents.give("case_news", "case_news/1"))
    await lan.says(*BEGUN, "/menu", word)

    assert await reminded(town, lan, 5) == []


async def test_not_who_said_no_to_news_of_her_request(town: Town, lan: Citizen) -> None:
    await lan.at_desk(lambda desk: desk.consents.refuse("case_news", "case_news/1"))
    await lan.says(*BEGUN)

    assert await reminded(town, lan, 5) == []


async def test_again_who_wants_news_again(town: Town, lan: Citizen) -> None:
    await lan.says(*BEGUN, "/menu", "DỪNG HẾT")
    await lan.at_desk(lambda desk: desk.consents.give("case_news", "case_news/1"))

    assert len(await reminded(town, lan, 5)) == 2


async def test_not_who_erased_herself_nor_took_her_yes_back(town: Town, lan: Citizen, mai: Citizen) -> None:
    for one in (lan, mai):
        await one.says(*BEGUN)
    await lan.at_desk(lambda desk: desk.people.erase())
    await mai.says("/menu", "/riengtu")
    await mai.presses("Rút lại đồng ý")
    await mai.presses(mai.heard[-1].options[0])

    assert await reminded(town, lan, 5) == []
    assert await reminded(town, mai, 5) == []


async def test_more_than_are_looked_at_in_one_go_are_all_reminded(town: Town, lan: Citizen, mai: Citizen) -> None:
    for one in (lan, mai):
        await one.says(*BEGUN)
    town.clock.move(days=1)

    async with listening(lan, mai):
        await goes_round(town, FormReminders, times=2, most=1)

    for one in (lan, mai):
        one.hears("reminders.form")
