"""Walks through registration: forward, back, edited, in English, without accents, by people with awkward names."""

import pytest

from tests.handlers.conversations.walks import ANSWERED, CONSENTED, TO_NAME, TO_PHONE, TO_PLACE, cases
from tests.kit.town import Citizen, Town

IN_ENGLISH = (
    "/register", "My family", "I agree, send", "1 4", "Hoa Son", "near the market", "Nguyen Thi Lan", "1954",
    "0905123456", "Skip", "Visit",
)  # fmt: skip
WITHOUT_ACCENTS = (
    "dang ky", "gia dinh toi", "dong y gui", "hoc hanh", "hoa son", "to 3 gan cho", "nguyen thi lan", "1954",
    "khong co dien thoai", "bo qua", "den nha",
)  # fmt: skip


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def test_a_whole_registration_ends_with_one_case_and_its_code(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    review = lan.hears_last("registration.@review")

    await lan.presses("Gửi yêu cầu")

    lan.hears("registration.received", "registration.not_the_form", "consent_case_news.agree_news")
    [case] = await cases(town)
    assert "Nguyễn Thị Lan" in review.text
    assert "ra Ủy ban nhân dân xã, phường." in lan.heard[1].text
    assert case.code in lan.heard[0].text
    assert (case.unit_id, case.needs, case.state) == ("phuong_hoa_khanh", ["review", "school"], "submitted")


async def test_what_the_case_holds_is_what_was_answered(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    await lan.presses("Gửi yêu cầu")

    [case] = await cases(town)
    content = await lan.at_desk(lambda desk: desk.cases.read(case.id))

    kept = {name: content[name] for name in ("name", "birth_year", "phone", "place", "reach")}
    assert kept == {
        "name": "Nguyễn Thị Lan",
        "birth_year": 1954,
        "phone": "+84905123456",
        "place": "tổ 3, gần chợ",
        "reach": "visit",
    }


async def test_a_whole_registration_in_english(town: Town) -> None:
    ann = town.citizen("Ann", language="en")
    await ann.says(*IN_ENGLISH)

    await ann.presses("Send request")

    ann.hears("registration.received", "registration.not_the_form", "consent_case_news.agree_news")
    assert "Your request is received" in ann.heard[0].text


async def test_a_whole_registration_typed_without_any_accent(town: Town, lan: Citizen) -> None:
    await lan.says(*WITHOUT_ACCENTS, "gui yeu cau")

    lan.hears("registration.received", "consent_case_news.agree_news")
    [case] = await cases(town)
    assert (case.unit_id, case.needs) == ("phuong_hoa_khanh", ["school"])


@pytest.mark.parametrize(
    ("needs", "asked"),
    [
        pytest.param("2", "registration.work", id="a job"),
        pytest.param("7", "registration.goods", id="a sale"),
        pytest.param("3", "registration.unit", id="neither"),
    ],
)
async def test_more_is_asked_about_a_job_and_a_sale_only(lan: Citizen, needs: str, asked: str) -> None:
    await lan.says(*CONSENTED)

    await lan.says(needs, "xong")

    lan.hears(asked)


async def test_an_interpreter_is_asked_for_with_the_language(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED[:-1], "4")
    lan.hears("registration.tongue")

    await lan.says("tiếng Cơ Tu")

    assert "tiếng Cơ Tu" in lan.hears_last("registration.@review").text


@pytest.mark.parametrize("name", ["Huy", "Dung", "Sữa", "Dừng lại đi Nam", "Sửa"])
async def test_a_name_like_a_command_is_a_name_unless_fully_accented_and_alone(lan: Citizen, name: str) -> None:
    await lan.says(*CONSENTED, *TO_NAME)

    await lan.says(name)

    if name == "Sửa":
        lan.hears_last("edit_which")
    else:
        lan.hears_last("registration.birth_year")
        assert (await lan.answers())["name"] == name


async def test_milk_is_an_answer_in_free_words(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PLACE)

    await lan.says("sữa")

    assert (await lan.answers())["place"] == "sữa"


async def test_back_asks_the_question_before_and_forgets_its_answer(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_NAME)

    await lan.says("quay lại")

    lan.hears("registration.place")
    assert "place" not in await lan.answers()


async def test_back_several_times_goes_back_several_questions(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PHONE)

    await lan.says("quay lai", "/quaylai", "quay lại", "back")

    lan.hears("registration.unit")


async def test_back_at_the_first_question_says_so_and_asks_it_again(lan: Citizen) -> None:
    await lan.says("/dangky")

    await lan.says("quay lại")

    lan.hears("nothing_to_go_back_to", "consent_register.for_whom")


@pytest.mark.parametrize("words", ["sửa 3", "sua 3", "/sua 3", "Sửa 3", "edit 3"])
async def test_an_edit_by_number_asks_that_question_alone(lan: Citizen, words: str) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    await lan.says(words)
    lan.hears("registration.unit")

    await lan.says("xã Tây Giang")

    assert "Xã Tây Giang" in lan.hears_last("registration.@review").text


async def test_an_edit_picked_from_the_list_asks_that_question_alone(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    await lan.presses("Sửa", "Năm sinh")
    lan.hears("registration.birth_year")

    await lan.says("1960")

    assert "1960" in lan.hears_last("registration.@review").text


async def test_an_edit_may_be_picked_by_its_number_in_the_list(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED, "sửa")

    await lan.says("7")

    lan.hears("registration.phone")


async def test_an_edit_of_a_line_that_is_not_there_offers_the_list(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)

    await lan.says("sửa 99")

    lan.hears("edit_which")


async def test_the_review_before_an_edit_no_longer_sends(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    send = lan.button("Gửi yêu cầu")
    await lan.says("sửa 6")

    await lan.presses_again(send)

    lan.hears_last("registration.birth_year")
    assert await cases(town) == []


async def test_a_review_that_was_pressed_during_an_edit_is_still_to_be_read(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    send = lan.button("Gửi yêu cầu")
    await lan.says("sửa 6")
    await lan.presses_again(send)
    lan.hears("closed_button", "registration.birth_year")

    await lan.says("1960")

    lan.hears("registration.@review")
    assert await cases(town) == []


async def test_the_review_from_before_an_edit_says_so_and_the_new_one_sends_the_new_words(
    town: Town, lan: Citizen
) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    old = lan.button("Gửi yêu cầu")
    await lan.says("sửa 6", "1960")
    lan.hears("registration.@review")

    await lan.presses_again(old)
    lan.hears("closed_button", "registration.@review")
    before = await cases(town)
    await lan.presses("Gửi yêu cầu")

    [sent] = await cases(town)
    content = await lan.at_desk(lambda desk: desk.cases.read(sent.id))
    assert before == []
    assert content["birth_year"] == 1960


async def test_an_edit_that_opens_another_question_asks_it_before_the_review(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED, "sửa 2")

    await lan.says("2", "xong")

    lan.hears("registration.work")


async def test_an_edit_that_closes_a_question_forgets_its_answer(lan: Citizen) -> None:
    await lan.says(*CONSENTED, "2", "xong", "hai người, làm thợ hồ", *ANSWERED[1:], "sửa 2")

    await lan.says("1", "xong")

    assert "thợ hồ" not in lan.hears_last("registration.@review").text
    assert "work" not in await lan.answers()


async def test_words_at_the_review_do_not_send(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)

    await lan.says("cho tôi hỏi chút")

    lan.hears("registration.@review")
    assert await cases(town) == []


async def test_a_yes_at_the_review_sends(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)

    await lan.says("đúng rồi")

    assert len(await cases(town)) == 1


async def test_nothing_is_on_file_before_the_review_is_answered(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)

    assert await cases(town) == []
