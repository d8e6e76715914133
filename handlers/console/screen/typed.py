"""What was typed in a form, read: words, money, whole numbers and months, with what is wrong beside each field."""

from collections.abc import Sequence
from datetime import date

from handlers.console.screen import Click, Invalid, Redirect
from handlers.desk.cases import MOST_WORDS
from handlers.flow import readers

Done = Redirect | Invalid | None
Faults = dict[str, str]


def words(given: Click, *fields: str, needed: bool = True, most: int = MOST_WORDS) -> Faults:
    """What is wrong with words that were typed."""
    faults: Faults = {}
    for field in fields:
        if needed and not given[field]:
            faults[field] = "needed"
        elif len(given[field]) > most:
            faults[field] = "too_long"
    return faults


def money(given: Click, field: str, faults: Faults, *, most: int, least: int = 1) -> int | None:
    """An amount as people type it, in VND; a text that may be two amounts is asked for again."""
    read = readers.money(given[field])
    if least == 0 and given[field] == "0":
        return 0
    if len(read) != 1 or read[0].per is not None or not least <= read[0].dong <= most:
        faults[field] = "amount" if given[field] else "needed"
        return None
    return read[0].dong


def count(given: Click, field: str, faults: Faults, *, most: int) -> int | None:
    """So many of something: a whole number, with or without dots between thousands."""
    digits = given[field].replace(".", "").replace(" ", "")
    if not digits.isdecimal() or not digits.isascii() or len(digits) > len(str(most)) or not 1 <= int(digits) <= most:
        faults[field] = "count" if given[field] else "needed"
        return None
    return int(digits)


def day(given: Click, field: str, faults: Faults, today: date, *, needed: bool = True) -> date | None:
    """A day as people type it or a browser sends it; a text that may be two is asked for again."""
    if not given[field]:
        if needed:
            faults[field] = "needs_day"
        return None
    read = readers.day(given[field], today)
    if len(read) != 1:
        faults[field] = "day"
        return None
    return read[0]


def months(typed: Sequence[str]) -> tuple[int, ...]:
    """The months of the year that were ticked."""
    return tuple(sorted({int(one) for one in typed if one.isdecimal() and one.isascii() and 1 <= int(one[:3]) <= 12}))
