"""Who is responsible for the service: entered by one admin, confirmed by a second, and only then told to people."""

from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen, number
from handlers.desk import Desk
from storage.queries import machine

FIELDS = ("body", "contact", "data_contact")
MOST_LETTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerLine:
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

    now: OwnerLine | None
    waiting: OwnerLine | None
    may: bool


def view(desk: Desk, given: Click) -> Owners:
    """Both entries."""
    confirmed, entered = (_entry(desk, row) for row in machine.owners(desk.unit))
    return Owners(confirmed, entered, desk.acting().reach("owner.enter") is not None)


def enter(desk: Desk, given: Click) -> Redirect | Invalid:
    """Enter who is responsible."""
    wrong = {name: "short" for name in FIELDS if not given[name] or len(given[name]) > MOST_LETTERS}
    if wrong:
        return Invalid(wrong)
    entry = machine.enter_owner(
        desk.unit, given["body"], given["contact"], given["data_contact"], str(desk.actor), desk.now
    )
    desk.note("owner.entered", f"owner:{entry}")
    return Redirect("/owner", "owner_entered")


def confirm(desk: Desk, given: Click) -> Redirect | Invalid:
    """Confirm what another entered."""
    entry = number(given["number"], digits=9) or 0
    waiting = view(desk, given).waiting
    if waiting is not None and waiting.number == entry and waiting.hers:
        return Invalid({"": "own_entry"})
    if not machine.confirm_owner(desk.unit, entry, str(desk.actor)):
        return Invalid({}, outdated=True)
    desk.note("owner.confirmed", f"owner:{entry}")
    return Redirect("/owner", "owner_confirmed")


def _entry(desk: Desk, row: machine.OwnerEntry | None) -> OwnerLine | None:
    if row is None:
        return None
    by, hers = desk.officials.name_of_actor(row.by), desk.are_same_hands(row.by)
    return OwnerLine(
        number=row.number,
        body=row.body,
        contact=row.contact,
        data_contact=row.data_contact,
        by=by,
        at=row.at,
        hers=hers,
    )


SCREEN = Screen(path="/owner", template="office/owner", right="owner.see", view=view, menu="office")
screens = (SCREEN,)
acts = (
    Act(path="/owner", right="owner.enter", do=enter, screen=SCREEN, checked=True),
    Act(path="/owner/confirm", right="owner.confirm", do=confirm, screen=SCREEN, checked=True),
)
