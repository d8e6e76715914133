"""Days on which the standards or the programmes change: what holds from then on, what no longer does, and by which law.

Why only values that differ: a law that carries on what held before makes a new row, but changes no family's result.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.rules.book import Book, held, rows_of_file
from handlers.rules.poverty import standard
from handlers.rules.rows import NotInForce, RuleRow, is_hidden

FILES = ("standards", "indicators", "areas", "programmes")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turning:
    """One figure that changes. before: what held the day before, after: what holds from the day on; None: nothing."""

    id: str
    before: RuleRow | None
    after: RuleRow | None

    @property
    def row(self) -> RuleRow:
        """The row that says so: the new one, or the one that ends without another."""
        row = self.after or self.before
        assert row is not None  # noqa: S101  # one of the two made it change
        return row

    @property
    def is_known(self) -> bool:
        """Whether what it changes to is sure enough to tell anybody."""
        return not is_hidden(self.row)


@dataclass(frozen=True, slots=True)
class LawChangeDay:
    """A day on which rules change."""

    day: date
    turnings: tuple[Turning, ...]

    @property
    def is_known(self) -> bool:
        """Whether some of it is known."""
        return any(turning.is_known for turning in self.turnings)

    @property
    def can_be_assessed(self) -> bool:
        """Whether there is a standard on both sides of it."""
        try:
            standard(self.day - ONE_DAY)
            standard(self.day)
        except NotInForce:
            return False
        return True


def turns(since: date, until: date | None = None) -> tuple[LawChangeDay, ...]:
    """Every day from one day on, until another if it is given, on which something changes; the first one first."""
    days = {day for day in _edges() if since <= day and (until is None or day <= until)}
    found = (turn(day) for day in sorted(days))
    return tuple(one for one in found if one.turnings)


def turn(day: date) -> LawChangeDay:
    """What changes on a day; there may be nothing."""
    return LawChangeDay(day, tuple(_turnings(day)))


def figures_on(day: date, book: Book) -> frozenset[tuple[str, object, object]]:
    """What changes on a day by a book: ids, each with what is said before and from then on."""
    with held(book):
        found = turn(day).turnings
    return frozenset((one.id, repr(_said(one.before)), repr(_said(one.after))) for one in found)


def _said(row: RuleRow | None) -> object:
    return row.value if row else None


def _edges() -> Iterator[date]:
    for name in FILES:
        for row in rows_of_file(name):
            if row.valid_from is not None:
                yield row.valid_from
            if row.valid_to is not None:
                yield row.valid_to + ONE_DAY


def _turnings(day: date) -> Iterator[Turning]:
    for name in FILES:
        rows = rows_of_file(name)
        for row_id in rows.series:
            before, after = rows.get(row_id, day - ONE_DAY), rows.get(row_id, day)
            if _said(before) != _said(after):
                yield Turning(row_id, before, after)
