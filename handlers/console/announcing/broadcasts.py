"""Announcements: the list with what is written, waits, goes out and is past; and writing one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.console.announcing.broadcast_form import Form, draft, form, old
from handlers.console.screen import Act, Given, Screen, Went, Wrong
from handlers.desk import Desk
from handlers.desk.announcing import BroadcastOutcome, SeenBroadcast
from handlers.flow.message import Phrase
from handlers.vietnamese import units
from storage.queries.outgoing import pictures

PARTS: Mapping[str, tuple[str, ...]] = {
    "waiting": ("awaiting_approval",),
    "going": ("scheduled", "sending", "paused"),
    "drafts": ("draft",),
    "past": ("done", "cancelled"),
}
LOOKS = {
    "draft": "waiting", "awaiting_approval": "mine", "scheduled": "new", "sending": "new", "paused": "late",
    "done": "done", "cancelled": "stopped",
}  # fmt: skip
NAMED_UNITS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """An announcement in the list. look: of its state, a word of the style sheet. more: units that are not named.

    at: when it goes, went or was stopped; None of what nobody approved. people: frozen, 0 before that.
    """

    code: str
    title: str
    kind: str
    topic: str
    units: tuple[str, ...]
    more: int
    state: str
    look: str
    people: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the list. name: below `console.broadcasts.part`."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """The list. may_write: she may write one."""

    parts: tuple[Part, ...]
    may_write: bool


@dataclass(frozen=True, slots=True)
class Composer:
    """The form, empty or with what one says. code, seen, had_approval: of the one that is written anew."""

    form: Form
    old: Mapping[str, tuple[str, ...]]
    code: str = ""
    seen: str = ""
    state: str = ""
    has_picture: bool = False


def view(desk: Desk, given: Given) -> Broadcasts:
    """Announcements within reach: what waits for an approval first."""
    seen = desk.broadcasts.all()
    parts = tuple(
        Part(name, tuple(line(desk, one) for one in seen if one.state in states)) for name, states in PARTS.items()
    )
    return Broadcasts(parts, desk.acting().reach("broadcast.write") is not None)


def line(desk: Desk, seen: SeenBroadcast) -> Line:
    """An announcement as lists show it."""
    title = seen.title.get(desk.acting().language) or seen.title["vi"]
    names = tuple(units.all_units()[one].name for one in seen.audience.units)
    shown = names if len(names) <= NAMED_UNITS else names[: NAMED_UNITS - 1]
    at = seen.ended_at or seen.began_at
    if seen.state == "scheduled":
        at = desk.broadcasts.goes_at(seen)
    return Line(
        seen.code, title, seen.kind, seen.topic, shown, len(names) - len(shown), seen.state, LOOKS[seen.state],
        seen.people, at,
    )  # fmt: skip


def view_new(desk: Desk, given: Given) -> Composer | None:
    """The form of a new announcement; whom it is for may be named by what leads here."""
    choices = form(desk)
    brought = {name: given.all(name) for name in ("kind", "change") if given[name]}
    return Composer(choices, brought) if choices is not None else None


def view_again(desk: Desk, given: Given) -> Composer | None:
    """The form of one that has not begun to be sent, with what it says."""
    seen, choices = desk.broadcasts.read(given.path["code"]), form(desk)
    if seen is None or choices is None:
        return None
    return Composer(choices, old(desk, seen), seen.code, seen.stamp, seen.state, seen.has_picture)


def write(desk: Desk, given: Given) -> Went | Wrong:
    """Write an announcement; it is a draft until somebody asks for its approval."""
    read = draft(desk, given)
    if isinstance(read, Wrong):
        return read
    code = desk.broadcasts.write(read)
    return Went(f"/broadcasts/{code}", "broadcast_written") if code else Wrong({"units": "broadcast_units"})


def rewrite(desk: Desk, given: Given) -> Went | Wrong | None:
    """Write one anew; an approval that it had is gone."""
    code = given.path["code"]
    seen = desk.broadcasts.read(code)
    if seen is None or not _may_write(desk, seen):
        return None
    read = draft(desk, given, pictures.picture(desk.unit, seen.code))
    if isinstance(read, Wrong):
        return read
    return told(given, desk.broadcasts.rewrite(code, read, given["seen"]), "broadcast_rewritten")


def told(given: Given, outcome: BroadcastOutcome, done: str) -> Went | Wrong | None:
    """What an official is told of what came of an act on an announcement."""
    match outcome:
        case "done":
            return Went(f"/broadcasts/{given.path['code']}", done)
        case "absent":
            return None
        case "outdated":
            return Wrong({}, outdated=True)
        case "unsaid":
            return Wrong({"objection": "broadcast_unsaid"})
        case _:
            return Wrong({"": f"broadcast_{outcome}"})


def scope(seen: SeenBroadcast) -> tuple[str | Phrase, ...]:
    """Where it goes: every unit by its name, or the whole city."""
    names = tuple(units.all_units()[one].name for one in seen.audience.units)
    return names or (Phrase("campaign.whole_city"),)


def _may_write(desk: Desk, seen: SeenBroadcast) -> bool:
    return all(desk.may("broadcast.write", unit) for unit in seen.audience.units or (None,))


LIST = Screen("/broadcasts", "broadcasts", "broadcast.see", view, menu="announcing")
NEW = Screen("/broadcasts/new", "broadcast_form", "broadcast.write", view_new)
AGAIN = Screen("/broadcasts/{code}/again", "broadcast_form", "broadcast.write", view_again)
screens = (LIST, NEW, AGAIN)
acts = (
    Act("/broadcasts", "broadcast.write", write, NEW, picture="picture"),
    Act("/broadcasts/{code}/rewrite", "broadcast.write", rewrite, AGAIN, picture="picture"),
)
