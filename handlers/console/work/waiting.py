"""People waiting to talk to an official, and the talks that are under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Click, Screen
from handlers.desk import Desk
from handlers.desk.officials import duty
from handlers.desk.talks import SeenTalk
from handlers.texts import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A talk in the list: nothing in it says who the person is. last: when either said something."""

    id: str
    place: str | Phrase
    since: datetime
    officer: str
    last: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Who waits, those waiting longest first; the talks she has, and those that colleagues have."""

    waiting: Sequence[WaitingLine]
    mine: Sequence[WaitingLine]
    others: Sequence[WaitingLine]


def view(desk: Desk, given: Click) -> WaitingPage:
    """Who waits to talk to an official, and the talks under way."""
    me, found = desk.acting().id, desk.calls.talks()
    held = [seen for seen in found if seen.officer]
    return WaitingPage(
        [_row(seen) for seen in found if not seen.officer],
        [_row(seen) for seen in held if seen.officer_id == me],
        [_row(seen) for seen in held if seen.officer_id != me],
    )


def _row(seen: SeenTalk) -> WaitingLine:
    return WaitingLine(
        id=seen.id, place=duty.place(seen.unit_id), since=seen.since, officer=seen.officer, last=seen.last_at
    )


screens = (Screen(path="/waiting", template="work/waiting", right="talk.see", view=view, menu="work"),)
