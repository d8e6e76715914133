"""Dated, sourced rows: a value, from when to when it holds, whose word it is, and how sure we are.

Why rows and not constants: a law ends on a day and another begins, and last year's case must still
compute as it did. New law is a new row; an old one is never edited. A mistake in a file is found when
the file is read, and names its row, so that nobody is told a figure from a half-read file.

Why a row that was not compared with its source for long is shown with a caution, and not hidden: most law stays
as it is, and a family that is told nothing loses more than one that is told to ask.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

# Money is a whole number of VND, a share is in whole per mille or per cent: there are no floats.
Value = int | str | date | tuple[str, ...] | Mapping[str, "Value"]
Confidence = Literal[
    "seen", "recalled_high", "derived", "recalled_medium", "design", "recalled_low", "unknown", "setting"
]
Caution = Literal["plain", "confirm", "hidden"]
# The act's own text was read; at least two independent secondary sources agree; there is one secondary source only.
Evidence = Literal["", "text", "two_secondary", "one_secondary"]

OFFICE_SETTING = "office setting"
COMPARED_FOR = timedelta(days=90)  # a row that was compared longer ago is shown with a caution

_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_KEYS = frozenset({
    "id", "value", "valid_from", "valid_to", "in_force_from", "source", "confidence", "evidence", "checked_on", "note",
    "after_gap",
})  # fmt: skip
_CAUTIONS: Mapping[Confidence, Caution] = {
    "seen": "plain",
    "recalled_high": "plain",
    "derived": "plain",
    "setting": "plain",
    "recalled_medium": "confirm",
    "design": "confirm",
    "recalled_low": "hidden",
    "unknown": "hidden",
}


class BadRow(ValueError):
    """A file of rows can't be used; the sentence names the file and the row."""


class NotInForce(LookupError):
    """No row with this id holds on this day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One value and its standing.

    valid_from: the first day it counts, None if the row is open to the left. valid_to: last day, None if it has no end
    yet. in_force_from: the day its act entered into force, where that is later than valid_from: the act reaches back,
    and what it gives more is owed from valid_from on. value: None when nobody knows it. source: the law and article, or
    "office setting". checked_on: the day it was last compared with a source, None if nobody said. note: what an
    official is to confirm. after_gap: days without any row before this one are meant to be.
    """

    id: str
    value: Value | None
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: Confidence
    note: str = ""
    after_gap: bool = False
    in_force_from: date | None = None
    checked_on: date | None = None
    evidence: Evidence = ""

    def __hash__(self) -> int:
        """By its id alone: rows are keys for a hundred thousand families, and two of one id are rarely together."""
        return hash(self.id)

    @property
    def reaches_back(self) -> bool:
        """Whether it counts from a day before its act entered into force."""
        return self.in_force_from is not None

    def is_stale(self, today: date) -> bool:
        """Whether nobody has compared it for long; what has ended, or is the office's own word, needs no comparing."""
        if self.confidence == "setting" or (self.valid_to is not None and self.valid_to < today):
            return False
        return self.checked_on is None or today - self.checked_on > COMPARED_FOR

    def holds(self, day: date) -> bool:
        """Say whether the row is in force on a day; both ends count."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class RuleRows:
    """All rows of a file: per id, in order of time."""

    series: Mapping[str, tuple[RuleRow, ...]]

    def get(self, row_id: str, day: date) -> RuleRow | None:
        """Return the row in force on a day, or None."""
        return next((row for row in self.series.get(row_id, ()) if row.holds(day)), None)

    def on(self, row_id: str, day: date) -> RuleRow:
        """Return the row in force on a day. Raises NotInForce."""
        row = self.get(row_id, day)
        if row is None:
            raise NotInForce(f'No row "{row_id}" holds on {day}.')
        return row

    def under(self, prefix: str, day: date) -> tuple[RuleRow, ...]:
        """Return the rows in force on a day whose id begins so, in the file's order; "" gives all."""
        found = (self.get(row_id, day) for row_id in self.series if row_id.startswith(prefix))
        return tuple(row for row in found if row is not None)

    def __iter__(self) -> Iterator[RuleRow]:
        for rows in self.series.values():
            yield from rows


def caution(row: RuleRow | None, today: date) -> Caution:
    """Say how a row's figure may be shown: as it is, with "an official must confirm", or not at all."""
    if row is None or is_hidden(row):
        return "hidden"
    unsure = row.evidence == "one_secondary" or row.is_stale(today)
    return "confirm" if unsure else _CAUTIONS[row.confidence]


def is_hidden(row: RuleRow | None) -> bool:
    """Whether nobody may be told what it says, on whatever day."""
    return row is None or _CAUTIONS[row.confidence] == "hidden"


def load(source: str | Path) -> RuleRows:
    """Read and check rows from a file, or from TOML text. Raises BadRow.

    A day checked_on before the first row is that of every row that names none of its own.
    """
    file = source.name if isinstance(source, Path) else "text"
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRow(f"{file}: this is not TOML: {error}.") from error
    entries, compared = content.pop("row", []), _day(content, "checked_on", file)
    content.pop("checked_on", None)
    if content:
        raise BadRow(f'{file}: "{min(content)}" is not known here; a file holds checked_on and [[row]] tables.')
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadRow(f"{file}: rows are written as [[row]] tables.")
    read = (_read({"checked_on": compared} | entry, file=file, number=n) for n, entry in enumerate(entries, start=1))
    return arranged(read, file)


