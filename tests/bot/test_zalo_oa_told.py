"""What Zalo tells of our messages, of officials who answer by hand, and templates that knock where no words may go."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from fakes.zalo_oa import faults
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.settings import Template
from fakes.zalo_oa.user import ZaloUser
from handlers.desk import Actor
from storage.database import Unit
from storage.tables import OutboxRow
from tests.kit.asked import asked_again
from tests.kit.house import House
from tests.kit.requests import LAN
from tests.kit.zalo_oa_house import answered, chat_of, greeted, knows, queue, until, zalo_oa_house

Place = tuple[House, FakeZaloOa, ZaloUser]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """The service, and somebody who wrote and was answered."""
    async with zalo_oa_house(tmp_path) as (house, zalo):
        lan = zalo.user("Lan", phone="84905123456")
        await knows(house, lan)
        yield house, zalo, lan
        assert zalo.world.complaints == []


async def test_a_receipt_makes_it_delivered_also_one_that_is_here_before_our_own_note(place: Place) -> None:
    house, zalo, lan = place
    [plain] = await queue(house, lan, "một")
    await until(house, plain, "delivered")
    zalo.faults.add(faults.slow(1.0), user=lan.id)
    [late] = await queue(house, lan, "hai")

    await until(house, late, "delivered")


async def test_what_she_saw_was_delivered(tmp_path: Path) -> None:
    async with zalo_oa_house(tmp_path) as (house, zalo):
        zalo.world.account.receipts = False
        lan = zalo.user("Lan")
        await knows(house, lan)
        [number] = await queue(house, lan, "một")
        await until(house, number, "sent")
        zalo.world.account.receipts = True
        lan.looks()
        await until(house, number, "delivered")


async def test_an_echo_tells_that_a_message_arrived_of_which_nobody_knew(place: Place) -> None:
    house, zalo, lan = place
    zalo.faults.add(faults.RESET, user=lan.id)
    [number] = await queue(house, lan, "một")

    row = await until(house, number, "sent", "delivered")
    copy = await house.database.read(
        lambda unit: unit.scalars(select(OutboxRow).where(col(OutboxRow.copy_of) == number)).one()
    )
    house.clock.move(minutes=5)
    house.service.platforms[0].sender.wake()
    await answered(lan, "/menu")

    assert (row.platform_id, copy.state, copy.reason) == (
        next(shown.id for shown in lan.heard if shown.text == "một"), "cancelled", "arrived",
    )  # fmt: skip
    assert sum(shown.text == "một" for shown in lan.heard) == 1


async def test_an_echo_of_an_earlier_message_in_the_same_words_tells_nothing(place: Place) -> None:
    house, zalo, lan = place
    [first] = await queue(house, lan, "một", kind="reminder")
    await until(house, first, "delivered")
    zalo.faults.add(faults.NOT_JSON_BEFORE, user=lan.id)
    house.clock.move(seconds=1)
    [second] = await queue(house, lan, "một", kind="reminder")
    await until(house, second, "unknown")
    for one in [event for event in zalo.world.events if event.body["event_name"] == "oa_send_text"]:
        zalo.pusher.again(one)
    await zalo.settles()
    await asked_again("outbox.changed_at >=")

    assert (await until(house, second, "unknown")).state == "unknown"


async def test_whom_an_official_answers_in_zalos_own_tool_hears_nothing_of_us_for_half_an_hour(place: Place) -> None:
    house, zalo, lan = place
    lan.is_answered_by("AD1", "Chào bà, tôi là cán bộ đây")
    await zalo.settles()
    before = len(lan.heard)
    lan.says("cam on")
    await zalo.settles()
    await house.rests()
    assert len(lan.heard) == before

    house.clock.move(minutes=29)
    lan.says("cam on")
    await zalo.settles()
    await house.rests()
    assert len(lan.heard) == before
    house.clock.move(minutes=2)
    assert await answered(lan, "cam on")


async def test_that_half_hour_begins_when_the_official_wrote_and_not_when_we_were_told(place: Place) -> None:
    house, zalo, lan = place
    house.clock.move(minutes=-20)
    lan.is_answered_by("AD1", "Chào bà, tôi là cán bộ đây")
    house.clock.move(minutes=20)
    await zalo.settles()
    before = len(lan.heard)
    house.clock.move(minutes=9)
    lan.says("cam on")
    await zalo.settles()
    await house.rests()
    assert len(lan.heard) == before

    house.clock.move(minutes=2)

    assert await answered(lan, "cam on")


async def test_the_menu_ends_that_silence(place: Place) -> None:
    _, zalo, lan = place
    lan.is_answered_by("AD1", "Chào bà")
    await zalo.settles()

    assert "Ông/bà cần việc gì?" in "".join([await answered(lan, "/menu"), *[s.text for s in lan.heard[-2:]]])


# Templates


async def registers(house: House, user: ZaloUser) -> None:
    """She sends a request with her number in it."""
    office, chat = house.service.opened.office, await chat_of(house, user)

    def send(unit: Unit) -> str:
        return office.desk(unit, Actor("person", chat.person_id), "test", house.clock, chat).cases.open(LAN).code

    await house.database.write(send)


@pytest.fixture
async def with_template(tmp_path: Path) -> AsyncIterator[Place]:
    """Somebody whose window closed after she registered with her number; notices have a template."""
    file = tmp_path / "templates.toml"
    file.write_text('[notice]\ntemplate = "T1"\nparams = { words = "zalo.wish" }\n', "utf-8")
    async with zalo_oa_house(tmp_path / "data", ZALO_OA_TEMPLATES=str(file)) as (house, zalo):
        lan = zalo.user("Lan", phone="84905123456")
        await knows(house, lan)
        await registers(house, lan)
        house.clock.move(days=8)
        yield house, zalo, lan
        assert zalo.world.complaints == []


async def test_a_template_knocks_and_the_words_wait_for_her(with_template: Place) -> None:
    house, zalo, lan = with_template
    zalo.world.account.add_template(Template("T1", {"words": 100}))

    [number] = await queue(house, lan, "việc riêng của bà")
    await until(house, number, "delivered")
    assert (lan.heard[-1].kind, "riêng" in str(lan.heard[-1].params)) == ("template", False)
    lan.says("/menu")
    await lan.hears("việc riêng của bà")


async def test_by_phone_it_goes_where_it_may_not_by_id_and_its_receipt_names_our_number(with_template: Place) -> None:
    house, zalo, lan = with_template
    zalo.world.account.add_template(Template("T1", {"words": 100}, by_uid=False))

    [number] = await queue(house, lan, "việc riêng")
    row = await until(house, number, "delivered")

    sent = [call for call in zalo.calls if call.path == "/message/template"]
    assert [call.given["tracking_id"] for call in sent] == [str(number)]
    assert (row.platform_id, sent[0].given["phone"]) == (lan.heard[-1].id, "84905123456")


async def test_where_no_template_can_go_the_words_wait_for_her(with_template: Place) -> None:
    house, zalo, lan = with_template
    mai = zalo.user("Mai")
    [mine] = await queue(house, lan, "một")  # nothing was approved
    await until(house, mine, "held")
    zalo.world.account.add_template(Template("T1", {"words": 100}, by_uid=False))
    house.clock.move(seconds=1)
    await greeted(mai)
    house.clock.move(days=8)
    [hers] = await queue(house, mai, "hai")  # and of her we have no number
    await until(house, hers, "held")

    assert not [call for call in zalo.calls if call.path == "/message/template"]
