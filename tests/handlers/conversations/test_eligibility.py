"""The check: consent first, few questions, and every way ends in an answer."""

import pytest

from tests.handlers.conversations.checks import (
    ABOVE,
    CONSENTED,
    IN_ENGLISH,
    IN_THE_CITY,
    POOR,
    RESULT,
    TO_INCOME,
    TO_MEMBERS,
    WITHOUT_ACCENTS,
    asked_by,
    households,
    kept_answers,
)
from tests.kit.town import Citizen, Town

MOST_QUESTIONS, MOST_FOR_A_HOLDER = 18, 6
UNKNOWN = "không biết"


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


# Consent


async def test_nothing_is_asked_before_consent(lan: Citizen) -> None:
    await lan.says("/kiemtra")

    lan.hears("consent_check.agree")


async def test_whoever_refuses_gets_the_general_list_and_nothing_is_kept(town: Town, lan: Citizen) -> None:
    await lan.says("/kiemtra", "Không đồng ý")

    lan.hears("consent_check.refused", "support.offers")
    assert await households(town) == []
    assert await lan.answers() == {}


async def test_the_check_may_be_read_about_and_a_person_may_call_instead(lan: Citizen) -> None:
    await lan.says("/kiemtra")
    await lan.presses("Đọc kỹ hơn")
    assert "khiếu nại" in lan.hears_last("consent_check.agree").text

    await lan.presses("Nhờ người gọi tôi")
    lan.hears("officer.unit")
    await lan.says("xã Tây Giang")

    lan.hears("officer.wished")


# Length


@pytest.mark.parametrize("certificate", ["Hộ nghèo", "Hộ cận nghèo", "3"])
async def test_who_holds_a_certificate_is_asked_six_questions_at_most(lan: Citizen, certificate: str) -> None:
    asked = await asked_by(
        lan,
        *CONSENTED,
        "Hòa Khánh",
        certificate,
        "1 2 5",
        *((UNKNOWN,) if certificate == "Hộ nghèo" else ()),
        "1",
        "Không",
    )

    lan.hears("verdict.holder")
    assert len(asked) <= MOST_FOR_A_HOLDER


async def test_the_longest_way_has_eighteen_questions(lan: Citizen) -> None:
    asked = await asked_by(
        lan, *CONSENTED, "xã Tây Giang", "Không có", "4", "1", "1 2", "0", "Không", "3 triệu", "đúng", "có",
        "Không có, đi nhờ", "không", "không", "Nước máy, giếng khoan, nước bình", "không", "1 2 3", "không", "100",
        "không",
    )  # fmt: skip

    lan.hears(RESULT[0], "verdict.of_any_family", RESULT[1])
    assert len(asked) == MOST_QUESTIONS


async def test_who_knows_nothing_gets_an_answer_too(lan: Citizen) -> None:
    asked = await asked_by(lan, *CONSENTED, *[UNKNOWN] * MOST_QUESTIONS)

    assert len(asked) <= MOST_QUESTIONS
    assert await lan.answers() == {}
    assert len(await kept_answers(lan)) == len(asked)


@pytest.mark.parametrize("place", range(len(POOR)))
async def test_what_is_not_known_from_anywhere_on_ends_in_an_answer(lan: Citizen, place: int) -> None:
    await lan.says(*CONSENTED, *POOR[:place])

    for _ in range(MOST_QUESTIONS):
        if lan.heard[-1].kind != "question":
            break
        await lan.presses("Đúng" if "Đúng" in lan.heard[-1].options else "Không biết")

    lan.hears(*RESULT)


async def test_the_third_lack_is_the_last_question(lan: Citizen) -> None:
    asked = await asked_by(lan, *CONSENTED, *POOR)

    lan.hears(*RESULT)
    assert asked[-1] == "water"


async def test_above_every_line_the_house_is_not_asked_about(lan: Citizen) -> None:
    asked = await asked_by(
        lan, *CONSENTED, "xã Việt An", "Không có", "2", "0", "Không còn ai đủ sức lao động", "90 triệu", "đúng"
    )

    lan.hears(*RESULT)
    assert asked[-1] == "income"


# Results


async def test_a_poor_family_hears_what_is_its_own_before_all_is_answered(lan: Citizen) -> None:
    await lan.says(*CONSENTED, "Hòa Khánh", "Hộ nghèo")

    lan.hears("eligibility.so_far", "eligibility.living_here")
    assert "Thẻ bảo hiểm y tế cho cả hộ nghèo: Nhà nước đóng toàn bộ" in lan.heard[0].text


@pytest.mark.parametrize("certificate", ["Hộ cận nghèo", "Không có", "Không biết"])
async def test_what_may_give_way_to_something_better_waits_for_the_result(lan: Citizen, certificate: str) -> None:
    await lan.says(*CONSENTED, "Hòa Khánh", certificate)

    lan.hears("eligibility.living_here" if certificate == "Hộ cận nghèo" else "eligibility.members")