def arranged(rows: Iterable[RuleRow], file: str) -> RuleRows:
    """Check rows, each and beside the others of its id, and put them in order. Raises BadRow."""
    series: dict[str, list[RuleRow]] = {}
    for row in rows:
        _check(row, f'{file}: row "{row.id}"')
        series.setdefault(row.id, []).append(row)
    return RuleRows(MappingProxyType({row_id: _in_order(of_id, file) for row_id, of_id in series.items()}))


def _read(entry: Mapping[str, object], *, file: str, number: int) -> RuleRow:
    name = entry.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise BadRow(f"{file}: row {number} has no id of small letters, digits, _ and dots.")
    where = f'{file}: row "{name}"'
    if strange := sorted(entry.keys() - _KEYS):
        raise BadRow(f'{where}: "{strange[0]}" is not known here.')
    value = entry.get("value")
    return RuleRow(
        id=name,
        value=None if value is None else _frozen(value, where),
        valid_from=_day(entry, "valid_from", where),
        valid_to=_day(entry, "valid_to", where),
        source=_words(entry, "source", where),
        confidence=_confidence(entry, where),
        note=_words(entry, "note", where),
        after_gap=_mark(entry, "after_gap", where),
        in_force_from=_day(entry, "in_force_from", where),
        checked_on=None if entry.get("confidence") == "setting" else _day(entry, "checked_on", where),
        evidence=_evidence(entry, where),
    )


def _check(row: RuleRow, where: str) -> None:
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        raise BadRow(f"{where}: valid_to {row.valid_to} is before valid_from {row.valid_from}.")
    if row.in_force_from and (row.valid_from is None or row.in_force_from <= row.valid_from):
        raise BadRow(f"{where}: in_force_from is written only where it is later than valid_from.")
    if row.confidence == "unknown" and row.value is not None:
        raise BadRow(f"{where}: what is unknown has no value.")
    if row.confidence != "unknown" and row.value is None:
        raise BadRow(f"{where}: there is no value; if nobody knows it, its confidence is unknown.")
    if row.value is not None and not row.source:
        raise BadRow(f"{where}: a value needs its source.")
    if (row.confidence == "setting") != (row.source == OFFICE_SETTING):
        raise BadRow(f'{where}: confidence "setting" and source "{OFFICE_SETTING}" go together.')


def _in_order(rows: list[RuleRow], file: str) -> tuple[RuleRow, ...]:
    ordered = tuple(sorted(rows, key=lambda row: row.valid_from or date.min))
    if ordered[0].after_gap:
        raise BadRow(f'{file}: row "{ordered[0].id}": after_gap, but no row comes before it.')
    for earlier, later in pairwise(ordered):
        where = f'{file}: row "{later.id}"'
        if earlier.valid_to is None or later.valid_from is None or later.valid_from <= earlier.valid_to:
            raise BadRow(f"{where}: two rows hold on {later.valid_from or 'the same days'}.")
        gap = (later.valid_from - earlier.valid_to).days > 1
        if gap and not later.after_gap:
            raise BadRow(f"{where}: nothing holds between {earlier.valid_to} and {later.valid_from}; see after_gap.")
        if later.after_gap and not gap:
            raise BadRow(f"{where}: after_gap, but the row before it ends on {earlier.valid_to}.")
    return ordered


def _frozen(value: object, where: str) -> Value:
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(item, where) for key, item in value.items()})
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, int | str | date) and not isinstance(value, bool | datetime):
        return value
    raise BadRow(f"{where}: {value!r} is no whole number, words, day, list of words or table of those.")


def _day(entry: Mapping[str, object], key: str, where: str) -> date | None:
    day = entry.get(key)
    if day is None or (isinstance(day, date) and not isinstance(day, datetime)):
        return day
    raise BadRow(f"{where}: {key} is not a day such as 2026-09-01.")


def _words(entry: Mapping[str, object], key: str, where: str) -> str:
    words = entry.get(key, "")
    if isinstance(words, str):
        return words.strip()
    raise BadRow(f"{where}: {key} is not words.")


def _mark(entry: Mapping[str, object], key: str, where: str) -> bool:
    mark = entry.get(key, False)
    if isinstance(mark, bool):
        return mark
    raise BadRow(f"{where}: {key} is true or absent.")


def _confidence(entry: Mapping[str, object], where: str) -> Confidence:
    said = entry.get("confidence")
    if said in get_args(Confidence):
        return cast(Confidence, said)
    raise BadRow(f"{where}: confidence {said!r} is none of {', '.join(get_args(Confidence))}.")


def _evidence(entry: Mapping[str, object], where: str) -> Evidence:
    said = entry.get("evidence", "")
    if said in get_args(Evidence):
        return cast(Evidence, said)
    raise BadRow(f"{where}: evidence {said!r} is none of {', '.join(get_args(Evidence)[1:])}.")
