"""What officials say of the shipped rows: this one was compared again, or from a day on another figure holds.

Why a shipped row is never edited: what officials entered is taken back by leaving it out, and then all is as shipped.
Why whole numbers alone: what a programme is and for whom takes conditions and texts, and those come with a release.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

from handlers.rules.rows import Evidence, RuleRow, RuleRows, arranged

What = Literal["compared", "figure"]
# Why one can't be used. absent: there is no such row. document, evidence: it isn't said what was read. setting: the
# office's own word. no_value: nobody knows what to compare. changed: the row holds another value than was compared.
# earlier: it was compared later than that. not_a_figure: no whole number is entered there. size: out of all bounds.
# gap: nothing holds on the day before. in_force: an act that reaches back enters into force later than it counts from.
# same: it holds already.
Fault = Literal[
    "absent", "document", "evidence", "setting", "no_value", "changed", "earlier", "not_a_figure", "size", "gap",
    "in_force", "same",
]  # fmt: skip

MOST = 10**12
ONE_DAY = timedelta(days=1)
_FIGURES = (
    "standard.", "city.", "age.", "escaped.", "threshold.", "parameter.", "amount.", "coefficient.", "longest.",
    "distribute.",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What was entered of one row.

    valid_from: of what was compared, the row's own; of a figure, the day it counts from. value: the figure; of what was
    compared the figure that was, None if it is no number. compared_on: the day it was compared with the document, which
    of a figure is the act that gives it.
    """

    what: What
    row_id: str
    valid_from: date | None
    value: int | None
    compared_on: date
    document: str
    evidence: Evidence
    in_force_from: date | None = None
    id: str = ""


def put_over(rows: RuleRows, one: Override) -> RuleRows | Fault:
    """The rows of a file with one override in them, or why it can't be used; the given rows stay as they are."""
    series = rows.series.get(one.row_id)
    if series is None:
        return "absent"
    if not one.document:
        return "document"
    if not one.evidence:
        return "evidence"
    found = _compared(series, one) if one.what == "compared" else _figure(series, one)
    if isinstance(found, str):
        return found
    return RuleRows(MappingProxyType({**rows.series, **arranged(found, one.row_id).series}))


def takes_a_figure(series: Iterable[RuleRow]) -> bool:
    """Whether all that is known of a row is a whole number, so that another may be entered."""
    return all(row.id.startswith(_FIGURES) and isinstance(row.value, int | None) for row in series)


def number(row: RuleRow) -> int | None:
    """A row's figure; None if it is no number."""
    return row.value if isinstance(row.value, int) else None


def _compared(series: tuple[RuleRow, ...], one: Override) -> tuple[RuleRow, ...] | Fault:
    row = next((row for row in series if row.valid_from == one.valid_from), None)
    if row is None:
        return "absent"
    if row.confidence == "setting":
        return "setting"
    if row.value is None:
        return "no_value"
    if number(row) != one.value:
        return "changed"
    if row.checked_on is not None and one.compared_on < row.checked_on:
        return "earlier"
    confidence = "seen" if one.evidence == "text" else row.confidence
    compared = replace(row, checked_on=one.compared_on, evidence=one.evidence, confidence=confidence)
    return tuple(_with(series, row, compared))


def _figure(series: tuple[RuleRow, ...], one: Override) -> tuple[RuleRow, ...] | Fault:
    day, last = one.valid_from, series[-1]
    if not takes_a_figure(series):
        return "not_a_figure"
    if one.value is None or not 0 < one.value <= MOST:
        return "size"
    if day is None:
        return "gap"
    if one.in_force_from is not None and one.in_force_from <= day:
        return "in_force"
    before = next((row for row in series if row.holds(day)), None)
    if before is None:
        follows = last.valid_to is not None and last.valid_to + ONE_DAY == day
        return (*series, _new(last, one, valid_to=None)) if follows else "gap"
    if before.value == one.value and before.in_force_from == one.in_force_from:
        return "same"
    new = _new(before, one, valid_to=before.valid_to)
    if before.valid_from == day:
        return tuple(_with(series, before, replace(new, after_gap=before.after_gap)))
    return tuple(_with(series, before, replace(before, valid_to=day - ONE_DAY), new))


def _new(before: RuleRow, one: Override, *, valid_to: date | None) -> RuleRow:
    """The row of a new figure; it ends where the one it follows or stands for was to end."""
    return RuleRow(
        id=before.id,
        value=one.value,
        valid_from=one.valid_from,
        valid_to=valid_to,
        source=one.document,
        confidence="seen",
        in_force_from=one.in_force_from,
        checked_on=one.compared_on,
        evidence=one.evidence,
    )


def _with(series: Iterable[RuleRow], row: RuleRow, *instead: RuleRow) -> Iterator[RuleRow]:
    """A series with others in one row's place."""
    for one in series:
        yield from instead if one is row else (one,)
