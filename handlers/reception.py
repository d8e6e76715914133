"""Reception: one message in; what is said, asked and done for it, all in the desk's one transaction.

Why a text is read in this order (first match wins): a slash or a press; what the open question hears without doubt; a
command standing alone; an urgent word; a doubt to confirm; a menu keyword; not understood. So a man called Huy can give
his name, and nobody who writes "hết gạo" is answered with a form.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import cast

from handlers import commands, words
from handlers.desk import Desk
from handlers.desk.messages import load_asking
from handlers.flow import engine, readers
from handlers.flow.conversation import Answers, Conversation, Open, Reask
from handlers.flow.message import Asking, Incoming, Opening, Option, Phrase, Say
from handlers.flow.session import REVIEW, Form, Session, StoredSession, load, store
from storage.ids import new_nonce
from storage.queries import chats, sessions

DOUBLE_PRESS = timedelta(seconds=5)
MESSAGES_A_MINUTE = 60
MISSES_BEFORE_A_PERSON = 2
SMALL_TALK = ("start", "thanks")  # said in the middle of a form they ask for nothing
URGENT_HELP = "urgent_help"
UNREADABLE = ("sticker", "voice", "file", "location", "other")


class Reception:
    """Knows every conversation and hands each message to the one it belongs to."""

    def __init__(self, conversations: Iterable[Conversation[Desk]]) -> None:
        self.conversations = {c.name: c for c in conversations}
        self.slash = {command: c.name for c in self.conversations.values() for command in c.opens_with}

    def turn(self, desk: Desk, incoming: Incoming) -> None:
        """Handle one message of the person at the desk."""
        Turn(self, desk, incoming).run()


class Turn:
    """One message being handled."""

    def __init__(self, reception: Reception, desk: Desk, incoming: Incoming) -> None:
        self.reception = reception
        self.desk = desk
        self.incoming = incoming
        self.said = 0
        self.chat = desk.here()
        stored = sessions.load(desk.unit, desk.vault, self.chat.person_id)
        self.session = load(cast(StoredSession, stored)) if stored else Session()

    def run(self) -> None:
        """Handle it, and keep where the person is now."""
        if self._flooding():
            pass
        elif self.incoming.kind == "press":
            self._press()
        elif self.incoming.kind in UNREADABLE:
            self._say_and_show(Say("unreadable", openings=_PERSON_OR_MENU))
        elif self.incoming.kind == "photos" and not self._takes_photos():
            self._further_photos()
        else:
            self._text()
        self._save()

    def _save(self) -> None:
        desk, person_id = self.desk, self.chat.person_id
        if person_id != desk.here().person_id:  # she erased herself: nothing goes over to the fresh person
            self.session = Session()
        sessions.save(desk.unit, desk.vault, person_id, cast(Mapping[str, object], store(self.session)), desk.now)
        sessions.forget_old(desk.unit, person_id, desk.now)

    def _flooding(self) -> bool:
        """Above sixty messages a minute, say so once; presses are never lost."""
        minute = int(self.desk.now.timestamp() // 60)
        count = self.session.messages + 1 if self.session.minute == minute else 1
        self.session = replace(self.session, minute=minute, messages=count)
        if self.incoming.kind == "press" or count <= MESSAGES_A_MINUTE:
            return False
        if count == MESSAGES_A_MINUTE + 1:
            self.say(Say("slow_down"))
        return True

    # Saying and asking

    def say(self, say: Say, scope: str = "") -> None:
        """Say one thing in the person's chat."""
        self.desk.messages.say(self.chat, say, scope, place=str(self.said))
        self.said += 1

    def ask(self, form: Form, asks: engine.Asks, *doors: Opening) -> None:
        """Ask one thing; it becomes the open question."""
        if form.urgent:
            doors = (*doors, Opening("doors.urgent_help", "urgent_help"))
            form = replace(form, urgent=False)
        scope = self.reception.conversations[form.conversation].scope
        nonce = self.desk.messages.ask(self.chat, form, asks, scope, doors=doors, place=str(self.said))
        self.session = replace(self.session, form=form, asked=nonce)
        self.said += 1

    def _say_and_show(self, say: Say, scope: str = "") -> None:
        """Say something, then show the open question again, if there is one."""
        self.say(say, scope)
        if self.session.form is not None:
            self.go_on()

    # Understanding

    def _asking(self, nonce: str | None) -> Asking | None:
        if not nonce:
            return None
        desk = self.desk
        shown = sessions.shown(desk.unit, desk.vault, desk.here().person_id, nonce)
        return load_asking(shown) if shown else None

    def _open_asking(self) -> tuple[Conversation[Desk], Form, Asking] | None:
        """The conversation, form and showing of the question that is open."""
        form, asking = self.session.form, self._asking(self.session.asked)
        if form is None or asking is None or form.conversation not in self.reception.conversations:
            return None
        return self.reception.conversations[form.conversation], form, asking

    def _takes_photos(self) -> bool:
        found = self._open_asking()
        question = found[0].question(found[2].slot) if found else None
        return question is not None and question.expects == "photos"

    def _further_photos(self) -> None:
        """Photos often come one by one: add them to those already given, if this form has any."""
        form = self.session.form
        conversation = self.reception.conversations.get(form.conversation) if form else None
        asked = [q.key for q in conversation.questions() if q.expects == "photos"] if conversation else []
        slot = next((s for s in asked if form and not form.answers.get(s, "#").startswith("#")), None)
        if form is None or slot is None:
            self._say_and_show(Say("photo_unasked", openings=_PERSON_OR_MENU))
            return
        together = "+".join((form.answers[slot], *self.incoming.photos))
        self.session = replace(self.session, form=form.with_answer(slot, together))
        self._say_and_show(Say("photo_added"))

    def _press(self) -> None:
        press = self.incoming.press
        asking = self._asking(press.nonce if press else None)
        if press is None or asking is None or not 0 <= press.index < len(asking.options):
            self._say_and_show(Say("old_button", openings=_MENU))
            return
        option, pressed = asking.options[press.index], f"{press.nonce}.{press.index}"
        again = asking.answered_at is not None
        twice = again and pressed == self.session.pressed
        just_now = twice and self.desk.now - (asking.answered_at or self.desk.now) < DOUBLE_PRESS
        self.session = replace(self.session, pressed=pressed)
        open_now = asking.nonce == self.session.asked and self.session.form is not None
        if just_now and not open_now:
            return
        if option.opens is not None:
            self._take_opening(asking, option, again=again)
        elif open_now:
            self._hear(asking)
        else:
            self._earlier(asking)

    def _take_opening(self, asking: Asking, option: Option, *, again: bool) -> None:
        if asking.once and again:
            self._say_and_show(Say("already_done", openings=_MENU))
            return
        sessions.answered(self.desk.unit, asking.nonce, self.desk.now)
        self.open(option.opens or "", option.answers)

    def _earlier(self, asking: Asking) -> None:
        """A button of a question that is no longer the open one."""
        form = self.session.form
        if form is None or form.id != asking.form or asking.once:
            paused = any(f.id == asking.form for f in self.session.paused)
            done = Say("already_done" if asking.once and asking.answered_at else "closed_button", openings=_MENU)
            self._say_and_show(Say("paused_button", openings=(_resume(asking.conversation),)) if paused else done)
            return
        conversation = self.reception.conversations[form.conversation]
        heard = engine.hear(conversation, form, asking, self.incoming, self.desk.today())
        if isinstance(heard, engine.Settled) and not heard.again:
            self.session = replace(self.session, form=heard.form)
            question = conversation.question(asking.slot)
            if question is not None:
                value = engine.shown(question, heard.form.answers[asking.slot])
                label = Phrase(f"label.{question.key}")
                self.say(Say("answer_changed", label=label, value=value), conversation.scope)
        self.go_on()

    def _text(self) -> None:
        typed = self.incoming.text
        if typed.strip().startswith("/") and self._slash(typed.strip()):
            return
        if self._screen_opening(typed):
            return
        found = self._open_asking()
        unsettled: engine.Doubt | engine.Missed | None = None
        if found is not None:
            conversation, form, asking = found
            question = conversation.question(asking.slot)
            free = question is not None and question.takes_anything and asking.mode == "ask"
            if free and (command := commands.alone(self.desk.texts, typed, accented=True)):
                self._command(command)
                return
            heard = engine.hear(conversation, form, asking, self.incoming, self.desk.today())
            if isinstance(heard, engine.Settled):
                self._settle(asking, heard)
                return
            unsettled = heard
        self._no_answer(typed, unsettled)

    def _no_answer(self, typed: str, heard: engine.Doubt | engine.Missed | None) -> None:
        """Words that settle no question: a command, a doubt, somebody in need, another wish, or not understood."""
        found = self._open_asking()
        if command := commands.alone(self.desk.texts, typed, accented=False):
            self._command(command)
        elif self._is_urgent(typed):
            self.say(Say("urgent_offer", openings=_URGENT_OR_NOT))
        elif isinstance(heard, engine.Doubt):
            self._doubt(heard)
        elif wanted := commands.keyword(self.desk.texts, typed):
            if wanted in SMALL_TALK and found is not None:
                self.go_on()
            else:
                self.open(wanted)
        elif heard is not None and found is not None:
            self._missed(found[0], found[2], heard)
        else:
            self._not_understood()

    def _is_urgent(self, typed: str) -> bool:
        """Whether an urgent word was typed by somebody who is not being asked about her need already."""
        form = self.session.form
        asked_already = form is not None and form.conversation == URGENT_HELP
        return not asked_already and commands.urgent(self.desk.texts, typed)

    def _screen_opening(self, typed: str) -> bool:
        """Whether what was typed picks one of the buttons shown last, which belong to no question."""
        asking = self._asking(self.desk.here().screen)
        if asking is None or asking.slot:
            return False
        folded, right = words.fold(typed), readers.yes_no(typed) if asking.mode == "sure" else None
        for index, option in enumerate(asking.options):
            chosen = folded in (words.fold(option.label), str(index + 1))
            if right is not None:
                chosen = index == (0 if right else 1)
            if chosen:
                self._take_opening(asking, option, again=asking.answered_at is not None)
                return True
        return False

    def _hear(self, asking: Asking) -> None:
        found = self._open_asking()
        if found is None:
            self._not_understood()
            return
        conversation, form, _ = found
        heard = engine.hear(conversation, form, asking, self.incoming, self.desk.today())
        if isinstance(heard, engine.Settled):
            self._settle(asking, heard)
        elif isinstance(heard, engine.Doubt):
            sessions.answered(self.desk.unit, asking.nonce, self.desk.now)
            self._doubt(heard)
        else:
            self._missed(conversation, asking, heard)

    def _settle(self, asking: Asking, heard: engine.Settled) -> None:
        sessions.answered(self.desk.unit, asking.nonce, self.desk.now)
        form = heard.form
        if self._is_urgent(self.incoming.text):
            form = replace(form, urgent=True)
        choice = form.answers.get(REVIEW) if asking.slot == REVIEW else None
        if choice in (None, "send"):
            self.session = replace(self.session, form=form)
            self.go_on()
            return
        self.session = replace(self.session, form=form.without())
        self._command(commands.Command(str(choice)))

    def _doubt(self, heard: engine.Doubt) -> None:
        self.session = replace(self.session, form=heard.form)
        if heard.asks.prompt.key:
            self.ask(heard.form, heard.asks)
        else:
            self.go_on()

    def _missed(self, conversation: Conversation[Desk], asking: Asking, heard: engine.Missed) -> None:
        """Ask once more in other words; when that fails too, offer a person."""
        self.session = replace(self.session, form=heard.form)
        question = conversation.question(asking.slot)
        hint = heard.because or (f"misheard.{question.expects}" if question else "misheard.choice")
        own = f"{asking.slot}_again"
        if not heard.because and self.desk.texts.has(f"{conversation.scope}.{own}"):
            hint = own
        door = (Opening("doors.officer", "officer"),) if heard.form.misses >= MISSES_BEFORE_A_PERSON else ()
        self.go_on(hint=hint, doors=door)

    def _not_understood(self) -> None:
        self._say_and_show(Say("not_understood", openings=self._doors()))

    # Doing

    def _slash(self, typed: str) -> bool:
        """Open what a slash command names. False if it is a command in words instead, or none."""
        name, _, rest = typed.partition(" ")
        command = commands.alone(self.desk.texts, typed, accented=True)
        if command is not None:
            self._command(command)
        elif name.casefold() in self.reception.slash:
            self.open(self.reception.slash[name.casefold()], {"typed": rest.strip()} if rest.strip() else {})
        else:
            return False
        return True

    def _command(self, command: commands.Command) -> None:
        form = self.session.form
        if command.name == "menu":
            self._menu()
        elif command.name in self.reception.conversations:
            self.open(command.name)
        elif command.name == "later":
            self._pause()
            self.say(Say("kept_for_later", openings=_MENU))
        elif form is None:
            self._say_and_show(Say("nothing_open", openings=self._doors()))
        elif command.name == "back":
            conversation = self.reception.conversations[form.conversation]
            self._change(engine.back(conversation, form, abroad=self.incoming.abroad))
        elif command.name == "edit":
            self._edit(command.number)
        elif command.name == "cancel":
            self._cancel(sure=not engine.listed(self.reception.conversations[form.conversation], form.answers, set()))
        else:
            self.go_on()

    def _change(self, form: Form | None) -> None:
        """Go on with a form from which an answer was taken out, or say that there is none to take out."""
        if form is None:
            self._say_and_show(Say("nothing_to_go_back_to"))
            return
        self.session = replace(self.session, form=form)
        self.go_on()

    def _edit(self, number: int) -> None:
        form = self.session.form
        if form is None:
            self._not_understood()
            return
        conversation = self.reception.conversations[form.conversation]
        if number and (changed := engine.edit(conversation, form, number)):
            self._change(changed)
            return
        slots = engine.listed(conversation, form.answers, engine.hidden_in_review(conversation))
        if not slots:
            self._change(None)
            return
        doors = [
            Opening(f"label.{slot.rpartition('.')[2]}", "@edit", {"number": str(n)}) for n, slot in enumerate(slots, 1)
        ]
        self.say(Say("edit_which", openings=tuple(doors)), conversation.scope)

    def _cancel(self, *, sure: bool) -> None:
        if not sure:
            self.say(Say("cancel_sure", openings=_CANCEL_OR_NOT))
            return
        self.session = replace(self.session, form=None, asked="")
        self.say(Say("cancelled", openings=_MENU))

    def _menu(self) -> None:
        self._pause()
        self.say(Say("menu", openings=self._doors()))

    def _doors(self) -> tuple[Opening, ...]:
        """The doors of the menu; what was laid aside comes first, and English while no language is chosen."""
        resume = tuple(_resume(f.conversation) for f in self.session.paused[:1])
        other = (Opening("doors.in_english", "start", {"language": "en"}),) if not self.chat.language else ()
        return (*resume, *MAIN_DOORS, *other)

    def _pause(self) -> None:
        form = self.session.form
        conversation = self.reception.conversations.get(form.conversation) if form else None
        self.session = self.session.pausing(keep=conversation is not None and conversation.keeps_paused)

    def open(self, name: str, answers: Mapping[str, str] | None = None) -> None:
        """Open a conversation, laying the open one aside; or do what a button of our own asks for."""
        answers = answers or {}
        if name.startswith("@"):
            self._own_button(name, answers)
            return
        conversation = self.reception.conversations.get(name)
        if conversation is None:
            self._not_understood()
            return
        form = self.session.form
        if form is not None and form.conversation == name and not answers:
            self.go_on()
            return
        self._pause()
        self._begin(conversation, answers)
        self.go_on()

    def _own_button(self, name: str, answers: Mapping[str, str]) -> None:
        conversation = answers.get("conversation", "")
        if name == "@menu":
            self._menu()
        elif name == "@edit":
            self._edit(int(answers["number"]))
        elif name == "@cancel":
            self._cancel(sure=True)
        elif name == "@drop":
            self.session = self.session.dropping(conversation)
            self.say(Say("cancelled", openings=_MENU))
        elif name == "@resume" and self.session.paused_form(conversation) is not None:
            self.open(conversation)
        elif name == "@later":
            self.say(Say("kept_for_later", openings=_MENU))
        elif self.session.form is not None:
            self.go_on()
        else:
            self.say(Say("closed_button", openings=self._doors()))

    def _begin(self, conversation: Conversation[Desk], answers: Mapping[str, str]) -> None:
        """Make the form: the paused one if there is one, a new one otherwise; consent comes first."""
        purpose = conversation.needs
        if purpose is not None and not self.desk.consents.in_force(purpose):
            if self.desk.owner() is None:
                self.say(Say("no_owner", openings=_MENU))
                return
            if self.desk.consents.refused_today(purpose) and "again" not in answers:
                door = Opening("doors.changed_my_mind", f"consent_{purpose}", {"next": conversation.name})
                self.say(Say("refused_today", openings=(door, *_PERSON_OR_MENU)))
                return
            answers = {"next": conversation.name, **answers}
            conversation = self.reception.conversations[f"consent_{purpose}"]
        kept = self.session.paused_form(conversation.name)
        if kept is None and conversation.recalls is not None:
            answers = {**conversation.recalls(self.desk), **answers}
        self.session = self.session.dropping(conversation.name)
        form = kept or Form(conversation.name, self.desk.today(), new_nonce())
        self.session = replace(self.session, form=replace(form, answers={**form.answers, **answers}))

    def go_on(self, *, hint: str = "", doors: tuple[Opening, ...] = ()) -> None:
        """Walk the open form until something is asked, or all is done."""
        for _ in range(len(self.reception.conversations)):
            form = self.session.form
            if form is None:
                return
            conversation = self.reception.conversations.get(form.conversation)
            if conversation is None:
                self.session = replace(self.session, form=None, asked="")
                self._not_understood()
                return
            abroad = self.incoming.abroad
            told = Answers(form.answers, form.day, abroad=abroad)
            facts = conversation.facts(self.desk, told) if conversation.facts else None
            turn = engine.ask(conversation, form, facts, abroad=abroad)
            self.session = replace(self.session, form=turn.form)
            for say in turn.says:
                self.say(say, conversation.scope)
            if turn.asks is not None:
                asks = turn.asks
                if hint:
                    asks = replace(asks, prompt=Phrase("again", {"hint": Phrase(hint), "question": asks.prompt}))
                self.ask(turn.form, asks, *doors)
                return
            if turn.ended:
                self._end(None, quiet=False)
                return
            told = Answers(turn.form.answers, turn.form.day, facts, abroad=abroad)
            done = conversation.finish(told, self.desk)
            if isinstance(done, Reask):
                self.session = replace(self.session, form=turn.form.without(done.question.key))
                hint = done.because
                continue
            self.chat = chats.at_address(self.desk.unit, self.chat.address_id)
            for say in done.says:
                self.say(say, conversation.scope)
            self._end(done.then, quiet=conversation.quiet)
            hint = ""

    def _end(self, then: Open | None, *, quiet: bool) -> None:
        """Close the open form, and go where it leads. What was laid aside is offered once."""
        self.session = replace(self.session, form=None, asked="")
        if then is not None and then.conversation.startswith("@"):
            self._own_button(then.conversation, then.answers)
        elif then is not None:
            self._begin(self.reception.conversations[then.conversation], then.answers)
        elif self.session.paused and not quiet and self.session.paused[0].id != self.session.offered:
            paused = self.session.paused[0]
            self.session = replace(self.session, offered=paused.id)
            self.say(Say("resume_offer", what=Phrase(f"names.{paused.conversation}"), openings=_offer(paused)))


MAIN_DOORS = (
    Opening("doors.urgent_help", "urgent_help"),
    Opening("doors.support", "eligibility"),
    Opening("doors.registration", "registration"),
    Opening("doors.giving", "giving"),
    Opening("doors.more", "more"),
)
_MENU = (Opening("doors.menu", "@menu"),)
_PERSON_OR_MENU = (Opening("doors.officer", "officer"), *_MENU)
_URGENT_OR_NOT = (Opening("doors.urgent_now", "urgent_help"), Opening("doors.not_urgent", "@continue"))
_CANCEL_OR_NOT = (Opening("doors.cancel_yes", "@cancel"), Opening("doors.cancel_no", "@continue"))


def _resume(conversation: str) -> Opening:
    return Opening("doors.resume", "@resume", {"conversation": conversation})


def _offer(form: Form) -> tuple[Opening, ...]:
    own = {"conversation": form.conversation}
    return (_resume(form.conversation), Opening("doors.later", "@later"), Opening("doors.drop", "@drop", own))
