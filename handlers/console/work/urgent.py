"""Urgent requests: who waits, who is being helped, what one says, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.desk import Desk
from handlers.desk.officials import duty
from handlers.desk.talks import KINDS, SeenUrgent
from handlers.flow.readers import write_phone
from handlers.texts import Phrase

LONGEST = 2_000  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentLine:
    """An urgent request in the list: nothing in it says who, where exactly, or what."""

    code: str
    place: str | Phrase
    since: datetime
    rings: int
    officer: str
    mine: bool
    taken: datetime | None
    closed: datetime | None


@dataclass(frozen=True, slots=True)
class Urgent:
    """Those waiting longest first, those under way, and those closed in the last days."""

    waiting: Sequence[UrgentLine]
    under_way: Sequence[UrgentLine]
    closed: Sequence[UrgentLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentPage:
    """One urgent request. state: waiting, taken or closed. what, where, phone, done: empty once it was erased."""

    row: UrgentLine
    state: str
    where: str
    what: str | Phrase
    phone: str
    done: str
    may_take: bool
    may_close: bool


def view_list(desk: Desk, given: Click) -> Urgent:
    """Urgent requests: those waiting, those under way, those closed lately."""
    me, requests = desk.acting(), desk.urgent
    found = (requests.waiting(me), requests.under_way(me), desk.calls.closed_urgent())
    return Urgent(*([_row(desk, seen) for seen in part] for part in found))


def view(desk: Desk, given: Click) -> UrgentPage | None:
    """One urgent request: where, what, and who helps."""
    code = given.path["code"]
    found = desk.calls.urgent_again(code) if given.live else desk.urgent.read(code)
    if found is None:
        return None
    seen = found.seen
    holder = desk.officials.acting(seen.officer_id) if seen.officer_id else None
    state = "closed" if seen.state == "closed" else "taken" if holder else "waiting"
    what = Phrase(f"urgent_help.options.what.{found.what}") if found.what in KINDS else found.what
    return UrgentPage(
        row=_row(desk, seen),
        state=state,
        where=found.where,
        what=what,
        phone=write_phone(found.phone),
        done=found.done,
        may_take=state == "waiting" and desk.may("urgent.take", seen.unit_id),
        may_close=seen.state == "taken" and desk.may("urgent.close", seen.unit_id),
    )


def _row(desk: Desk, seen: SeenUrgent) -> UrgentLine:
    return UrgentLine(
        code=seen.code,
        place=duty.place(seen.unit_id),
        since=seen.since,
        rings=seen.rings,
        officer=seen.officer,
        mine=seen.officer_id == desk.acting().id,
        taken=seen.taken_at,
        closed=seen.closed_at,
    )


def take(desk: Desk, given: Click) -> Redirect | Invalid:
    """Take an urgent request; the person is told."""
    code = given.path["code"]
    outcome = desk.urgent.take(code)
    if outcome.how == "done":
        return Redirect(f"/urgent/{code}", "urgent_taken")
    return Invalid({"": "urgent_taken" if outcome.how == "taken" else "urgent_over"}, outdated=True)


def close(desk: Desk, given: Click) -> Redirect | Invalid:
    """Write down what was done, and close an urgent request."""
    code, words = given.path["code"], given["done"]
    if not 0 < len(words) <= LONGEST:
        return Invalid({"done": "say_long" if words else "urgent_done"})
    if desk.urgent.close(code, words).how == "done":
        return Redirect("/urgent", "urgent_closed")
    return Invalid({"": "urgent_over"}, outdated=True)


screen = Screen(
    path="/urgent/{code}", template="work/urgent_one", right="urgent.see", view=view, notes=True, again=True
)
screens = (Screen(path="/urgent", template="work/urgent", right="urgent.see", view=view_list, menu="work"), screen)
acts = (
    Act(path="/urgent/{code}/take", right="urgent.take", do=take, screen=screen),
    Act(path="/urgent/{code}/close", right="urgent.close", do=close, screen=screen),
)
