"""What nobody asked for waits for the morning, and what can wait longer for a day that is no holiday."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from handlers.desk.office import NIGHT, QuietHours, Waits, may_go
from tests.kit.cases import for_each

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
TET = {date(2027, 2, day) for day in range(5, 12)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@for_each(
    ("now", "waits", "goes"),
    [
        ("2026-11-25 09:00", "at_night", "2026-11-25 09:00"),
        ("2026-11-25 20:59", "at_night", "2026-11-25 20:59"),
        ("2026-11-25 21:00", "at_night", "2026-11-26 07:00"),
        ("2026-11-26 00:30", "at_night", "2026-11-26 07:00"),
        ("2026-11-26 06:59", "at_night", "2026-11-26 07:00"),
        ("2026-11-26 07:00", "at_night", "2026-11-26 07:00"),
        ("2026-11-25 23:00", "never", "2026-11-25 23:00"),
        ("2027-02-05 10:00", "at_night", "2027-02-05 10:00"),
        ("2027-02-05 10:00", "on_holidays", "2027-02-12 07:00"),
        ("2027-02-04 22:00", "on_holidays", "2027-02-12 07:00"),
        ("2027-02-11 22:00", "on_holidays", "2027-02-12 07:00"),
        ("2026-11-28 10:00", "on_holidays", "2026-11-28 10:00"),
    ],
)
def test_the_first_moment_it_may_go(now: str, waits: Waits, goes: str) -> None:
    assert may_go(waits, at(now), HERE, NIGHT, TET.__contains__) == at(goes)


@pytest.mark.parametrize(("hour", "is_quiet"), [(12, True), (13, True), (14, False), (11, False)])
def test_quiet_hours_may_lie_within_a_day(hour: int, is_quiet: bool) -> None:
    assert QuietHours(time(12), time(14)).covers(time(hour)) is is_quiet


def test_equal_times_are_no_quiet_hours() -> None:
    assert QuietHours(time(7), time(7)).over(at("2026-11-25 07:00"), HERE) == at("2026-11-25 07:00")


def test_a_calendar_without_a_day_that_is_none_holds_nothing_for_ever() -> None:
    now = datetime(2026, 11, 25, 2, tzinfo=UTC)

    assert (may_go("on_holidays", now, HERE, NIGHT, lambda _: True) - now).days <= 31
