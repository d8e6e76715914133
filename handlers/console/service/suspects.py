"""Messages that are not ours and that somebody asked about, so that officials know what deceives people just now."""

from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.console.service.outbox import AT_ONCE
from handlers.desk import Desk
from handlers.desk.announcing import ListedSuspect


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectLine:
    """One message. words: empty once who asked was erased. seen_by: the official who looked at it."""

    id: str
    at: datetime
    code: str
    words: str
    seen_by: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class SuspectsPage:
    """The page. before: where older ones begin, empty at the end."""

    lines: tuple[SuspectLine, ...]
    before: str


def view(desk: Desk, given: Click) -> SuspectsPage:
    """What people asked about and is not ours, the newest first."""
    before = given["before"] if given["before"].isalnum() else ""
    found = desk.suspects.listed(before=before, most=AT_ONCE + 1)
    lines = tuple(_line(desk, one) for one in found[:AT_ONCE])
    return SuspectsPage(lines, found[AT_ONCE - 1].id if len(found) > AT_ONCE else "")


def mark_seen(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Note that an official has looked at one."""
    match desk.suspects.mark_seen(given.path["id"]):
        case "done":
            return Redirect("/suspects", "suspect_seen")
        case "absent":
            return None
        case _:
            return Invalid({"": "suspect_seen"}, outdated=True)


def _line(desk: Desk, one: ListedSuspect) -> SuspectLine:
    return SuspectLine(
        id=one.id,
        at=one.at,
        code=one.code,
        words=one.words,
        seen_by=desk.officials.name_of(one.seen_by),
        seen_at=one.seen_at,
    )


screen = Screen(
    path="/suspects", template="service/suspects", right="suspect.see", view=view, notes=True, menu="service"
)
screens = (screen,)
acts = (Act(path="/suspects/{id}/seen", right="suspect.see", do=mark_seen, screen=screen),)
