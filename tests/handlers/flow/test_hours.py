"""Times of day as they are typed."""

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from handlers.flow.hours import time_of_day
from tests.kit.cases import for_each


@for_each(
    ("typed", "heard"),
    [
        ("8h30", "08:30"),
        ("8 giờ rưỡi", "08:30"),
        ("lúc 8 giờ 15 phút sáng", "08:15"),
        ("9g15", "09:15"),
        ("14:30", "14:30"),
        ("14.30", "14:30"),
        ("03:00", "03:00"),
        ("3 giờ chiều", "15:00"),
        ("3 gio chieu", "15:00"),
        ("15h chiều", "15:00"),
        ("12h trưa", "12:00"),
        ("1h trưa", "13:00"),
        ("7 giờ tối", "19:00"),
        ("12h đêm", "00:00"),
        ("2 giờ đêm", "02:00"),
        ("2:30 pm", "14:30"),
        ("12 am", "00:00"),
        ("at 9", "09:00"),
        ("3h", "15:00 03:00"),
        ("5", "17:00 05:00"),
        ("25h", ""),
        ("8:75", ""),
        ("15h sáng", ""),
        ("sáng mai", ""),
        ("8h5", ""),
        ("", ""),
        ("1" * 1000, ""),
    ],
)
def test_a_time_is_read_by_its_hour_minute_and_part_of_the_day(typed: str, heard: str) -> None:
    assert [f"{one:%H:%M}" for one in time_of_day(typed)] == heard.split()


@given(st.times())
def test_what_is_written_with_two_digits_is_sure(at: time) -> None:
    assert time_of_day(f"{at:%H:%M}") == (at.replace(second=0, microsecond=0),)


@given(st.text(st.characters(codec=None), max_size=60))
def test_no_words_whatever_make_it_fail(typed: str) -> None:
    assert len(time_of_day(typed)) <= 2
