"""What the office says of itself on a day: numbers to call, the review, how long things are kept.

Why a property here and not a row's id in every conversation: a row holds whatever the file says, a
property holds a type. None means that nobody may say it: no row that day, or one too unsure to show.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from handlers.rules.rows import BadRow, RuleRow, RuleRows, Value, is_hidden, load

Unit = Literal["months", "days", "hours", "minutes"]
Kept = Literal["check", "case", "chat", "inbox_body", "dead_letter", "unfinished_form", "one_time_link"]

_FILE = Path(__file__).parent / "data" / "office.toml"


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A number to call, as people write it, and per language who answers or from where it can be called."""

    number: str
    labels: Mapping[str, str]

    def line(self, language: str) -> str:
        """Return the number and its label: "113 (công an)"."""
        return f"{self.number} ({self.labels[language]})"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as the office says it; months are the calendar's."""

    count: int
    unit: Unit

    def after(self, moment: datetime) -> datetime:
        """Return the moment this much later; the 31st becomes the last day of a shorter month."""
        return self._shift(moment, self.count)

    def before(self, moment: datetime) -> datetime:
        """Return the moment this much earlier; the 31st becomes the last day of a shorter month."""
        return self._shift(moment, -self.count)

    def _shift(self, moment: datetime, count: int) -> datetime:
        if self.unit != "months":
            return moment + timedelta(**{self.unit: count})
        year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
        last_day = calendar.monthrange(year, month + 1)[1]
        return moment.replace(year=year, month=month + 1, day=min(moment.day, last_day))


@dataclass(frozen=True, slots=True)
class MonthlyReview:
    """The review through the year: begins on a day of each month, until the day its law ends (None: no end yet)."""

    start_day: int
    next_start: date
    until: date | None


@dataclass(frozen=True, slots=True)
class DataLaw:
    """What the law on personal data promises a person: an answer in working days, an end of use in days."""

    source: str
    request_ack_working_days: int
    withdraw_restrict_days: int


