"""Says things to people: words in their language, buttons kept so that a press finds them, and a row in the outbox."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from handlers.desk.messages.pages import PrivatePages
from handlers.desk.office import Context, Told, Waits
from handlers.desk.office import quiet_hours as quiet
from handlers.flow.engine import DONE, Asks
from handlers.flow.message import Asking, Card, Mode, Opening, Option, Phrase, Say
from handlers.flow.session import REVIEW, Form
from handlers.texts import Voice
from storage.ids import new_nonce
from storage.queries.incoming import chats, sessions
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox, windows
from storage.tables import PassedOn

OPENINGS_WORK = timedelta(days=90)
UNASKED = ("reminder", "digest", "broadcast")  # kinds that go behind every reply
# What nobody waits for is not sent at night, and what can wait longer not on a holiday; kinds not named go at once.
WAITS: Mapping[str, Waits] = {
    "notice": "at_night",
    "hand_over": "at_night",
    "reminder": "on_holidays",
    "digest": "on_holidays",
    "broadcast": "on_holidays",
}


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages of one transaction; each gets its own key: the cause and its place."""

    context: Context

    def say(
        self, chat: Chat, say: Say, scope: str = "", *, kind: str = "receipt", place: str = "0", fresh: bool = False,
        until: datetime | None = None,
    ) -> None:  # fmt: skip
        """Say something, with its buttons and its picture. fresh: whatever stands above has to go from her screen.

        until: after that it is not worth sending.
        """
        voice = self.context.voice(chat.language, chat.channel)
        options = tuple(self._opening(voice, o, scope) for o in say.openings)
        body: dict[str, object] = {"text": voice.say(say.phrase, scope), "key": voice.name(say.phrase, scope)}
        if fresh:
            body["fresh"] = True
        if options:
            once = any(o.once for o in say.openings)
            # A yes or a no typed at "do you need help now?" picks a button; at a plain row of doors it picks none.
            mode: Literal["ask", "sure"] = "sure" if say.openings[-1].opens == "@continue" else "ask"
            body["options"] = self._show(
                chat,
                Asking(nonce=new_nonce(), conversation="", form="", slot="", mode=mode, options=options, once=once),
            )
        elif kind == "talk":  # somebody's words stand below any question now: what she types next answers them
            chats.set_screen(self.context.unit, chat.address_id, None)
        if say.card is not None:
            body["card"] = _card(voice, say.card, scope)
        if say.under:
            self.context.unit.add(PassedOn(message=f"{self.context.cause}/{place}", under=say.under))
        self._put(chat, kind, body, place, until)

    def ask(
        self,
        chat: Chat,
        form: Form,
        asks: Asks,
        scope: str,
        *,
        doors: tuple[Opening, ...] = (),
        place: str = "0",
        instead_of: int = 0,
        leads_back: bool = False,
        counts_up: bool = False,
    ) -> str:
        """Ask a question of a form, perhaps with buttons that lead elsewhere; returns the nonce of this asking.

        leads_back: there is a question before it, which a channel that shows numbers offers too. counts_up: a small
        number answers it, and stands for no button. instead_of: the place,
        in the chat, of a message of ours that is to change into it where a channel can.
        """
        voice = self.context.voice(chat.language)
        options = [Option(voice.say(c.label, scope), c.written) for c in asks.options]
        options += [self._opening(voice, door, scope) for door in doors]
        asking = Asking(
            nonce=new_nonce(),
            conversation=form.conversation,
            form=form.id,
            slot=asks.slot,
            mode=asks.mode,
            options=tuple(options),
            once=asks.once,
            shows=_named(form.answers) if asks.slot == REVIEW else "",
        )
        shown = self._show(chat, asking)
        kind, prompt = "question", asks.prompt
        if asks.mode == "private":
            # At most once: a link that may have arrived is not sent again, she can ask for another.
            link = PrivatePages(self.context).open(chat, form, asks.slot)
            kind, prompt = "link", _naming(prompt, {"link": link, "minutes": PrivatePages(self.context).minutes})
        body: dict[str, object] = {"text": voice.say(prompt, scope), "key": f"{scope}.{asks.slot}"}
        if shown:
            body["options"] = shown
        if asks.contact:
            body["contact"] = True
        if instead_of:
            body["instead_of"] = str(instead_of)
        if leads_back:
            body["back"] = voice.say(Phrase("options.back"))
        if counts_up:
            body["counts_up"] = True
        self._put(chat, kind, body, place)
        return asking.nonce

    def tell(
        self, person_id: str, say: Say, scope: str = "", *, kind: str = "notice", place: str = "notice",
        until: datetime | None = None,
    ) -> bool:  # fmt: skip
        """Say something to a person where she wants it, or else where she wrote last. False if she can't be reached.

        until: after that it is not worth sending.
        """
        closed = windows.closed(self.context.windows, kind, self.context.now) if self.context.windows else None
        chat = chats.last_used(self.context.unit, person_id, closed)
        if chat is None:
            return False
        self.say(chat, say, scope, kind=kind, place=place, until=until)
        return True

    def may_go(self, kind: str, start: datetime | None = None) -> datetime:
        """The first moment from now, or from a later start on, at which a message of a kind may be sent."""
        context, is_holiday = self.context, self.context.calendar.is_holiday
        return quiet.may_go(WAITS.get(kind, "never"), start or context.now, context.zone, context.quiet, is_holiday)

    def label_of(self, chat: Chat, press: str) -> str:
        """The words of the button that was pressed; an ellipsis if she was never shown it."""
        nonce, _, index = press.rpartition(".")
        shown = sessions.shown(self.context.unit, self.context.vault, chat.person_id, nonce)
        options = load_asking(shown).options if shown else ()
        return options[int(index)].label if index.isascii() and index.isdigit() and int(index) < len(options) else "…"

    def _opening(self, voice: Voice, opening: Opening, scope: str) -> Option:
        return Option(voice.say(Phrase(opening.label), scope), None, opening.opens, opening.answers)

    def _show(self, chat: Chat, asking: Asking) -> list[Mapping[str, object]]:
        context = self.context
        until = context.now + OPENINGS_WORK if not asking.slot else None
        sessions.show(
            context.unit, context.vault, chat.person_id, asking.nonce, store_asking(asking), context.now, until
        )
        chats.set_screen(context.unit, chat.address_id, asking.nonce)
        shown: list[Mapping[str, object]] = []
        for index, option in enumerate(asking.options):
            ends = {"leads": True} if option.written == DONE else {}
            shown.append({"label": option.label, "press": f"{asking.nonce}.{index}", **ends})
        return shown

    def _put(
        self, chat: Chat, kind: str, body: Mapping[str, object], place: str, until: datetime | None = None
    ) -> None:  # fmt: skip
        context = self.context
        key = f"{context.cause}/{place}"
        lane = "bulk" if kind in UNASKED else "reply"
        outbox.put(
            context.unit, context.vault, chat, key, kind, body, context.cause, context.now, lane=lane, deadline=until,
            not_before=self.may_go(kind),
        )  # fmt: skip
        context.told.append(Told(chat.channel, chat.address_id, kind))


