"""All dated rows together, as an official checks them: what is in force on a day, from where, and how sure."""

from collections.abc import Iterator, Mapping
from datetime import date

from handlers.rules.book import rows_of_file
from handlers.rules.rows import RuleRow, caution

FILES = ("office", "standards", "indicators", "areas", "programmes", "drives", "goods")


def lines(day: date) -> Iterator[str]:
    """One line a row in force on a day. Raises BadRow if a file is not in order."""
    for name in FILES:
        yield f"# {name}, {day}"
        for row in rows_of_file(name).under("", day):
            yield _line(row, day)


def count() -> int:
    """How many rows there are, of all times. Raises BadRow if a file is not in order."""
    return sum(1 for name in FILES for _ in rows_of_file(name))


def _line(row: RuleRow, today: date) -> str:
    value = (
        row.value.get("number", row.value.get("vi", dict(row.value))) if isinstance(row.value, Mapping) else row.value
    )
    shown = "cần cán bộ xác nhận" if value is None else value
    how = {"plain": "", "confirm": "  (cần cán bộ xác nhận)", "hidden": "  (không hiện)"}[caution(row, today)]
    return f"{row.id}: {shown}{how}  [{row.valid_from or '…'} – {row.valid_to or '…'}]  {row.source or '–'}"
