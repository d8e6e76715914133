"""Somebody in need now: three questions and a code, and an urgent word heard wherever it is said."""

import asyncio
import re

import pytest
from sqlmodel import select

from storage.tables import UrgentRequest
from tests.handlers.conversations.walks import CONSENTED, TO_PLACE, TO_REACH
from tests.kit.on_duty import clerk, listening
from tests.kit.town import Citizen, Town


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def raised(town: Town) -> list[UrgentRequest]:
    return await town.database.read(lambda unit: unit.query(UrgentRequest).all())


async def test_the_numbers_to_ring_come_before_the_first_question(lan: Citizen) -> None:
    await lan.says("/gap")

    lan.hears("urgent_help.numbers", "urgent_help.where")
    assert "115" in lan.heard[0].text


@pytest.mark.parametrize("phone", ["0905 123 456", "Không có điện thoại", "không có"])
async def test_three_answers_end_with_a_code(town: Town, lan: Citizen, phone: str) -> None:
    await lan.says("/gap", "tổ 3 Hòa Sơn", "Hết ăn")
    lan.hears("urgent_help.phone")

    await lan.says(phone)

    [request] = await raised(town)
    lan.hears("urgent_help.recorded")
    assert request.code in lan.heard[0].text
    assert re.fullmatch(r"KC-\w{4}-\w{4}", request.code)


async def test_no_consent_stands_in_the_way(town: Town, lan: Citizen) -> None:
    await lan.says("/gap", "tổ 3 Hòa Sơn", "1", "không có")

    assert len(await raised(town)) == 1
    assert await lan.at_desk(lambda desk: desk.consents.given()) == []


async def test_urgent_words_in_urgent_help_offer_nothing_more(lan: Citizen) -> None:
    await lan.says("/gap")

    await lan.says("cháy nhà ở tổ 3 Hòa Sơn")

    assert "Tôi cần giúp gấp" not in lan.hears_last("urgent_help.what").options


async def test_an_urgent_word_in_free_words_is_kept_as_the_answer(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PLACE)

    await lan.says("tổ 3, nhà hết gạo rồi")

    assert (await lan.answers())["place"] == "tổ 3, nhà hết gạo rồi"


async def test_an_urgent_word_in_free_words_adds_a_button_to_the_next_question(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PLACE)

    await lan.says("tổ 3, nhà hết gạo rồi")

    assert "Tôi cần giúp gấp" in lan.hears_last("registration.name").options


async def test_that_button_opens_urgent_help(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PLACE, "tổ 3, nhà hết gạo rồi")

    await lan.presses("Tôi cần giúp gấp")

    lan.hears("urgent_help.numbers", "urgent_help.where")


async def test_the_registration_is_offered_after_the_urgent_help(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PLACE, "tổ 3, nhà hết gạo rồi")
    await lan.presses("Tôi cần giúp gấp")
    await lan.says("tổ 3", "1", "không có")
    lan.hears("urgent_help.recorded", "resume_offer")

    await lan.presses("Làm tiếp")

    lan.hears("registration.name")


async def test_an_urgent_word_at_a_choice_asks_whether_help_is_needed_now(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_REACH)

    await lan.says("nhà hết gạo rồi")

    lan.hears("urgent_offer")


@pytest.mark.parametrize("no", ["không", "khong", "Không gấp", "2"])
async def test_no_goes_back_to_the_question(lan: Citizen, no: str) -> None:
    await lan.says(*CONSENTED, *TO_REACH, "nhà hết gạo rồi")

    await lan.says(no)

    lan.hears("registration.reach")


@pytest.mark.parametrize("yes", ["có", "co", "Cần giúp ngay", "1"])
async def test_yes_opens_urgent_help(lan: Citizen, yes: str) -> None:
    await lan.says(*CONSENTED, *TO_REACH, "nhà hết gạo rồi")

    await lan.says(yes)

    lan.hears("urgent_help.numbers", "urgent_help.where")


async def test_an_answer_at_the_offer_still_answers_the_question(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_REACH, "nhà hết gạo rồi")

    await lan.says("đến nhà")

    lan.hears("registration.@review")