def _named(answers: Mapping[str, str]) -> str:
    """The same for the same answers."""
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()[:16]


def _naming(prompt: Phrase, values: Mapping[str, object]) -> Phrase:
    """A question with these values, also where it is put again in other words."""
    question = prompt.values.get("question")
    if isinstance(question, Phrase):
        return Phrase(prompt.key, {**prompt.values, "question": Phrase(question.key, values)})
    return Phrase(prompt.key, values)


def _card(voice: Voice, card: Card, scope: str) -> dict[str, object]:
    values = {
        name: voice.say(value, scope) if isinstance(value, Phrase) else voice.say(Phrase("plain", {"words": value}))
        for name, value in card.values.items()
    }
    return {"kind": card.kind, "values": values}


def store_asking(asking: Asking) -> dict[str, object]:
    """An asking as it is kept."""
    return {
        "c": asking.conversation,
        "form": asking.form,
        "slot": asking.slot,
        "mode": asking.mode,
        "once": asking.once,
        "shows": asking.shows,
        "options": [[o.label, o.written, o.opens, dict(o.answers)] for o in asking.options],
    }


def load_asking(shown: sessions.ShownAsking) -> Asking:
    """An asking as it was shown."""
    body: Mapping[str, object] = shown.body
    stored = body["options"]
    assert isinstance(stored, list)  # noqa: S101  # we wrote it so
    options = tuple(Option(label, written, opens, answers) for label, written, opens, answers in stored)
    return Asking(
        nonce=shown.nonce,
        conversation=str(body["c"]),
        form=str(body["form"]),
        slot=str(body["slot"]),
        mode=cast("Mode", body["mode"]),
        options=options,
        once=bool(body["once"]),
        answered_at=shown.answered_at,
        shows=str(body.get("shows", "")),
    )
