"""After a check: what it stands on, what would change it, what may be had; and what was told stays its teller's."""

import re

import pytest
from sqlmodel import select

from handlers.conversations.residents.eligibility import CHANGES, SCRIPT
from handlers.desk import Actor
from handlers.flow.conversation import Ask
from storage.tables import Case
from tests.handlers.conversations.checks import (
    CONSENTED,
    IN_THE_CITY,
    POOR,
    RESULT,
    TELLS,
    TO_INCOME,
    asked_by,
    households,
    kept_answers,
)
from tests.handlers.conversations.walks import TO_PHONE, registers
from tests.kit.town import Citizen, Town

CHANGING = {question.key for question in CHANGES}


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


# What it stands on


async def test_what_it_stands_on_names_each_article_with_the_answer_that_led_there(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)

    await lan.presses("Căn cứ")

    text = lan.hears_last("legal_basis.basis").text
    assert not TELLS.search(text.split("\n")[0])
    assert (
        "Theo: NĐ 351/2025/NĐ-CP, tiếp tục áp dụng Điều 3 NĐ 07/2021/NĐ-CP. Hiệu lực: 01/01/2026 – 31/12/2026" in text
    )
    assert "Trả lời: Thu nhập cả nhà một tháng: 3.000.000 đ, Số người: 3." in text
    assert "Thiếu: nhà tiêu hợp vệ sinh, chỉ số 10. Trả lời: Nhà tiêu: Không có, đi nhờ." in text
    assert "Từ 01/01/2027" in text


async def test_the_rows_it_stood_on_are_kept_with_the_result(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)

    kept = await lan.at_desk(lambda desk: desk.households.mine())

    assert kept is not None
    assert {"area.xa", "standard.line.rural", "standard.min_deprived", "lack.toilet"} <= set(kept.rows)


async def test_what_would_change_the_result_is_told_by_outcome(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *IN_THE_CITY)
    await lan.presses("Căn cứ")

    await lan.presses("Điều gì làm kết quả khác đi?")

    told = lan.hears_last("legal_basis.changes")
    assert not TELLS.search(told.text.split("\n")[0])
    assert "Gia đình có khả năng là hộ nghèo nếu:\n• thiếu thêm một điều trong số: " in told.text
    assert "Gia đình có khả năng là hộ cận nghèo nếu:\n• rõ là không thiếu" in told.text
    assert "• tính theo mức nông thôn (1.500.000 đ)" in told.text
    await lan.presses("Căn cứ")
    lan.hears("legal_basis.basis")


async def test_who_holds_a_certificate_is_told_the_laws_of_the_programmes(lan: Citizen) -> None:
    await lan.says(*CONSENTED, "Hòa Khánh", "Hộ cận nghèo", "2", "xong", "0", "Không")
    lan.hears("verdict.holder")

    await lan.presses("Căn cứ")

    told = lan.hears_last("legal_basis.basis")
    assert "Giấy chứng nhận: Hộ cận nghèo" in told.text
    assert "Thu nhập" not in told.text
    assert "Điều gì làm kết quả khác đi?" not in told.options


