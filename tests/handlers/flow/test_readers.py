"""What people type, and how it is read."""

import re
import time
import unicodedata
from datetime import date
from typing import TypeVar

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.flow.readers import YearRead, day, money, national_id, number, phone, unknown, write_phone, year, yes_no
from tests.kit.cases import for_each

T = TypeVar("T")

TODAY = date(2026, 11, 24)
OURS, LANDLINE = "+84905123456", "+842363822822"
PIECES = "1 500 1.500 , . - + / đ k tr triệu rưỡi nửa một hai trăm mươi tháng năm tuổi không"
ANY_TEXT = st.text(st.characters(codec=None)) | st.lists(st.sampled_from(PIECES.split())).map(" ".join)


def rows(texts: str) -> list[str]:
    return [text.strip() for text in texts.split(";")]


def table(by_meaning: dict[T, str]) -> list[object]:
    return [pytest.param(text, value, id=text) for value, texts in by_meaning.items() for text in rows(texts)]


YES = rows(
    "có; co; Có; CÓ; vâng; dạ; da; ừ; u; uh; ờ; ok; OK; oke; okie; đúng; dung; đung; phải; đồng ý; dong y; "
    "yes; y; yeah; dạ có; da co; có ạ; co a; đúng rồi; dung roi; đúng vậy; dạ vâng ạ; rồi; rồi ạ; được; "
    "duoc; chính xác; có rồi em ơi; dạ thưa ông, có; sure; right; Dạ, đúng."
)
NO = rows(
    "không; khong; Không; ko; k; hông; hong; hổng; hem; chưa; chua; sai; no; n; nope; không ạ; khong a; "
    "dạ không; da khong; không có; khong co; ko có; chưa có; chưa ạ; không phải; không đúng; sai rồi; "
    "không đồng ý; dạ thưa không; đâu có; không đâu; không được; dạ chưa; kg; khg; không nha; ừ không"
)
NEITHER = rows(
    "dừng; Dũng; đừng; cô; đã; thôi; không biết; có không; đúng không; phải không; tôi có ba con; 123; "
    "có lẽ; không sao; còn; kính; nó; noo; có nhưng không nhiều; a; bà; "
    "dạ thưa bà con cô bác có dạ thưa bà con cô bác có dạ thưa bà con cô bác có ; 🙂"
)
UNKNOWN = rows(
    "không biết; khong biet; ko biết; ko biet; k biết; kg biet; hổng biết; hông biết; chẳng biết; chịu; "
    "chiu; không rõ; khong ro; không nhớ; k nhớ; không nhớ rõ; không chắc; chưa biết; quên; quên rồi; "
    "dạ không biết; tôi không biết; em cũng ko biết nữa ạ; don't know; I don't know; dont know; not sure; "
    "idk; no idea"
)
KNOWN = rows("không; biết; có biết; có; chìu; 3; không có; tôi biết; không biết chữ; nhớ; chắc")
SURE_YEARS = {
    1954: "1954; sinh năm 1954; sinh nam 1954; năm 1954; sn 1954; tôi sinh 1954 ạ; １９５４; born in 1954; 1954.",
    1900: "1900",
    2026: "2026",
    1961: "15/03/1961; 15-3-1961; 1961-03-15; tháng 3 năm 1961; ngày 15 tháng 3 năm 1961",
}
DOUBTFUL_YEARS = {
    (1954,): "54; năm 54; nam 54; sinh năm 54; sn 54; 54 ạ",
    (2005,): "05",
    (2012, 1912): "12",
    (2026, 1926): "26",
    (2006, 1906): "06",
    (1961,): "15/3/61",
    (1956,): "70 tuổi; 70 tuoi; 70t; năm nay tôi 70 tuổi; bảy mươi tuổi; 70 years old",
    (1951,): "bay muoi lam tuoi",
    (2026,): "0 tuổi",
    (1906,): "120 tuổi",
    (1954, 1955): "1954 hay 1955",
}
NO_YEARS = rows(
    "abc; 5; 1850; 1899; 2027; 2050; 121 tuổi; 200 tuổi; 19544; 0905123456; năm; không biết; "
    "1953 1954 1955; tuổi Dần; mấy chục tuổi; -; 15/3"
)
DAYS = {
    "1961-03-15": (
        "15/3/1961; 15-03-1961; 15.3.61; 15/3/61; ngày 15 tháng 3 năm 1961; ngay 15 thang 3 nam 1961; "
        "15 tháng 3 1961; 15 tháng 3 năm 61; 1961-03-15; sinh ngày 15/3/1961 ạ; １５/３/１９６１"
    ),
    "2025-09-05": "05/09/2025",
    "2027-03-15": "15 tháng 3; 15/3",
    "2027-02-03": "mùng 3 tháng 2",
    "2026-11-24": "24/11; hôm nay; hom nay; bữa nay; nay; today; 2026-11-24; hạn 24/11/2026",
    "2027-11-23": "23/11",
    "2026-11-25": "25/11; 25-11; mai; ngày mai; ngày mai ạ; sáng mai; tomorrow",
    "2026-12-31": "31/12",
    "2028-02-29": "29/2",
    "2024-02-29": "29/2/2024",
    "2026-11-26": "ngày mốt",
    "2026-11-23": "hôm qua; hom qua; yesterday",
    "2026-11-22": "hôm kia",
    "2026-03-15 1926-03-15": "15/3/26",
    "2030-12-12 1930-12-12": "12/12/30",
    "2027-01-01 1927-01-01": "1.1.27",
}
NO_DAYS = rows(
    "31/2; 31/2/2020; 29/2/2023; 0/1/2020; 1/13/2020; 15/3/19611; 15; tháng 3; 0905.123.456; 1/2/3; "
    "24/11/2026 đến 25/11/2026; 2026-13-01; 2026-02-30; máy; Mai Lan; không biết; 15/3-1961"
)
PHONES = {
    "+84905123456": (
        "0905123456; 0905 123 456; 0905.123.456; 0905-123-456; +84905123456; 84905123456; +84 905 123 456; "
        "+84 (0) 905 123 456; 0084905123456; số tôi là 0905123456; ０９０５１２３４５６; sđt:0905123456.; "
        "0905 123456; 84 905 123 456; 0905123456 ạ; gọi 0905123456 gặp Lan; 0905123456 hoặc 0912345678; "
        "0905123456, 0912345678; 0905123456 0912345678; 0905 123 456 0912 345 678; 0905123456/0912345678; "
        "2 số: 0905123456"
    ),
    "+842363822822": "0236 3822822; 02363822822; (0236) 3 822 822; 0236.3.822.822; +84 236 3822822",
    "+84351234567": "0351234567",
    "+84781234567": "0781234567",
    "+84868123456": "0868123456",
    "+842353852123": "0235 3852 123",
    "+14155552671": "+1 415 555 2671",
    "+4930123456": "+49 30 123456",
    "+819012345678": "+81 90-1234-5678",
    "+61412345678": "+61 412 345 678",
    "+8562055123456": "+856 20 55 123 456",
}
NO_PHONES = rows(
    "không có; 113; 1022; 01234567890; 0123 456 7890; 090512345; 09051234567; 905123456; 1900 1234; "
    "19001234; +84 1900 1234; 048054001234; 1500000; 3 500 000; 15-03-1961; 0511 3822822; +1; "
    "+999 12345678; 0000000000"
)


