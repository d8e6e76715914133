"""Where a person is: the one open form, and what was left half done elsewhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypedDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One conversation under way: written answers in the order given. Its position is not kept, it follows.

    id: which opening this is, so that a button of an earlier one does not answer here.
    spoken: keys of what was said on the way. drafts: choices pressed so far of a question that takes several.
    misses: how often in a row the open question was not understood. urgent: an urgent word was heard.
    """

    conversation: str
    day: date
    id: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    spoken: frozenset[str] = frozenset()
    drafts: Mapping[str, str] = field(default_factory=dict)
    misses: int = 0
    urgent: bool = False

    def with_answer(self, slot: str, written: str) -> "Form":
        """Set an answer; the review has to be read again."""
        kept = {s: w for s, w in self.answers.items() if s not in (slot, REVIEW)}
        drafts = {s: w for s, w in self.drafts.items() if s != slot}
        return replace(self, answers=kept | {slot: written}, drafts=drafts, misses=0)

    def without(self, *slots: str) -> "Form":
        """Forget some answers, and the review."""
        gone = {*slots, REVIEW}
        return replace(
            self,
            answers={s: w for s, w in self.answers.items() if s not in gone},
            drafts={s: w for s, w in self.drafts.items() if s not in gone},
            misses=0,
        )


REVIEW = "@review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Where one person is.

    asked: the nonce of the asking that shows the open question. paused: at most one form per conversation, the latest
    first. offered: the id of the paused form offered last. pressed: the button pressed last. minute, messages: how many
    came in that minute. settled: the place, in its chat, of the last message that was understood.
    """

    form: Form | None = None
    asked: str = ""
    paused: tuple[Form, ...] = ()
    offered: str = ""
    pressed: str = ""
    settled: int = 0
    minute: int = 0
    messages: int = 0

    def pausing(self, *, keep: bool) -> "Session":
        """Lay the open form aside, or drop it if there is nothing worth keeping."""
        if self.form is None:
            return self
        others = tuple(f for f in self.paused if f.conversation != self.form.conversation)
        worth = keep and bool(self.form.answers)
        if not worth:
            return replace(self, form=None, asked="", paused=others)
        return replace(self, form=None, asked="", paused=(self.form, *others), offered="")

    def paused_form(self, conversation: str) -> Form | None:
        return next((f for f in self.paused if f.conversation == conversation), None)

    def dropping(self, conversation: str) -> "Session":
        return replace(self, paused=tuple(f for f in self.paused if f.conversation != conversation))

    def forgetting(self, conversations: Collection[str]) -> "Session":
        """Drop the forms of some conversations, laid aside or open."""
        paused = tuple(f for f in self.paused if f.conversation not in conversations)
        if self.form is None or self.form.conversation not in conversations:
            return replace(self, paused=paused)
        return replace(self, form=None, asked="", paused=paused)


class StoredForm(TypedDict):
    """A form as it is kept."""

    c: str
    day: str
    id: str
    a: dict[str, str]
    s: list[str]
    d: dict[str, str]
    m: int
    u: bool


class StoredSession(TypedDict):
    """A session as it is kept."""

    form: StoredForm | None
    asked: str
    paused: list[StoredForm]
    offered: str
    pressed: str
    settled: int
    minute: int
    messages: int


def store(session: Session) -> StoredSession:
    return {
        "form": _store_form(session.form) if session.form else None,
        "asked": session.asked,
        "offered": session.offered,
        "pressed": session.pressed,
        "settled": session.settled,
        "minute": session.minute,
        "messages": session.messages,
        "paused": [_store_form(f) for f in session.paused],
    }


def load(stored: StoredSession) -> Session:
    form = stored["form"]
    return Session(
        form=_load_form(form) if form else None,
        asked=stored["asked"],
        paused=tuple(map(_load_form, stored["paused"])),
        offered=stored["offered"],
        pressed=stored.get("pressed", ""),
        settled=stored.get("settled", 0),
        minute=stored["minute"],
        messages=stored["messages"],
    )


def _store_form(form: Form) -> StoredForm:
    return {
        "c": form.conversation,
        "day": form.day.isoformat(),
        "id": form.id,
        "a": dict(form.answers),
        "s": sorted(form.spoken),
        "d": dict(form.drafts),
        "m": form.misses,
        "u": form.urgent,
    }


def _load_form(stored: StoredForm) -> Form:
    return Form(
        conversation=stored["c"],
        day=date.fromisoformat(stored["day"]),
        id=stored["id"],
        answers=stored["a"],
        spoken=frozenset(stored["s"]),
        drafts=stored["d"],
        misses=stored["m"],
        urgent=stored["u"],
    )
