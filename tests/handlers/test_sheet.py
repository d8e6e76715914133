"""What stands on a sheet for the counter: what she told, as far as the form needs it, and nothing of the result."""

from dataclasses import asdict, replace
from datetime import datetime

import pytest

from handlers.desk import Desk
from handlers.views.sheet import MOST_LETTERS, Cell, CounterSheet, SheetFor, known, printable, sheet
from tests.handlers.conversations.checks import CONSENTED, POOR
from tests.kit.requests import asks
from tests.kit.town import Citizen, Town

SITE = "https://chungtay.example.vn"
HOLDER = ("xã Tây Giang", "Hộ nghèo", "1 4 5", "Nặng", "Từ 16 đến 59 tuổi", "không", "0", "Không")


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("lan")


async def drawn(
    citizen: Citizen, about: SheetFor, code: str = "", *, language: str = "vi", site: str = SITE
) -> CounterSheet:
    """Her sheet, as the page would give it to her."""

    def write(desk: Desk) -> CounterSheet:
        applicant = desk.sheets.mine(code)
        assert applicant is not None
        made = sheet(replace(desk, public_url=site), about, applicant, language)
        assert made is not None
        return made

    return await citizen.at_desk(write)


def cells(made: CounterSheet) -> dict[str, Cell]:
    """What stands on a sheet, by label; of two alike the first."""
    rows = (*made.head, *(row for part in made.parts for row in part.rows))
    found: dict[str, Cell] = {}
    for cell in (cell for row in rows for cell in row):
        found.setdefault(cell.label, cell)
    return found


def told(made: CounterSheet) -> dict[str, str]:
    return {label: cell.value for label, cell in cells(made).items() if cell.value}


async def test_what_was_told_stands_on_the_review_s_sheet(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    code = await asks(town, "lan")

    made = await drawn(lan, "review")

    assert told(made) == {
        "Gửi Ủy ban nhân dân": "Xã Tây Giang",
        "Mã yêu cầu": code,
        "Họ và tên": "Nguyễn Thị Lan",
        "Năm sinh": "1954",
        "Điện thoại": "0905123456",
        "Thôn, tổ, đường, số nhà": "thôn Bhlô",
        "Xã, phường": "Xã Tây Giang",
        "Số người": "3",
        "Trong đó trẻ nhỏ (dưới 16 tuổi)": "1",
        "Người già trong gia đình": "Người từ 70 đến dưới 75 tuổi",
    }
    assert made.lead == "Phiếu này không thay mẫu đơn; cán bộ dùng để điền Mẫu số 01, Phụ lục QĐ 24/2021/QĐ-TTg."
    assert made.address == f"{SITE}/console/requests/{code}"


@pytest.mark.parametrize("about", ["review", "allowance"])
async def test_no_sheet_tells_income_result_or_story(town: Town, lan: Citizen, about: SheetFor) -> None:
    await lan.says(*CONSENTED, *POOR)
    await asks(town, "lan")

    said = str(asdict(await drawn(lan, about))).casefold()

    for word in ("thu nhập", "3.000.000", "khả năng", "lời khai: có", "dột", "chữa bệnh", "không có, đi nhờ"):
        assert word not in said, word


async def test_the_allowance_s_sheet_offers_what_is_known_to_fit_to_be_ticked(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *HOLDER)

    made = await drawn(lan, "allowance")

    boxes = [label for label, cell in cells(made).items() if cell.box]
    assert "Trợ cấp hưu trí xã hội, người từ 75 tuổi" in boxes
    assert "Trợ cấp người khuyết tật nặng" in boxes
    assert not [label for label in boxes if "HIV" in label or "đặc biệt nặng" in label]
    assert made.lead.endswith("cán bộ dùng để điền Mẫu số 01, NĐ 335/2026/NĐ-CP.")


async def test_what_only_a_family_found_poor_would_get_is_not_on_it(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)  # with somebody of 72, who gets a pension once the family is recognised

    made = await drawn(lan, "allowance")

    assert "hộ nghèo" not in str(asdict(made))
    assert cells(made)["Tên trợ cấp, viết rõ"].blank == 1


async def test_what_was_not_told_is_a_dotted_line(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)

    made = await drawn(lan, "review")

    left_open = {label for label, cell in cells(made).items() if cell.blank and not cell.value}
    assert left_open >= {"Họ và tên", "Năm sinh", "Điện thoại", "Thôn, tổ, đường, số nhà", "Mã yêu cầu"}
    assert (told(made)["Xã, phường"], made.address) == ("Xã Tây Giang", "")


async def test_without_an_address_that_others_reach_there_is_no_code_to_scan(town: Town, lan: Citizen) -> None:
    code = await asks(town, "lan")

    made = await drawn(lan, "review", site="http://127.0.0.1:8080")

    assert (made.address, told(made)["Mã yêu cầu"]) == ("", code)


async def test_a_request_for_another_family_says_nothing_of_her_own(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    code = await asks(town, "lan", for_other=True, name="Hồ Văn Mơ", helper_name="Lan", helper_phone="+84905999999")

    made = await drawn(lan, "review", code)

    assert told(made)["Họ và tên"] == "Hồ Văn Mơ"
    assert "Số người" not in told(made)
    assert "Lan" not in str(asdict(made))
    assert "999999" not in str(asdict(made))


async def test_nobody_gets_a_sheet_of_somebody_else_s_request(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    code = await asks(town, "mai", name="Mai")

    assert await lan.at_desk(lambda desk: desk.sheets.mine(code)) is None


async def test_a_check_whose_consent_was_taken_back_is_on_no_sheet(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    await lan.at_desk(lambda desk: desk.consents.withdraw("check"))

    assert await lan.at_desk(lambda desk: desk.sheets.mine()) is None
    await asks(town, "lan")
    assert "Số người" not in told(await drawn(lan, "review"))


async def test_in_english_the_official_still_reads_vietnamese(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    await asks(town, "lan")

    made = await drawn(lan, "review", language="en")

    assert told(made)["Họ và tên (name)"] == "Nguyễn Thị Lan"
    assert told(made)["Người già trong gia đình (older people)"] == "Người từ 70 đến dưới 75 tuổi"


async def test_where_the_form_of_the_law_is_not_known_there_is_no_sheet(town: Town, lan: Citizen) -> None:
    await asks(town, "lan")

    async def on(year: int, month: int, day: int) -> tuple[SheetFor, ...]:
        moment = datetime(year, month, day, 9, tzinfo=town.office.zone)
        return await lan.at_desk(lambda desk: known(replace(desk, now=moment)))

    assert await on(2026, 10, 4) == ("review",)
    assert await on(2026, 10, 5) == ("review", "allowance")
    assert await on(2027, 1, 1) == ("allowance",)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  tổ 3,\n gần   chợ ", "tổ 3, gần chợ"),
        ("căn cước 048188001234 nhé", "căn cước ••• nhé"),
        ("Lan\u202egnol\u0000\u00ad", "Langnol"),
        ("Lan".replace("a", "a\u0323"), "Lạn"),
        ("x" * 400, "x" * (MOST_LETTERS - 1) + "…"),
    ],
)
def test_words_are_one_line_that_paper_can_show(typed: str, shown: str) -> None:
    assert printable(typed) == shown
