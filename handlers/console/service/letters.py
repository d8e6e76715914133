"""Dead letters: messages of people that could not be handled. What they say is not shown; they can be tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.console.screen.words import channel_of
from handlers.console.service.outbox import AT_ONCE
from handlers.desk import Desk
from handlers.texts import Phrase
from storage.queries.incoming import inbox
from storage.tables import DeadLetter

STATES = ("open", "replayed")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterLine:
    """A dead letter. kept: what it says is still there, so that it can be tried again."""

    id: str
    channel: Phrase
    kind: Phrase
    reason: Phrase
    state: str
    at: datetime
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The page. state: which are shown. before: where older ones begin."""

    states: Mapping[str, int]
    state: str
    letters: Sequence[DeadLetterLine]
    before: str
    may_replay: bool


def view(desk: Desk, given: Click) -> Letters:
    """Messages of people that could not be handled."""
    state = given["state"] if given["state"] in STATES else STATES[0]
    found = inbox.letters(desk.unit, state, given["before"] or None, AT_ONCE + 1)
    counts = inbox.letter_counts(desk.unit)
    return Letters(
        states={name: counts.get(name, 0) for name in STATES},
        state=state,
        letters=[_letter(desk, one) for one in found[:AT_ONCE]],
        before=found[AT_ONCE - 1].id if len(found) > AT_ONCE else "",
        may_replay=desk.acting().reach("letter.replay") is not None,
    )


def _letter(desk: Desk, one: inbox.Letter) -> DeadLetterLine:
    kind = f"console.letter_kind.{one.kind or 'unread'}"
    reason = f"console.letter_reason.{one.reason.replace(' ', '_')}"
    return DeadLetterLine(
        id=one.id,
        channel=channel_of(desk, one.channel),
        kind=Phrase(kind) if desk.texts.has(kind) else Phrase("plain", {"words": one.kind}),
        reason=Phrase(reason)
        if desk.texts.has(reason)
        else Phrase("console.letter_reason.other", {"name": one.reason}),
        state=one.state,
        at=one.at,
        kept=one.kept,
    )


def replay(desk: Desk, given: Click) -> Redirect | Invalid | None:
    """Give a message that could not be handled another try."""
    letter = given.path["id"]
    if desk.unit.get(DeadLetter, letter) is None:
        return None
    done = desk.replay_letter(letter) if desk.replay_letter else inbox.replay(desk.unit, letter, desk.now)
    desk.note("dead_letter.replay", f"dead_letter:{letter}", done=done)
    return Redirect("/letters", "letter_replayed") if done else Invalid({"": "not_replayed"}, outdated=True)


screen = Screen(path="/letters", template="service/letters", right="letter.see", view=view, menu="service")
screens = (screen,)
acts = (Act(path="/letters/{id}/replay", right="letter.replay", do=replay, screen=screen, checked=True),)
