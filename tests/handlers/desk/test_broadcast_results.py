"""What came of an announcement, and whom it does not reach, on each database."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from handlers.desk import Desk
from handlers.desk.announcing import Audience, BroadcastDraft, Sheet
from storage.queries.announcing import results
from storage.tables import Address
from tests.kit.news import press, subscriber
from tests.kit.requests import HERE, THERE, asks
from tests.kit.town import Town

SERVICE = BroadcastDraft(
    kind="service", title={"vi": "Nộp giấy tờ"}, words={"vi": "Xin nộp trước thứ sáu."}, audience=Audience()
)


async def loses_her_chat(town: Town, name: str) -> None:
    address_id = (await town.citizen(name).chat()).address_id
    gone = update(Address).where(col(Address.id) == address_id).values(reachable=False)

    await town.database.write(lambda unit: unit.change(gone))


async def reads_the_sheet(town: Town, official: str, code: str) -> Sheet | None:
    def read(desk: Desk) -> Sheet | None:
        seen = desk.broadcasts.read(code)
        return desk.call_sheet.read(seen) if seen is not None else None

    return await town.as_official(official, read)


async def test_people_belong_where_they_asked_for_help_else_where_they_want_news_of(town: Town) -> None:
    office = await press(town)
    await asks(town, "Lan")
    for name, units in (("Lan", (THERE,)), ("Ba", (THERE, "")), ("Tư", ())):
        citizen = await subscriber(town, name, "jobs", rhythm="at_once")
        for unit in units:
            await citizen.at_desk(lambda desk, unit=unit: desk.subscriptions.subscribe(("health",), unit))  # type: ignore[misc]  # bound at once
    before = await town.read(lambda unit, _: results.pulse(unit))
    await office.approves("Phiên chợ việc làm", "Ở nhà văn hóa.", "jobs")
    approved = await town.read(lambda unit, _: results.pulse(unit))

    await town.announces()

    found = await town.read(lambda unit, _: dict(results.by_unit(unit, 1)))
    since = town.clock.now() - timedelta(seconds=1)
    assert found == {(HERE, "sent"): 1, (THERE, "sent"): 1, ("", "sent"): 1}
    assert await town.read(lambda unit, _: results.left_since(unit, 1, since)) == 3
    assert (before, approved, await town.read(lambda unit, _: results.pulse(unit))) == (0, 1, 0)


async def test_the_sheet_has_whom_no_chat_reaches_with_the_number_of_who_sent_the_request(town: Town) -> None:
    office = await press(town)
    lan = await asks(town, "Lan")
    helped = await asks(town, "Mơ", for_other=True, helper_name="Cô Mơ", helper_phone="+84905000111")
    for name in ("Lan", "Mơ"):
        await loses_her_chat(town, name)
    code = await town.as_official(office.editor, lambda desk: desk.broadcasts.write(SERVICE))
    assert code is not None

    sheet = await reads_the_sheet(town, office.admin, code)

    assert sheet is not None
    people = {one.code: (one.name, one.phone) for one in sheet.people}
    assert people == {lan: ("Nguyễn Thị Lan", "0905123456"), helped: ("Cô Mơ", "0905000111")}
    assert (sheet.unknown, sheet.cut) == (0, False)


async def test_the_sheet_has_her_open_request_and_not_a_later_one_that_is_over(town: Town) -> None:
    office = await press(town)
    lan = await asks(town, "Lan")
    town.clock.move(minutes=1)
    over = await asks(town, "Lan", name="Nguyễn Thị Hoa", phone="+84905000222", unit_id=THERE)
    assert await town.citizen("Lan").at_desk(lambda desk: desk.cases.withdraw(over))
    await loses_her_chat(town, "Lan")
    code = await town.as_official(office.editor, lambda desk: desk.broadcasts.write(SERVICE))
    assert code is not None

    sheet = await reads_the_sheet(town, office.admin, code)

    assert sheet is not None
    assert [(one.code, one.name) for one in sheet.people] == [(lan, "Nguyễn Thị Lan")]


@pytest.mark.parametrize("role", ["editor", "auditor", "officer"])
async def test_who_may_not_ring_people_up_gets_no_sheet(town: Town, role: str) -> None:
    office = await press(town)
    await asks(town, "Lan")
    await loses_her_chat(town, "Lan")
    code = await town.as_official(office.editor, lambda desk: desk.broadcasts.write(SERVICE))
    assert code is not None

    assert await reads_the_sheet(town, await town.official("khac", role, places=(HERE,)), code) is None


async def test_a_lead_sees_the_numbers_of_her_own_units_alone(town: Town) -> None:
    lead = await town.official("bo", "lead", places=(HERE,))
    hers = await asks(town, "Lan")
    await asks(town, "Mơ", unit_id=THERE)
    for name in ("Lan", "Mơ"):
        await loses_her_chat(town, name)
    # By the news she wants, somebody of another unit is meant too; her request is that unit's.
    await (town.citizen("Mơ")).at_desk(lambda desk: desk.subscriptions.subscribe(("health",), HERE))
    warning = BroadcastDraft(
        kind="warning", title={"vi": "Mưa lớn"}, words={"vi": "Tránh bờ sông."}, audience=Audience(units=(HERE,))
    )
    code = await town.as_official(lead, lambda desk: desk.broadcasts.write(warning))
    assert code is not None

    sheet = await reads_the_sheet(town, lead, code)

    assert sheet is not None
    assert ([one.code for one in sheet.people], sheet.unknown) == ([hers], 1)
