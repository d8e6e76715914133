"""What an act that reaches back owes: the difference a month, to whoever drew the allowance at its old level.

The decision on it is the commune's or ward's (Điều 32 khoản 3, 4 NĐ 335/2026/NĐ-CP), so it is told as long as it
may not have been paid: for a year after the act entered into force.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from handlers.rules.household import Household
from handlers.rules.programmes import ProgrammeOffer, in_force, kind
from handlers.rules.rows import RuleRow

TOLD_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Owed:
    """VND a month and person, for so many whole months from a day until now."""

    monthly: int
    since: date
    months: int


def owed(household: Household, offer: ProgrammeOffer, today: date) -> Owed | None:
    """What is owed on an allowance to each who drew it before; None where that is not certain.

    Certain is one known figure on both sides of the day, for a family that draws an allowance and gets this one for
    sure.
    """
    drawing = household.allowances is not None and household.allowances.least > 0
    amounts = [row for row in offer.amounts if kind(row) == "monthly"]
    if not drawing or not offer.sure or offer.status != "now" or len(amounts) != 1:
        return None
    now = amounts[0]
    before = _before(offer.id, now)
    if before is None or not _reaches_back(now, today) or now.valid_from is None:
        return None
    if not isinstance(now.value, int) or not isinstance(before.value, int) or now.value <= before.value:
        return None
    months = (today.year - now.valid_from.year) * 12 + today.month - now.valid_from.month
    return Owed(now.value - before.value, now.valid_from, months) if months > 0 else None


def _reaches_back(row: RuleRow, today: date) -> bool:
    entered = row.in_force_from
    return entered is not None and entered <= today < entered + TOLD_FOR


def _before(programme_id: str, row: RuleRow) -> RuleRow | None:
    """The same amount on the day before."""
    if row.valid_from is None:
        return None
    earlier = (one for one in in_force(row.valid_from - timedelta(days=1)) if one.id == programme_id)
    return next((amount for one in earlier for amount, _ in one.amounts if amount.id == row.id), None)