async def test_without_a_check_there_is_nothing_that_would_change(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    await lan.presses("Căn cứ")
    before = lan.heard
    await lan.says("/riengtu")
    await lan.presses("Rút lại đồng ý", "xem gia đình")
    lan.heard = before

    await lan.presses("Điều gì làm kết quả khác đi?")

    lan.hears("legal_basis.check_first")


# What may be had


async def test_offers_come_two_a_message(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    await lan.presses("Có thể được gì?")
    seen: list[str] = []

    while "Xem thêm" in lan.hears_last("entitlements.offers").options:
        lines = [line for line in lan.heard[-1].text.split("\n") if line.startswith("•")]
        assert len(lines) == 2
        seen += lines
        await lan.presses("Xem thêm")
    seen += [line for line in lan.heard[-1].text.split("\n") if line.startswith("•")]

    assert len(seen) == len(set(seen)) > 10


async def test_an_officer_s_help_opens_the_request_without_asking_place_and_need_again(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)

    await lan.presses("Nhờ cán bộ giúp")
    lan.hears("consent_register.for_whom")
    await lan.says("1", "1")

    lan.hears("registration.place")
    await lan.says(*TO_PHONE[2:], "0905 123 456", "Bỏ qua", "1")
    review = lan.hears_last("registration.@review").text
    assert "Xã Tây Giang" in review
    assert "Xét hộ nghèo" in review


async def test_all_answers_may_be_seen_changed_and_worked_out_again(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)

    await lan.presses("Xem lại câu trả lời")
    review = lan.hears_last("eligibility.@review")
    numbered = [line for line in review.text.split("\n") if re.match(r"\d+\. ", line)]
    assert [line.partition(".")[0] for line in numbered] == [str(n) for n in range(1, len(numbered) + 1)]
    assert len(numbered) == len(await kept_answers(lan))
    assert review.options == ("Tính lại", "Sửa", "Thôi")
    assert "bấm Tính lại" in review.text

    await lan.says("sửa 3")
    lan.hears("eligibility.members")
    await lan.says("4")
    lan.hears("eligibility.@review")
    await lan.presses("Tính lại")

    lan.hears(*RESULT)
    assert (await kept_answers(lan))["members"] == "4"


# Kept


async def test_the_next_check_asks_what_may_have_changed_and_keeps_the_rest(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    before = await kept_answers(lan)

    asked = await asked_by(lan, "/kiemtra", "Không có", "3", "0", "3 triệu", "đúng", "không", "không")

    lan.hears(*RESULT)
    assert set(asked) <= CHANGING
    assert await kept_answers(lan) == before


async def test_what_a_door_brought_along_does_not_count_for_the_next_check(lan: Citizen) -> None:
    await lan.says(*CONSENTED, "Hòa Khánh", "Hộ cận nghèo", "9", "xong")
    await lan.presses("Hoàn cảnh đã khó hơn")
    lan.hears("eligibility.members")
    await lan.says("2", "0", "90 triệu", "đúng")
    lan.hears(*RESULT)

    await lan.says("/kiemtra", "Hộ cận nghèo")

    lan.hears("verdict.holder")


@pytest.mark.parametrize("open_now", ["eligibility", "eligibility_review"])
async def test_taking_the_consent_back_drops_what_is_under_way(lan: Citizen, open_now: str) -> None:
    await lan.says(*CONSENTED, *POOR)
    if open_now == "eligibility":
        await lan.says("/kiemtra", "Không có")
        lan.hears("eligibility.members")
    else:
        await lan.presses("Xem lại câu trả lời")

    await lan.says("/riengtu")
    await lan.presses("Rút lại đồng ý", "xem gia đình")

    lan.hears("withdraw_consent.withdrawn")
    await lan.says("menu")
    assert "Làm tiếp" not in lan.hears_last("menu").options
    await lan.says(*CONSENTED)
    lan.hears("eligibility.unit")
    assert "unit" not in await lan.answers()


async def test_taking_another_consent_back_leaves_the_check_under_way(lan: Citizen) -> None:
    await registers(lan, news="1")
    await lan.says(*CONSENTED, *TO_INCOME, "/riengtu")

    await lan.presses("Rút lại đồng ý", "nhắn tin mới")

    await lan.says("menu")
    await lan.presses("Làm tiếp")
    lan.hears("eligibility.income")


async def test_taking_the_consent_back_forgets_the_answers(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR, "/riengtu")

    await lan.presses("Rút lại đồng ý", "xem gia đình")

    lan.hears("withdraw_consent.withdrawn")
    assert [row.declared for row in await households(town)] == [None]
    await lan.says("/kiemtra")
    lan.hears("consent_check.agree")


async def test_erasing_erases_it_and_before_that_it_can_be_downloaded(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    link = await lan.at_desk(lambda desk: desk.people.download_link())
    shown = await town.at_desk(Actor("clock"), lambda desk: desk.export.everything(link.rpartition("/")[2]))
    assert shown is not None
    assert isinstance(shown["check"], dict)
    assert shown["check"]["answers"]["unit"] == "xa_tay_giang"

    await lan.says("/riengtu")
    await lan.presses("Xóa hết", "Xóa hết")

    assert await households(town) == []
    assert await kept_answers(lan) == {}


async def test_a_request_sent_afterwards_holds_nothing_of_the_check_but_the_place(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    await lan.presses("Nhờ cán bộ giúp")
    await lan.says("1", "1", *TO_PHONE[2:], "0905 123 456", "Bỏ qua", "1")
    await lan.presses("Gửi yêu cầu")

    content = await town.at_desk(
        Actor("official", "an"), lambda desk: desk.cases.read(desk.unit.scalars(select(Case.id)).one())
    )

    asked = {step.question.key for step in SCRIPT if isinstance(step, Ask)}
    assert content.keys() & asked == set()
    assert "3000000" not in str(dict(content))
