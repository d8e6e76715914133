"""What a result stands on: for each reason its dated row, and the questions whose answers led there.

Why not kept in the verdict: after a change of law a hundred thousand families are assessed anew, and the reasons of a
result are read by one person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handlers.rules.household import Household
from handlers.rules.poverty import DEPENDANTS, Assessment, Verdict, area_row, changed_row
from handlers.rules.programmes import ProgrammeOffer
from handlers.rules.rows import RuleRow

OTHER, COMING = "other_", "coming_"

# The questions that tell of a lack; any other lack is told by the question of its own name.
_QUESTIONS = {
    "work": ("out_of_work",),
    "space": ("space", "members"),
    "internet": ("devices",),
    DEPENDANTS: ("members", "children", "allowances"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing a result stands on.

    about: "area", "changed", "line", "middle_cap", "min_deprived", "indicators", the code of a lack, or the id of a
    programme's row; what belongs to the other line or to the next standard begins with OTHER or COMING. row: where it
    is written. answers: keys of questions.
    """

    about: str
    row: RuleRow
    answers: tuple[str, ...]


def reasons(household: Household, found: Assessment) -> tuple[Reason, ...]:
    """All reasons of a result, each row once, as the law asks: place, income, lacks; the other line; what is coming."""
    all_of_them = [*_of_the_place(household, found), *_of_a_verdict(household, found.verdict)]
    if found.other is not None:
        all_of_them += _of_a_verdict(household, found.other, OTHER)
    if found.coming is not None:
        all_of_them += _of_a_verdict(household, found.coming.verdict, COMING)
    once: dict[tuple[object, ...], Reason] = {}
    for reason in all_of_them:
        once.setdefault((reason.row.id, reason.row.valid_from), reason)
    return tuple(once.values())


def of_offers(offered: Iterable[ProgrammeOffer]) -> tuple[Reason, ...]:
    """The reasons for what a family with a certificate is told it may get."""
    return tuple(Reason(offer.row.id, offer.row, ("certificate",)) for offer in offered)


def _of_the_place(household: Household, found: Assessment) -> Iterator[Reason]:
    rows = {
        "area": area_row(household.unit_id, found.day),
        "changed": changed_row(household.unit_id, found.day),
    }
    yield from (Reason(about, row, ("unit",)) for about, row in rows.items() if row is not None)


def _of_a_verdict(household: Household, verdict: Verdict, whose: str = "") -> Iterator[Reason]:
    known, told_by = verdict.standard, _income(household)
    yield Reason(f"{whose}line", known.line[verdict.area], told_by)
    if verdict.income == "above":
        yield Reason(f"{whose}middle_cap", known.middle_cap[verdict.area], told_by)
        return
    if not verdict.counted:
        yield Reason(f"{whose}indicators", known.indicators, ())
        return
    counted = [question for code in known.lacks if code not in verdict.open for question in _told_by(household, code)]
    yield Reason(f"{whose}min_deprived", known.min_deprived, tuple(dict.fromkeys(counted)))
    for code in verdict.found:
        yield Reason(f"{whose}{code}", known.lacks[code], _told_by(household, code))


def _income(household: Household) -> tuple[str, ...]:
    """The income of one person is asked for where nobody knows how many there are."""
    each = household.income.per == "person" if household.income is not None else household.members is None
    return ("income_each",) if each else ("income", "members")


def _told_by(household: Household, code: str) -> tuple[str, ...]:
    """The questions that told whether there is this lack."""
    if code == "work" and household.has("no_labour"):
        return ("living_here",)
    if code in ("nutrition", "child_school") and household.children == 0:
        return ("children",)
    return _QUESTIONS.get(code, (code,))