async def test_the_first_words_ever_may_be_urgent(town: Town) -> None:
    mai = town.citizen("Mai", language="")

    await mai.says("nha toi bi ngap nha roi")

    mai.hears("urgent_offer")


async def test_she_is_told_how_many_officials_were_told_and_of_which_unit(town: Town, lan: Citizen) -> None:
    hoa, _, far = await clerk(town, "Hoa"), await clerk(town, "Bình"), await clerk(town, "An", places=("xa_tay_giang",))

    async with listening(hoa, far):
        await lan.says("/gap", "tổ 3, phường Hòa Khánh", "Hết ăn", "0905 123 456")

    said = lan.hears_last("urgent_help.passed_on_to").text
    assert all(words in said for words in ("2 cán bộ", "Hòa Khánh", "115"))
    hoa.hears("urgent.alarm")
    far.hears()


async def test_a_place_that_names_no_unit_is_everybody_s(town: Town, lan: Citizen) -> None:
    hoa, far = await clerk(town, "Hoa"), await clerk(town, "An", places=("xa_tay_giang",))

    async with listening(hoa, far):
        await lan.says("/gap", "ngõ sau chợ", "Hết ăn", "không có")

    assert "2 cán bộ" in lan.hears_last("urgent_help.passed_on").text
    for one in (hoa, far):
        assert "không có số điện thoại" in one.hears_last("urgent.alarm").text


async def test_of_two_officials_who_press_at_once_one_takes_it(town: Town, lan: Citizen) -> None:
    hoa, binh = await clerk(town, "Hoa"), await clerk(town, "Bình")
    async with listening(hoa, binh):
        await lan.says("/gap", "tổ 3, phường Hòa Khánh", "Hết ăn", "không có")

    async with listening(lan):
        await asyncio.gather(*(one.presses("Nhận việc gấp") for one in (hoa, binh)))

    lan.hears("urgent.taken")
    assert sorted(one.heard[-1].key for one in (hoa, binh)) == ["talks.urgent_taken_by", "talks.urgent_yours"]


async def test_taking_it_with_the_same_button_again_says_so_and_takes_nothing(town: Town, lan: Citizen) -> None:
    hoa = await clerk(town, "Hoa")
    async with listening(hoa):
        await lan.says("/gap", "tổ 3, phường Hòa Khánh", "Hết ăn", "không có")
    take = hoa.button("Nhận việc gấp")
    await hoa.presses_again(take)
    town.clock.move(minutes=1)

    async with listening(lan):
        await hoa.presses_again(take)

    hoa.hears("already_done")
    lan.hears()


async def test_who_took_it_writes_up_the_help_and_closes_it_in_the_chat_once(town: Town, lan: Citizen) -> None:
    hoa = await clerk(town, "Hoa")
    async with listening(hoa):
        await lan.says("/gap", "tổ 3, phường Hòa Khánh", "Hết ăn", "không có")

    await hoa.presses("Nhận việc gấp", "Đã giúp xong")
    hoa.hears("talks.helped")
    await hoa.says("Đã đưa 10 kg gạo tới nhà")
    hoa.hears("talks.urgent_closed")

    row = await town.database.read(lambda unit: unit.scalars(select(UrgentRequest)).one())
    assert row.state == "closed"
    opened = await town.as_official(hoa.id, lambda desk: desk.urgent.read(row.code))
    assert opened is not None
    assert opened.done == "Đã đưa 10 kg gạo tới nhà"


async def test_one_that_another_closed_is_not_written_up_again(town: Town, lan: Citizen) -> None:
    hoa = await clerk(town, "Hoa")
    async with listening(hoa):
        await lan.says("/gap", "tổ 3, phường Hòa Khánh", "Hết ăn", "không có")
    await hoa.presses("Nhận việc gấp")
    code = (await town.database.read(lambda unit: unit.scalars(select(UrgentRequest)).one())).code
    await town.as_official(hoa.id, lambda desk: desk.urgent.close(code, "đã giúp"))

    await hoa.presses("Đã giúp xong")

    hoa.hears("talks.gone")
