"""Who is responsible for the service: entered by one admin, confirmed by a second, and only then told to people."""

from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Given, Screen, Went, Wrong, number
from handlers.desk import Desk
from storage.queries import machine

FIELDS = ("body", "contact", "data_contact")
MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """Body, contact and data contact. number: which entry it is; by: title and name; hers: the one who looks."""

    number: int
    body: str
    contact: str
    data_contact: str
    by: str
    at: datetime
    hers: bool


@dataclass(frozen=True, slots=True)
class Owners:
    """Who is responsible now, and the entry that waits for a second official."""

    now: Entry | None
    waiting: Entry | None
    may: bool


def view(desk: Desk, given: Given) -> Owners:
    """Both entries."""
    confirmed, entered = (_entry(desk, row) for row in machine.owners(desk.unit))
    return Owners(confirmed, entered, desk.acting().reach("owner.enter") is not None)


def enter(desk: Desk, given: Given) -> Went | Wrong:
    """Enter who is responsible."""
    wrong = {name: "short" for name in FIELDS if not given[name] or len(given[name]) > MOST_LETTERS}
    if wrong:
        return Wrong(wrong)
    entry = machine.enter_owner(
        desk.unit, given["body"], given["contact"], given["data_contact"], str(desk.actor), desk.now
    )
    desk.note("owner.entered", f"owner:{entry}")
    return Went("/owner", "owner_entered")


def confirm(desk: Desk, given: Given) -> Went | Wrong:
    """Confirm what another entered."""
    entry = number(given["number"], digits=9) or 0
    if not machine.confirm_owner(desk.unit, entry, str(desk.actor)):
        waiting = view(desk, given).waiting
        own = waiting is not None and waiting.number == entry and waiting.hers
        return Wrong({"": "own_entry"}) if own else Wrong({}, outdated=True)
    desk.note("owner.confirmed", f"owner:{entry}")
    return Went("/owner", "owner_confirmed")


def _entry(desk: Desk, row: machine.OwnerEntry | None) -> Entry | None:
    if row is None:
        return None
    by, hers = desk.officials.name_of_actor(row.by), row.by == str(desk.actor)
    return Entry(row.number, row.body, row.contact, row.data_contact, by, row.at, hers)


SCREEN = Screen("/owner", "owner", "owner.see", view, menu="office")
screens = (SCREEN,)
acts = (
    Act("/owner", "owner.enter", enter, SCREEN, checked=True),
    Act("/owner/confirm", "owner.confirm", confirm, SCREEN, checked=True),
)
