"""Which support programmes a family may ask for on a day: what needs no certificate first, then what follows one.

Why a programme whose condition is not known stays in the list: leaving it out would be a "no" that nobody gave. Why one
that is too unsure to show is left out: hope that no official has confirmed would cost a family a day's way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Literal

from handlers.rules.household import Household
from handlers.rules.poverty import Area, areas, rows_of_file
from handlers.rules.rows import Confidence, RuleRow, RuleRows, is_hidden

Status = Literal["now", "recognised"]
Condition = Callable[[Household], bool | None]

EVERY_CLASS = frozenset({"poor", "near_poor", "escaped", "middle"})

_FROM_SUREST: tuple[Confidence, ...] = (
    "setting", "seen", "recalled_high", "derived", "recalled_medium", "design", "recalled_low", "unknown",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeOffer:
    """A programme for one family.

    row: its words. status: asked for now, or once the family is recognised. amounts: one a figure, the kind last in the
    row's id; a figure nobody knows has no value. sure: whether who it is for is known to be true of the family.
    """

    id: str
    row: RuleRow
    status: Status
    amounts: tuple[RuleRow, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme in force on a day. area: where one has to live, empty for anywhere. offered: its four offers."""

    classes: frozenset[str]
    fits: Condition
    area: str
    offered: Mapping[tuple[Status, bool], ProgrammeOffer]


# Conditions. True, False, or None where it is not known. What begins with "perhaps" is asked in part only: it can be
# ruled out, but not known to be so.


def everybody(household: Household) -> bool | None:
    return True


def not_asked(household: Household) -> bool | None:
    return None


def aged_75(household: Household) -> bool | None:
    return household.has("aged_75")


def aged_75_without_pension(household: Household) -> bool | None:
    return all_true(household.has("aged_75"), _without_pension(household, alone=household.has("aged_70") is False))


def aged_70_without_pension(household: Household) -> bool | None:
    return all_true(household.has("aged_70"), _without_pension(household, alone=household.has("aged_75") is False))


def _without_pension(household: Household, *, alone: bool) -> bool | None:
    """alone: whether everybody of 70 and over is in the one group of ages, so that "some" means some of them."""
    if household.pension == "some":
        return True if alone else None
    return None if household.pension is None else household.pension == "none"


def aged_60_plus(household: Household) -> bool | None:
    return any_true(household.has("aged_75"), household.has("aged_70"), household.has("aged_60"))


def aged_60_to_74(household: Household) -> bool | None:
    return any_true(household.has("aged_70"), household.has("aged_60"))


def perhaps_older_and_alone(household: Household) -> bool | None:
    return all_true(aged_60_plus(household), None)


def perhaps_a_social_pensioner(household: Household) -> bool | None:
    return all_true(any_true(aged_75_without_pension(household), aged_70_without_pension(household)), None)


def disabled(household: Household) -> bool | None:
    return household.has("disabled")


def perhaps_especially_disabled(household: Household) -> bool | None:
    return all_true(household.has("disabled"), None)


def orphan(household: Household) -> bool | None:
    return household.has("orphan")


def single_parent(household: Household) -> bool | None:
    return household.has("single_parent")


def child(household: Household) -> bool | None:
    return None if household.children is None else household.children > 0


def pupil(household: Household) -> bool | None:
    return household.has("pupil")


def schoolchild(household: Household) -> bool | None:
    """A child who isn't at school yet may go to a preschool."""
    return True if household.has("pupil") else any_true(household.has("pupil"), all_true(child(household), None))


def perhaps_an_orphaned_or_disabled_pupil(household: Household) -> bool | None:
    return all_true(schoolchild(household), any_true(household.has("orphan"), household.has("disabled")), None)


def perhaps_a_student(household: Household) -> bool | None:
    return all_true(household.has("pupil"), None)


def perhaps_an_orphaned_student(household: Household) -> bool | None:
    return all_true(household.has("pupil"), household.has("orphan"), None)


def worker(household: Household) -> bool | None:
    nobody_can_work = household.has("no_labour")
    return None if nobody_can_work is None else not nobody_can_work


def draws_allowance(household: Household) -> bool | None:
    """The allowances told are those of older and disabled people; an orphan or a single parent may draw one too."""
    told = household.allowances
    if told is not None and told.least > 0:
        return True
    others = all_true(any_true(household.has("orphan"), household.has("single_parent")), None)
    return any_true(False if told is not None and told.most == 0 else None, others)


