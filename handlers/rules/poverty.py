"""Which class a family likely belongs to on a day, by the national standard, why, and what is still open.

Why a verdict keeps a set of classes: what is not known leaves several possible, and a later answer may only narrow the
set. Why there is no verdict on lacks from 2027 on yet: the coming indicators' thresholds are not known, so an income
within the new line means "poor or near-poor".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from handlers.rules.book import per_book, rows_of_file
from handlers.rules.household import Household, Range
from handlers.rules.rows import NotInForce, RuleRow
from handlers.vietnamese import units

Area = Literal["urban", "rural"]
Class = Literal["poor", "near_poor", "middle", "none"]
Outcome = Literal["poor", "near_poor", "poor_or_near_poor", "middle", "none", "open"]
Place = Literal["within", "above", "unclear"]

CLASSES: tuple[Class, ...] = ("poor", "near_poor", "middle", "none")
DEPENDANTS = "dependants"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """The standard in force on a day; every figure with the row it comes from.

    indicators: the set that lacks are counted by. lacks: empty while that set is not usable.
    """

    line: Mapping[str, RuleRow]
    middle_cap: Mapping[str, RuleRow]
    min_deprived: RuleRow
    indicators: RuleRow
    lacks: Mapping[str, RuleRow]
    thresholds: Mapping[str, RuleRow]

    def line_of(self, area: Area) -> int:
        return _number(self.line[area])

    def cap_of(self, area: Area) -> int | None:
        row = self.middle_cap[area]
        return None if row.value is None else _number(row)

    @property
    def needed(self) -> int:
        """How many lacks make a poor household."""
        return _number(self.min_deprived)

    def threshold(self, name: str) -> int:
        return _number(self.thresholds[f"threshold.{name}"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The class by one line. classes: those still possible. found, open: codes of lacks, in the standard's order."""

    outcome: Outcome
    classes: frozenset[Class]
    area: Area
    income: Place
    found: tuple[str, ...]
    open: tuple[str, ...]
    counted: bool
    standard: Standard


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The whole answer for a day.

    verdict: by the line that applies where the family lives. other: by the other line, where the place changed its type
    or is not known, to be confirmed by an official. coming: by the next standard, while both have to be shown.
    """

    day: date
    verdict: Verdict
    other: Verdict | None
    coming: "Assessment | None"
    outcome: Outcome


@per_book
def standard(day: date) -> Standard:
    """The standard in force on a day. Raises NotInForce before 2022 and after the last known one."""
    rows = rows_of_file("standards")
    counted_by = rows.on("standard.indicators", day)
    usable = counted_by.value is not None
    indicators = rows_of_file("indicators")
    return Standard(
        line={area: rows.on(f"standard.line.{area}", day) for area in ("urban", "rural")},
        middle_cap={area: rows.on(f"standard.middle_cap.{area}", day) for area in ("urban", "rural")},
        min_deprived=rows.on("standard.min_deprived", day),
        indicators=counted_by,
        lacks={row.id.removeprefix("lack."): row for row in indicators.under("lack.", day)} if usable else {},
        thresholds={row.id: row for row in indicators.under("threshold.", day)} if usable else {},
    )


@per_book
def areas(unit_id: str | None, day: date) -> tuple[Area, ...]:
    """The lines that may apply: that of the unit's type first, the other where the type changed or is unknown."""
    row = area_row(unit_id, day)
    if row is None or row.value is None:
        return ("rural", "urban")
    own: Area = "urban" if row.value == "urban" else "rural"
    other: Area = "rural" if own == "urban" else "urban"
    return (own, other) if changed_places(unit_id, day) else (own,)


def area_row(unit_id: str | None, day: date) -> RuleRow | None:
    """The row that says which line goes with the type of a unit; None where the unit is not known."""
    unit = units.all_units().get(unit_id or "")
    if unit is None:
        return None
    kind = {"phường": "phuong", "xã": "xa"}.get(unit.kind, "dac_khu")
    return rows_of_file("standards").get(f"area.{kind}", day)


def changed_row(unit_id: str | None, day: date) -> RuleRow | None:
    """The row of a unit part of which was of the other type before; None for the others."""
    return rows_of_file("areas").get(f"changed.{unit_id}", day) if unit_id else None


def changed_places(unit_id: str | None, day: date) -> str:
    """Former communes or townships of a unit for which the other line may apply; empty if there are none."""
    row = changed_row(unit_id, day)
    return str(row.value["places"]) if row is not None and isinstance(row.value, Mapping) else ""


def assess(household: Household, day: date) -> Assessment:
    """Assess a family as the law stands on a day, and by the next standard where both must be shown.

    Raises NotInForce for a day without a standard.
    """
    assessed = _on(household, day)
    begins = next_standard(day)
    if begins is None:
        return assessed
    verdict, other, coming = assessed.verdict, assessed.other, _on(household, begins)
    return Assessment(day=day, verdict=verdict, other=other, coming=coming, outcome=assessed.outcome)


def next_standard(day: date) -> date | None:
    """The first day of the coming standard, while both results have to be shown; None otherwise."""
    rows = rows_of_file("standards")
    ends = rows.on("standard.line.rural", day).valid_to
    if rows.get("dual_result", day) is None or ends is None:
        return None
    begins = ends + timedelta(days=1)
    return begins if rows.get("standard.line.rural", begins) is not None else None


