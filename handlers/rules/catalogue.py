"""All dated rows together, as an official checks them: what is in force on a day, from where, and how sure."""

from collections.abc import Iterator, Mapping
from datetime import date

from handlers.rules import book
from handlers.rules.book import Book, as_shipped, rows_of_file
from handlers.rules.overrides import Override
from handlers.rules.rows import RuleRow, caution

FILES = ("office", "standards", "indicators", "areas", "programmes", "drives", "goods")


def lines(day: date) -> Iterator[str]:
    """One line a row in force on a day. Raises BadRow if a file is not in order."""
    for name in FILES:
        yield f"# {name}, {day}"
        for row in rows_of_file(name).under("", day):
            yield _line(row, day)


def to_compare(day: date) -> tuple[RuleRow, ...]:
    """Rows of law in force or to come that officials should compare: for 90 days nobody did, or one secondary source is
    all there is; those compared longest ago first.
    """
    found = [row for name in book.FILES for row in rows_of_file(name) if _is_to_compare(row, day)]
    return tuple(sorted(found, key=lambda row: row.checked_on or date.min))


def to_compare_lines(day: date) -> Iterator[str]:
    """One line a row to compare: id, from when, what it says, since when nobody compared it, and its source."""
    for row in to_compare(day):
        since = f"{(day - row.checked_on).days} days, {row.checked_on}" if row.checked_on else "never"
        why = "; one secondary source" if row.evidence == "one_secondary" else ""
        yield f"{row.id} [{row.valid_from or '…'}]: {_value(row)}  compared: {since}{why}  {row.source or '–'}"


def entry_lines(found: Book) -> Iterator[str]:
    """One line an entry of officials: what holds by it, beside what was shipped for the same day; and why one is left
    out.
    """
    for one in found.overrides:
        yield f"{_entry(one)}; shipped: {_shipped(one)}"
    for one, why in found.left_out:
        yield f"{_entry(one)}; left out: {why}; shipped: {_shipped(one)}"


def count() -> int:
    """How many rows there are, of all times. Raises BadRow if a file is not in order."""
    return sum(1 for name in FILES for _ in rows_of_file(name))


def _is_to_compare(row: RuleRow, day: date) -> bool:
    over = row.valid_to is not None and row.valid_to < day
    return not over and (row.evidence == "one_secondary" or row.is_stale(day))


def _entry(one: Override) -> str:
    said = f"compared on {one.compared_on}" if one.what == "compared" else str(one.value)
    return f"{one.row_id} from {one.valid_from or '…'}: {said} ({one.document})"


def _shipped(one: Override) -> str:
    series = as_shipped().series(one.row_id)
    row = next((row for row in series if one.valid_from == row.valid_from), None)
    row = row or next((row for row in series if one.valid_from is not None and row.holds(one.valid_from)), None)
    return "nothing" if row is None else f"{_value(row)} ({row.source or '–'}), compared {row.checked_on or 'never'}"


def _value(row: RuleRow) -> object:
    said = row.value
    found = said.get("number", said.get("vi", dict(said))) if isinstance(said, Mapping) else said
    return "cần cán bộ xác nhận" if found is None else found


def _line(row: RuleRow, today: date) -> str:
    shown = _value(row)
    how = {"plain": "", "confirm": "  (cần cán bộ xác nhận)", "hidden": "  (không hiện)"}[caution(row, today)]
    return f"{row.id}: {shown}{how}  [{row.valid_from or '…'} – {row.valid_to or '…'}]  {row.source or '–'}"
