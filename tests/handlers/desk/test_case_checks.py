"""Conditions of support: on their day the official is told and the list shows them; each look says when the next is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.desk import Actor, Desk
from handlers.desk.cases import CaseFilter, Registration, Support
from tests.kit.on_duty import PLACE, Clerk, clerk, listening
from tests.kit.town import Citizen, Town

REQUEST = Registration(needs=("trade",), unit_id=PLACE, place="tổ 3", name="Nguyễn Thị Lan", birth_year=1954)


@pytest.fixture
async def tam(town: Town) -> Clerk:
    return await clerk(town, "tam")


@pytest.fixture
async def code(town: Town, lan: Citizen, tam: Clerk) -> str:
    """A request whose support was handed over, with a condition to be looked at in thirty days."""
    lead = await town.official("an", "lead", places=(PLACE,))
    code = (await lan.at_desk(lambda desk: desk.cases.open(REQUEST))).code
    day = town.clock.now().date() + timedelta(days=30)
    support = Support(what="hai con dê giống", conditions="nuôi ít nhất một năm", check_on=day)
    for who, step in (
        (tam.id, lambda desk: desk.casework.propose(code, support)),
        (lead, lambda desk: desk.casework.approve(code)),
        (tam.id, lambda desk: desk.casework.deliver(code, "8 giờ", "nhà văn hóa thôn")),
        (tam.id, lambda desk: desk.casework.close(code, "đã trao")),
    ):
        assert await town.as_official(who, step) == "done"
    return code


async def to_check(town: Town, official: str) -> tuple[list[str], int]:
    """The codes of the list, and the number on the first page."""

    def look(desk: Desk) -> tuple[list[str], int]:
        listed = desk.case_list.page(CaseFilter(to_check=True), 50)
        return [one.row.code for one in listed], desk.case_list.waiting().to_check

    return await town.as_official(official, look)


async def told(town: Town, official: Clerk) -> list[str]:
    """What an official is told on a morning."""
    async with listening(official):
        await town.at_desk(Actor("clock"), lambda desk: desk.mornings.run(""))
    return [message.text for message in official.heard]


async def test_on_its_day_the_official_is_told_and_the_list_shows_it_though_it_is_closed(
    town: Town, tam: Clerk, code: str
) -> None:
    town.clock.move(days=29)
    assert (await told(town, tam), await to_check(town, tam.id)) == ([], ([], 0))

    town.clock.move(days=1)
    [message] = await told(town, tam)
    assert f"xem lại điều kiện: 1 ({code})" in message
    assert await to_check(town, tam.id) == ([code], 1)

    elsewhere = await town.official("xa", "officer", places=("xa_tay_giang",))
    assert await to_check(town, elsewhere) == ([], 0)


async def test_on_the_next_day_that_was_set_the_official_is_told_again(town: Town, tam: Clerk, code: str) -> None:
    town.clock.move(days=30)
    assert len(await told(town, tam)) == 1
    next_on = town.clock.now().date() + timedelta(days=10)
    assert await town.as_official(tam.id, lambda desk: desk.casework.check(code, "còn nuôi", next_on)) == "done"

    town.clock.move(days=7)
    early = await told(town, tam)
    town.clock.move(days=3)

    assert (early, len(await told(town, tam))) == ([], 1)


async def test_each_look_is_written_down_and_says_when_the_next_is(town: Town, tam: Clerk, code: str) -> None:
    town.clock.move(days=30)
    day = town.clock.now().date() + timedelta(days=60)

    async def check(next_on: object) -> str:
        return await town.as_official(tam.id, lambda desk: desk.casework.check(code, "dê đã đẻ", next_on))  # type: ignore[arg-type]  # a day or None

    assert await check(day - timedelta(days=60)) == "invalid"
    assert await check(day) == "done"
    assert await to_check(town, tam.id) == ([], 0)
    town.clock.move(days=60)
    assert await to_check(town, tam.id) == ([code], 1)
    assert await check(None) == "done"
    town.clock.move(days=600)
    assert await to_check(town, tam.id) == ([], 0)
    assert await check(None) == "not_now"


async def test_of_a_case_whose_official_is_gone_the_leads_are_told(town: Town, tam: Clerk, code: str) -> None:
    bo = await clerk(town, "bo", "lead")
    await town.as_official(bo.id, lambda desk: desk.accounts.disable(tam.id, "left"))
    town.clock.move(days=30)

    [message] = await told(town, bo)
    assert code in message


async def test_what_was_refused_after_all_is_not_looked_at(town: Town, lan: Citizen, tam: Clerk, code: str) -> None:
    lead = await town.official("hoa", "lead", places=(PLACE,))
    other = (await lan.at_desk(lambda desk: desk.cases.open(replace(REQUEST, needs=("house",))))).code
    day = town.clock.now().date() + timedelta(days=5)
    for who, step in (
        (tam.id, lambda desk: desk.casework.propose(other, Support(what="tôn", conditions="tự lợp", check_on=day))),
        (lead, lambda desk: desk.casework.send_back(other, "nhà đã có")),
        (tam.id, lambda desk: desk.casework.refuse(other, "other_request", "đã có rồi ạ")),
    ):
        assert await town.as_official(who, step) == "done"
    town.clock.move(days=5)

    assert await to_check(town, tam.id) == ([], 0)


async def test_it_is_done_from_the_chat_too(town: Town, tam: Clerk, code: str) -> None:
    town.clock.move(days=30)
    await tam.says(f"/viec {code}")
    await tam.presses("Xem lại điều kiện")
    await tam.says("dê đã đẻ", "hôm qua")
    tam.hears_last("casework.next_check")
    await tam.presses("Không cần xem nữa")

    assert "Đã ghi việc xem lại điều kiện" in tam.heard[-1].text
    assert await to_check(town, tam.id) == ([], 0)
