"""The office on a day, from the rows it is shipped with."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

import pytest

from handlers.rules.office import Kept, MonthlyReview, Office, Span, office
from handlers.rules.rows import BadRow, NotInForce, load

TODAY = date(2026, 11, 24)


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_the_hotline_says_which_number_from_which_phone() -> None:
    assert office(TODAY).hotline_line("vi") == "1022 (máy bàn trong thành phố) hoặc 0236 1022 (máy khác)"
    assert office(TODAY).hotline_line("en") == "1022 (landlines in the city) or 0236 1022 (other phones)"


def test_the_emergency_numbers_say_who_answers() -> None:
    assert office(TODAY).emergency_line("vi") == "113 (công an), 114 (cứu hỏa), 115 (cấp cứu), 111 (trẻ em)"
    assert office(TODAY).emergency_line("en") == "113 (police), 114 (fire), 115 (ambulance), 111 (children)"


def test_a_number_too_unsure_to_show_is_left_out() -> None:
    rows = load(
        '[[row]]\nid = "emergency.a"\nvalue = { number = "1", vi = "a" }\nsource = "x"\nconfidence = "recalled_low"\n'
        '[[row]]\nid = "emergency.b"\nvalue = { number = "2", vi = "b" }\nsource = "x"\nconfidence = "seen"\n'
    )

    assert Office(rows, TODAY).emergency_line("vi") == "2 (b)"


@pytest.mark.parametrize(
    ("day", "last"),
    [
        pytest.param(date(2026, 8, 31), None, id="the day before"),
        pytest.param(date(2026, 9, 1), date(2026, 12, 14), id="the first day"),
        pytest.param(date(2026, 12, 14), date(2026, 12, 14), id="the last day"),
        pytest.param(date(2026, 12, 15), None, id="the day after"),
        pytest.param(date(2027, 9, 1), None, id="the year whose law isn't known"),
        pytest.param(date(2025, 10, 1), None, id="a year before our rows"),
    ],
)
def test_the_review_is_on_within_its_window(day: date, last: date | None) -> None:
    assert office(day).review_to == last


def test_help_with_the_form_comes_by_the_due_date_or_the_end_of_the_review() -> None:
    assert office(TODAY).form_help_date(date(2026, 12, 1)) == date(2026, 12, 1)
    assert office(TODAY).form_help_date(date(2026, 12, 20)) == date(2026, 12, 14)
    assert office(date(2026, 12, 16)).form_help_date(date(2026, 12, 23)) == date(2026, 12, 23)


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2021, 9, 1), id="the first day of its law"),
        pytest.param(TODAY, id="within the review"),
        pytest.param(date(2026, 12, 31), id="the last day of its law"),
    ],
)
def test_the_form_to_enter_the_list_is_number_01_and_never_04(day: date) -> None:
    assert office(day).review_form == "Mẫu số 01, Phụ lục QĐ 24/2021/QĐ-TTg"


def test_nothing_the_office_can_be_asked_for_is_the_form_to_leave_the_list() -> None:
    asked = [getattr(office(TODAY), name) for name in dir(Office) if isinstance(getattr(Office, name), property)]

    assert "Mẫu số 01" in str(asked)
    assert "Mẫu số 04" not in str(asked)


@pytest.mark.parametrize(
    "entered",
    [
        "Mẫu số 04",
        "mẫu số 04, Phụ lục QĐ 24/2021/QĐ-TTg",
        "Mẫu số 04, Phụ lục QĐ 24/2021/QĐ-TTg (đề nghị công nhận thoát nghèo)",
        "Mẫu số 4",
    ],
)
def test_the_form_to_leave_the_list_entered_as_the_one_to_enter_it_is_refused(entered: str) -> None:
    form = '[[row]]\nid = "form.{}"\nvalue = "{}"\nsource = "QĐ 24/2021/QĐ-TTg"\nconfidence = "seen"\n'
    rows = load(form.format("to_enter_the_list", entered) + form.format("to_leave_the_list", "Mẫu số 04, Phụ lục"))

    with pytest.raises(BadRow, match="leaves the list"):
        _ = Office(rows, TODAY).review_form


def test_the_form_of_2027_is_not_known() -> None:
    assert office(date(2027, 1, 1)).review_form is None


@pytest.mark.parametrize(
    ("day", "next_start"),
    [
        pytest.param(date(2026, 3, 2), date(2026, 3, 15), id="before this month's start"),
        pytest.param(date(2026, 3, 15), date(2026, 4, 15), id="on the day of the start"),
        pytest.param(TODAY, date(2026, 12, 15), id="within the review: the first start after it"),
        pytest.param(date(2026, 12, 14), date(2026, 12, 15), id="the last day of the review"),
    ],
)
def test_who_misses_the_review_is_told_of_the_next_start(day: date, next_start: date) -> None:
    assert office(day).next_procedure == MonthlyReview(15, next_start, until=date(2026, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2026, 12, 15), id="the next start lies beyond the law's end"),
        pytest.param(date(2026, 12, 31), id="the last day of the law"),
        pytest.param(date(2027, 1, 1), id="the law isn't known"),
    ],
)
def test_no_next_start_is_named_when_its_law_is_not_known(day: date) -> None:
    assert office(day).next_procedure is None


def test_the_law_on_personal_data_begins_with_2026() -> None:
    law = office(date(2026, 1, 1)).data_law

    assert law is not None
    assert law.source == "Luật 91/2025/QH15; NĐ 356/2025/NĐ-CP"
    assert (law.request_ack_working_days, law.withdraw_restrict_days) == (2, 15)
    assert office(date(2025, 12, 31)).data_law is None


RETENTION: dict[Kept, Span] = {
    "check": Span(12, "months"),
    "case": Span(24, "months"),
    "chat": Span(180, "days"),
    "inbox_body": Span(72, "hours"),
    "dead_letter": Span(30, "days"),
    "unfinished_form": Span(90, "days"),
    "one_time_link": Span(15, "minutes"),
}


@pytest.mark.parametrize(("kept", "span"), RETENTION.items(), ids=list(RETENTION))
def test_each_thing_is_kept_as_long_as_the_office_says(kept: Kept, span: Span) -> None:
    assert office(TODAY).retention(kept) == span


def test_everything_that_is_kept_has_its_length_of_time() -> None:
    assert set(RETENTION) == set(get_args(Kept))


@pytest.mark.parametrize(
    ("span", "start", "later"),
    [
        pytest.param(Span(24, "months"), at(2026, 11, 24, 8), at(2028, 11, 24, 8), id="two years"),
        pytest.param(Span(1, "months"), at(2026, 12, 5), at(2027, 1, 5), id="over the new year"),
        pytest.param(Span(12, "months"), at(2028, 2, 29), at(2029, 2, 28), id="from a leap day"),
        pytest.param(Span(1, "months"), at(2027, 1, 31), at(2027, 2, 28), id="into a shorter month"),
        pytest.param(Span(72, "hours"), at(2026, 12, 30, 6), at(2027, 1, 2, 6), id="hours"),
    ],
)
def test_a_span_later_is_by_the_calendar(span: Span, start: datetime, later: datetime) -> None:
    assert span.after(start) == later


@pytest.mark.parametrize(
    ("span", "start", "earlier"),
    [
        pytest.param(Span(12, "months"), at(2026, 1, 24), at(2025, 1, 24), id="a year"),
        pytest.param(Span(1, "months"), at(2027, 1, 15), at(2026, 12, 15), id="over the new year"),
        pytest.param(Span(1, "months"), at(2027, 3, 31), at(2027, 2, 28), id="into a shorter month"),
        pytest.param(Span(30, "days"), at(2026, 12, 31), at(2026, 12, 1), id="days"),
    ],
)
def test_a_span_earlier_is_by_the_calendar(span: Span, start: datetime, earlier: datetime) -> None:
    assert span.before(start) == earlier


def test_the_settings_are_as_shipped() -> None:
    today = office(TODAY)

    assert today.first_contact_working_days == 5
    assert today.cutoff == time(17)
    assert today.office_hours == ((time(7, 30), time(11, 30)), (time(13), time(17)))
    assert today.volunteer_age == 18
    assert today.counter("vi") == "Ủy ban nhân dân"
    assert today.counter("en") == "the People's Committee"
    assert today.partner_bodies("vi") == "Mặt trận Tổ quốc cùng cấp"
    assert today.partner_bodies("en") == "the Fatherland Front of the same level"
    assert office(date(2026, 12, 1)).partner_bodies("vi") == "Ủy ban Mặt trận Tổ quốc Việt Nam xã, phường"


def test_what_the_office_has_not_entered_is_left_unsaid() -> None:
    assert office(TODAY).not_accepted_list("vi") is None
    assert office(TODAY).on_duty_hours("vi") is None


def test_what_the_office_enters_is_said() -> None:
    rows = load(
        '[[row]]\nid = "on_duty_hours"\nvalue = { vi = "Trực đến 21 giờ", en = "On duty until 9 pm" }\n'
        'source = "office setting"\nconfidence = "setting"\n'
    )

    assert Office(rows, TODAY).on_duty_hours("en") == "On duty until 9 pm"


def test_the_office_says_what_its_counter_is_called() -> None:
    rows = load(
        '[[row]]\nid = "counter"\nvalue = { vi = "Trung tâm Phục vụ hành chính công", en = "the service centre" }\n'
        'source = "office setting"\nconfidence = "setting"\n'
    )

    assert Office(rows, TODAY).counter("vi") == "Trung tâm Phục vụ hành chính công"


def test_a_setting_that_is_missing_is_not_in_force() -> None:
    with pytest.raises(NotInForce, match="volunteer_age"):
        _ = Office(load(""), TODAY).volunteer_age


@pytest.mark.parametrize("value", ["{ months = 1, days = 2 }", "{ weeks = 1 }", '{ days = "1" }', "3", "{}"])
def test_a_length_of_time_without_one_known_unit_is_refused(value: str) -> None:
    rows = load(f'[[row]]\nid = "retention.chat"\nvalue = {value}\nsource = "office setting"\nconfidence = "setting"\n')

    with pytest.raises(BadRow, match=r"retention\.chat.*one count with its unit"):
        Office(rows, TODAY).retention("chat")


def test_every_label_is_in_both_languages() -> None:
    lines = office(TODAY).hotlines + office(TODAY).emergency_numbers

    assert all(line.labels["vi"] and line.labels["en"] for line in lines)


def test_the_settings_hold_every_day_since_the_units_began() -> None:
    first = date(2025, 7, 1)

    for day in (first, first + timedelta(days=1), TODAY, date(2040, 1, 1)):
        assert office(day).first_contact_working_days == 5
        assert office(day).hotline_line("vi").startswith("1022")


def test_importing_the_office_reads_no_file() -> None:
    program = (
        "import sys\n"
        "import handlers.rules.rows\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "import handlers.rules.office\n"
        "assert not [name for name in opened if name.endswith('.toml')], opened\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
