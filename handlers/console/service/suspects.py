"""Messages that are not ours and that somebody asked about, so that officials know what deceives people just now."""

from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Given, Screen, Went, Wrong
from handlers.console.service.outbox import AT_ONCE
from handlers.desk import Desk
from handlers.desk.announcing import ListedSuspect


@dataclass(frozen=True, slots=True)
class Line:
    """One message. words: empty once who asked was erased. seen_by: the official who looked at it."""

    id: str
    at: datetime
    code: str
    words: str
    seen_by: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """The page. before: where older ones begin, empty at the end."""

    lines: tuple[Line, ...]
    before: str


def view(desk: Desk, given: Given) -> Page:
    """What people asked about and is not ours, the newest first."""
    before = given["before"] if given["before"].isalnum() else ""
    found = desk.suspects.listed(before=before, most=AT_ONCE + 1)
    lines = tuple(_line(desk, one) for one in found[:AT_ONCE])
    return Page(lines, found[AT_ONCE - 1].id if len(found) > AT_ONCE else "")


def mark_seen(desk: Desk, given: Given) -> Went | Wrong | None:
    """Note that an official has looked at one."""
    match desk.suspects.mark_seen(given.path["id"]):
        case "done":
            return Went("/suspects", "suspect_seen")
        case "absent":
            return None
        case _:
            return Wrong({"": "suspect_seen"}, outdated=True)


def _line(desk: Desk, one: ListedSuspect) -> Line:
    return Line(one.id, one.at, one.code, one.words, desk.officials.name_of(one.seen_by), one.seen_at)


screen = Screen("/suspects", "suspects", "suspect.see", view, notes=True, menu="service")
screens = (screen,)
acts = (Act("/suspects/{id}/seen", "suspect.see", mark_seen, screen),)
