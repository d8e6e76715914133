"""One talk: what both said and whether it arrived, and what the official who has it can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Given, Screen, Went, Wrong
from handlers.desk import Desk
from handlers.desk.officials import duty
from handlers.desk.talks import Spoken, TalkOutcome
from handlers.texts import Phrase

LONGEST = 2_000  # letters of one message
# How far a message in a state came; in any other it is lost.
CAME = {
    "queued": "sending", "held": "sending", "sending": "sending", "sent": "sent", "delivered": "arrived",
    "unknown": "unknown",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """Something said. who: the official; empty: the person. how: whether it arrived; empty for the person's words."""

    id: str
    who: str
    words: str
    at: datetime
    how: str
    how_said: Phrase | str


@dataclass(frozen=True, slots=True)
class Colleague:
    """To whom it can be handed over."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk. officer: who has it, as long as she can act. in_chat: she writes from her phone."""

    id: str
    place: str | Phrase
    state: str
    since: datetime
    officer: str
    mine: bool
    in_chat: bool
    may_take: bool
    lines: Sequence[Line]
    colleagues: Sequence[Colleague]


def view(desk: Desk, given: Given) -> Talk | None:
    """One talk, and what the official can do in it."""
    talk_id = given.path["id"]
    spoken = desk.calls.talk_again(talk_id) if given.live else desk.talks.lines(talk_id)
    seen = desk.talks.seen(talk_id) if spoken is not None else None
    if spoken is None or seen is None:
        return None
    is_open, me = seen.state == "open", desk.acting().id
    mine = is_open and seen.officer_id == me
    others = desk.talks.colleagues(talk_id) if mine else []
    return Talk(
        talk_id, duty.place(seen.unit_id), seen.state, seen.since, seen.officer, mine, seen.in_chat,
        is_open and not seen.officer and desk.may("talk.take", seen.unit_id), [_line(one) for one in spoken],
        [Colleague(one.id, desk.officials.name_of(one.id)) for one in others],
    )  # fmt: skip


def _line(one: Spoken) -> Line:
    how = CAME.get(one.delivery, "lost") if one.who else ""
    return Line(one.id, one.who, one.words, one.at, how, Phrase(f"console.delivery.{how}") if how else "")


def take(desk: Desk, given: Given) -> Went | Wrong:
    """Take a talk that nobody has; the person is told."""
    talk_id = given.path["id"]
    return _went(desk.talks.take(talk_id, in_chat=False), _address(talk_id))


def say(desk: Desk, given: Given) -> Went | Wrong:
    """Say something to the person."""
    talk_id, words = given.path["id"], given["words"]
    if not 0 < len(words) <= LONGEST:
        return Wrong({"words": "say_long" if words else "say_empty"})
    outcome = desk.talks.say(talk_id, words)
    # Words that reach nobody are kept in the talk, and it says so.
    return _went(TalkOutcome("done") if outcome.how == "unreachable" else outcome, _address(talk_id))


def hand_over(desk: Desk, given: Given) -> Went | Wrong:
    """Give the talk to a colleague on duty; both are told."""
    talk_id = given.path["id"]
    outcome = desk.talks.hand_over(talk_id, given["colleague"])
    if outcome.how == "invalid":
        return Wrong({"colleague": "no_colleague"})
    return _went(outcome, "/waiting", "talk_handed_over")


def close(desk: Desk, given: Given) -> Went | Wrong:
    """End the talk; the person is told."""
    talk_id = given.path["id"]
    return _went(desk.talks.close(talk_id), "/waiting", "talk_closed")


def _went(outcome: TalkOutcome, to: str, done: str = "") -> Went | Wrong:
    if outcome.how == "done":
        return Went(to, done)
    return Wrong({"": "talk_taken" if outcome.how == "taken" else "talk_over"}, outdated=True)


def _address(talk_id: str) -> str:
    return f"/talks/{talk_id}#write"


screen = Screen("/talks/{id}", "talk", "talk.see", view, notes=True, again=True)
screens = (screen,)
acts = (
    Act("/talks/{id}/take", "talk.take", take, screen),
    Act("/talks/{id}/say", "talk.take", say, screen),
    Act("/talks/{id}/hand-over", "talk.take", hand_over, screen),
    Act("/talks/{id}/close", "talk.take", close, screen),
)
