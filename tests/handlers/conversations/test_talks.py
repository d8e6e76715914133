"""An official and a resident talk through the bot, each in a chat of their own, from the wish to the end."""

import asyncio

import pytest
from sqlmodel import select

from handlers.desk import Actor
from handlers.desk.cases import Registration
from handlers.flow.message import Opening, Say
from storage.tables import Talk
from tests.handlers.conversations.walks import CONSENTED
from tests.kit.audit import details
from tests.kit.on_duty import Clerk, clerk, disable, listening
from tests.kit.town import Citizen, Town

TAKE, END, HAND_OVER = "Nhận trò chuyện", "Kết thúc trò chuyện", "Chuyển cho người khác"


@pytest.fixture
async def lan(town: Town) -> Citizen:
    citizen = town.citizen("Lan")
    await citizen.says("/menu")
    return citizen


@pytest.fixture
async def hoa(town: Town) -> Clerk:
    """An official of the unit, at her phone."""
    return await clerk(town, "Hoa")


async def wishes(citizen: Citizen, *officials: Clerk) -> None:
    """Ask for an official, whom the officials hear of."""
    async with listening(*officials):
        await citizen.says("/canbo", "phường Hòa Khánh")
    for official in officials:
        official.hears("talk.wanted")


async def talks(citizen: Citizen, official: Clerk) -> None:
    """Be in a talk with an official, who writes from her chat."""
    await wishes(citizen, official)
    async with listening(citizen):
        await official.presses(TAKE)
    official.hears_last("talks.begun")


async def refused(town: Town) -> list[object]:
    """The actions that were refused."""
    return [detail["action"] for detail in await details(town, "rights.refused")]


# From the wish to the end


async def test_from_the_wish_to_the_end(town: Town, lan: Citizen, hoa: Clerk) -> None:
    binh = await clerk(town, "Bình")
    await wishes(lan, hoa, binh)
    lan.hears("officer.wished_now")
    assert "2 cán bộ" in lan.heard[0].text

    async with listening(lan):
        await asyncio.gather(hoa.presses(TAKE), binh.presses(TAKE))
    lan.hears("talk.taken")
    assert sorted(one.heard[-1].key for one in (hoa, binh)) == ["talks.begun", "talks.taken_by"]
    one, other = (hoa, binh) if hoa.heard[-1].key == "talks.begun" else (binh, hoa)
    hand_over = one.button(HAND_OVER)

    async with listening(lan):
        await one.says("Chào bà, bà cần gì?")
    one.hears()
    assert lan.hears_last("talk.from_officer").text == f"{one.name} nhắn:\nChào bà, bà cần gì?"
    async with listening(one):
        await lan.says("Tôi hỏi về giấy tờ")
    lan.hears()
    assert one.hears_last("talk.from_person").text == "Người dân nhắn:\nTôi hỏi về giấy tờ"

    await one.presses_again(hand_over)
    one.hears("talks.colleague")
    async with listening(lan, other):
        await one.presses(other.name)
    one.hears_last("talks.handed")
    lan.hears("talk.handed_over")
    other.hears("talk.handed_to_you")

    await lan.says("Còn ai đó không?")
    async with listening(other):
        await other.presses(TAKE)
    other.hears("talk.from_person", "talks.begun")
    assert "Còn ai đó không?" in other.heard[0].text

    async with listening(lan):
        await other.says("/dong")
    other.hears("talks.closed")
    lan.hears("talk.ended")

    await lan.says("cảm ơn")
    lan.hears("thanks.gladly")


@pytest.mark.parametrize("ends", ["kết thúc", "/dong", "ket thuc tro chuyen"])
async def test_the_resident_ends_it_in_words(lan: Citizen, hoa: Clerk, ends: str) -> None:
    await talks(lan, hoa)

    async with listening(hoa):
        await lan.says(ends)

    lan.hears("talks.ended")
    hoa.hears("talk.ended_by_person")
    await hoa.says("zzz qqq")
    hoa.hears_last("not_understood")


async def test_a_button_ends_it(lan: Citizen, hoa: Clerk) -> None:
    await talks(lan, hoa)

    await lan.presses(END)

    lan.hears("talks.ended")


async def test_a_wish_that_nobody_has_taken_is_taken_back(lan: Citizen, hoa: Clerk) -> None:
    await wishes(lan, hoa)

    await lan.says("/dong")

    lan.hears("talks.wish_ended")


async def test_where_no_talk_is_open_there_is_none_to_end(lan: Citizen) -> None:
    await lan.says("/dong")

    lan.hears("talks.none_in_hand")


async def test_one_official_s_chat_holds_one_talk(town: Town, lan: Citizen, hoa: Clerk) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    await talks(lan, hoa)
    await wishes(mai, hoa)

    await hoa.presses(TAKE)
    hoa.hears("talks.busy")
    await hoa.presses(END)
    hoa.hears("talks.closed")


async def test_with_nobody_else_there_it_can_not_be_handed_over(lan: Citizen, hoa: Clerk) -> None:
    await talks(lan, hoa)

    await hoa.presses(HAND_OVER)

    hoa.hears("talks.nobody_else")