def _on(household: Household, day: date) -> Assessment:
    known, possible = standard(day), areas(household.unit_id, day)
    verdicts = [_verdict(household, known, area) for area in possible]
    certain = units.all_units().get(household.unit_id or "") is not None and _typed(household.unit_id, day)
    outcome = verdicts[0].outcome if certain or len({v.outcome for v in verdicts}) == 1 else "open"
    other = verdicts[1] if len(verdicts) > 1 else None
    return Assessment(day=day, verdict=verdicts[0], other=other, coming=None, outcome=outcome)


def _typed(unit_id: str | None, day: date) -> bool:
    """Whether the unit's type says which line applies, even if part of it was of the other type before."""
    return len(areas(unit_id, day)) == 1 or bool(changed_places(unit_id, day))


def _verdict(household: Household, known: Standard, area: Area) -> Verdict:
    place = _income(household, known.line_of(area))
    found, still_open = lacks(household, known)
    classes: set[Class] = set()
    if place != "above":
        classes |= _by_lacks(len(found), len(still_open), known)
    if place != "within":
        classes |= _above(household, known, area)
    return Verdict(
        outcome=_outcome(frozenset(classes)),
        classes=frozenset(classes),
        area=area,
        income=place,
        found=found,
        open=still_open,
        counted=bool(known.lacks),
        standard=known,
    )


def _by_lacks(found: int, still_open: int, known: Standard) -> set[Class]:
    if not known.lacks:
        return {"poor", "near_poor"}
    if found >= known.needed:
        return {"poor"}
    return {"near_poor"} if found + still_open < known.needed else {"poor", "near_poor"}


def _above(household: Household, known: Standard, area: Area) -> set[Class]:
    """Above the line: of middle living standard up to the cap. Where the cap is not known nobody can say."""
    cap = known.cap_of(area)
    if cap is None:
        return {"none"}
    match _income(household, cap):
        case "within":
            return {"middle"}
        case "above":
            return {"none"}
    return {"middle", "none"}


def _outcome(classes: frozenset[Class]) -> Outcome:
    if len(classes) == 1:
        return next(iter(classes))
    return "poor_or_near_poor" if classes == {"poor", "near_poor"} else "open"


def _income(household: Household, line: int) -> Place:
    """Where the income stands to a line a person; within is not above. Compared in whole dong, without dividing."""
    income = household.income
    if income is None:
        return "unclear"
    people = household.members if income.per == "family" else 1
    if people is None:
        return "within" if income.amount.most == 0 else "unclear"
    if income.amount.most is not None and income.amount.most <= line * people:
        return "within"
    return "above" if income.amount.least > line * people else "unclear"


def lacks(household: Household, known: Standard) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(found, still open) among the standard's lacks, in its order."""
    found, still_open = [], []
    for code in known.lacks:
        told = household.lacks.get(code)
        if told is None and code == DEPENDANTS:
            told = dependants_lack(household, known)
        if told is None:
            still_open.append(code)
        elif told:
            found.append(code)
    return tuple(found), tuple(still_open)


def dependants_lack(household: Household, known: Standard) -> bool | None:
    """Whether more than the given share of the members depend on the others; None if that can't be said."""
    if household.members is None:
        return None
    count, share = dependants(household), known.threshold("dependants_share")
    most = household.members if count.most is None else min(count.most, household.members)
    if count.least * 100 > share * household.members:
        return True
    return False if most * 100 <= share * household.members else None


def dependants(household: Household) -> Range:
    """Children, and older or disabled members with an allowance.

    Whether a social pensioner counts is not confirmed, so with somebody of 70 or over both counts are made.
    """
    children = Range(0, None) if household.children is None else Range.exactly(household.children)
    drawing = household.allowances or Range(0, None)
    may_be_pensioners = any(household.has(someone) is not False for someone in ("aged_75", "aged_70"))
    least = children.least + (0 if may_be_pensioners else drawing.least)
    most = None if children.most is None or drawing.most is None else children.most + drawing.most
    return Range(least, most)


def lacks_matter(household: Household, day: date) -> bool:
    """Whether asking for one more lack can still change today's verdict under a line that may apply."""
    known = standard(day)
    if not known.lacks:
        return False
    verdicts = [_verdict(household, known, area) for area in areas(household.unit_id, day)]
    return any({"poor", "near_poor"} <= verdict.classes for verdict in verdicts)


def bands(unit_id: str | None, members: int, day: date) -> tuple[int, ...]:
    """Edges of the income bands to choose from, in VND a family a month: today's line, and the next or the cap.

    Empty where the line is not known for sure. An edge less than a tenth above the one before is left out.
    """
    possible = areas(unit_id, day)
    if len(possible) > 1:
        return ()
    begins, area = next_standard(day), possible[0]
    known = standard(day)
    second = standard(begins).line_of(area) if begins else known.cap_of(area)
    edges = [known.line_of(area)]
    if second is not None and second * 10 >= edges[0] * 11:
        edges.append(second)
    return tuple(edge * members for edge in edges)


def _number(row: RuleRow) -> int:
    if not isinstance(row.value, int):
        raise NotInForce(row.id)
    return row.value
