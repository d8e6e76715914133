"""Broadcasts: the list with what is written, waits, goes out and is past; and writing one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.console.announcing.broadcast_form import BroadcastForm, draft, form, old
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.desk import Desk
from handlers.desk.announcing import BroadcastOutcome, SeenBroadcast
from handlers.flow.message import Phrase
from handlers.vietnamese import units
from storage.queries.announcing.states import WAITING
from storage.queries.outgoing import pictures

PARTS: Mapping[str, tuple[str, ...]] = {
    "held": ("held",),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastLine:
    """A broadcast in the list. look: of its state, a word of the style sheet. more: units that are not named.

    at: when it goes, went or was stopped; None of what nobody approved. people: frozen, 0 before that. held: how those
    stand for whom it was on its way in a backup that was restored.
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
    held: Phrase | None = None


@dataclass(frozen=True, slots=True)
class BroadcastGroup:
    """A part of the list. name: below `console.broadcasts.part`."""

    name: str
    lines: tuple[BroadcastLine, ...]


@dataclass(frozen=True, slots=True)
class BroadcastList:
    """The list. may_write: she may write one."""

    parts: tuple[BroadcastGroup, ...]
    may_write: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastComposer:
    """The form, empty or with what one says. code, seen, had_approval: of the one that is written anew."""

    form: BroadcastForm
    old: Mapping[str, tuple[str, ...]]
    code: str = ""
    seen: str = ""
    state: str = ""
    has_picture: bool = False


def view(desk: Desk, given: Click) -> BroadcastList:
    """Announcements within reach: what waits for an approval first."""
    seen = desk.broadcasts.all()
    parts = tuple(
        BroadcastGroup(name, tuple(line(desk, one) for one in seen if ("held" if one.is_held else one.state) in states))
        for name, states in PARTS.items()
    )
    return BroadcastList(parts, desk.acting().reach("broadcast.write") is not None)


def line(desk: Desk, seen: SeenBroadcast) -> BroadcastLine:
    """A broadcast as lists show it."""
    title = seen.title.get(desk.acting().language) or seen.title["vi"]
    names = tuple(units.all_units()[one].name for one in seen.audience.units)
    shown = names if len(names) <= NAMED_UNITS else names[: NAMED_UNITS - 1]
    at = seen.ended_at or seen.began_at
    if seen.state == "scheduled":
        at = desk.broadcasts.goes_at(seen)
    return BroadcastLine(
        code=seen.code,
        title=title,
        kind=seen.kind,
        topic=seen.topic,
        units=shown,
        more=len(names) - len(shown),
        state=seen.state,
        look=LOOKS[seen.state],
        people=seen.people,
        at=at,
        held=held(desk, seen) if seen.is_held else None,
    )


def held(desk: Desk, seen: SeenBroadcast) -> Phrase:
    """What a held one would do once it is approved anew."""
    waits = waiting(desk.broadcasts.states(seen))
    return Phrase("console.broadcasts.held", {"had": seen.people - waits, "waits": waits})


def waiting(states: Mapping[tuple[str, str], int]) -> int:
    """How many of those it was frozen for were not handed it."""
    return sum(count for (_, state), count in states.items() if state in WAITING)


def view_new(desk: Desk, given: Click) -> BroadcastComposer | None:
    """The form of a new announcement; whom it is for may be named by what leads here."""
    choices = form(desk)
    brought = {name: given.all(name) for name in ("kind", "change") if given[name]}
    return BroadcastComposer(form=choices, old=brought) if choices is not None else None


def view_again(desk: Desk, given: Click) -> BroadcastComposer | None:
    """The form of one that has not begun to be sent, with what it says."""
    seen, choices = desk.broadcasts.read(given.path["code"]), form(desk)
    if seen is None or choices is None:
        return None
    return BroadcastComposer(
        form=choices,
        old=old(desk, seen),
        code=seen.code,
        seen=seen.stamp,
        state=seen.state,
        has_picture=seen.has_picture,
    )


def write(desk: Desk, given: Click) -> Redirect | Invalid:
    """Write an announcement; it is a draft until somebody asks for its approval."""
    read = draft(desk, given)
    if isinstance(read, Invalid):
        return read
    code = desk.broadcasts.write(read)
    return Redirect(f"/broadcasts/{code}", "broadcast_written") if code else Invalid({"units": "broadcast_units"})


def rewrite(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Write one anew; an approval that it had is gone."""
    code = given.path["code"]
    seen = desk.broadcasts.read(code)
    if seen is None or not _may_write(desk, seen):
        return None
    read = draft(desk, given, pictures.picture(desk.unit, seen.code))
    if isinstance(read, Invalid):
        return read
    return told(given, desk.broadcasts.rewrite(code, read, given["seen"]), "broadcast_rewritten")


def told(given: Click, outcome: BroadcastOutcome, done: str) -> Redirect | Invalid | None:
    """What an official is told of what came of an act on a broadcast."""
    match outcome:
        case "done":
            return Redirect(f"/broadcasts/{given.path['code']}", done)
        case "absent":
            return None
        case "outdated":
            return Invalid({}, outdated=True)
        case "unsaid":
            return Invalid({"objection": "broadcast_unsaid"})
        case _:
            return Invalid({"": f"broadcast_{outcome}"})


def scope(seen: SeenBroadcast) -> tuple[str | Phrase, ...]:
    """Where it goes: every unit by its name, or the whole city."""
    names = tuple(units.all_units()[one].name for one in seen.audience.units)
    return names or (Phrase("campaign.whole_city"),)


def _may_write(desk: Desk, seen: SeenBroadcast) -> bool:
    return all(desk.may("broadcast.write", unit) for unit in seen.audience.units or (None,))


LIST = Screen(path="/broadcasts", template="announcing/broadcasts", right="broadcast.see", view=view, menu="announcing")
NEW = Screen(path="/broadcasts/new", template="announcing/broadcast_form", right="broadcast.write", view=view_new)
AGAIN = Screen(
    path="/broadcasts/{code}/again", template="announcing/broadcast_form", right="broadcast.write", view=view_again
)
screens = (LIST, NEW, AGAIN)
acts = (
    Act(path="/broadcasts", right="broadcast.write", do=write, screen=NEW, picture="picture"),
    Act(path="/broadcasts/{code}/rewrite", right="broadcast.write", do=rewrite, screen=AGAIN, picture="picture"),
)
