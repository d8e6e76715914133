"""Figures of law: those to compare, marked compared or given another figure by one admin, confirmed by another."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from handlers.console.office import figure_names
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen, typed
from handlers.desk import Desk
from handlers.desk.law import RuleOutcome, SeenOverride
from handlers.rules import book, catalogue
from handlers.rules.overrides import MOST, ONE_DAY, Override, number, takes_a_figure
from handlers.rules.rows import Evidence, RuleRow
from handlers.texts import Phrase
from handlers.vietnamese.words import fold

LISTED = 40
EVIDENCE: tuple[Evidence, ...] = ("text", "two_secondary", "one_secondary")
NO_DAY = "none"  # in an address, of a row that is open to the left
# The field that is wrong, by what is: of a mark, and of a figure.
_FIELDS = {
    "document": ("document", "act"), "long": ("document", "act"), "evidence": ("evidence", "act_evidence"),
    "future": ("compared_on", ""), "earlier": ("compared_on", ""), "size": ("", "figure"), "gap": ("", "counts_from"),
    "in_force": ("", "in_force_from"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A row. days: since it was compared, None if never. one_source: one secondary source is all there is."""

    id: str
    day: str
    name: Phrase
    value: Phrase
    valid_from: date | None
    valid_to: date | None
    source: str
    days: int | None
    one_source: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """What an official entered. effect: what it means for residents; may_*: what the one who looks may do now."""

    seen: SeenOverride
    name: Phrase
    effect: Phrase
    may_confirm: bool
    may_refuse: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage:
    """What waits, what is in force, and the rows: those to compare, or those that words were looked for in. left: how
    many more there are.
    """

    waiting: tuple[EntryLine, ...]
    in_force: tuple[EntryLine, ...]
    rows: tuple[RuleLine, ...]
    left: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRowPage:
    """One row, with all of its id by time. may_compare, may_enter: what the one who looks may do to it."""

    line: RuleLine
    series: tuple[RuleLine, ...]
    entered: str
    evidence: tuple[str, ...]
    today: date
    may_compare: bool
    may_enter: bool


def view(desk: Desk, given: Click) -> RulesPage:
    """What waits for another admin, the rows to compare, and what is in force."""
    entries = [_entry(desk, one) for one in desk.rule_overrides.open_ones()]
    words = given["words"][:80]
    rows = _found(desk, words) if words else [_line(desk, row) for row in catalogue.to_compare(desk.today())]
    return RulesPage(
        waiting=tuple(one for one in entries if one.seen.state != "in_force"),
        in_force=tuple(one for one in entries if one.seen.state == "in_force"),
        rows=tuple(rows[:LISTED]),
        left=max(0, len(rows) - LISTED),
        words=words,
    )


def view_row(desk: Desk, given: Click) -> RuleRowPage | None:
    """One row, and the forms to mark it compared or enter another figure."""
    row = _row(given)
    if row is None:
        return None
    series, may = book.in_hand().series(row.id), desk.may("rule.enter", None)
    return RuleRowPage(
        line=_line(desk, row),
        series=tuple(_line(desk, one) for one in series),
        entered=figure_names.entered(row),
        evidence=EVIDENCE,
        today=desk.today(),
        may_compare=may and row.value is not None and row.confidence != "setting",
        may_enter=may and takes_a_figure(series),
    )


