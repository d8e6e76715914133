"""Numbers and sums of money, as people type and spell them."""

import unicodedata
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.flow.readers import Amount, money, number
from tests.kit.cases import for_each

T = TypeVar("T")


def rows(texts: str) -> list[str]:
    return [text.strip() for text in texts.split(";")]


def table(by_meaning: dict[T, str]) -> list[object]:
    return [pytest.param(text, value, id=text) for value, texts in by_meaning.items() for text in rows(texts)]


ONE_SUM = {
    2_500_000: (
        "2tr5; hai triệu rưỡi; hai trieu ruoi; 2 triệu rưỡi; 2tr rưỡi; 2 triệu 5; 2 triệu 5 trăm; "
        "2 triệu 5 trăm nghìn; 2 củ rưỡi; 2,5 trđ; ２．５ triệu"
    ),
    2_000_000: "2tr; 2 tr; 2TR; 2 triệu; 2trieu; hai triệu; 2 củ; 2 cu; 2 million",
    1_500_000: (
        "triệu rưỡi; 1.500.000đ; 1.500.000 đ; 1.500.000 đồng; 1.500.000; 1,500,000 VND; 1,500,000; 1500000; "
        "1500000d; 1500000 vnđ; 1.500k; 1500k; một triệu năm; 1tr500k; 1,5 triệu; 1.5tr; 1.5 triệu đồng; "
        "1.5 million VND"
    ),
    1_200_000: (
        "triệu hai; một triệu hai; mot trieu hai; một triệu hai trăm; 1 triệu hai; một triệu hai trăm nghìn; "
        "1tr2; 1 triệu 200 nghìn; 1 triệu 200 nghìn đồng"
    ),
    500_000: (
        "nửa triệu; nua trieu; VND 500,000; 500k; 500K; 500 k; 500 nghìn; 500 ngàn; 500 nghin; 500 ngan dong; "
        "năm trăm nghìn; nam tram nghin; năm trăm ngàn đồng; 5 trăm nghìn; 0,5 triệu; 500 thousand"
    ),
    3_500_000: "3 500 000; 3 500 000 đ",
    1_000_000: "1.000.000,00 đ",
    1_000_000_000: "1.000.000.000; 1 tỷ; 1 tỉ; 1 ty; một tỷ",
    1_000_000_000_000: "1.000.000.000.000 đ",
    20_000: "20000; hai mươi nghìn",
    150_000: "150000",
    70_000: "bảy chục nghìn",
    105_000: "một trăm lẻ năm nghìn",
    350_000: "ba trăm rưỡi nghìn",
    200_000: "hai trăm nghìn; 2 xị",
    1_250_000: "một triệu hai trăm năm mươi nghìn; 1tr25; 1tr250; 1 triệu 250; 1 triệu 250 000",
    1_100_000: "một triệu mốt",
    3_400_000: "ba triệu tư",
    5_000_000: "năm triệu; nam trieu",
    2_250_000: "2tr250; 2,25 triệu",
    1_050_000: "1tr05",
    15_000_000: "15tr; mười lăm triệu",
    10_000_000: "mười triệu; muoi trieu",
    21_000_000: "hai mươi mốt triệu",
    20_500_000: "hai mươi triệu rưỡi",
    12_500_000: "mười hai triệu năm trăm nghìn đồng",
    100_000_000: "trăm triệu",
    1_200_000_000: "1 tỷ 2; một tỷ hai; 1 tỷ 200 triệu; 1,2 tỷ",
    1_500_000_000: "một tỷ rưỡi",
    500_000_000: "nửa tỷ",
    3_000_000: "khoảng 3 triệu; tầm 3 triệu ạ; dạ chừng 3tr; gần ba triệu; 3 trieu thoi; ３ triệu",
    0: "0; 0đ; 0 đồng; không đồng; khong dong",
    500: "500 đ",
    5: "5 đồng",
    3_000: "3000đ",
}
SUM_AND_PERIOD = {
    (3_000_000, "month"): (
        "3 triệu một tháng; 3tr/thang; 3 triệu/tháng; mỗi tháng 3 triệu; tháng 3 triệu; một tháng ba triệu; "
        "3 trieu 1 thang; tôi bán vé số được khoảng 3 triệu mỗi tháng; 3 million per month"
    ),
    (1_500_000, "month"): "mot trieu ruoi mot thang; 1.5 triệu đồng/tháng",
    (4_500_000, "month"): "lương tháng 4tr5",
    (40_000_000, "year"): (
        "40 triệu một năm; 40tr/năm; 40 trieu 1 nam; một năm bốn mươi triệu; mỗi năm 40 triệu; "
        "40 triệu 12 tháng; 40 million a year"
    ),
    (150_000, "day"): "150k 1 ngày; 150k/ngay",
    (200_000, "day"): "200.000đ/ngày; một ngày hai trăm nghìn; ngày công 200k",
}
TWO_SUMS = {
    (3_000_000, 3_000): "3; ba; khoảng 3; 3000; 3.000",
    (3_500_000, 3_500): "3.5; 3,5",
    (15_000_000, 15_000): "15",
    (500_000, 500_000_000): "500",
    (150_000, 150_000_000): "trăm rưỡi",
    (1_250_000_000, 1_250_000): "1.250 triệu",
}
NO_SUM = rows(
    "đ; triệu; không; không có; không có gì; không biết; chưa có lương; bà; 2 cụ; 3 người; -5 triệu; "
    "- 5 triệu; âm 5 triệu; +5 triệu; 2-3 triệu; từ 2 đến 3 triệu; 2 hoặc 3 triệu; 2 3 triệu; "
    "hai ba triệu; vài triệu; mấy triệu; mười mấy triệu; 500k/tuần; 2 triệu và 3 triệu; 3 tháng 5 triệu; "
    "0905123456; 0905 123 456; 0905.123.456; +84905123456; 84905123456; 048054001234; 2000 tỷ; "
    "1.000.000.000.001; 1.500.00; 1,2,3; 15/3/1961; 1 triệu 2 tỷ; 🙂; \ud800"
)
NUMBERS = {
    3: "3; ba; BA; 3 người; có 3 người ạ; khoảng 3; ba người; nhà tôi có ba người; ３; three people",
    0: "0; không; không có; khong co ai; none",
    10: "mười",
    12: "mười hai; １２ người; twelve",
    15: "muoi lam",
    20: "hai mươi; twenty",
    21: "hai mươi mốt",
    44: "bốn mươi tư",
    99: "chín mươi chín",
    5: "năm người; nam nguoi; we are five",
    7: "bảy; bẩy",
    2: "hai vợ chồng già; 2 đứa nhỏ",
    1: "một mình; one",
    102: "một trăm linh hai",
    45: "45m2; 45 m²; 45 mét vuông",
    1_200: "1.200",
}
NO_NUMBERS = rows(
    "hai mấy; mấy; vài người; ba bốn người; 3-4; 3 - 4; 3 đến 4; 3 hoặc 4; -3; 3,5; 3.5; 3/4; 3%; bà; "
    "bà tôi; 2 người lớn 1 trẻ; 3 triệu; không biết; 3 rưỡi; nửa; 111111111111111111111111111111; ba bà; "
    "hai chục mấy; abc"
)


