"""Changes of the law: the days we know of, what changes on each, by which law, and whose result differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.console.screen import Act, Given, Screen, Went, Wrong
from handlers.desk import Desk
from handlers.desk.cases import LawChangeOutcome, Upcoming
from handlers.rules.law_change_days import Turning
from handlers.rules.poverty import rows_of_file
from handlers.rules.rows import Row, caution
from handlers.texts import Phrase
from handlers.verdicts import figures, offers
from handlers.vietnamese import units

LOOKS = {"open": "waiting", "confirmed": "mine", "found": "done"}
# What is called after a programme, after what it is itself, and by a text of its own.
OF_PROGRAMME = ("programme", "amount", "coefficient")
NAMED_IN_ROW = ("lack",)
IN_MONEY = ("standard.line.", "standard.middle_cap.", "parameter.social_base", "parameter.base_salary")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changes. how: begins, changes or ends; amounts: from what to what, of a standard's amounts.

    sure: plain, confirm or hidden, as a figure is shown.
    """

    name: Phrase
    how: str
    amounts: Phrase | None
    source: str
    sure: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which rules change. can_not: why it can't be confirmed. compose: whether its people may be told now."""

    day: date
    passed: bool
    state: str
    look: str
    lines: tuple[Line, ...]
    unknown: int
    can_not: str
    looked: int
    families: int
    found: int
    id: str
    by: str
    compose: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Every day, and whether she may confirm one."""

    days: tuple[Day, ...]
    may: bool


def view(desk: Desk, given: Given) -> Page:
    """The days to come, and those of the last two months."""
    return Page(tuple(_day(desk, one) for one in desk.law_changes.upcoming()), desk.may("law.confirm", None))


def confirm(desk: Desk, given: Given) -> Went | Wrong:
    """Confirm that a change is so; the clock looks whom it concerns."""
    try:
        day = date.fromisoformat(given["day"])
    except ValueError:
        return Wrong({"": "law_absent"})
    return _done(desk.law_changes.confirm(day))


# Inside


def _done(outcome: LawChangeOutcome) -> Went | Wrong:
    match outcome:
        case "done":
            return Went("/law-changes", "law_confirmed")
        case "not_now":
            return Wrong({}, outdated=True)
        case _:
            return Wrong({"": f"law_{outcome}"})


def _day(desk: Desk, one: Upcoming) -> Day:
    lines: list[Line] = []
    for line in (_line(desk, turning) for turning in one.turn.turnings):
        lines += [line] if line not in lines else []
    return Day(
        one.turn.day, one.turn.day <= desk.today(), one.state, LOOKS[one.state], tuple(lines),
        sum(line.sure == "hidden" for line in lines), one.can_not, one.looked, one.families, one.found, one.id,
        desk.officials.name_of(one.confirmed_by),
        one.state == "found" and one.found > 0 and desk.acting().reach("broadcast.write") is not None,
    )  # fmt: skip


def _line(desk: Desk, turning: Turning) -> Line:
    how = "begins" if turning.before is None else "ends" if turning.after is None else "changes"
    return Line(_name(desk, turning), how, _amounts(turning), turning.row.source, caution(turning.row))


def _amounts(turning: Turning) -> Phrase | None:
    if not turning.id.startswith(IN_MONEY) or turning.before is None or turning.after is None:
        return None
    values = {"before": figures.money(turning.before), "after": figures.money(turning.after)}
    return Phrase("console.law_changes.from_to", values)


def _name(desk: Desk, turning: Turning) -> Phrase:
    """What a figure is called."""
    kind, _, rest = turning.id.partition(".")
    values: dict[str, object] = {"name": turning.id}
    if kind in OF_PROGRAMME:
        values = {"name": _programme(rest.partition(".")[0], turning) or turning.id}
    elif kind in NAMED_IN_ROW:
        values = {"name": Phrase(f"lack.{rest}")}
    elif kind == "changed":
        unit = units.all_units().get(rest)
        values = {"name": unit.name if unit else rest}
    own = f"console.law_changes.figure.{turning.id.replace('.', '_')}"
    key = own if desk.texts.has(own) else f"console.law_changes.of.{kind}"
    return Phrase(key, values) if desk.texts.has(key) else Phrase("plain", {"words": turning.id})


def _programme(name: str, turning: Turning) -> object:
    """A programme's name, as its row says it on one of the two sides of the day."""
    series = rows_of_file("programmes").series.get(f"programme.{name}", ())
    at = turning.row
    rows: list[Row] = [row for row in (*series, at) if isinstance(row.value, Mapping)]
    return next((found for row in rows if (found := offers.name(row))), "")


screen = Screen("/law-changes", "law_changes", "law.see", view, menu="office")
screens = (screen,)
acts = (Act("/law-changes/confirm", "law.confirm", confirm, screen, checked=True),)
