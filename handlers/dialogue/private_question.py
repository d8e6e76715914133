"""A question asked on a page of ours because the chat is abroad: what the page shows, and what an answer to it means.

The page knows no question by itself: it is the open question of the person's form, shown with the same words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from handlers.desk import Desk
from handlers.desk.messages import load_asking
from handlers.flow import engine
from handlers.flow.conversation import Answers, Conversation
from handlers.flow.message import Phrase
from handlers.flow.questions import Misheard, Question, Said, Unsure
from handlers.flow.session import Form, StoredSession, load
from storage.queries.incoming import sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownQuestion:
    """What the page shows. options: (written, label); several: more than one may be chosen. asks: words, or photos."""

    question: str
    purpose: str
    options: tuple[tuple[str, str], ...]
    several: bool
    photos: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """An open question of somebody's form, asked on a page. nonce: of its showing in the chat."""

    conversation: Conversation[Desk]
    form: Form
    slot: str
    question: Question[object]
    nonce: str


class Asides:
    """Finds the question a page is for, among all conversations."""

    def __init__(self, conversations: Iterable[Conversation[Desk]]) -> None:
        self._conversations = {c.name: c for c in conversations}

    def find(self, desk: Desk, form_id: str, slot: str) -> OpenQuestion | None:
        """The question, if it is still the open one of the person at the desk."""
        stored = sessions.load(desk.unit, desk.vault, desk.here().person_id)
        session = load(cast(StoredSession, stored)) if stored else None
        form = session.form if session else None
        conversation = self._conversations.get(form.conversation) if form else None
        if session is None or form is None or conversation is None or form.id != form_id:
            return None
        shown = sessions.shown(desk.unit, desk.vault, desk.here().person_id, session.asked)
        asking = load_asking(shown) if shown else None
        question = conversation.question(slot)
        if asking is None or question is None or asking.slot != slot or asking.mode != "private":
            return None
        return OpenQuestion(conversation=conversation, form=form, slot=slot, question=question, nonce=asking.nonce)

    def show(self, desk: Desk, found: OpenQuestion) -> ShownQuestion:
        """The question in the person's language, with its buttons as choices."""
        voice, scope = desk.voice(desk.here().language), found.conversation.scope
        asks = engine.show(found.form, found.slot, found.question, self._told(found))
        options = tuple((o.written, voice.say(o.label, scope)) for o in asks.options if o.written != engine.DONE)
        return ShownQuestion(
            question=voice.say(asks.prompt, scope),
            purpose=voice.say(Phrase(f"private_purpose.{scope}")),
            options=options,
            several=found.question.several,
            photos=found.question.expects == "photos",
        )

    def understands(
        self, found: OpenQuestion, chosen: Iterable[str], typed: str, photos: tuple[str, ...]
    ) -> str | None:
        """An answer in the written form it is heard in; None if it is none."""
        text = "+".join(chosen) or typed
        heard = found.question.hear(Said(text, photos))
        return None if isinstance(heard, Misheard | Unsure) else found.question.write(heard)

    def _told(self, found: OpenQuestion) -> Answers:
        written: Mapping[str, str] = {s: w for s, w in found.form.answers.items() if s != found.slot}
        return Answers(written, found.form.day)
