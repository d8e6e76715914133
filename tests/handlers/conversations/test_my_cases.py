"""My requests: seen, added to, stopped, reopened, and an officer's question answered."""

import pytest

from handlers.desk import Actor
from tests.handlers.conversations.walks import ANSWERED, cases, registers
from tests.kit.town import Citizen, Town

OFFICIAL = Actor("official", "test")


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def asks_for(lan: Citizen, code: str, what: str) -> None:
    """An official takes the case into review and asks for something; she listens."""
    await lan.town.at_desk(OFFICIAL, lambda desk: desk.cases.move(code, "in_review", "test"))
    before = await lan.town.database.read(lan._last_message)
    await lan.town.asks_for(code, what)
    await lan.listens(before)


async def state(town: Town) -> str:
    return (await cases(town))[0].state


async def test_without_a_request_registering_is_offered(lan: Citizen) -> None:
    await lan.says("/hoso")

    assert "Đăng ký hỗ trợ" in lan.hears_last("my_cases.none").options


async def test_one_request_is_shown_at_once(lan: Citizen) -> None:
    code = await registers(lan)

    await lan.says("/hoso")

    shown = lan.hears_last("my_cases.one")
    assert code in shown.text
    assert "Phường Hòa Khánh" in shown.text


async def test_of_several_one_is_picked(lan: Citizen) -> None:
    first = await registers(lan)
    await lan.says("/dangky", "1", *ANSWERED[:6], "2", *ANSWERED[6:], "gửi yêu cầu", "/hoso")
    lan.hears("my_cases.which")

    await lan.presses(first)

    assert first in lan.hears_last("my_cases.one").text


async def test_the_receipt_has_a_button_that_shows_the_request(lan: Citizen) -> None:
    await lan.says("/dangky", "1", "1", *ANSWERED, "gửi yêu cầu")

    await lan.presses("Xem yêu cầu này")

    lan.hears("my_cases.one")


async def test_words_are_added(lan: Citizen) -> None:
    await registers(lan)
    await lan.says("/hoso")
    await lan.presses("Nói thêm")

    await lan.says("mái nhà dột")

    lan.hears("add_to_case.added")


async def test_a_question_reaches_whoever_wants_news(lan: Citizen) -> None:
    code = await registers(lan, news="1")

    await asks_for(lan, code, "giấy xác nhận")

    asked = lan.hears_last("case.need_info")
    assert "giấy xác nhận" in asked.text
    assert asked.options == ("Trả lời cán bộ", "Gửi giấy qua trang riêng", "Tôi không có giấy này")


async def test_a_question_does_not_reach_whoever_wants_no_news(lan: Citizen) -> None:
    code = await registers(lan, news="2")

    await asks_for(lan, code, "giấy xác nhận")

    lan.hears()


async def test_whoever_wants_no_news_finds_the_question_in_the_request(lan: Citizen) -> None:
    code = await registers(lan, news="2")
    await asks_for(lan, code, "giấy xác nhận")

    await lan.says("/hoso")

    shown = lan.hears_last("my_cases.one")
    assert "giấy xác nhận" in shown.text
    assert "Trả lời cán bộ" in shown.options


async def test_an_answer_brings_the_request_back_into_review(town: Town, lan: Citizen) -> None:
    await asks_for(lan, await registers(lan, news="1"), "giấy xác nhận")
    assert await state(town) == "need_info"
    await lan.presses("Trả lời cán bộ")

    await lan.says("tôi gửi giấy ở quầy rồi")

    lan.hears("answer_case.answered")
    assert await state(town) == "in_review"


async def test_stopping_is_confirmed_first(town: Town, lan: Citizen) -> None:
    await registers(lan)
    await lan.says("/hoso")

    await lan.presses("Dừng yêu cầu", "Không, cứ tiếp tục")

    lan.hears("stop_case.goes_on")
    assert await state(town) == "submitted"


async def test_a_request_is_stopped(town: Town, lan: Citizen) -> None:
    await registers(lan)
    await lan.says("/hoso")

    await lan.presses("Dừng yêu cầu", "Có, dừng lại")

    lan.hears("stop_case.stopped")
    assert await state(town) == "withdrawn"


async def test_a_stopped_request_is_reopened(town: Town, lan: Citizen) -> None:
    await registers(lan)
    await lan.says("/hoso")
    await lan.presses("Dừng yêu cầu", "Có, dừng lại")

    await lan.presses("Mở lại yêu cầu")

    lan.hears("reopen_case.reopened")
    assert await state(town) == "submitted"


async def test_nothing_is_added_to_a_stopped_request(lan: Citizen) -> None:
    await registers(lan)
    await lan.says("/hoso")
    add = lan.button("Nói thêm")
    await lan.presses("Dừng yêu cầu", "Có, dừng lại")
    await lan.presses_again(add)

    await lan.says("mái nhà dột")

    lan.hears("add_to_case.too_late")