@for_each("text", YES)
def test_a_yes_is_heard_alone_or_among_courtesies(text: str) -> None:
    assert yes_no(text) is True
    assert yes_no(unicodedata.normalize("NFD", text)) is True


@for_each("text", NO)
def test_a_no_is_heard_alone_or_among_courtesies(text: str) -> None:
    assert yes_no(text) is False
    assert yes_no(unicodedata.normalize("NFD", text)) is False


@for_each("text", ["", *NEITHER])
def test_what_is_neither_yes_nor_no_is_not_read(text: str) -> None:
    assert yes_no(text) is None


@for_each("text", UNKNOWN)
def test_not_knowing_is_heard(text: str) -> None:
    assert unknown(text)


@for_each("text", ["", *KNOWN])
def test_what_does_not_say_i_do_not_know_is_something_else(text: str) -> None:
    assert not unknown(text)


@for_each(("text", "value"), table(SURE_YEARS))
def test_a_year_of_four_figures_is_sure(text: str, value: int) -> None:
    assert year(text, 2026) == (YearRead(value, sure=True),)


@for_each(("text", "values"), table(DOUBTFUL_YEARS))
def test_two_figures_and_an_age_are_in_doubt(text: str, values: tuple[int, ...]) -> None:
    assert year(text, 2026) == tuple(YearRead(value, sure=False) for value in values)


