"""A clock that was ten years ahead for a moment, or is set back: what it left behind hurts nobody afterwards."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.jobs.table import JOBS
from fakes.faults import RESET
from fakes.telegram.faults import too_many
from fakes.telegram.server import fake_telegram
from handlers.desk import Actor, Desk
from storage.tables import ConsoleSession, UrgentRequest
from tests.kit.console import Clerk, clerk
from tests.kit.house import House, open_house, visit
from tests.kit.on_duty import clerk as on_phone
from tests.kit.private_page import TownOf
from tests.kit.sending import PostOffice, post_office
from tests.kit.town import Town

TEN_YEARS = timedelta(days=3653).days


@pytest.fixture
async def office(town: Town) -> AsyncIterator[PostOffice]:
    async with fake_telegram(clock=town.clock) as telegram, post_office(town, telegram) as office:
        yield office


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def mai(house: House) -> AsyncIterator[Clerk]:
    async with clerk(house, "mai", "admin") as mai:
        yield mai


async def looks(town: Town) -> None:
    """Have the clock look once, as it does every minute."""
    for job in JOBS:
        if job.name in ("mend_moments", "ring"):
            await job.do(town.work())


async def ready(house: House) -> object:
    async with visit(house) as machine:
        return (await machine.gets("/health/ready")).json


async def test_a_chat_that_was_put_off_by_a_wrong_clock_is_not_silent_for_years(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(too_many(3), chat=lan.id, times=1)
    office.town.clock.move(days=TEN_YEARS)
    ids = await office.queue(await office.chat(lan), "một")
    office.start()
    await office.until_tried(ids)

    office.town.clock.move(days=-TEN_YEARS, seconds=5)
    ids += await office.queue(await office.chat(lan), "hai")
    await looks(office.town)

    await office.until(ids, "sent")
    assert [message.text for message in lan.heard] == ["một", "hai"]


async def test_a_copy_is_not_answered_by_what_was_written_in_a_future_that_the_clock_left(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    office.town.clock.move(days=TEN_YEARS)
    chat = await office.chat(lan)
    office.town.clock.move(days=-TEN_YEARS)
    office.telegram.faults.add(RESET, chat=lan.id, times=1)
    [first] = await office.queue(chat, "câu hỏi", kind="question")
    office.start()
    await office.until([first], "unknown")
    office.town.clock.move(seconds=10)

    copy = await office.number_of_copy(first)
    await office.until([copy], "sent")


async def test_an_urgent_request_rings_again_once_the_clock_is_right(town: Town) -> None:
    await on_phone(town, "Tâm")
    lan = town.citizen("Lan")
    await lan.says("/menu")
    town.clock.move(days=TEN_YEARS)
    await lan.at_desk(lambda desk: desk.urgent.raise_one("tổ 3", "hết gạo", "phuong_hoa_khanh"))
    await looks(town)
    town.clock.move(days=-TEN_YEARS, minutes=10)
    before = await rings(town)
    for _ in range(3):
        await looks(town)
        town.clock.move(minutes=30)

    assert await rings(town) > before


async def rings(town: Town) -> int:
    return await town.database.read(lambda unit: unit.scalars(select(UrgentRequest.rings)).one())


async def test_a_browser_that_was_signed_out_by_time_stays_so_when_the_clock_is_set_back(
    house: House, mai: Clerk
) -> None:
    town = TownOf(house)
    assert (await mai.opens("/account")).status == 200
    house.clock.move(hours=1)
    await looks(town)

    house.clock.move(hours=-1)

    assert (await mai.opens("/account")).status == 303


async def test_a_browser_of_a_future_that_the_clock_left_is_signed_out(house: House, mai: Clerk) -> None:
    town = TownOf(house)

    def years_ahead(desk: Desk) -> None:
        for row in desk.unit.scalars(select(ConsoleSession).where(col(ConsoleSession.ended_at).is_(None))):
            for name in ("created_at", "seen_at", "checked_at"):
                setattr(row, name, desk.now + timedelta(days=TEN_YEARS))
            desk.unit.add(row)

    await town.at_desk(Actor("operator"), years_ahead)

    assert (await mai.opens("/account")).status == 303


async def test_a_code_of_a_future_that_the_clock_left_keeps_nobody_out(house: House, mai: Clerk) -> None:
    async def signs_in_anew(code: str) -> bool:
        mai.session.cookie_jar.clear()
        await mai.opens("/sign-in")
        return (await mai.signs_in(code=code)).status == 303

    house.clock.move(days=TEN_YEARS)
    ahead = await signs_in_anew(mai.code())
    house.clock.move(days=-TEN_YEARS)
    code = mai.code()

    assert [ahead, await signs_in_anew(code), await signs_in_anew(code)] == [True, True, False]


async def test_links_and_codes_that_ran_out_open_nothing_when_the_clock_is_set_back(town: Town) -> None:
    tam = await on_phone(town, "Tâm")
    lan, mai = town.citizen("Lan"), town.citizen("Mai")
    for one in (lan, mai):
        await one.says("/menu")
    code, _ = await lan.at_desk(lambda desk: desk.links.make_code())
    page = await lan.at_desk(lambda desk: desk.links.make_page())
    token = await town.at_desk(Actor("operator"), lambda desk: desk.invitations.link(tam.id))
    bound, _ = await town.at_desk(Actor("operator"), lambda desk: desk.invitations.chat_code(tam.id))
    page = page.rpartition("/")[2]

    def good(desk: Desk) -> list[bool]:
        return [
            desk.links.judge(code) == "good", desk.links.page_leads_to(page) is not None,
            desk.invitations.link_leads_to(token) is not None, desk.links.judge(bound) == "account",
        ]  # fmt: skip

    assert await mai.at_desk(good) == [True] * 4
    town.clock.move(hours=1)
    await looks(town)
    town.clock.move(hours=-1)

    assert await mai.at_desk(good) == [False] * 4


async def test_a_chat_that_fell_asleep_is_not_woken_by_the_clock(town: Town) -> None:
    tam = await on_phone(town, "Tâm")
    awake = [await tam.at_desk(lambda desk: desk.acting_chats.here() is not None)]
    town.clock.move(hours=13)
    await looks(town)
    town.clock.move(hours=-13)
    awake.append(await tam.at_desk(lambda desk: desk.acting_chats.here() is not None))

    assert awake == [True, False]


async def test_a_chat_that_was_woken_in_a_future_that_the_clock_left_sleeps(town: Town) -> None:
    tam = await on_phone(town, "Tâm")
    address_id = (await tam.chat()).address_id
    town.clock.move(days=TEN_YEARS)
    await town.at_desk(Actor("operator"), lambda desk: desk.acting_chats.wake(tam.id, address_id))

    town.clock.move(days=-TEN_YEARS)

    assert await tam.at_desk(lambda desk: desk.acting_chats.here()) is None


async def test_wrong_tries_of_a_future_that_the_clock_left_lock_nobody_out(town: Town) -> None:
    window = timedelta(hours=1)
    town.clock.move(days=TEN_YEARS)
    await town.at_desk(Actor("clock"), lambda desk: desk.signing_in.count_try("mai", window))
    town.clock.move(days=-TEN_YEARS)

    assert await town.at_desk(Actor("clock"), lambda desk: desk.signing_in.tries("mai", window)) == 0


async def test_readiness_names_a_clock_that_jumped_until_it_is_back(house: House) -> None:
    said = [await ready(house)]
    for days in (TEN_YEARS, -TEN_YEARS, -1, 1):
        house.clock.move(days=days)
        said.append(await ready(house))

    fine, jumped = {"status": "ok", "reasons": []}, {"status": "degraded", "reasons": ["clock_jumped"]}
    assert said == [fine, jumped, fine, jumped, fine]


@pytest.mark.parametrize(("moved", "reasons"), [(-1, ["clock_behind"]), (30, ["clock_ahead"]), (1, [])])
async def test_readiness_names_a_clock_that_does_not_fit_what_was_noted_last(
    tmp_path: Path, moved: int, reasons: list[str]
) -> None:
    async with open_house(tmp_path) as before:
        before.clock.move(days=-moved)
        await TownOf(before).at_desk(Actor("operator"), lambda desk: desk.note("test", "all"))
    async with open_house(tmp_path) as after:
        found = await ready(after)

    assert found == {"status": "degraded" if reasons else "ok", "reasons": reasons}
