"""Ages and spans that questions name, each from its row: a text never holds a figure of law."""

from collections.abc import Mapping
from datetime import date

from handlers.rules.book import per_book, rows_of_file
from handlers.rules.rows import is_hidden

# The name a text uses, the file and the row it stands for.
_NAMED = {
    "age_75": ("standards", "age.social_pension"),
    "age_70": ("standards", "age.social_pension_poor"),
    "age_60": ("standards", "age.older"),
    "escaped_years": ("standards", "escaped.max_years"),
    "child_age": ("indicators", "threshold.child_age"),
    "insurance_age": ("indicators", "threshold.insurance_age"),
    "adult_from": ("indicators", "threshold.adult_school_from"),
    "adult_to": ("indicators", "threshold.adult_school_to"),
    "adult_upper": ("indicators", "threshold.adult_school_upper"),
    "school_from": ("indicators", "threshold.child_school_from"),
}


@per_book
def figures_of_the_day(day: date) -> Mapping[str, object]:
    """The figures in force on a day; three dots for one that is not, since no question may then rest on it."""
    found: dict[str, object] = {}
    for name, (file, row_id) in _NAMED.items():
        row = rows_of_file(file).get(row_id, day)
        found[name] = row.value if row is not None and not is_hidden(row) else "…"
    return found
