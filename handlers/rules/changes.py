"""What would change a result: each single thing that, were it otherwise, would give another one.

Why it is found by assessing the changed family: a list that was reasoned out beside the rules would one day disagree
with them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from handlers.rules.household import Household, Income, Range
from handlers.rules.poverty import Area, Assessment, Outcome, assess

How = Literal["lacking", "met", "within", "above"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change and what comes of it.

    about: a lack's code, "income" or "place". how: the lack is there or not; the income is just within today's line or
    just above it; the line is that of this area. to: the outcome.
    """

    about: str
    how: How | Area
    to: Outcome


def would_change(household: Household, day: date) -> tuple[Change, ...]:
    """Every single change that alters the outcome of this day: lacks in the standard's order, income, place.

    Lacks not known, and what is no lack yet; a lack found is not undone. Raises NotInForce as `assess` does.
    """
    today = assess(household, day)
    possible = (*_lacks(household, today), *_incomes(household, today), *_places(today))
    return tuple(change for change in possible if change.to != today.outcome)


def _lacks(household: Household, today: Assessment) -> Iterator[Change]:
    verdict = today.verdict
    for code in verdict.standard.lacks:
        if code in verdict.found:
            continue
        ways: tuple[How, ...] = ("lacking", "met") if code in verdict.open else ("lacking",)
        for how in ways:
            otherwise = replace(household, lacks={**household.lacks, code: how == "lacking"})
            yield Change(code, how, assess(otherwise, today.day).outcome)


def _incomes(household: Household, today: Assessment) -> Iterator[Change]:
    line = today.verdict.standard.line_of(today.verdict.area)
    ways: tuple[tuple[How, int], ...] = (("within", line), ("above", line + 1))
    for how, each in ways:
        otherwise = replace(household, income=Income(Range.exactly(each), per="person"))
        yield Change("income", how, assess(otherwise, today.day).outcome)


def _places(today: Assessment) -> Iterator[Change]:
    """The lines that may apply; where only one does, there is nothing to change."""
    if today.other is not None:
        yield from (Change("place", verdict.area, verdict.outcome) for verdict in (today.verdict, today.other))
