"""Dead letters: messages of people that could not be handled. What they say is not shown; they can be tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Given, Screen, Went, Wrong
from handlers.console.service.outbox import AT_ONCE, channel_of
from handlers.desk import Desk
from handlers.texts import Phrase
from storage.queries.incoming import inbox
from storage.tables import DeadLetter

STATES = ("open", "replayed")


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter. kept: what it says is still there, so that it can be tried again."""

    id: str
    channel: Phrase
    kind: Phrase
    reason: Phrase
    state: str
    at: datetime
    kept: bool


@dataclass(frozen=True, slots=True)
class Letters:
    """The page. state: which are shown. before: where older ones begin."""

    states: Mapping[str, int]
    state: str
    letters: Sequence[Letter]
    before: str
    may_replay: bool


def view(desk: Desk, given: Given) -> Letters:
    """Messages of people that could not be handled."""
    state = given["state"] if given["state"] in STATES else STATES[0]
    found = inbox.letters(desk.unit, state, given["before"] or None, AT_ONCE + 1)
    counts = inbox.letter_counts(desk.unit)
    return Letters(
        {name: counts.get(name, 0) for name in STATES}, state, [_letter(desk, one) for one in found[:AT_ONCE]],
        found[AT_ONCE - 1].id if len(found) > AT_ONCE else "", desk.acting().reach("letter.replay") is not None,
    )  # fmt: skip


def _letter(desk: Desk, one: inbox.Letter) -> Letter:
    kind = f"console.letter_kind.{one.kind or 'unread'}"
    reason = f"console.letter_reason.{one.reason.replace(' ', '_')}"
    return Letter(
        one.id, channel_of(desk, one.channel),
        Phrase(kind) if desk.texts.has(kind) else Phrase("plain", {"words": one.kind}),
        Phrase(reason) if desk.texts.has(reason) else Phrase("console.letter_reason.other", {"name": one.reason}),
        one.state, one.at, one.kept,
    )  # fmt: skip


def replay(desk: Desk, given: Given) -> Went | Wrong | None:
    """Give a message that could not be handled another try."""
    letter = given.path["id"]
    if desk.unit.get(DeadLetter, letter) is None:
        return None
    done = desk.replay_letter(letter) if desk.replay_letter else inbox.replay(desk.unit, letter, desk.now)
    desk.note("dead_letter.replay", f"dead_letter:{letter}", done=done)
    return Went("/letters", "letter_replayed") if done else Wrong({"": "not_replayed"}, outdated=True)


screen = Screen("/letters", "letters", "letter.see", view, menu="service")
screens = (screen,)
acts = (Act("/letters/{id}/replay", "letter.replay", replay, screen, checked=True),)
