"""Gifts: the list of what was pledged within an official's reach, narrowed by its address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qs, urlencode

from handlers.console.screen import Click, Screen, place
from handlers.console.screen.words import how_much
from handlers.desk import Desk
from handlers.desk.pledges import COMES, FOLLOWS, KINDS, ListedPledge, PledgeFilter
from handlers.texts import Phrase
from handlers.vietnamese import units
from handlers.vietnamese.units import unit_name
from storage.tables import Pledge

A_PAGE = 50
CHIPS = ("due", "most_needed")
LOOKS = {
    "offered": "new", "accepted": "waiting", "allocated": "waiting", "handed_over": "waiting", "received": "done",
    "lapsed": "stopped", "withdrawn": "stopped",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeLine:
    """A gift in the list. where: the unit, the campaign, or that it is for where it is most needed."""

    code: str
    name: str
    kind: Phrase
    what: str
    amount: Phrase
    where: Phrase
    look: str
    state: Phrase
    due: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A way to narrow the list. query: of the list with it, or, where it is on, without it."""

    words: Phrase
    on: bool
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgesPage:
    """The list. query: what it is narrowed to, as in the address; further: the same for the next page, or empty."""

    lines: tuple[PledgeLine, ...]
    chips: tuple[Chip, ...]
    kinds: tuple[Chip, ...]
    states: tuple[str, ...]
    state: str
    units: tuple[tuple[str, str], ...]
    unit: str
    code: str
    query: str
    further: str


def view(desk: Desk, given: Click) -> PledgesPage:
    """The list as its address narrows it."""
    return listed(desk, narrowed(given.fields))


def listed(desk: Desk, narrowed: PledgeFilter) -> PledgesPage:
    """A page of the list; that givers' words were read is noted."""
    rows = desk.pledge_list.page(narrowed, A_PAGE + 1)
    shown = rows[:A_PAGE]
    if shown:
        desk.note("pledge.listed", f"official:{desk.acting().id}", count=len(shown))
    further = replace(narrowed, after=shown[-1].place) if len(rows) > A_PAGE else None
    chips = tuple(_chip(narrowed, name, not getattr(narrowed, name), f"console.gifts.chip.{name}") for name in CHIPS)
    kinds = tuple(_chip(narrowed, "kind", one, f"console.gifts.kind.{one}") for one in KINDS)
    return PledgesPage(
        lines=tuple(_line(desk, one) for one in shown),
        chips=chips,
        kinds=kinds,
        states=tuple(FOLLOWS),
        state=narrowed.state,
        units=units_within(desk, "gift.see"),
        unit=narrowed.unit_id,
        code=narrowed.code,
        query=written(narrowed),
        further=written(further) if further else "",
    )


def narrowed(fields: Mapping[str, tuple[str, ...]]) -> PledgeFilter:
    """What the fields of an address narrow a list to; a field that can't be read narrows nothing."""
    one = {name: next(iter(fields.get(name, ())), "").strip() for name in ("kind", "state", "unit", "code", "after")}
    on = {name: bool(next(iter(fields.get(name, ())), "")) for name in CHIPS}
    return PledgeFilter(
        kind=one["kind"] if one["kind"] in KINDS else "",
        state=one["state"] if one["state"] in FOLLOWS else "",
        unit_id=one["unit"] if one["unit"] in units.all_units() else "",
        most_needed=on["most_needed"],
        due=on["due"],
        code=one["code"][:40],
        after=place(one["after"]),
    )


def read(query: str) -> PledgeFilter:
    """What a query, as `written` makes it, narrows a list to."""
    return narrowed({name: tuple(values) for name, values in parse_qs(query[:500]).items()})


def written(narrowed: PledgeFilter) -> str:
    """The query of an address that narrows a list so."""
    fields = {name: "1" for name in CHIPS if getattr(narrowed, name)}
    one = {"kind": narrowed.kind, "state": narrowed.state, "unit": narrowed.unit_id, "code": narrowed.code}
    fields |= {name: value for name, value in one.items() if value}
    fields |= {"after": f"{narrowed.after[0]}/{narrowed.after[1]}"} if narrowed.after else {}
    return urlencode(fields)


def place_of(pledge: Pledge) -> Phrase:
    """For where a gift is, in words."""
    if pledge.unit_id:
        return Phrase("plain", {"words": unit_name(pledge.unit_id)})
    return Phrase("console.gifts.for_drive" if pledge.campaign_id else "console.gifts.most_needed")


def state_of(desk: Desk, pledge: Pledge) -> tuple[str, Phrase]:
    """How a gift's state looks to the official at the desk, and its words."""
    waits_for_her = pledge.state == "offered" and desk.may("gift.take", pledge.unit_id)
    return "mine" if waits_for_her else LOOKS[pledge.state], Phrase(f"console.gifts.state.{pledge.state}")


def units_within(desk: Desk, action: str) -> tuple[tuple[str, str], ...]:
    """The units that the official at the desk may do something for, id and name."""
    me = desk.acting()
    every = units.all_units()
    ids = tuple(every) if me.reach(action) == "all" else tuple(sorted(me.units_for(action) & every.keys()))
    return tuple((one, every[one].name) for one in ids)


# Inside


def _line(desk: Desk, one: ListedPledge) -> PledgeLine:
    pledge = one.pledge
    look, state = state_of(desk, pledge)
    late = pledge.closed_at is None and pledge.kind in COMES and pledge.received < pledge.amount
    late = late and pledge.due is not None and pledge.due < desk.today()
    return PledgeLine(
        code=pledge.code,
        name=one.name,
        kind=Phrase(f"console.gifts.kind.{pledge.kind}"),
        what=one.what,
        amount=how_much(pledge.amount, pledge.measure),
        where=place_of(pledge),
        look=look,
        state=state,
        due=pledge.due,
        late=late,
    )


def _chip(before: PledgeFilter, name: str, value: str | bool, words: str) -> Chip:
    on = bool(getattr(before, name)) if isinstance(value, bool) else getattr(before, name) == value
    off: str | bool = False if isinstance(value, bool) else ""
    after = replace(before, after=None, code="", **{name: off if on else value})  # type: ignore[arg-type]  # of its kind
    return Chip(Phrase(words), on, written(after))


screen = Screen(path="/gifts", template="giving/gifts", right="gift.see", view=view, notes=True, menu="giving")
screens = (screen,)
