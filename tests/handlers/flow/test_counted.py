"""How many and in which months, as people type it: with and without accents, in words, and what is no answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.flow.counted import YEAR, Quantity, in_season, months, quantity, quantity_of
from tests.kit.cases import for_each

COUNTED = {
    "10 thùng": Quantity(10, "thùng"),
    "10 thung mi": Quantity(10, "thùng"),
    "2 tạ gạo": Quantity(200, "kg"),
    "hai ta gao": Quantity(200, "kg"),
    "2 tạ rưỡi": Quantity(250, "kg"),
    "nửa tạ": Quantity(50, "kg"),
    "1,5 tạ": Quantity(150, "kg"),
    "1.000 kg": Quantity(1000, "kg"),
    "10kg": Quantity(10, "kg"),
    "3 chuc ky": Quantity(30, "kg"),
    "20 bo do": Quantity(20, "bộ"),
    "mot tram cuon vo": Quantity(100, "cuốn"),
    "khoang 30 phan qua": Quantity(30, "suất"),
    "2 con bò": Quantity(2, "con"),
    "10 thùng, mỗi thùng 30 gói": Quantity(10, "thùng"),
    "10 xe lăn": Quantity(10, ""),
    "10": Quantity(10, ""),
    "5 boxes": Quantity(5, "thùng"),
}
IN_MONTHS = {
    "tháng 3 đến 5": (3, 4, 5),
    "thang 3 den thang 5": (3, 4, 5),
    "3-5": (3, 4, 5),
    "từ tháng 11 đến tháng 2": (1, 2, 11, 12),
    "tháng 3, 4, 5": (3, 4, 5),
    "thang tu": (4,),
    "tháng mười hai": (12,),
    "tháng ba tới tháng tám": (3, 4, 5, 6, 7, 8),
    "March to May": (3, 4, 5),
    "quanh nam": YEAR,
}


@for_each(("typed", "heard"), COUNTED.items())
def test_a_quantity_is_read_as_people_type_it(typed: str, heard: Quantity) -> None:
    assert quantity(typed) == heard


@for_each(
    "typed",
    [
        "",
        "nhiều",
        "0 thùng",
        "-5 thùng",
        "âm 5 thùng",
        "2-3 thùng",
        "0905123456",
        "0905 123 456",
        "2.5 boxes",
        "2 triệu",
    ],
)
def test_what_is_no_whole_number_of_something_is_no_quantity(typed: str) -> None:
    assert quantity(typed) is None


@for_each(("typed", "heard"), IN_MONTHS.items())
def test_months_are_read_as_people_type_them(typed: str, heard: tuple[int, ...]) -> None:
    assert months(typed) == heard


@pytest.mark.parametrize("typed", ["", "13", "0", "2026", "mùa mưa", "tháng 3 đến", "tháng 5 âm lịch"])
def test_what_names_no_month_is_none(typed: str) -> None:
    assert months(typed) is None


@given(st.text(max_size=60))
def test_reading_never_raises(typed: str) -> None:
    found, named = quantity(typed), months(typed)

    assert found is None or found.count > 0
    assert named is None or set(named) <= set(YEAR)


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("2 cai chan", (Quantity(2, "cái"), "chan")),
        ("hai tạ gạo nếp", (Quantity(200, "kg"), "gạo nếp")),
        ("50kg gạo", (Quantity(50, "kg"), "gạo")),
    ],
)
def test_how_many_of_what_is_read_from_one_sentence(typed: str, heard: tuple[Quantity, str]) -> None:
    assert quantity_of(typed) == heard


@pytest.mark.parametrize(
    "typed",
    ["chăn", "2 cái", "2 xe đạp", "một ít gạo", "2 cái chăn và 5 kg gạo", "2 cái chăn, một bao gạo", "2 tạ rưỡi gạo"],
)
def test_how_many_is_asked_for_where_it_was_not_said_or_not_of_one_thing(typed: str) -> None:
    assert quantity_of(typed) is None


@pytest.mark.parametrize(
    ("found", "told"),
    [((1, 2, 11, 12), (11, 12, 1, 2)), ((3, 4, 5), (3, 4, 5)), ((1, 12), (12, 1)), (YEAR, YEAR), ((1, 2), (1, 2))],
)
def test_a_season_over_the_new_year_begins_in_the_old_one(found: tuple[int, ...], told: tuple[int, ...]) -> None:
    assert in_season(found) == told
