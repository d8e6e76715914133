"""Urgent requests: who waits, who is being helped, what one says, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Given, Screen, Went, Wrong
from handlers.desk import Desk
from handlers.desk.officials import duty
from handlers.desk.talks import KINDS, SeenUrgent
from handlers.flow.readers import write_phone
from handlers.texts import Phrase

LONGEST = 2_000  # letters


@dataclass(frozen=True, slots=True)
class Row:
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

    waiting: Sequence[Row]
    under_way: Sequence[Row]
    closed: Sequence[Row]


@dataclass(frozen=True, slots=True)
class One:
    """One urgent request. state: waiting, taken or closed. what, where, phone, done: empty once it was erased."""

    row: Row
    state: str
    where: str
    what: str | Phrase
    phone: str
    done: str
    may_take: bool
    may_close: bool


def view_list(desk: Desk, given: Given) -> Urgent:
    """Urgent requests: those waiting, those under way, those closed lately."""
    me, requests = desk.acting(), desk.urgent
    found = (requests.waiting(me), requests.under_way(me), desk.calls.closed_urgent())
    return Urgent(*([_row(desk, seen) for seen in part] for part in found))


def view(desk: Desk, given: Given) -> One | None:
    """One urgent request: where, what, and who helps."""
    code = given.path["code"]
    found = desk.calls.urgent_again(code) if given.live else desk.urgent.read(code)
    if found is None:
        return None
    seen = found.seen
    holder = desk.officials.acting(seen.officer_id) if seen.officer_id else None
    state = "closed" if seen.state == "closed" else "taken" if holder else "waiting"
    what = Phrase(f"urgent_help.options.what.{found.what}") if found.what in KINDS else found.what
    return One(
        _row(desk, seen), state, found.where, what, write_phone(found.phone), found.done,
        state == "waiting" and desk.may("urgent.take", seen.unit_id),
        seen.state == "taken" and desk.may("urgent.close", seen.unit_id),
    )  # fmt: skip


def _row(desk: Desk, seen: SeenUrgent) -> Row:
    return Row(
        seen.code, duty.place(seen.unit_id), seen.since, seen.rings, seen.officer,
        seen.officer_id == desk.acting().id, seen.taken_at, seen.closed_at,
    )  # fmt: skip


def take(desk: Desk, given: Given) -> Went | Wrong:
    """Take an urgent request; the person is told."""
    code = given.path["code"]
    outcome = desk.urgent.take(code)
    if outcome.how == "done":
        return Went(f"/urgent/{code}", "urgent_taken")
    return Wrong({"": "urgent_taken" if outcome.how == "taken" else "urgent_over"}, outdated=True)


def close(desk: Desk, given: Given) -> Went | Wrong:
    """Write down what was done, and close an urgent request."""
    code, words = given.path["code"], given["done"]
    if not 0 < len(words) <= LONGEST:
        return Wrong({"done": "say_long" if words else "urgent_done"})
    if desk.urgent.close(code, words).how == "done":
        return Went("/urgent", "urgent_closed")
    return Wrong({"": "urgent_over"}, outdated=True)


screen = Screen("/urgent/{code}", "urgent_one", "urgent.see", view, notes=True, again=True)
screens = (Screen("/urgent", "urgent", "urgent.see", view_list, menu="work"), screen)
acts = (
    Act("/urgent/{code}/take", "urgent.take", take, screen),
    Act("/urgent/{code}/close", "urgent.close", close, screen),
)