def draws_allowance_and_is_not_poor(household: Household) -> bool | None:
    return False if household.certificate == "poor" else draws_allowance(household)


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "": everybody,
        "not_asked": not_asked,
        "aged_75": aged_75,
        "aged_75_without_pension": aged_75_without_pension,
        "aged_70_without_pension": aged_70_without_pension,
        "aged_60_to_74": aged_60_to_74,
        "perhaps_older_and_alone": perhaps_older_and_alone,
        "perhaps_a_social_pensioner": perhaps_a_social_pensioner,
        "disabled": disabled,
        "perhaps_especially_disabled": perhaps_especially_disabled,
        "orphan": orphan,
        "single_parent": single_parent,
        "child": child,
        "pupil": pupil,
        "schoolchild": schoolchild,
        "perhaps_an_orphaned_or_disabled_pupil": perhaps_an_orphaned_or_disabled_pupil,
        "perhaps_a_student": perhaps_a_student,
        "perhaps_an_orphaned_student": perhaps_an_orphaned_student,
        "worker": worker,
        "draws_allowance": draws_allowance,
        "draws_allowance_and_is_not_poor": draws_allowance_and_is_not_poor,
    }
)


def all_true(*told: bool | None) -> bool | None:
    """Whether all hold: one that doesn't settles it, one that is not known leaves it open."""
    return False if False in told else None if None in told else True


def any_true(*told: bool | None) -> bool | None:
    """Whether one holds: one that does settles it, one that is not known leaves it open."""
    return True if True in told else None if None in told else False


def lives_there(area: str, possible: tuple[Area, ...]) -> bool | None:
    """Whether a family lives where a programme is for. possible: what its place may count as, rural or urban.

    None where its place may count as both, and for the specially hard areas, whose list nobody has confirmed.
    """
    if area == "rural":
        return area in possible if len(possible) == 1 else None
    return None


# Offers


def offers(household: Household, day: date, *, likely: frozenset[str]) -> tuple[ProgrammeOffer, ...]:
    """What a family may ask for now, then what it may get once it is recognised, each in the file's order.

    likely: the classes it may be found to belong to. The certificate it says it holds counts as recognised: whoever
    takes the request checks it. What is known not to fit is left out; what is not known stays, and is not sure.
    """
    possible = areas(household.unit_id, day)
    now: list[ProgrammeOffer] = []
    recognised: list[ProgrammeOffer] = []
    for programme in in_force(day):
        held = not programme.classes or household.certificate in programme.classes
        if not held and programme.classes.isdisjoint(likely):
            continue
        fits = programme.fits(household)
        if programme.area:
            fits = all_true(fits, lives_there(programme.area, possible))
        if fits is not False:
            status: Status = "now" if held else "recognised"
            (now if held else recognised).append(programme.offered[status, fits is True])
    return (*now, *recognised)


@cache
def general(day: date) -> tuple[ProgrammeOffer, ...]:
    """Everything there is on a day, for somebody who was asked nothing."""
    return offers(Household(), day, likely=EVERY_CLASS)


@cache
def in_force(day: date) -> tuple[Programme, ...]:
    """Every programme in force on a day that may be shown, in the file's order."""
    rows = rows_of_file("programmes")
    return tuple(_programme(row, rows, day) for row in rows.under("programme.", day) if not is_hidden(row))


def _programme(row: RuleRow, rows: RuleRows, day: date) -> Programme:
    name = row.id.removeprefix("programme.")
    words = row.value if isinstance(row.value, Mapping) else {}
    amounts = (*rows.under(f"amount.{name}.", day), *_monthly_amounts(name, str(words.get("base", "")), rows, day))
    both: tuple[Status, ...] = ("now", "recognised")
    offered = {
        (status, sure): ProgrammeOffer(id=name, row=row, status=status, amounts=amounts, sure=sure)
        for status in both
        for sure in (True, False)
    }
    needed = words["classes"]
    classes = frozenset(needed) if isinstance(needed, tuple) else frozenset[str]()
    return Programme(classes, CONDITIONS[str(words["who"])], str(words.get("area", "")), offered)


def _monthly_amounts(name: str, base_id: str, rows: RuleRows, day: date) -> tuple[RuleRow, ...]:
    """A programme's amounts that are a parameter times a coefficient in hundredths, in VND a month."""
    base = rows.get(base_id, day)
    return tuple(_times(base, row) for row in rows.under(f"coefficient.{name}.", day)) if base is not None else ()


def _times(base: RuleRow, coefficient: RuleRow) -> RuleRow:
    """The product, as sure as the less sure of the two, and in force while both are."""
    factors = [row.value for row in (base, coefficient) if isinstance(row.value, int)]
    return RuleRow(
        id=f"amount.{coefficient.id.removeprefix('coefficient.')}.monthly",
        value=factors[0] * factors[1] // 100 if len(factors) == 2 else None,
        valid_from=max((row.valid_from for row in (base, coefficient) if row.valid_from), default=None),
        valid_to=min((row.valid_to for row in (base, coefficient) if row.valid_to), default=None),
        source="; ".join(dict.fromkeys((coefficient.source, base.source))),
        confidence=max(base.confidence, coefficient.confidence, key=_FROM_SUREST.index),
        note=base.note or coefficient.note,
    )
