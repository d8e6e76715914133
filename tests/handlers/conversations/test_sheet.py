"""A sheet for the counter, asked for in a chat: which one, a yes of its own, and never more than a link."""

import pytest
from sqlmodel import func, select

from storage.tables import OneTimeToken
from tests.handlers.conversations.checks import ABOVE, CONSENTED, POOR
from tests.handlers.conversations.walks import registers
from tests.kit.audit import noted
from tests.kit.town import Citizen, Town

DOOR, AGREES = "Lấy phiếu điền sẵn", "Đồng ý, in giúp tôi"


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def links(town: Town) -> int:
    return await town.database.read(lambda unit: unit.scalar(select(func.count()).select_from(OneTimeToken)) or 0)


async def test_the_check_ends_with_a_door_to_the_sheet(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)

    await lan.presses(DOOR)
    lan.hears("sheet.print_it")
    await lan.presses(AGREES)

    ready = lan.hears_last("sheet.ready")
    assert "http://localhost/p/" in ready.text
    assert "trong 15 phút" in ready.text
    assert "Tôi chưa biết tên và địa chỉ" in ready.text
    assert await links(town) == 1


async def test_whoever_has_a_request_is_asked_which_sheet_and_finds_her_name_on_it(lan: Citizen) -> None:
    await registers(lan)

    await lan.says("/hoso")
    await lan.presses(DOOR)
    lan.hears("sheet.which_sheet")
    await lan.presses("Trợ cấp, hưu trí xã hội", AGREES)

    ready = lan.hears_last("sheet.ready")
    assert "đọc lại, viết thêm chỗ còn trống" in ready.text
    assert "Nguyễn Thị Lan" not in ready.text


async def test_the_entitlements_have_the_door_too(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)

    await lan.presses("Có thể được gì?", DOOR)

    lan.hears("sheet.print_it")


async def test_without_a_yes_there_is_no_link(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR, "/mau")

    await lan.presses("Không in")

    lan.hears("sheet.not_printed")
    assert await links(town) == 0


async def test_whoever_told_nothing_is_led_to_the_questions(town: Town, lan: Citizen) -> None:
    await lan.says("/mau")

    shown = lan.hears_last("sheet.nothing_known")
    assert {"Xem được hỗ trợ gì", "Đăng ký hỗ trợ"} <= set(shown.options)
    assert await links(town) == 0


async def test_the_words_of_people_and_the_english_command_open_it(town: Town, lan: Citizen) -> None:
    ann = town.citizen("Ann", language="en")

    await lan.says("cho tôi xin mẫu đơn")
    await ann.says("/form")

    lan.hears("sheet.nothing_known")
    ann.hears("sheet.nothing_known")


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        pytest.param(POOR, "sheet.print_it", id="nobody for an allowance: the review alone"),
        pytest.param(ABOVE, "sheet.which_sheet", id="somebody of 75: both"),
        pytest.param(
            ("xã Tây Giang", "Hộ nghèo", "1", "xong", "không biết", "0", "Không"),
            "sheet.print_it",
            id="on the list: no review",
        ),
        pytest.param(
            ("xã Tây Giang", "3", "1", "xong", "0", "Không"),
            "sheet.which_sheet",
            id="off the list: both",
        ),
    ],
)
async def test_only_sheets_that_may_be_of_use_are_offered(lan: Citizen, answers: tuple[str, ...], asked: str) -> None:
    await lan.says(*CONSENTED, *answers, "/mau")

    lan.hears(asked)


async def test_a_channel_abroad_gets_the_link_alone(town: Town) -> None:
    lan = town.citizen("Lan", channel="telegram")
    await registers(lan)

    await lan.says("/mau", "1")
    asked = lan.heard
    await lan.presses(AGREES)

    ready = lan.hears_last("sheet.ready")
    assert "/p/" in ready.text
    for told in ("Nguyễn Thị Lan", "1954", "0905", "tổ 3"):
        assert told not in "".join(message.text for message in (*asked, *lan.heard))


async def test_the_yes_is_in_the_audit_without_a_word_of_hers(town: Town, lan: Citizen) -> None:
    await registers(lan)

    await lan.says("/mau", "1")
    await lan.presses(AGREES)

    [row] = await noted(town, "person.sheet_link")
    assert "review" in str(row.detail)
    assert "Lan" not in str(row.detail)