@for_each(("text", "dong"), table(ONE_SUM))
def test_a_sum_has_one_reading(text: str, dong: int) -> None:
    assert money(text) == (Amount(dong, None),)
    assert money(unicodedata.normalize("NFD", text)) == (Amount(dong, None),)


@for_each(("text", "said"), table(SUM_AND_PERIOD))
def test_a_sum_may_be_for_a_period(text: str, said: tuple[int, str]) -> None:
    assert [(a.dong, a.per) for a in money(text)] == [said]
    assert [(a.dong, a.per) for a in money(unicodedata.normalize("NFD", text))] == [said]


@for_each(("text", "readings"), table(TWO_SUMS))
def test_a_sum_without_a_unit_has_two_readings(text: str, readings: tuple[int, ...]) -> None:
    assert tuple(a.dong for a in money(text)) == readings


@for_each("text", ["", *NO_SUM])
def test_what_is_no_single_sum_is_not_read(text: str) -> None:
    assert money(text) == ()


@given(st.integers(0, 10**12))
def test_a_written_sum_is_read_back(dong: int) -> None:
    written = f"{dong:,}".replace(",", ".") + " đ"

    assert money(written) == (Amount(dong, None),)


@for_each(("text", "value"), table(NUMBERS))
def test_a_number_is_read_in_figures_and_words(text: str, value: int) -> None:
    assert number(text) == value
    assert number(unicodedata.normalize("NFD", text)) == value


@for_each("text", ["", *NO_NUMBERS])
def test_what_is_no_single_number_is_not_read(text: str) -> None:
    assert number(text) is None


@given(st.integers(0, 10**15 - 1))
def test_a_written_number_is_read_back(value: int) -> None:
    assert number(str(value)) == value
