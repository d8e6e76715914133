"""While two people talk, the bot steps aside, except for what is meant for it."""

import pytest

from tests.handlers.conversations.walks import CONSENTED
from tests.kit.on_duty import Clerk, clerk, listening
from tests.kit.town import Citizen, Town


@pytest.fixture
def engine_name() -> str:
    """What is relayed knows no database."""
    return "sqlite"


@pytest.fixture
async def hoa(town: Town) -> Clerk:
    """An official of the unit, at her phone."""
    return await clerk(town, "Hoa")


@pytest.fixture
async def lan(town: Town, hoa: Clerk) -> Citizen:
    """Somebody in a talk with her, both in their chats."""
    citizen = town.citizen("Lan")
    await citizen.says("/menu")
    async with listening(hoa):
        await citizen.says("/canbo", "phường Hòa Khánh")
    async with listening(citizen):
        await hoa.presses("Nhận trò chuyện")
    citizen.hears("talk.taken")
    return citizen


async def passed(hoa: Clerk, lan: Citizen, *texts: str) -> list[str]:
    """What the official is told while the person writes."""
    async with listening(hoa):
        await lan.says(*texts)
    return [message.text.partition("\n")[2] for message in hoa.heard]


@pytest.mark.parametrize("words", ["menu", "1", "đăng ký", "huỷ", "có", "Chị Hoa ơi\ncho tôi hỏi"])
async def test_what_would_be_a_command_elsewhere_is_for_the_other_side(hoa: Clerk, lan: Citizen, words: str) -> None:
    assert await passed(hoa, lan, words) == [words]
    lan.hears()


@pytest.mark.parametrize(("command", "answer"), [("/menu", "menu"), ("/hoso", None), ("/riengtu", None)])
async def test_slash_commands_still_work_and_go_nowhere_else(
    hoa: Clerk, lan: Citizen, command: str, answer: str | None
) -> None:
    assert await passed(hoa, lan, command) == []
    assert lan.heard
    assert answer is None or lan.heard[-1].key == answer


@pytest.mark.parametrize("words", ["DỪNG", "dừng", "Dừng hết", "DUNG HET", "STOP", "NHẬN"])
async def test_the_words_below_every_piece_of_news_still_work(hoa: Clerk, lan: Citizen, words: str) -> None:
    assert await passed(hoa, lan, words) == []
    assert lan.heard


@pytest.mark.parametrize("words", ["dung", "nhận", "nhan"])
async def test_words_that_may_answer_the_official_are_for_her(hoa: Clerk, lan: Citizen, words: str) -> None:
    assert await passed(hoa, lan, words) == [words]
    lan.hears()


async def test_presses_still_work(hoa: Clerk, lan: Citizen) -> None:
    await lan.says("/menu")

    async with listening(hoa):
        await lan.presses("Đăng ký hỗ trợ")

    hoa.hears()
    assert lan.heard


async def test_urgent_words_are_passed_on_and_help_is_offered_all_the_same(hoa: Clerk, lan: Citizen) -> None:
    assert await passed(hoa, lan, "nhà tôi hết gạo rồi") == ["nhà tôi hết gạo rồi"]
    lan.hears("urgent_offer")

    assert await passed(hoa, lan, "có") == []
    lan.hears("urgent_help.numbers", "urgent_help.where")
    assert await passed(hoa, lan, "tổ 3 phường Hòa Khánh", "không có") == [
        message.text.partition("\n")[2] for message in hoa.heard
    ]
    assert [message.key for message in hoa.heard] == ["urgent.alarm"]


async def test_a_yes_after_the_official_asked_is_for_the_official(hoa: Clerk, lan: Citizen) -> None:
    await lan.says("nhà tôi hết gạo rồi")
    lan.hears("urgent_offer")

    async with listening(lan):
        await hoa.says("Bà ở tổ 3 phải không?")

    assert await passed(hoa, lan, "có") == ["có"]


async def test_a_question_comes_first_as_long_as_it_is_the_last_thing_she_sees(hoa: Clerk, lan: Citizen) -> None:
    await lan.says(*CONSENTED)
    lan.hears_last("registration.needs")
    assert await passed(hoa, lan, "8") == []
    assert await passed(hoa, lan, "xong") == []
    asked = lan.heard[-1].key

    async with listening(lan):
        await hoa.says("Bà đang ở đâu?")

    assert await passed(hoa, lan, "Tôi ở nhà") == ["Tôi ở nhà"]
    await lan.says("/dangky")
    lan.hears_last(asked)  # it was laid aside, and nothing of it is lost


async def test_what_an_official_answers_to_the_bot_never_reaches_a_resident(hoa: Clerk, lan: Citizen) -> None:
    async with listening(lan):
        await hoa.says("/dangky", "Gia đình tôi")

    lan.hears()
    await hoa.says("/menu")  # lays it aside
    async with listening(lan):
        await hoa.says("Chào bà")
    lan.hears("talk.from_officer")


async def test_photos_stay_and_are_named(hoa: Clerk, lan: Citizen) -> None:
    photo = await lan.at_desk(lambda desk: desk.files.keep(b"a photo"))

    async with listening(hoa):
        await lan.sends("photos", {"photos": [photo], "text": "đây ạ"})

    lan.hears("talks.photo_stays")
    assert hoa.hears_last("talk.from_person").text == "Người dân nhắn:\n(gửi 1 ảnh)\nđây ạ"


async def test_a_sticker_is_not_understood_in_a_talk_either(hoa: Clerk, lan: Citizen) -> None:
    async with listening(hoa):
        await lan.sends("sticker", {})

    hoa.hears()
    lan.hears("unreadable")


async def test_a_changed_message_is_passed_on_as_it_is_now(hoa: Clerk, lan: Citizen) -> None:
    async with listening(hoa):
        await lan.sends("edited", {"text": "tổ 4, không phải tổ 3", "place": 9})

    assert [message.text.partition("\n")[2] for message in hoa.heard] == ["tổ 4, không phải tổ 3"]
