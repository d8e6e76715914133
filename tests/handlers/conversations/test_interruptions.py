"""Forms laid aside, taken up again, offered once, given up; a change of language on the way."""

import pytest

from tests.handlers.conversations.walks import ANSWERED, CONSENTED, TO_NAME
from tests.kit.town import Citizen, Town


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody who is asked for the name."""
    lan = town.citizen("Lan")
    await lan.says(*CONSENTED, *TO_NAME)
    return lan


async def test_after_five_days_the_menu_resumes_at_the_open_question(town: Town, lan: Citizen) -> None:
    before = await lan.answers()
    town.clock.move(days=5)
    await lan.says("menu")

    await lan.presses("Làm tiếp")

    lan.hears("registration.name")
    assert await lan.answers() == before


async def test_after_five_days_an_answer_without_the_menu_is_taken_too(town: Town, lan: Citizen) -> None:
    town.clock.move(days=5)

    await lan.says(ANSWERED[3])

    lan.hears("registration.birth_year")


async def test_what_was_resumed_asks_only_what_is_left(town: Town, lan: Citizen) -> None:
    town.clock.move(days=5)
    await lan.says("menu")
    await lan.presses("Làm tiếp")

    await lan.says(*ANSWERED[3:])

    lan.hears("registration.@review")


async def test_opening_registration_again_resumes_it(lan: Citizen) -> None:
    await lan.says("menu")

    await lan.says("/dangky")

    lan.hears("registration.name")


@pytest.mark.parametrize(("opened", "key"), [("/hoso", "my_cases.none"), ("/trogiup", "help.what_i_can_do")])
async def test_what_another_conversation_laid_aside_is_offered_when_that_ends(
    lan: Citizen, opened: str, key: str
) -> None:
    await lan.says(opened)

    lan.hears(key, "resume_offer")


async def test_it_is_offered_only_once(lan: Citizen) -> None:
    await lan.says("/hoso")

    await lan.says("/hoso")

    lan.hears("my_cases.none")


async def test_laid_aside_once_more_it_is_offered_once_more(lan: Citizen) -> None:
    await lan.says("/hoso")
    await lan.presses("Làm tiếp")

    await lan.says("/hoso")

    lan.hears("my_cases.none", "resume_offer")


async def test_the_offer_goes_on_with_it(lan: Citizen) -> None:
    await lan.says("/hoso")

    await lan.presses("Làm tiếp")

    lan.hears("registration.name")


async def test_the_offer_may_be_put_off(lan: Citizen) -> None:
    await lan.says("/hoso")
    await lan.presses("Để sau")
    lan.hears("kept_for_later")

    await lan.says("menu")

    assert "Làm tiếp" in lan.hears_last("menu").options


async def test_the_offer_may_be_refused_for_good(lan: Citizen) -> None:
    await lan.says("/hoso")
    await lan.presses("Bỏ, xóa đi")
    lan.hears("cancelled")

    await lan.says("/dangky")

    lan.hears("registration.for_whom")


async def test_the_menu_offers_what_is_laid_aside_first(lan: Citizen) -> None:
    await lan.says("menu")

    assert lan.hears_last("menu").options[0] == "Làm tiếp"


async def test_the_menu_offers_nothing_to_resume_when_nothing_is(town: Town) -> None:
    mai = town.citizen("Mai")

    await mai.says("menu")

    assert "Làm tiếp" not in mai.hears_last("menu").options


async def test_later_at_the_review_keeps_everything(lan: Citizen) -> None:
    await lan.says(*ANSWERED[3:])
    await lan.presses("Để sau", "Về danh mục")

    await lan.presses("Làm tiếp")

    lan.hears("registration.@review")


async def test_cancelling_is_confirmed_first(lan: Citizen) -> None:
    await lan.says("hủy")

    lan.hears("cancel_sure")
    assert len(await lan.answers()) == 4


@pytest.mark.parametrize("no", ["không", "khong", "làm tiếp"])
async def test_cancelling_denied_goes_on(lan: Citizen, no: str) -> None:
    await lan.says("hủy")

    await lan.says(no)

    lan.hears("registration.name")


async def test_cancelling_confirmed_forgets_the_answers(lan: Citizen) -> None:
    await lan.says("hủy", "có")
    lan.hears("cancelled")

    await lan.says("/dangky")

    lan.hears("registration.for_whom")
    assert await lan.answers() == {}


async def test_a_cancelled_form_is_not_offered_again(lan: Citizen) -> None:
    await lan.says("hủy", "có")

    await lan.says("/hoso")

    lan.hears("my_cases.none")


async def test_cancelling_with_nothing_answered_needs_no_confirmation(town: Town) -> None:
    mai = town.citizen("Mai")
    await mai.says("/dangky")

    await mai.says("hủy")

    mai.hears("cancelled")


async def test_cancel_at_the_review_is_confirmed_too(lan: Citizen) -> None:
    await lan.says(*ANSWERED[3:])

    await lan.presses("Hủy")

    lan.hears("cancel_sure")


@pytest.mark.parametrize("words", ["quay lại", "sửa 2", "hủy", "tiếp tục"])
async def test_a_command_for_a_form_says_so_where_none_is_open(town: Town, words: str) -> None:
    mai = town.citizen("Mai")

    await mai.says(words)

    mai.hears("nothing_open")


async def test_another_language_on_the_way_keeps_the_answers(lan: Citizen) -> None:
    before = await lan.answers()
    await lan.says("/ngonngu", "English")
    lan.hears("language.changed", "resume_offer")

    await lan.presses("Go on")

    assert lan.hears_last("registration.name").text == "Full name of the one who needs help?"
    assert await lan.answers() == before
