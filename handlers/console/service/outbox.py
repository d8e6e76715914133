"""Messages to people: how they stand, and those that are stuck. Their words are never shown.

Why only for who sees the whole city: a message belongs to a chat and not to a unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen, number
from handlers.console.screen.words import channel_of
from handlers.console.service import standing, subjects
from handlers.console.service.standing import StandingLine
from handlers.console.service.subjects import Subject
from handlers.desk import Desk
from handlers.desk.messages import WayOnceMore, way
from handlers.desk.office import NotAllowed
from handlers.texts import Phrase
from storage.queries.outgoing import outbox
from storage.queries.outgoing.outbox import STUCK_STATES, Stuck

AT_ONCE = 50
NEWEST = 1_000
WAITING = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class ChannelCounts:
    """How the messages of a channel stand: all that wait or are stuck, and how many of the newest went out."""

    name: Phrase
    waiting: int
    stuck: Mapping[str, int]
    went: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that is stuck. way: how it may be sent once more; empty: not at all. copied: it was."""

    id: int
    channel: Phrase
    kind: Phrase
    state: str
    reason: Phrase | None
    at: datetime
    about: Subject | None
    way: WayOnceMore
    copied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxPage:
    """The page. state: which are shown; empty: all that are stuck. before: where older ones begin.

    account: how the account stands whose platform takes messages for a while only.
    """

    channels: Sequence[ChannelCounts]
    newest: int
    states: Mapping[str, int]
    state: str
    messages: Sequence[Message]
    before: int | None
    may_retry: bool
    account: Sequence[StandingLine]


def view(desk: Desk, given: Click) -> OutboxPage:
    """How messages to people stand, and those that are stuck."""
    if desk.acting().reach("post.see") != "all":
        raise NotAllowed("post.see")
    state = given["state"] if given["state"] in STUCK_STATES else ""
    before = number(given["before"])
    found = outbox.stuck(desk.unit, (state,) if state else STUCK_STATES, before, AT_ONCE + 1)
    shown = found[:AT_ONCE]
    places = _places(desk, shown)
    about = subjects.named(desk, {place for place in places.values() if place})
    still = outbox.open_counts(desk.unit)
    states = {name: sum(n for (_, its), n in still.items() if its == name) for name in STUCK_STATES}
    messages = [_message(desk, one, about.get(places[one.id])) for one in shown]
    return OutboxPage(
        channels=_channels(desk, still),
        newest=NEWEST,
        states=states,
        state=state,
        messages=messages,
        before=shown[-1].id if len(found) > AT_ONCE else None,
        may_retry=desk.acting().reach("post.retry") == "all",
        account=standing.lines(desk),
    )


def _channels(desk: Desk, still: Mapping[tuple[str, str], int]) -> list[ChannelCounts]:
    newest = outbox.recent_counts(desk.unit, NEWEST)
    return [
        ChannelCounts(
            channel_of(desk, name), sum(still.get((name, state), 0) for state in WAITING),
            {state: still.get((name, state), 0) for state in STUCK_STATES},
            sum(newest.get((name, state), 0) for state in ("sent", "delivered")),
        )
        for name in sorted({channel for channel, _ in (*still, *newest)})
    ]  # fmt: skip


def _places(desk: Desk, shown: Sequence[Stuck]) -> Mapping[int, str]:
    """What each message is about; for one that is held, at least whom somebody may call or visit."""
    held = {one.person_id for one in shown if one.state == "held"}
    people = {person_id: f"person:{person_id}" for person_id in held} | subjects.open_cases(desk, held)
    return {one.id: subjects.of_key(one.key) or people.get(one.person_id, "") for one in shown}


def _message(desk: Desk, one: Stuck, about: Subject | None) -> Message:
    return Message(
        id=one.id,
        channel=channel_of(desk, one.channel),
        kind=kind_of(desk, one.kind),
        state=one.state,
        reason=_reason(desk, one.reason),
        at=one.changed_at,
        about=about,
        way=way(one),
        copied=one.copied,
    )


def _reason(desk: Desk, code: str | None) -> Phrase | None:
    if not code:
        return None
    key = f"console.message_reason.{code}"
    return Phrase(key) if desk.texts.has(key) else Phrase("console.message_reason.other", {"code": code})


def kind_of(desk: Desk, kind: str) -> Phrase:
    """What sort of message it is."""
    known = desk.texts.has(f"console.message_kind.{kind}")
    return Phrase(f"console.message_kind.{kind}") if known else Phrase("plain", {"words": kind})


def retry(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Send a message that is stuck once more."""
    message = number(given.path["id"])
    if message is None:
        return None
    done = desk.stuck_messages.send_again(message)
    return Redirect("/outbox", "outbox_again") if done else Invalid({"": "not_again"}, outdated=True)


screen = Screen(path="/outbox", template="service/outbox", right="post.see", view=view, menu="service")
screens = (screen,)
acts = (Act(path="/outbox/{id}/retry", right="post.retry", do=retry, screen=screen, checked=True),)