async def test_nobody_is_asked_where_she_is_if_her_request_says_so(town: Town, lan: Citizen, hoa: Clerk) -> None:
    await lan.at_desk(
        lambda desk: desk.cases.open(
            Registration(needs=("food",), unit_id="phuong_hoa_khanh", place="tổ 3", name="Lan"), ()
        )
    )

    async with listening(hoa):
        await lan.says("/canbo")

    lan.hears("officer.wished_now")
    hoa.hears("talk.wanted")


async def test_the_unit_need_not_be_known(town: Town, lan: Citizen, hoa: Clerk) -> None:
    async with listening(hoa):
        await lan.says("/canbo", "không biết")

    lan.hears("officer.wished_now")
    assert "chưa rõ nơi nào" in hoa.hears_last("talk.wanted").text


async def test_off_hours_it_is_said_when_somebody_is_there(town: Town, lan: Citizen, hoa: Clerk) -> None:
    town.clock.move(hours=10)

    await wishes(lan, hoa)

    assert "7 giờ 30 ngày 26/11/2026" in lan.hears_last("officer.wished_off_hours").text


async def test_with_nobody_there_no_more_is_promised_than_that_it_is_recorded(lan: Citizen) -> None:
    await lan.says("/canbo", "phường Hòa Khánh")
    hours = "Giờ làm việc: từ 7 giờ 30 đến 11 giờ 30 và từ 13 giờ đến 17 giờ, thứ hai đến thứ sáu."
    assert hours in lan.hears_last("officer.wished").text

    await lan.says("/canbo")
    lan.hears("officer.wished_before")


async def test_who_wishes_again_in_a_talk_is_told_with_whom_she_talks(lan: Citizen, hoa: Clerk) -> None:
    await talks(lan, hoa)

    await lan.says("/canbo")

    assert "Hoa" in lan.hears_last("officer.talking").text


async def test_an_official_is_a_resident_too(town: Town, hoa: Clerk) -> None:
    binh = await clerk(town, "Bình")
    await hoa.says(*CONSENTED)
    hoa.hears_last("registration.needs")
    await hoa.says("/huy", "/canbo", "phường Hòa Khánh")
    hoa.hears("officer.wished_now", "resume_offer")

    talk = await town.database.read(lambda unit: unit.scalars(select(Talk)).one())
    async with listening(hoa):
        await town.as_official(binh.id, lambda desk: desk.talks.take(talk.id, in_chat=True))
    hoa.hears("talk.taken")
    async with listening(binh):
        await hoa.says("Tôi hỏi cho nhà tôi")
    binh.hears("talk.from_person")


# Rights


async def test_a_disabled_official_s_chat_has_no_power_from_that_moment(town: Town, lan: Citizen, hoa: Clerk) -> None:
    await talks(lan, hoa)
    hand_over = hoa.button(HAND_OVER)
    await disable(town, hoa)

    async with listening(lan):
        await hoa.says("bà ở tổ mấy")
        hoa.hears_last("not_understood")
        await hoa.presses_again(hand_over)

    hoa.hears("officials_only")
    lan.hears()
    assert await refused(town) == ["talk.take"]


async def test_an_official_who_lost_the_role_can_not_say_anything(town: Town, lan: Citizen, hoa: Clerk) -> None:
    await talks(lan, hoa)
    await town.at_desk(Actor("operator"), lambda desk: desk.accounts.change(hoa.id, ("editor",), ()))
    await hoa.is_bound()

    async with listening(lan):
        await hoa.says("Chào bà")

    hoa.hears("talks.not_said")
    lan.hears()
    assert await refused(town) == ["talk.take"]


@pytest.mark.parametrize(
    ("conversation", "given", "action"),
    [("take_talk", "talk", "talk.take"), ("take_urgent", "urgent", "urgent.take"), ("hand_over_talk", "", "talk.take")],
)
async def test_a_resident_s_press_of_an_official_s_button_has_no_effect_and_is_noted(
    town: Town, lan: Citizen, conversation: str, given: str, action: str
) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu", "/canbo", "không biết")
    talk = await town.database.read(lambda unit: unit.scalars(select(Talk)).one())
    raised = await mai.at_desk(lambda desk: desk.urgent.raise_one("tổ 3", "hunger", None))
    answers = {"talk": {"talk": talk.id}, "urgent": {"urgent": raised.code}}.get(given, {})

    opening = Opening("doors.take_talk", conversation, answers)
    async with listening(lan):
        chat = await lan.chat()
        await town.at_desk(
            Actor("clock"), lambda desk: desk.messages.say(chat, Say("menu", openings=(opening,)), kind="notice")
        )
    await lan.presses(TAKE)

    lan.hears("officials_only")
    assert await refused(town) == [action]
    assert (await town.database.read(lambda unit: unit.scalars(select(Talk)).one())).officer_id is None


async def test_another_s_button_is_none_of_hers(town: Town, lan: Citizen, hoa: Clerk) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    await wishes(lan, hoa)

    await mai.presses_again(hoa.button(TAKE))

    mai.hears("old_button")
