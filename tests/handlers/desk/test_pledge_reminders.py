"""Reminders of promises: on their three days, once each, never more than three, and never to who wants none."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.pledges import Offer
from storage.tables import OutboxRow, Pledge
from tests.kit.giving import front
from tests.kit.on_duty import listening
from tests.kit.town import Citizen, Town

TODAY = date(2026, 11, 25)
DUE = TODAY + timedelta(days=10)


async def promised(lan: Citizen, **more: object) -> str:
    offer = {"kind": "money", "giver": "person", "amount": 500_000, "name": "Lan", "due": DUE, **more}

    def promise(desk: Desk) -> str:
        desk.consents.give("give", "give/1")
        return desk.pledges.offer(Offer(**offer)).code  # type: ignore[arg-type]  # fields of an offer

    return await lan.at_desk(promise)


async def runs(town: Town) -> int:
    return await town.at_desk(Actor("clock"), lambda desk: desk.pledge_reminders.run())


async def reminded_on(town: Town, lan: Citizen, days: int, *, a_day: int = 1) -> list[date]:
    """The days on which she is reminded, as the job runs so many times each day."""
    found: list[date] = []
    for _ in range(days):
        async with listening(lan):
            for _ in range(a_day):
                await runs(town)
        today = town.clock.now().date()
        found += [today for m in lan.heard if m.key == "pledge_reminder"]
        town.clock.move(days=1)
    return found


async def changes(lan: Citizen, code: str, **values: object) -> None:
    def change(desk: Desk) -> None:
        pledge = desk.pledges.by_code(code)
        assert pledge
        for name, value in values.items():
            setattr(pledge, name, value)

    await lan.at_desk(change)


@pytest.mark.parametrize("a_day", [1, 3])
async def test_three_days_before_on_the_day_and_the_day_after_however_often_the_job_runs(
    town: Town, lan: Citizen, a_day: int
) -> None:
    await promised(lan)

    found = await reminded_on(town, lan, 20, a_day=a_day)

    assert found == [DUE - timedelta(days=3), DUE, DUE + timedelta(days=1)]


async def test_a_reminder_says_what_below_a_first_line_that_tells_nothing(town: Town, lan: Citizen) -> None:
    code = await promised(lan, due=TODAY)

    async with listening(lan):
        await runs(town)

    told = lan.hears_last("pledge_reminder")
    assert told.kind == "reminder"
    assert code in told.text
    assert "500" not in told.text.split("\n")[0]
    assert "500.000 đ" in told.text
    assert told.options == ("Đã gửi", "Lùi ngày", "Thôi nhắc")


async def test_a_reminder_of_money_says_who_asks_and_leads_to_the_account_only_where_one_is_confirmed(
    town: Town, lan: Citizen
) -> None:
    await promised(lan, due=TODAY)
    await (await front(town)).has()

    async with listening(lan):
        await runs(town)

    told = lan.hears_last("pledge_reminder_money")
    assert all(word in told.text for word in ("Ban vận động thử", "QĐ 1198", "/so-cong-khai"))
    assert told.options[3] == "Cách chuyển tiền"


async def test_a_reminder_goes_behind_every_reply(town: Town, lan: Citizen) -> None:
    await promised(lan, due=TODAY)

    await runs(town)

    lanes = select(OutboxRow.lane).where(OutboxRow.kind == "reminder")
    assert await town.database.read(lambda unit: unit.scalars(lanes).all()) == ["bulk"]


async def test_days_that_were_missed_are_not_made_up_for(town: Town, lan: Citizen) -> None:
    await promised(lan)
    town.clock.move(days=10)

    assert await reminded_on(town, lan, 5) == [DUE, DUE + timedelta(days=1)]


@pytest.mark.parametrize(
    "values",
    [{"quiet": True}, {"received": 1}, {"state": "withdrawn", "closed_at": True}, {"due": None}],
    ids=["quiet", "received", "withdrawn", "no day"],
)
async def test_nobody_is_reminded_of_what_needs_none(town: Town, lan: Citizen, values: dict[str, object]) -> None:
    code = await promised(lan)
    now = town.clock.now()
    await changes(lan, code, **{name: now if name == "closed_at" else value for name, value in values.items()})

    assert await reminded_on(town, lan, 15) == []


async def test_whoever_took_her_consent_back_is_not_reminded(town: Town, lan: Citizen) -> None:
    await promised(lan)
    await lan.at_desk(lambda desk: desk.consents.withdraw("give"))

    assert await reminded_on(town, lan, 15) == []


async def test_goods_are_not_reminded_of_before_there_is_an_appointment(town: Town, lan: Citizen) -> None:
    code = await promised(lan, kind="goods", amount=10, measure="thùng", what="mì")
    town.clock.move(days=7)
    assert await reminded_on(town, lan, 1) == []

    await changes(lan, code, state="accepted")

    assert await reminded_on(town, lan, 5) == [DUE, DUE + timedelta(days=1)]


async def test_each_door_of_a_reminder_does_what_it_says(town: Town, lan: Citizen) -> None:
    code = await promised(lan, due=TODAY)
    async with listening(lan):
        await runs(town)
    doors = {label: lan.button(label) for label in ("Đã gửi", "Lùi ngày", "Thôi nhắc")}

    await lan.presses_again(doors["Lùi ngày"])
    await lan.says("20/12")
    lan.hears("gift.put_off")
    await lan.presses_again(doors["Thôi nhắc"])
    lan.hears("gift.hushed")
    await lan.presses_again(doors["Đã gửi"])
    lan.hears("gift.told_sent")

    pledge = await lan.at_desk(lambda desk: desk.pledges.by_code(code))
    assert isinstance(pledge, Pledge)
    assert (pledge.due, pledge.quiet) == (date(2026, 12, 20), True)


async def test_put_off_again_and_again_it_is_three_reminders_in_all(town: Town, lan: Citizen) -> None:
    code = await promised(lan, due=TODAY)

    def put_off(desk: Desk) -> None:
        pledge = desk.pledges.by_code(code)
        assert pledge
        desk.pledges.change(pledge, due=desk.today())

    found: list[date] = []
    for _ in range(6):
        found += await reminded_on(town, lan, 1)
        await lan.at_desk(put_off)

    assert len(found) == 3


async def test_after_days_of_rest_one_reminder_comes_and_not_all_at_once(town: Town, lan: Citizen) -> None:
    tet = date(2027, 2, 6)  # everybody is off from the 4th to the 10th
    await promised(lan, due=tet)
    town.clock.move(days=(date(2027, 1, 30) - TODAY).days)

    found = await reminded_on(town, lan, 20)

    rows = select(OutboxRow.not_before).where(OutboxRow.kind == "reminder").order_by(col(OutboxRow.id))
    leaves = [
        at.astimezone(town.office.zone).date() for at in await town.database.read(lambda u: u.scalars(rows).all())
    ]
    assert found == [date(2027, 2, 3), date(2027, 2, 11)]
    assert leaves == found
