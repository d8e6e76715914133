"""Hand-overs that the resident did not confirm as they were written down; each is closed by another official."""

from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from urllib.parse import urlencode

from handlers.console.giving.gifts import Chip, how_much
from handlers.console.screen import Act, Given, Screen, Went, Wrong
from handlers.console.screen.typed import Done, words
from handlers.desk import Desk
from handlers.desk.allocations import ListedGrievance, Settled
from handlers.texts import Phrase
from handlers.vietnamese.units import unit_name

A_PAGE = 50
STATES = ("open", "closed")
OUTCOMES = get_args(Settled)


@dataclass(frozen=True, slots=True)
class Line:
    """A grievance in the list. hers: she handed it over herself. handed_by: title and name."""

    id: str
    gift: str
    code: str
    unit: str
    kind: Phrase
    cause: Phrase
    amount: Phrase
    handed_by: str
    since: datetime
    state: str
    hers: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The list. further: the query of the next page, or empty."""

    lines: tuple[Line, ...]
    chips: tuple[Chip, ...]
    state: str
    further: str


@dataclass(frozen=True, slots=True)
class One:
    """One of them. said: what the resident says she has got. words: what was found out, once it is closed.

    to: the address of the request, where she may open it. closes: she may close it.
    """

    line: Line
    to: str
    said: Phrase | None
    handed_at: datetime | None
    outcome: Phrase | None
    words: str
    closed_by: str
    closed_at: datetime | None
    closes: bool
    outcomes: tuple[str, ...]


def view(desk: Desk, given: Given) -> Page:
    """Grievances, those open longest first."""
    state = given["state"] if given["state"] in STATES else STATES[0]
    after = given["after"] if given["after"].isalnum() else ""
    found = desk.grievances.listed(state=state, after=after, most=A_PAGE + 1)
    chips = tuple(Chip(Phrase(f"console.grievances.state.{one}"), one == state, f"state={one}") for one in STATES)
    last = urlencode({"state": state, "after": found[A_PAGE - 1].id}) if len(found) > A_PAGE else ""
    return Page(tuple(_line(desk, one) for one in found[:A_PAGE]), chips, state, last)


def view_one(desk: Desk, given: Given) -> One | None:
    """One grievance: what was handed over, what the resident says, and how it ended."""
    one = desk.hand_overs.grievance(given.path["id"])
    if one is None:
        return None
    return One(
        _line(desk, one), f"/requests/{one.case_code}" if one.case_code and desk.may("case.see", one.unit_id) else "",
        how_much(one.said, one.measure) if one.said is not None else None, one.handed_at,
        Phrase(f"console.grievances.outcome.{one.outcome}") if one.outcome else None, desk.grievances.words(one.id),
        desk.officials.name_of(one.closed_by), one.closed_at,
        one.state == "open" and not one.hers and desk.may("grievance.close", one.unit_id), OUTCOMES,
    )  # fmt: skip


def close(desk: Desk, given: Given) -> Done:
    """Close a grievance with what was found out, as another official than who handed over."""
    faults = words(given, "found_out")
    if given["outcome"] not in OUTCOMES:
        faults["outcome"] = "unchosen"
    if faults:
        return Wrong(faults)
    match desk.grievances.close(given.path["id"], given["outcome"], given["found_out"]):
        case "done":
            return Went("/grievances", "grievance_closed")
        case "absent":
            return None
        case "own":
            return Wrong({"": "own_hand_over"})
        case _:
            return Wrong({"": "grievance_not_now"}, outdated=True)


# Inside


def _line(desk: Desk, one: ListedGrievance) -> Line:
    return Line(
        one.id, one.pledge_code, one.case_code, unit_name(one.unit_id), Phrase(f"console.gifts.kind.{one.kind}"),
        Phrase(f"console.grievances.cause.{one.cause}"), how_much(one.amount, one.measure),
        desk.officials.name_of(one.handed_by), one.opened_at, one.state, one.hers,
    )  # fmt: skip


one_screen = Screen("/grievances/{id}", "grievance", "grievance.see", view_one)
screens = (Screen("/grievances", "grievances", "grievance.see", view, menu="giving"), one_screen)
acts = (Act("/grievances/{id}/close", "grievance.close", close, one_screen),)
