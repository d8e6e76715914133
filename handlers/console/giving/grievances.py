"""Hand-overs that the resident did not confirm as they were written down; each is closed by another official."""

from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from urllib.parse import urlencode

from handlers.console.giving.gifts import Chip
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.console.screen.typed import Done, words
from handlers.console.screen.words import how_much
from handlers.desk import Desk
from handlers.desk.allocations import ListedGrievance, Settled
from handlers.texts import Phrase
from handlers.vietnamese.units import unit_name

A_PAGE = 50
STATES = ("open", "closed")
OUTCOMES = get_args(Settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievanceLine:
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
class GrievanceList:
    """The list. further: the query of the next page, or empty."""

    lines: tuple[GrievanceLine, ...]
    chips: tuple[Chip, ...]
    state: str
    further: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrievancePage:
    """One of them. said: what the resident says she has got. words: what was found out, once it is closed.

    to: the address of the case, where she may open it. closes: she may close it.
    """

    line: GrievanceLine
    to: str
    said: Phrase | None
    handed_at: datetime | None
    outcome: Phrase | None
    words: str
    closed_by: str
    closed_at: datetime | None
    closes: bool
    outcomes: tuple[str, ...]


def view(desk: Desk, given: Click) -> GrievanceList:
    """Grievances, those open longest first."""
    state = given["state"] if given["state"] in STATES else STATES[0]
    after = given["after"] if given["after"].isalnum() else ""
    found = desk.grievances.listed(state=state, after=after, most=A_PAGE + 1)
    chips = tuple(Chip(Phrase(f"console.grievances.state.{one}"), one == state, f"state={one}") for one in STATES)
    last = urlencode({"state": state, "after": found[A_PAGE - 1].id}) if len(found) > A_PAGE else ""
    return GrievanceList(tuple(_line(desk, one) for one in found[:A_PAGE]), chips, state, last)


def view_one(desk: Desk, given: Click) -> GrievancePage | None:
    """One grievance: what was handed over, what the resident says, and how it ended."""
    one = desk.hand_overs.grievance(given.path["id"])
    if one is None:
        return None
    return GrievancePage(
        line=_line(desk, one),
        to=f"/requests/{one.case_code}" if one.case_code and desk.may("case.see", one.unit_id) else "",
        said=how_much(one.said, one.measure) if one.said is not None else None,
        handed_at=one.handed_at,
        outcome=Phrase(f"console.grievances.outcome.{one.outcome}") if one.outcome else None,
        words=desk.grievances.words(one.id),
        closed_by=desk.officials.name_of(one.closed_by),
        closed_at=one.closed_at,
        closes=one.state == "open" and not one.hers and desk.may("grievance.close", one.unit_id),
        outcomes=OUTCOMES,
    )


def close(desk: Desk, given: Click) -> Done:
    """Close a grievance with what was found out, as another official than who handed over."""
    faults = words(given, "found_out")
    if given["outcome"] not in OUTCOMES:
        faults["outcome"] = "unchosen"
    if faults:
        return Invalid(faults)
    match desk.grievances.close(given.path["id"], given["outcome"], given["found_out"]):
        case "done":
            return Redirect("/grievances", "grievance_closed")
        case "absent":
            return None
        case "own":
            return Invalid({"": "own_hand_over"})
        case _:
            return Invalid({"": "grievance_not_now"}, outdated=True)


# Inside


def _line(desk: Desk, one: ListedGrievance) -> GrievanceLine:
    return GrievanceLine(
        id=one.id,
        gift=one.pledge_code,
        code=one.case_code,
        unit=unit_name(one.unit_id),
        kind=Phrase(f"console.gifts.kind.{one.kind}"),
        cause=Phrase(f"console.grievances.cause.{one.cause}"),
        amount=how_much(one.amount, one.measure),
        handed_by=desk.officials.name_of(one.handed_by),
        since=one.opened_at,
        state=one.state,
        hers=one.hers,
    )


one_screen = Screen(path="/grievances/{id}", template="giving/grievance", right="grievance.see", view=view_one)
screens = (
    Screen(path="/grievances", template="giving/grievances", right="grievance.see", view=view, menu="giving"),
    one_screen,
)
acts = (Act(path="/grievances/{id}/close", right="grievance.close", do=close, screen=one_screen),)
