"""People waiting to talk to an official, and the talks that are under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Given, Screen
from handlers.desk import Desk
from handlers.desk.officials import duty
from handlers.desk.talks import SeenTalk
from handlers.texts import Phrase


@dataclass(frozen=True, slots=True)
class Row:
    """A talk in the list: nothing in it says who the person is. last: when either said something."""

    id: str
    place: str | Phrase
    since: datetime
    officer: str
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits, those waiting longest first; the talks she has, and those that colleagues have."""

    waiting: Sequence[Row]
    mine: Sequence[Row]
    others: Sequence[Row]


def view(desk: Desk, given: Given) -> Waiting:
    """Who waits to talk to an official, and the talks under way."""
    me, found = desk.acting().id, desk.calls.talks()
    held = [seen for seen in found if seen.officer]
    return Waiting(
        [_row(seen) for seen in found if not seen.officer],
        [_row(seen) for seen in held if seen.officer_id == me],
        [_row(seen) for seen in held if seen.officer_id != me],
    )


def _row(seen: SeenTalk) -> Row:
    return Row(seen.id, duty.place(seen.unit_id), seen.since, seen.officer, seen.last_at)


screens = (Screen("/waiting", "waiting", "talk.see", view, menu="work"),)
