"""Changes of the law: the days we know of, what changes on each, by which law, and whose result differs."""

from dataclasses import dataclass
from datetime import date

from handlers.console.office import figure_names
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.desk import Desk
from handlers.desk.cases import LawChangeOutcome, Upcoming
from handlers.rules.law_change_days import Turning
from handlers.rules.rows import caution
from handlers.texts import Phrase
from handlers.verdicts import figures

LOOKS = {"open": "waiting", "confirmed": "mine", "found": "done"}
IN_MONEY = ("standard.line.", "standard.middle_cap.", "parameter.social_base", "parameter.base_salary")


@dataclass(frozen=True, slots=True, kw_only=True)
class LawChangeLine:
    """One thing that changes. how: begins, changes or ends; amounts: from what to what, of a standard's amounts.

    sure: plain, confirm or hidden, as a figure is shown.
    """

    name: Phrase
    how: str
    amounts: Phrase | None
    source: str
    sure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LawChangesOfDay:
    """A day on which rules change. can_not: why it can't be confirmed. compose: whether its people may be told now."""

    day: date
    passed: bool
    state: str
    look: str
    lines: tuple[LawChangeLine, ...]
    unknown: int
    can_not: str
    looked: int
    families: int
    found: int
    id: str
    by: str
    compose: bool


@dataclass(frozen=True, slots=True)
class LawChangesPage:
    """Every day, and whether she may confirm one."""

    days: tuple[LawChangesOfDay, ...]
    may: bool


def view(desk: Desk, given: Click) -> LawChangesPage:
    """The days to come, and those of the last two months."""
    return LawChangesPage(tuple(_day(desk, one) for one in desk.law_changes.upcoming()), desk.may("law.confirm", None))


def confirm(desk: Desk, given: Click) -> Redirect | Invalid:
    """Confirm that a change is so; the clock looks whom it concerns."""
    try:
        day = date.fromisoformat(given["day"])
    except ValueError:
        return Invalid({"": "law_absent"})
    return _done(desk.law_changes.confirm(day))


# Inside


def _done(outcome: LawChangeOutcome) -> Redirect | Invalid:
    match outcome:
        case "done":
            return Redirect("/law-changes", "law_confirmed")
        case "not_now":
            return Invalid({}, outdated=True)
        case _:
            return Invalid({"": f"law_{outcome}"})


def _day(desk: Desk, one: Upcoming) -> LawChangesOfDay:
    lines: list[LawChangeLine] = []
    for line in (_line(desk, turning) for turning in one.turn.turnings):
        lines += [line] if line not in lines else []
    return LawChangesOfDay(
        day=one.turn.day,
        passed=one.turn.day <= desk.today(),
        state=one.state,
        look=LOOKS[one.state],
        lines=tuple(lines),
        unknown=sum(line.sure == "hidden" for line in lines),
        can_not=one.can_not,
        looked=one.looked,
        families=one.families,
        found=one.found,
        id=one.id,
        by=desk.officials.name_of(one.confirmed_by),
        compose=one.state == "found" and one.found > 0 and desk.acting().reach("broadcast.write") is not None,
    )


def _line(desk: Desk, turning: Turning) -> LawChangeLine:
    how = "begins" if turning.before is None else "ends" if turning.after is None else "changes"
    return LawChangeLine(
        name=figure_names.name(desk, turning.row),
        how=how,
        amounts=_amounts(desk, turning),
        source=turning.row.source,
        sure=caution(turning.row, desk.today()),
    )


def _amounts(desk: Desk, turning: Turning) -> Phrase | None:
    if not turning.id.startswith(IN_MONEY) or turning.before is None or turning.after is None:
        return None
    today = desk.today()
    values = {"before": figures.money(turning.before, today), "after": figures.money(turning.after, today)}
    return Phrase("console.law_changes.from_to", values)


screen = Screen(path="/law-changes", template="office/law_changes", right="law.see", view=view, menu="office")
screens = (screen,)
acts = (Act(path="/law-changes/confirm", right="law.confirm", do=confirm, screen=screen, checked=True),)
