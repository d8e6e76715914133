"""Sheets for the counter, drawn: one page, nothing over anything else, and whatever was typed is only words."""

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest

from bot.pictures.sheets import NotDrawn, Printer
from handlers.views.sheet import Cell, CounterSheet, SheetPart
from tests.kit.sheets import A4, pages, properties, scanned, words, written

ADDRESS = "https://chungtay.example.vn/console/requests/HS-4K7M-92QX"
NAME = "Nguyễn Hoàng Thị Phương Uyên Khánh Linh"
PLACE = "Số nhà 123/45/67 đường Nguyễn Hữu Thọ nối dài, tổ dân phố số 127, khu tái định cư mở rộng giai đoạn 2, gần chợ"


def sheet(name: str = NAME, place: str = PLACE, *, more: int = 0) -> CounterSheet:
    """A sheet with a row of every kind. more: rows below."""
    rows = (
        (Cell(label="Họ và tên", value=name),),
        (Cell(label="Năm sinh", value="1954"), Cell(label="Điện thoại", blank=1)),
        (Cell(label="Chỗ ở", value=place),),
        (Cell(label="Một điều có tên dài đến nỗi phải xuống dòng", value=place[:60]), Cell(label="Số", value="3")),
        (Cell(label="Viết thêm", blank=2),),
        (Cell(label="Cho chính tôi", box=True), Cell(label="Trợ cấp khác", blank=1, box=True)),
    )
    return CounterSheet(
        title="PHIẾU CHUẨN BỊ",
        about="cho Giấy đề nghị",
        lead="Phiếu này không thay mẫu đơn.",
        head=((Cell(label="Gửi", value="Xã Tây Giang"), Cell(label="Mã", value="HS-4K7M-92QX")),),
        address=ADDRESS,
        parts=(SheetPart("1. Người đề nghị", rows), SheetPart("2. Nữa", ((Cell(label="Dòng", blank=1),),) * more)),
        signs=("ngày ...... tháng ......", "Người đề nghị", "(ký)"),
        foot="Lập ngày 03/12/2026.",
        sample="",
        day=date(2026, 12, 3),
    )


def lies_well(pdf: bytes) -> bool:
    """Whether all stands on the paper, within its margins, and nothing over anything else."""
    found = written(pdf)
    inside = all(one.left >= 40 and one.right <= A4[0] - 40 and 25 <= one.base <= A4[1] - 25 for one in found)
    return inside and not any(one.touches(other) for one, other in combinations(found, 2))


async def test_a_sheet_is_one_page_with_its_words_in_vietnamese_letters() -> None:
    pdf = await Printer().draw(sheet("Đặng Thị Ưởng", "thôn Ga’ry"))

    said = words(pdf)
    assert pages(pdf) == 1
    assert all(one in said for one in ("PHIẾU CHUẨN BỊ", "Họ và tên: Đặng Thị Ưởng", "thôn Ga’ry", "HS-4K7M-92QX"))


async def test_the_code_on_it_opens_the_request_and_nothing_else_is_in_it() -> None:
    with_code, without = await Printer().draw(sheet()), await Printer().draw(replace(sheet(), address=""))

    assert (scanned(with_code), scanned(without)) == ([ADDRESS], [])


@pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param("Lan", "tổ 3", id="short"),
        pytest.param(NAME, PLACE, id="long"),
        pytest.param("W" * 40, "Ơ" * 300, id="without a space"),
        pytest.param("", "", id="nothing told"),
    ],
)
async def test_nothing_overlaps_or_runs_off_the_page(name: str, place: str) -> None:
    pdf = await Printer().draw(sheet(name, place))

    assert (pages(pdf), lies_well(pdf)) == (1, True)
    assert min(one.size for one in written(pdf) if one.words.startswith("Năm sinh")) >= 11


async def test_a_longer_sheet_is_drawn_smaller_and_one_that_is_too_long_is_not() -> None:
    pdf = await Printer().draw(sheet(more=22))

    assert (pages(pdf), lies_well(pdf)) == (1, True)
    with pytest.raises(NotDrawn):
        await Printer().draw(sheet(more=80))


@pytest.mark.parametrize(
    "typed",
    ["{nb}", "**Lan**", "<b>Lan</b>", "(Lan) Tj ET", "\\u202eLan\\", "%PDF-1.7 endobj", "__Lan__ --Lan--"],
)
async def test_what_somebody_typed_is_only_words(typed: str) -> None:
    pdf = await Printer().draw(sheet(typed, ""))

    assert f"Họ và tên: {typed} Năm sinh" in words(pdf)
    assert pages(pdf) == 1


async def test_the_file_says_nothing_of_whose_it_is_and_equal_sheets_are_equal_files() -> None:
    one, two = [await Printer().draw(sheet()) for _ in range(2)]

    assert one == two
    assert properties(one).keys() == {"/Title", "/CreationDate"}
    assert properties(one)["/Title"] == "PHIẾU CHUẨN BỊ"


async def test_what_takes_too_long_is_given_up() -> None:
    with pytest.raises(NotDrawn):
        await Printer().draw(sheet(), timeout_s=0)


async def test_what_is_too_much_is_not_begun() -> None:
    with pytest.raises(NotDrawn):
        await Printer().draw(sheet("L" * 70_000))