@dataclass(frozen=True, slots=True)
class Office:
    """The office on one day. A setting that isn't there raises NotInForce, a row of the wrong kind BadRow."""

    rows: RuleRows
    day: date

    @property
    def hotlines(self) -> tuple[PhoneLine, ...]:
        """The city's line for questions about support, one entry per kind of phone it is called from."""
        return self._phone_lines("hotline.")

    @property
    def emergency_numbers(self) -> tuple[PhoneLine, ...]:
        """Whom to call when someone is in danger."""
        return self._phone_lines("emergency.")

    def hotline_line(self, language: str) -> str:
        """Return "1022 (máy bàn trong thành phố) hoặc 0236 1022 (máy khác)"."""
        between = _words(self.rows.on("between_hotlines", self.day))[language]
        return f" {between} ".join(line.line(language) for line in self.hotlines)

    def emergency_line(self, language: str) -> str:
        """Return "113 (công an), 114 (cứu hỏa), 115 (cấp cứu), 111 (trẻ em)"."""
        return ", ".join(line.line(language) for line in self.emergency_numbers)

    @property
    def review_to(self) -> date | None:
        """The last day of the yearly review that is on; None outside of it."""
        first, last = self._shown("review.from"), self._shown("review.to")
        if first is None or last is None or not _day(first) <= self.day <= _day(last):
            return None
        return _day(last)

    @property
    def review_form(self) -> str | None:
        """The form by which a family asks to be put on the list, with its law.

        Raises BadRow if the form to be taken off the list was entered in its place.
        """
        row = self._shown("form.to_enter_the_list")
        if row is None:
            return None
        opposite = self.rows.get("form.to_leave_the_list", self.day)
        if opposite is not None and opposite.value is not None and _form_number(row) == _form_number(opposite):
            raise BadRow(f'Row "{row.id}": {row.value} is the form by which a family leaves the list.')
        return _text(row)

    @property
    def next_procedure(self) -> MonthlyReview | None:
        """The monthly review open to whoever misses the yearly one; None if no law is known for its next start."""
        row = self._shown("review.monthly_start_day")
        if row is None:
            return None
        start_day = _number(row)
        missed = self.review_to or self.day
        first_of_month = missed.replace(day=1) if missed.day < start_day else _next_month(missed)
        next_start = first_of_month.replace(day=start_day)
        return MonthlyReview(start_day, next_start, row.valid_to) if row.holds(next_start) else None

    def form_help_date(self, due: date) -> date:
        """Return by when an officer should have helped with the form: the due date, or the review's end if earlier."""
        return min(due, self.review_to or due)

    @property
    def data_law(self) -> DataLaw | None:
        """The law on personal data and its periods (Law 91/2025/QH15, Decree 356/2025/NĐ-CP)."""
        answer = self._shown("data_law.request_ack_working_days")
        stop = self._shown("data_law.withdraw_restrict_days")
        return None if answer is None or stop is None else DataLaw(answer.source, _number(answer), _number(stop))

    def retention(self, kept: Kept) -> Span:
        """Return how long something is kept; for a case counted from its closing."""
        row = self.rows.on(f"retention.{kept}", self.day)
        if not isinstance(row.value, Mapping) or len(row.value) != 1:
            raise _wrong(row, "one count with its unit")
        [(unit, count)] = row.value.items()
        if unit not in get_args(Unit) or not isinstance(count, int):
            raise _wrong(row, "one count with its unit")
        return Span(count, cast(Unit, unit))

    @property
    def first_contact_working_days(self) -> int:
        """Working days until an officer gets in touch."""
        return _number(self.rows.on("first_contact_working_days", self.day))

    @property
    def cutoff(self) -> time:
        """The local hour after which something counts as received the next day."""
        return time.fromisoformat(_text(self.rows.on("cutoff", self.day)))

    @property
    def office_hours(self) -> tuple[tuple[time, time], ...]:
        """From and to, local time, morning first."""
        row = self.rows.on("office_hours", self.day)
        if not isinstance(row.value, tuple):
            raise _wrong(row, "a list of hours")
        spans = (hours.partition("-") for hours in row.value)
        return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, _, closes in spans)

    @property
    def volunteer_age(self) -> int:
        """The age in years from which someone may give time."""
        return _number(self.rows.on("volunteer_age", self.day))

    def partner_bodies(self, language: str) -> str:
        """Return who else sees a request besides the commune's officers."""
        return _words(self.rows.on("partner_bodies", self.day))[language]

    def counter(self, language: str) -> str:
        """Return where residents are told to go: what the office calls its counter, before the unit's name."""
        return _words(self.rows.on("counter", self.day))[language]

    def not_accepted_list(self, language: str) -> str | None:
        """Return the goods the office can't take, or None while it hasn't said."""
        return self._said("not_accepted_list", language)

    def on_duty_hours(self, language: str) -> str | None:
        """Return when someone is on duty for urgent requests, or None while the office hasn't said."""
        return self._said("on_duty_hours", language)

    def _shown(self, name: str) -> RuleRow | None:
        row = self.rows.get(name, self.day)
        return None if is_hidden(row) else row

    def _said(self, name: str, language: str) -> str | None:
        row = self._shown(name)
        return None if row is None else _words(row)[language]

    def _phone_lines(self, prefix: str) -> tuple[PhoneLine, ...]:
        shown = [_words(row) for row in self.rows.under(prefix, self.day) if not is_hidden(row)]
        return tuple(PhoneLine(words["number"], words) for words in shown)


def office(day: date) -> Office:
    """Return the office as shipped, on a day of its own calendar. The file is read once, at the first call."""
    return Office(_shipped(), day)


@cache
def _shipped() -> RuleRows:
    return load(_FILE)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _form_number(row: RuleRow) -> int:
    number = re.search(r"\d+", _text(row))
    if number is None:
        raise _wrong(row, "a form with its number")
    return int(number.group())


def _number(row: RuleRow) -> int:
    if not isinstance(row.value, int):
        raise _wrong(row, "a whole number")
    return row.value


def _text(row: RuleRow) -> str:
    if not isinstance(row.value, str):
        raise _wrong(row, "words")
    return row.value


def _day(row: RuleRow) -> date:
    if not isinstance(row.value, date):
        raise _wrong(row, "a day")
    return row.value


def _words(row: RuleRow) -> dict[str, str]:
    if not isinstance(row.value, Mapping) or not all(isinstance(words, str) for words in row.value.values()):
        raise _wrong(row, "a table of words")
    return cast(dict[str, str], dict(row.value))


def _wrong(row: RuleRow, wanted: str) -> BadRow:
    return BadRow(f'Row "{row.id}": {_plain(row.value)!r} is not {wanted}.')


def _plain(value: Value | None) -> object:
    return dict(value) if isinstance(value, Mapping) else value
