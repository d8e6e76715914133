"""A figure of law on its way to a person: as it is, with a caution, or not at all, by its confidence."""

from collections.abc import Callable
from datetime import date

from handlers.flow.message import Dong, Phrase
from handlers.rules.rows import RuleRow, caution

CONFIRM = Phrase("to_be_confirmed")


def money(row: RuleRow | None, today: date) -> object:
    """An amount in VND with its caution."""
    return _cautioned(row, today, Dong)


def count(row: RuleRow | None, today: date) -> object:
    """A whole number with its caution."""
    return _cautioned(row, today, int)


def percent(row: RuleRow | None, today: date) -> object:
    """A share in per cent with its caution."""
    return _cautioned(row, today, lambda number: f"{number}%")


def rate(row: RuleRow | None, today: date) -> object:
    """A yearly rate kept in ten-thousandths, printed as 6,6%."""
    return _cautioned(row, today, lambda number: f"{number / 100:g}%".replace(".", ","))


def _cautioned(row: RuleRow | None, today: date, write: Callable[[int], object]) -> object:
    how = caution(row, today)
    if row is None or how == "hidden" or not isinstance(row.value, int):
        return CONFIRM
    shown = write(row.value)
    return Phrase("with_caution", {"figure": shown}) if how == "confirm" else shown
