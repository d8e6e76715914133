"""Working days around weekends, the cutoff, Tết and the other holidays."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.desk.office import Calendar
from tests.kit.cases import for_each

DA_NANG = ZoneInfo("Asia/Ho_Chi_Minh")
USUAL = Calendar()
FIVE_PM = time(17)


def here(year: int, month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=DA_NANG)


@for_each(
    ("day", "works"),
    [
        pytest.param(date(2026, 11, 20), True, id="Friday"),
        pytest.param(date(2026, 11, 21), False, id="Saturday"),
        pytest.param(date(2026, 11, 22), False, id="Sunday"),
        pytest.param(date(2026, 11, 23), True, id="Monday"),
        pytest.param(date(2025, 11, 24), True, id="24 November, the year before it became a holiday"),
        pytest.param(date(2026, 11, 24), False, id="24 November, Vietnam Cultural Day"),
        pytest.param(date(2026, 8, 22), False, id="Saturday worked elsewhere for 31 August"),
        pytest.param(date(2026, 8, 31), False, id="31 August, off in its place"),
        pytest.param(date(2026, 9, 1), False, id="1 September, beside National Day"),
        pytest.param(date(2026, 9, 2), False, id="2 September, National Day"),
        pytest.param(date(2026, 9, 3), True, id="3 September 2026"),
        pytest.param(date(2027, 9, 1), True, id="1 September 2027"),
        pytest.param(date(2027, 9, 3), False, id="3 September 2027, beside National Day"),
        pytest.param(date(2026, 4, 27), False, id="Monday for Hùng Kings on Sunday"),
        pytest.param(date(2027, 5, 3), False, id="Monday for Labour Day on Saturday"),
        pytest.param(date(2027, 2, 3), True, id="Tết 2027, the day before"),
        pytest.param(date(2027, 2, 4), False, id="Tết 2027, the first day off"),
        pytest.param(date(2027, 2, 10), False, id="Tết 2027, the last day off"),
        pytest.param(date(2027, 2, 11), True, id="Tết 2027, the day after"),
        pytest.param(date(2027, 1, 1), False, id="New Year"),
    ],
)
def test_offices_work_monday_to_friday_but_not_on_holidays(day: date, works: bool) -> None:
    assert USUAL.is_working_day(day) is works


@for_each(
    ("received", "by"),
    [
        pytest.param(here(2026, 11, 9), date(2026, 11, 16), id="Monday morning: the next Monday"),
        pytest.param(here(2026, 11, 9, 16, 59), date(2026, 11, 16), id="a minute before the cutoff"),
        pytest.param(here(2026, 11, 9, 17, 0), date(2026, 11, 16), id="the minute of the cutoff"),
        pytest.param(here(2026, 11, 9, 17, 0, 59), date(2026, 11, 16), id="the last second of that minute"),
        pytest.param(here(2026, 11, 9, 17, 1), date(2026, 11, 17), id="a minute after the cutoff"),
        pytest.param(here(2026, 11, 9, 23, 59), date(2026, 11, 17), id="Monday night"),
        pytest.param(here(2026, 11, 10, 0, 0), date(2026, 11, 17), id="Tuesday, midnight"),
        pytest.param(datetime(2026, 11, 9, 18, tzinfo=UTC), date(2026, 11, 17), id="Monday in UTC, here Tuesday"),
        pytest.param(here(2026, 11, 13), date(2026, 11, 20), id="Friday morning"),
        pytest.param(here(2026, 11, 13, 17, 1), date(2026, 11, 20), id="Friday evening counts as Saturday"),
        pytest.param(here(2026, 11, 14), date(2026, 11, 20), id="Saturday"),
        pytest.param(here(2026, 11, 15), date(2026, 11, 20), id="Sunday before the cutoff"),
        pytest.param(here(2026, 11, 15, 17, 1), date(2026, 11, 23), id="Sunday evening counts as Monday"),
        pytest.param(here(2026, 11, 23), date(2026, 12, 1), id="the day before 24 November"),
        pytest.param(here(2026, 11, 24), date(2026, 12, 1), id="on 24 November"),
        pytest.param(here(2026, 8, 28), date(2026, 9, 9), id="the Friday before National Day"),
        pytest.param(here(2027, 2, 3), date(2027, 2, 17), id="the day before Tết 2027"),
        pytest.param(here(2027, 2, 6), date(2027, 2, 17), id="the first day of Tết 2027"),
        pytest.param(here(2026, 12, 30), date(2027, 1, 7), id="over New Year"),
    ],
)
def test_five_working_days_after_receipt(received: datetime, by: date) -> None:
    assert USUAL.due(received, 5, zone=DA_NANG, cutoff=FIVE_PM) == by


def test_a_closed_day_is_not_counted() -> None:
    closed = {date(2026, 11, 11)}

    assert Calendar(closed=frozenset(closed)).due(here(2026, 11, 9), 2, zone=DA_NANG, cutoff=FIVE_PM) == date(
        2026, 11, 12
    )


def test_an_opened_saturday_is_counted() -> None:
    opened = {date(2026, 8, 22)}

    assert Calendar(opened=frozenset(opened)).due(here(2026, 8, 21), 1, zone=DA_NANG, cutoff=FIVE_PM) == date(
        2026, 8, 22
    )


def test_a_holiday_the_offices_work_on_is_counted() -> None:
    assert Calendar(opened=frozenset({date(2026, 11, 24)})).add(date(2026, 11, 23), 1) == date(2026, 11, 24)


def test_a_day_both_closed_and_opened_is_closed() -> None:
    day = date(2026, 11, 11)

    assert not Calendar(frozenset({day}), frozenset({day})).is_working_day(day)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        USUAL.due(datetime(2026, 11, 9, 9), 5, zone=DA_NANG, cutoff=FIVE_PM)  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("count", [0, -1])
def test_fewer_than_one_working_day_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="from one"):
        USUAL.add(date(2026, 11, 9), count)


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
COUNTS = st.integers(1, 30)


@given(received=MOMENTS, count=COUNTS)
def test_what_is_due_is_due_on_a_working_day_after_receipt(received: datetime, count: int) -> None:
    by = USUAL.due(received, count, zone=DA_NANG, cutoff=FIVE_PM)

    assert USUAL.is_working_day(by)
    assert by > received.astimezone(DA_NANG).date()


@given(received=MOMENTS, later=st.timedeltas(timedelta(0), timedelta(days=20)), count=COUNTS)
def test_what_comes_later_is_never_due_earlier(received: datetime, later: timedelta, count: int) -> None:
    first = USUAL.due(received, count, zone=DA_NANG, cutoff=FIVE_PM)
    second = USUAL.due(received + later, count, zone=DA_NANG, cutoff=FIVE_PM)

    assert first <= second


@given(start=st.dates(date(2025, 1, 1), date(2029, 12, 31)), count=COUNTS, more=COUNTS)
def test_adding_in_two_steps_is_adding_at_once(start: date, count: int, more: int) -> None:
    assert USUAL.add(USUAL.add(start, count), more) == USUAL.add(start, count + more)


def test_importing_working_days_does_not_import_the_holidays() -> None:
    program = "import sys, handlers.desk.office.calendar; assert 'holidays' not in sys.modules"

    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
