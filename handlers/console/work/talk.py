"""One talk: what both said and whether it arrived, and what the official who has it can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkMessage:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkPage:
    """A talk. officer: who has it, as long as she can act. in_chat: she writes from her phone."""

    id: str
    place: str | Phrase
    state: str
    since: datetime
    officer: str
    mine: bool
    in_chat: bool
    may_take: bool
    lines: Sequence[TalkMessage]
    colleagues: Sequence[Colleague]


def view(desk: Desk, given: Click) -> TalkPage | None:
    """One talk, and what the official can do in it."""
    talk_id = given.path["id"]
    spoken = desk.calls.talk_again(talk_id) if given.live else desk.talks.lines(talk_id)
    seen = desk.talks.seen(talk_id) if spoken is not None else None
    if spoken is None or seen is None:
        return None
    is_open, me = seen.state == "open", desk.acting().id
    mine = is_open and seen.officer_id == me
    others = desk.talks.colleagues(talk_id) if mine else []
    return TalkPage(
        id=talk_id,
        place=duty.place(seen.unit_id),
        state=seen.state,
        since=seen.since,
        officer=seen.officer,
        mine=mine,
        in_chat=seen.in_chat,
        may_take=is_open and not seen.officer and desk.may("talk.take", seen.unit_id),
        lines=[_line(one) for one in spoken],
        colleagues=[Colleague(one.id, desk.officials.name_of(one.id)) for one in others],
    )


def _line(one: Spoken) -> TalkMessage:
    how = CAME.get(one.delivery, "lost") if one.who else ""
    return TalkMessage(
        id=one.id,
        who=one.who,
        words=one.words,
        at=one.at,
        how=how,
        how_said=Phrase(f"console.delivery.{how}") if how else "",
    )


def take(desk: Desk, given: Click) -> Redirect | Invalid:
    """Take a talk that nobody has; the person is told."""
    talk_id = given.path["id"]
    return _answer(desk.talks.take(talk_id, in_chat=False), _address(talk_id))


def say(desk: Desk, given: Click) -> Redirect | Invalid:
    """Say something to the person."""
    talk_id, words = given.path["id"], given["words"]
    if not 0 < len(words) <= LONGEST:
        return Invalid({"words": "say_long" if words else "say_empty"})
    outcome = desk.talks.say(talk_id, words)
    # Words that reach nobody are kept in the talk, and it says so.
    return _answer(TalkOutcome("done") if outcome.how == "unreachable" else outcome, _address(talk_id))


def hand_over(desk: Desk, given: Click) -> Redirect | Invalid:
    """Give the talk to a colleague on duty; both are told."""
    talk_id = given.path["id"]
    outcome = desk.talks.hand_over(talk_id, given["colleague"])
    if outcome.how == "invalid":
        return Invalid({"colleague": "no_colleague"})
    return _answer(outcome, "/waiting", "talk_handed_over")


def close(desk: Desk, given: Click) -> Redirect | Invalid:
    """End the talk; the person is told."""
    talk_id = given.path["id"]
    return _answer(desk.talks.close(talk_id), "/waiting", "talk_closed")


def _answer(outcome: TalkOutcome, to: str, done: str = "") -> Redirect | Invalid:
    if outcome.how == "done":
        return Redirect(to, done)
    return Invalid({"": "talk_taken" if outcome.how == "taken" else "talk_over"}, outdated=True)


def _address(talk_id: str) -> str:
    return f"/talks/{talk_id}#write"


screen = Screen(path="/talks/{id}", template="work/talk", right="talk.see", view=view, notes=True, again=True)
screens = (screen,)
acts = (
    Act(path="/talks/{id}/take", right="talk.take", do=take, screen=screen),
    Act(path="/talks/{id}/say", right="talk.take", do=say, screen=screen),
    Act(path="/talks/{id}/hand-over", right="talk.take", do=hand_over, screen=screen),
    Act(path="/talks/{id}/close", right="talk.take", do=close, screen=screen),
)