def compare(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Propose that a row was compared with a document."""
    row = _row(given)
    if row is None:
        return None
    faults: typed.Faults = {}
    day = typed.day(given, "compared_on", faults, desk.today())
    if faults or day is None:
        return Invalid(faults)
    one = Override(
        what="compared",
        row_id=row.id,
        valid_from=row.valid_from,
        value=number(row),
        compared_on=day,
        document=given["document"],
        evidence=_evidence(given["evidence"]),
    )
    return _proposed(desk.rule_overrides.propose(one), 0)


def enter(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Propose another figure from a day."""
    row = _row(given)
    if row is None:
        return None
    faults: typed.Faults = {}
    value = typed.count(given, "figure", faults, most=MOST)
    counts = typed.day(given, "counts_from", faults, desk.today())
    in_force = typed.day(given, "in_force_from", faults, desk.today(), needed=False)
    if faults:
        return Invalid(faults)
    one = Override(
        what="figure",
        row_id=row.id,
        valid_from=counts,
        value=value,
        in_force_from=in_force,
        compared_on=desk.today(),
        document=given["act"],
        evidence=_evidence(given["act_evidence"]),
    )
    return _proposed(desk.rule_overrides.propose(one), 1)


def confirm(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Confirm what another proposed, or asks to take back."""
    return _told(desk.rule_overrides.confirm(given.path["id"]), "rule_confirmed")


def refuse(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Refuse what another proposed, or asks to take back."""
    return _told(desk.rule_overrides.refuse(given.path["id"]), "rule_refused")


def withdraw(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Take back what is proposed; of what is in force, ask another to."""
    return _told(desk.rule_overrides.withdraw(given.path["id"]), "rule_withdrawn")


# Inside


def _proposed(outcome: RuleOutcome, form: int) -> Redirect | Invalid | None:
    if outcome in ("done", "outdated"):
        return _told(outcome, "rule_proposed")
    return Invalid({_FIELDS.get(outcome, ("", ""))[form]: f"rule_{outcome}"})


def _told(outcome: RuleOutcome, done: str) -> Redirect | Invalid | None:
    match outcome:
        case "done":
            return Redirect("/rules", done)
        case "outdated":
            return Invalid({}, outdated=True)
        case "absent":
            return None
        case _:
            return Invalid({"": f"rule_{outcome}"})


def _evidence(chosen: str) -> Evidence:
    return next((one for one in EVIDENCE if one == chosen), "")


def _row(given: Click) -> RuleRow | None:
    day = given.path["day"]
    try:
        return book.in_hand().row(given.path["id"], None if day == NO_DAY else date.fromisoformat(day))
    except ValueError:
        return None


def _found(desk: Desk, words: str) -> list[RuleLine]:
    """The rows in force or to come whose name, source or id holds some words."""
    wanted, today, say = fold(words), desk.today(), desk.voice("vi").say
    rows = [row for name in book.FILES for row in book.rows_of_file(name)]
    lines = [_line(desk, row) for row in rows if row.valid_to is None or row.valid_to >= today]
    return [one for one in lines if wanted in fold(f"{say(one.name)} {one.source} {one.id}")]


def _line(desk: Desk, row: RuleRow) -> RuleLine:
    return RuleLine(
        id=row.id,
        day=row.valid_from.isoformat() if row.valid_from else NO_DAY,
        name=figure_names.full_name(desk, row),
        value=figure_names.value(desk, row),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        days=(desk.today() - row.checked_on).days if row.checked_on else None,
        one_source=row.evidence == "one_secondary",
    )


def _entry(desk: Desk, seen: SeenOverride) -> EntryLine:
    may_confirm, may_enter = desk.may("rule.confirm", None), desk.may("rule.enter", None)
    own = seen.asked_by_her if seen.state == "leaving" else seen.hers
    waits = seen.state != "in_force"
    at = next(_series(seen), None)
    return EntryLine(
        seen=seen,
        name=figure_names.full_name(desk, at) if at else Phrase("plain", {"words": seen.override.row_id}),
        effect=_effect(desk, seen.override, at) if at else Phrase("console.rules.unknown"),
        may_confirm=may_confirm and waits and not own,
        may_refuse=may_confirm and waits and (seen.state == "leaving" or not own),
        may_withdraw=may_enter and (seen.state == "in_force" or (seen.state == "proposed" and own)),
    )


def _effect(desk: Desk, one: Override, at: RuleRow) -> Phrase:
    """What residents are told by it: the figure from its day, and what they were told before."""
    if one.what == "compared":
        row = book.in_hand().row(one.row_id, one.valid_from)
        values = {"day": one.compared_on, "value": figure_names.value(desk, row)}
        return Phrase("console.rules.compared_effect", values)
    day, others = one.valid_from or date.min, [other for other in desk.rule_overrides.book().overrides if other != one]
    without = book.book_of(others).series(one.row_id)
    before = next((row for row in without if row.holds(day - ONE_DAY)), None)
    instead = next((row for row in without if row.holds(day)), None)
    values = {
        "day": day,
        "value": figure_names.figure(desk, at, one.value or 0),
        "before": figure_names.value(desk, before),
        "instead": figure_names.value(desk, instead),
    }
    differs = instead is not None and (before is None or instead.value != before.value)
    return Phrase("console.rules.effect_instead" if differs else "console.rules.effect", values)


def _series(seen: SeenOverride) -> Iterator[RuleRow]:
    yield from reversed(book.in_hand().series(seen.override.row_id))


LIST = Screen(path="/rules", template="office/rules", right="law.see", view=view, menu="office")
ROW = Screen(path="/rules/rows/{id}/{day}", template="office/rule_row", right="law.see", view=view_row)
screens = (LIST, ROW)
acts = (
    Act(path="/rules/rows/{id}/{day}/compare", right="rule.enter", do=compare, screen=ROW, checked=True),
    Act(path="/rules/rows/{id}/{day}/enter", right="rule.enter", do=enter, screen=ROW, checked=True),
    Act(
        path="/rules/entries/{id}/confirm", right="rule.confirm", do=confirm, screen=LIST, checked=True,
        changes_rules=True,
    ),
    Act(path="/rules/entries/{id}/refuse", right="rule.confirm", do=refuse, screen=LIST),
    Act(path="/rules/entries/{id}/withdraw", right="rule.enter", do=withdraw, screen=LIST),
)  # fmt: skip
