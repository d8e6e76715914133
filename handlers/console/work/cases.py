"""Cases: the list within an official's reach, what is late on top, and the search as people type.

Why what is looked for is sent and not put in the address: it is a name or a phone number, and addresses are kept by
browsers and logs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qs, urlencode

from handlers.console.screen import Act, Click, Redirect, Screen, ShownOnce, place
from handlers.desk import Desk
from handlers.desk.cases import FOLLOWS, MOST_LETTERS, OPEN, CaseFilter, FoundCases, ListedCase
from handlers.texts import Phrase
from handlers.vietnamese import units
from handlers.vietnamese.units import unit_name

A_PAGE = 50
CHIPS = ("mine", "overdue", "soon", "to_approve", "to_check", "twins")
# How a state looks; what is late, or waits for her, looks like that before anything else.
LOOKS = {
    "submitted": "new", "in_review": "waiting", "need_info": "waiting", "proposed": "waiting", "approved": "done",
    "delivering": "done", "closed": "done", "refused": "stopped", "withdrawn": "stopped",
}  # fmt: skip
HERS = ("in_review", "approved", "delivering")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in the list. look: of its state, a word of the style sheet. left: how long until it is due."""

    code: str
    name: str
    unit: str
    for_other: bool
    twin: bool
    needs: tuple[Phrase, ...]
    look: str
    state: Phrase
    late: Phrase | None
    due: date
    left: Phrase | None
    hers: bool


@dataclass(frozen=True, slots=True)
class CaseChip:
    """A way to narrow the list. query: of the list with it, or, where it is on, without it."""

    name: str
    on: bool
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesPage:
    """The list. query: what it is narrowed to, as in the address; further: the same for the next page, or empty.

    looked_for: what was typed, where something was looked for; places: the units that it names.
    """

    lines: tuple[CaseRow, ...]
    chips: tuple[CaseChip, ...]
    states: tuple[str, ...]
    state: str
    units: tuple[tuple[str, str], ...]
    unit: str
    query: str
    further: str
    searched: bool = False
    looked_for: str = ""
    places: tuple[str, ...] = ()


EMPTY = CasesPage(lines=(), chips=(), states=(), state="", units=(), unit="", query="", further="")


def view(desk: Desk, given: Click) -> CasesPage:
    """The list as its address narrows it."""
    return listed(desk, narrowed(given.fields))


def search(desk: Desk, given: Click) -> ShownOnce | Redirect:
    """What was looked for; without a word, the list."""
    typed = given["q"]
    if not typed:
        return Redirect("/requests")
    found = desk.case_list.search(typed, A_PAGE)
    _note(desk, found.listed)
    return ShownOnce("work/requests", _found(desk, typed, found))


def listed(desk: Desk, narrowed: CaseFilter) -> CasesPage:
    """A page of the list; that names were read is noted."""
    rows = desk.case_list.page(narrowed, A_PAGE + 1)
    shown = rows[:A_PAGE]
    _note(desk, shown)
    further = replace(narrowed, after=shown[-1].row.place) if len(rows) > A_PAGE else None
    return CasesPage(
        lines=tuple(_line(desk, one) for one in shown),
        chips=_chips(desk, narrowed),
        states=tuple(FOLLOWS),
        state=narrowed.state,
        units=_units_within(desk),
        unit=narrowed.unit_id,
        query=written(narrowed),
        further=written(further) if further else "",
    )


def narrowed(fields: Mapping[str, tuple[str, ...]]) -> CaseFilter:
    """What the fields of an address narrow a list to; a field that can't be read narrows nothing."""
    on = {name: bool(next(iter(fields.get(name, ())), "")) for name in CHIPS}
    one = {name: next(iter(fields.get(name, ())), "") for name in ("state", "unit", "after")}
    state = one["state"] if one["state"] in FOLLOWS else ""
    unit = one["unit"] if one["unit"] in units.all_units() else ""
    return CaseFilter(**on, state=state, unit_id=unit, after=place(one["after"]))