@for_each("text", NO_YEARS)
def test_what_is_no_year_of_birth_is_not_read(text: str) -> None:
    assert year(text, 2026) == ()


@for_each(("text", "days"), table(DAYS))
def test_a_day_is_read_as_people_write_it(text: str, days: str) -> None:
    assert " ".join(d.isoformat() for d in day(text, TODAY)) == days
    assert day(unicodedata.normalize("NFD", text), TODAY) == day(text, TODAY)


@for_each("text", NO_DAYS)
def test_what_is_no_single_day_is_not_read(text: str) -> None:
    assert day(text, TODAY) == ()


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_written_day_is_read_back(one: date) -> None:
    assert day(one.isoformat(), TODAY) == (one,)
    assert day(f"{one.day}/{one.month}/{one.year}", TODAY) == (one,)


@for_each(("text", "e164"), table(PHONES))
def test_a_phone_number_is_read_in_international_form(text: str, e164: str) -> None:
    assert phone(text) == e164


@for_each("text", NO_PHONES)
def test_what_is_no_phone_number_is_not_read(text: str) -> None:
    assert phone(text) is None


def test_a_number_of_ours_is_written_as_at_home() -> None:
    assert write_phone(OURS) == "0905123456"
    assert write_phone(LANDLINE) == "02363822822"
    assert write_phone("+14155552671") == "+1 415-555-2671"


@given(st.from_regex("(?:3[2-9]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}", fullmatch=True))
def test_a_written_mobile_number_is_read_back(digits: str) -> None:
    e164 = phone(f"0{digits}")

    assert e164 is None or (e164 == f"+84{digits}" and phone(write_phone(e164)) == e164)


@for_each("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_a_number_of_any_country_is_read_back(region: str) -> None:
    example = phonenumbers.example_number(region)
    assert example is not None
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)

    assert phone(e164) == e164
    assert phone(write_phone(e164)) == e164


@pytest.mark.parametrize(
    "text", ["048054001234", "048 054 001 234", "số CCCD: 048054001234", "048.054.001.234", "０４８０５４００１２３４"]
)
def test_a_personal_number_has_twelve_figures(text: str) -> None:
    assert national_id(text) == "048054001234"


@for_each(
    "text",
    [
        "",
        "205123456",
        "04805400123",
        "0480540012345",
        "000054001234",
        "048954001234",
        "948054001234",
        "048054001234 049054001234",
    ],
)
def test_what_is_no_personal_number_is_not_read(text: str) -> None:
    assert national_id(text) is None


def read_all(text: str) -> None:
    for reader in (yes_no, unknown, number, money, phone, national_id, write_phone):
        reader(text)
    year(text, 2026)
    day(text, TODAY)


@given(ANY_TEXT)
def test_no_text_makes_a_reader_raise(text: str) -> None:
    read_all(text)

    assert all(0 <= a.dong <= 10**12 for a in money(text))
    assert all(2026 - 126 <= y.value <= 2026 for y in year(text, 2026))
    assert phone(text) is None or re.fullmatch(r"\+\d{7,15}", phone(text) or "")


@for_each(
    "piece",
    ["1 ", "1/", "1.111", "a", "0905 ", "một ", "1,000", "+1", "٣", "ﷺ", "(", "1", "\ud800", "\u0301", "-", "12 tuổi "],
)
def test_a_hundred_thousand_letters_are_read_in_no_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.process_time()

    read_all(text)

    assert time.process_time() - began < 2