async def test_above_every_line_who_is_old_is_told_of_the_pension_and_nobody_is_sent_to_the_review(
    lan: Citizen,
) -> None:
    await lan.says(*CONSENTED, "Hòa Khánh", "Không có", "2", "0", "1", "xong", "0", "Không", "20 triệu", "đúng")

    lan.hears("verdict.first", "verdict.of_any_family", "verdict.second")
    assert "hưu trí xã hội, người từ 75 tuổi: 540.000 đ mỗi người mỗi tháng" in lan.heard[1].text
    assert "Nên làm" not in lan.heard[2].text
    assert "Nếu vẫn muốn được rà soát" in lan.heard[2].text


async def test_above_the_line_of_today_alone_the_review_is_advised(lan: Citizen) -> None:
    await lan.says(*CONSENTED, "Hòa Khánh", "Không có", "2", "0", "10", "5 triệu", "đúng")

    lan.hears(*RESULT)
    assert "Nên làm: nộp Giấy đề nghị" in lan.hears_last("verdict.second").text


async def test_a_family_with_three_lacks_is_likely_poor(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)

    first = lan.heard[0].text
    assert lan.heard[0].key == "verdict.first"
    assert "có khả năng thuộc hộ nghèo theo chuẩn hiện nay" in first
    assert "nhà tiêu hợp vệ sinh" in first
    assert "xã Tây Giang" in lan.hears_last("verdict.second").text
    assert (await lan.at_desk(lambda desk: desk.households.mine())).outcome == "poor"  # type: ignore[union-attr]  # kept


async def test_where_nutrition_is_not_known_it_may_be_poor_or_near_poor(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *IN_THE_CITY)

    lan.hears(*RESULT)
    second = lan.heard[1].text
    assert "hộ nghèo hoặc hộ cận nghèo" in lan.heard[0].text
    assert "1.800.000 đ" in lan.heard[0].text
    assert "Hòa Sơn" in lan.heard[0].text
    assert "Trạm y tế cân đo được cho trẻ" in second


async def test_just_above_the_line_is_middle_until_the_new_line_of_the_year(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ABOVE)

    first = lan.heard[0].text
    assert "mức sống trung bình" in first
    assert "Từ 01/01/2027, mức mới là" in first
    await lan.presses("Có thể được gì?")
    assert "trợ cấp hưu trí xã hội" in lan.heard[0].text.casefold()


async def test_the_check_in_english(town: Town) -> None:
    ann = town.citizen("Ann", language="en")

    await asked_by(ann, *IN_ENGLISH)

    ann.hears(*RESULT)
    assert "likely a poor household" in ann.heard[0].text


async def test_the_check_typed_without_any_accent(lan: Citizen) -> None:
    await asked_by(lan, *WITHOUT_ACCENTS)

    lan.hears(*RESULT)
    assert "có khả năng thuộc hộ nghèo" in lan.heard[0].text


# Answers that do not fit


async def test_an_income_by_the_year_is_read_back_by_the_month(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_INCOME, "40 triệu một năm")

    assert "3.333.333 đ một tháng" in lan.hears_last("eligibility.income").text

    await lan.says("đúng")
    lan.hears("eligibility.out_of_work")


@pytest.mark.parametrize(
    ("before", "typed", "question"),
    [
        pytest.param((), "thôn Không Có Thật", "unit", id="no such place"),
        pytest.param(TO_MEMBERS, "0", "members", id="nobody"),
        pytest.param(TO_MEMBERS, "40", "members", id="forty people"),
        pytest.param(TO_MEMBERS, "chồng tôi mất rồi", "members", id="something else"),
        pytest.param(TO_INCOME, "900 triệu", "income", id="900 million"),
        pytest.param(TO_INCOME, "chồng tôi mất rồi", "income", id="no money"),
    ],
)
async def test_what_does_not_fit_is_asked_in_other_words_then_a_person_is_offered(
    lan: Citizen, before: tuple[str, ...], typed: str, question: str
) -> None:
    await lan.says(*CONSENTED, *before)
    plain = lan.heard[-1].text

    await lan.says(typed)
    again = lan.hears_last(f"eligibility.{question}").text
    assert again != plain
    assert plain in again

    await lan.says(typed)
    assert "Gặp cán bộ" in lan.hears_last(f"eligibility.{question}").options


async def test_more_children_than_people_are_asked_about_again(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_MEMBERS, "2", "3")

    assert "nhiều hơn số người" in lan.hears_last("eligibility.children").text

    await lan.says("1")
    lan.hears("eligibility.living_here")


# Moving


async def test_back_and_edit_in_the_middle(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_INCOME)

    await lan.says("quay lại")
    lan.hears("eligibility.pension")
    await lan.says("Không", "sửa 3")
    lan.hears("eligibility.members")
    await lan.says("4")

    lan.hears("eligibility.income")
    assert (await lan.answers())["members"] == "4"