def read(query: str) -> CaseFilter:
    """What a query, as `written` makes it, narrows a list to."""
    return narrowed({name: tuple(values) for name, values in parse_qs(query[:500]).items()})


def written(narrowed: CaseFilter) -> str:
    """The query of an address that narrows a list so."""
    fields = {name: "1" for name in CHIPS if getattr(narrowed, name)}
    fields |= {"state": narrowed.state} if narrowed.state else {}
    fields |= {"unit": narrowed.unit_id} if narrowed.unit_id else {}
    fields |= {"after": f"{narrowed.after[0]}/{narrowed.after[1]}"} if narrowed.after else {}
    return urlencode(fields)


def state_of(desk: Desk, state: str, *, late: bool, hers: bool, unit_id: str | None) -> tuple[str, Phrase]:
    """How a case's state looks to the official at the desk, and its words."""
    if state == "proposed" and not hers and desk.may("case.approve", unit_id):
        return "late" if late else "mine", Phrase("console.requests.to_approve")
    look = "mine" if hers and state in HERS else LOOKS[state]
    return "late" if late else look, Phrase(f"console.requests.state.{state}")


def left_until(desk: Desk, due: date, state: str) -> Phrase | None:
    """How many days are left, or passed since; nothing of what is no longer open."""
    days = (due - desk.today()).days
    if state not in OPEN:
        return None
    if days == 0:
        return Phrase("console.requests.due_today")
    return Phrase("console.requests.days_left" if days > 0 else "console.requests.late_by", {"count": abs(days)})


# Inside


def _note(desk: Desk, shown: list[ListedCase] | tuple[ListedCase, ...]) -> None:
    if shown:
        desk.note("case.listed", f"official:{desk.acting().id}", count=len(shown))


def _line(desk: Desk, listed: ListedCase) -> CaseRow:
    row = listed.row
    look, state = state_of(desk, row.state, late=row.overdue, hers=row.hers, unit_id=row.unit_id)
    left = left_until(desk, row.due, row.state)
    return CaseRow(
        code=row.code,
        name=listed.name,
        unit=unit_name(row.unit_id),
        for_other=listed.for_other,
        twin=listed.twin,
        needs=tuple(Phrase(f"options.needs.{need}") for need in row.needs),
        look=look,
        state=state,
        late=left if row.overdue else None,
        due=row.due,
        left=left,
        hers=row.hers,
    )


def _chips(desk: Desk, narrowed: CaseFilter) -> tuple[CaseChip, ...]:
    """What the official may narrow the list by: who takes no cases has none, who approves none waits for none."""
    me = desk.acting()
    useful = {"mine": me.reach("case.take"), "to_approve": me.reach("case.approve"), "to_check": me.reach("case.check")}
    names = [name for name in CHIPS if useful.get(name, "all")]
    return tuple(_chip(narrowed, name) for name in names)


def _chip(narrowed: CaseFilter, name: str) -> CaseChip:
    on: bool = getattr(narrowed, name)
    other = replace(narrowed, after=None, **{name: not on})  # type: ignore[arg-type]  # each chip's name is a yes or no
    return CaseChip(name, on, written(other))


def _units_within(desk: Desk) -> tuple[tuple[str, str], ...]:
    """The units whose cases she may see, by name."""
    me = desk.acting()
    everywhere = me.reach("case.see") == "all"
    return tuple((u.id, u.name) for u in units.all_units().values() if everywhere or u.id in me.units)


def _found(desk: Desk, typed: str, found: FoundCases) -> CasesPage:
    none = CaseFilter()
    return CasesPage(
        lines=tuple(_line(desk, one) for one in found.listed),
        chips=_chips(desk, none),
        states=tuple(FOLLOWS),
        state="",
        units=_units_within(desk),
        unit="",
        query="",
        further="",
        searched=True,
        looked_for=typed[:MOST_LETTERS],
        places=tuple(map(unit_name, found.units)),
    )


screen = Screen(path="/requests", template="work/requests", right="case.see", view=view, notes=True, menu="work")
screens = (screen,)
acts = (Act(path="/requests/search", right="case.see", do=search, screen=screen),)
