"""How a person is led through conversations: what is open, what was laid aside, what is said and asked next.

Why this knows nothing of what people typed: whatever they meant, the way from one question to the next is the same.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from handlers.desk import Actor, Desk
from handlers.desk.messages import load_asking
from handlers.desk.officials import Acts
from handlers.flow import engine, moving
from handlers.flow.conversation import Answers, Conversation, Open, Reask
from handlers.flow.message import MENU, Asking, Opening, Phrase, Say
from handlers.flow.session import REVIEW, Form, Session, StoredSession, load, store
from storage.ids import new_nonce
from storage.queries.incoming import chats, sessions

MAIN_DOORS = (
    Opening("doors.urgent_help", "urgent_help"),
    Opening("doors.support", "eligibility"),
    Opening("doors.registration", "registration"),
    Opening("doors.giving", "pledge"),
    Opening("doors.more", "more"),
)

FIRST_A_CODE = "one_time_code"
FORGETS_ONE_IN = 16  # turns

PERSON_OR_MENU = (Opening("doors.officer", "officer"), *(MENU,))
CANCEL_OR_NOT = (Opening("doors.cancel_yes", "@cancel"), Opening("doors.cancel_no", "@continue"))


class Course:
    """One person's way through one turn. abroad: she writes through servers outside the country."""

    def __init__(self, conversations: Mapping[str, Conversation[Desk]], desk: Desk, *, abroad: bool) -> None:
        self.conversations = conversations
        self.desk = desk
        self.abroad = abroad
        self.said = 0
        self.instead_of = 0  # the place of a message of ours that the next question takes
        self.chat = desk.here()
        self.session = self._kept() or Session()
        self.fresh = False
        self._shown: dict[str, Asking | None] = {}

    def _kept(self) -> Session | None:
        stored = sessions.load(self.desk.unit, self.desk.vault, self.chat.person_id)
        return load(cast(StoredSession, stored)) if stored else None

    def _follow_the_chat(self) -> None:
        """Look whose the chat is now: once she erased or unlinked, a fresh person's; once she linked, the joined one's.

        Nothing goes over to a fresh person; a joined one is where she was at the place that counts.
        """
        before, self.chat = self.chat, chats.at_address(self.desk.unit, self.chat.address_id)
        if self.chat.person_id != before.person_id:
            self.desk = replace(self.desk, chat=self.chat, actor=Actor("person", self.chat.person_id))
            self._shown.clear()
            kept, pressed = self._kept(), self.session.pressed
            self.session, self.fresh = replace(kept, pressed=pressed) if kept else Session(), kept is None

    def save(self) -> None:
        """Keep where the person is now."""
        desk, person_id = self.desk, self.chat.person_id
        sessions.save(desk.unit, desk.vault, person_id, cast(Mapping[str, object], store(self.session)), desk.now)
        if secrets.randbelow(FORGETS_ONE_IN) == 0:  # a few askings too many do no harm
            sessions.forget_old(desk.unit, person_id, desk.now)

    def say(self, say: Say, scope: str = "") -> None:
        """Say one thing in the person's chat."""
        self.desk.messages.say(self.chat, say, scope, place=str(self.said), fresh=self.fresh)
        self.said += 1

    def ask(self, form: Form, asks: engine.Asks, *doors: Opening) -> None:
        """Ask one thing; it becomes the open question."""
        if form.urgent:
            doors = (*doors, Opening("doors.urgent_help", "urgent_help"))
            form = replace(form, urgent=False)
        conversation = self.conversations[form.conversation]
        question = conversation.question(asks.slot)
        leads_back = not (question and question.digits_are_answers)  # where a zero is no answer
        leads_back = leads_back and moving.back(conversation, form, abroad=self.abroad) is not None
        nonce = self.desk.messages.ask(
            self.chat, form, asks, conversation.scope, doors=doors, place=str(self.said), instead_of=self.instead_of,
            leads_back=leads_back, counts_up=engine.counts_up(question, self.desk.today()),
        )  # fmt: skip
        self.instead_of = 0
        self.session = replace(self.session, form=form, asked=nonce)
        self.said += 1

    def say_and_show(self, say: Say, scope: str = "") -> None:
        """Say something, then show the open question again, if there is one."""
        self.say(say, scope)
        if self.session.form is not None:
            self.go_on()

    def asking(self, nonce: str | None) -> Asking | None:
        """What was shown under this nonce, if it was shown to this person."""
        if not nonce:
            return None
        if nonce not in self._shown:
            desk = self.desk
            shown = sessions.shown(desk.unit, desk.vault, desk.here().person_id, nonce)
            self._shown[nonce] = load_asking(shown) if shown else None
        return self._shown[nonce]

    def open_asking(self) -> tuple[Conversation[Desk], Form, Asking] | None:
        """The conversation, form and showing of the question that is open."""
        form, asking = self.session.form, self.asking(self.session.asked)
        if form is None or asking is None or form.conversation not in self.conversations:
            return None
        return self.conversations[form.conversation], form, asking

    def not_understood(self) -> None:
        """Say so, with the menu and the hotline, and show the open question again."""
        self.say_and_show(Say("not_understood", openings=self.doors()))

    def change(self, form: Form | None) -> None:
        """Go on with a form from which an answer was taken out, or say that there is none to take out."""
        if form is None:
            self.say_and_show(Say("nothing_to_go_back_to"))
            return
        self.session = replace(self.session, form=form)
        self.go_on()

    def edit(self, number: int) -> None:
        """Ask the answer with this number again, or which one is meant."""
        form = self.session.form
        if form is None:
            self.not_understood()
            return
        conversation = self.conversations[form.conversation]
        if number and (changed := moving.edit(conversation, form, number)):
            self.change(changed)
            return
        slots = moving.listed(conversation, form.answers, moving.hidden_in_review(conversation))
        if not slots:
            self.change(None)
            return
        doors = [
            Opening(f"label.{slot.rpartition('.')[2]}", "@edit", {"number": str(n)}) for n, slot in enumerate(slots, 1)
        ]
        self.say(Say("edit_which", openings=tuple(doors)), conversation.scope)

    def cancel(self, *, sure: bool) -> None:
        if not sure:
            self.say(Say("cancel_sure", openings=CANCEL_OR_NOT))
            return
        self._close()
        self.say(Say("cancelled", openings=(MENU,)))

    def menu(self) -> None:
        self.pause()
        self.say(Say("menu", openings=self.doors()))

    def doors(self) -> tuple[Opening, ...]:
        """The doors of the menu; what was laid aside comes first, and English while no language is chosen."""
        resume = tuple(resume_door(f.conversation) for f in self.session.paused[:1])
        other = (Opening("doors.in_english", "start", {"language": "en"}),) if not self.chat.language else ()
        return (*resume, *MAIN_DOORS, *other)

    def pause(self) -> None:
        form = self.session.form
        conversation = self.conversations.get(form.conversation) if form else None
        self.session = self.session.pausing(keep=conversation is not None and conversation.keeps_paused)

    def open(self, name: str, answers: Mapping[str, str] | None = None) -> None:
        """Open a conversation, laying the open one aside; or do what a button of our own asks for."""
        answers = answers or {}
        if name.startswith("@"):
            self._own_button(name, answers)
            return
        conversation = self.conversations.get(name)
        if conversation is None:
            self.not_understood()
            return
        form = self.session.form
        if form is not None and form.conversation == name and not answers:
            self.go_on()
            return
        self.pause()
        self._begin(conversation, answers)
        self.go_on()

    def _own_button(self, name: str, answers: Mapping[str, str]) -> None:
        conversation = answers.get("conversation", "")
        if name == "@menu":
            self.menu()
        elif name == "@edit":
            self.edit(int(answers["number"]))
        elif name == "@cancel":
            self.cancel(sure=True)
        elif name == "@drop":
            self.session = self.session.dropping(conversation)
            self.say(Say("cancelled", openings=(MENU,)))
        elif name == "@resume" and self.session.paused_form(conversation) is not None:
            self.open(conversation)
        elif name == "@later":
            self.say(Say("kept_for_later", openings=(MENU,)))
        elif self.session.form is not None:
            self.go_on()
        else:
            self.say(Say("closed_button", openings=self.doors()))

    def _begin(self, conversation: Conversation[Desk], answers: Mapping[str, str]) -> None:
        """Make the form: the paused one if there is one, a new one otherwise; consent comes first."""
        purpose = conversation.needs
        if purpose is not None and not self.desk.consents.in_force(purpose):
            if self.desk.owner() is None:
                self.say(Say("no_owner", openings=(MENU,)))
                return
            if self.desk.consents.refused_today(purpose) and "again" not in answers:
                door = Opening("doors.changed_my_mind", f"consent_{purpose}", {"next": conversation.name})
                self.say(Say("refused_today", openings=(door, *PERSON_OR_MENU)))
                return
            answers = {"next": conversation.name, **answers}
            conversation = self.conversations[f"consent_{purpose}"]
        kept = self.session.paused_form(conversation.name)
        if kept is None and conversation.recalls is not None:
            answers = {**conversation.recalls(self.desk), **answers}
        self.session = self.session.dropping(conversation.name)
        form = kept or Form(conversation=conversation.name, day=self.desk.today(), id=new_nonce())
        self.session = replace(self.session, form=replace(form, answers={**form.answers, **answers}))

    def go_on(self, *, hint: str = "", doors: tuple[Opening, ...] = ()) -> None:
        """Walk the open form until something is asked, or all is done."""
        for _ in range(len(self.conversations)):
            form = self.session.form
            if form is None:
                return
            conversation = self.conversations.get(form.conversation)
            if conversation is None:
                self._close()
                self.not_understood()
                return
            if self._asks_for_a_code(conversation, form, "awake" if conversation.acts else ""):
                continue
            abroad = self.abroad
            told = Answers(form.answers, form.day, abroad=abroad)
            facts = conversation.facts(self.desk, told) if conversation.facts else None
            turn = engine.ask(conversation, form, facts, abroad=abroad, pages=self.desk.private_pages)
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
                self._close()
                self._lead_on(None, quiet=False)
                return
            told = Answers(turn.form.answers, turn.form.day, facts, abroad=abroad)
            hint = self._finish(conversation, turn.form, told)

    def _finish(self, conversation: Conversation[Desk], form: Form, told: Answers) -> str:
        """Do what is to be done once all is answered. Returns why something is asked again, if it is."""
        if self._asks_for_a_code(conversation, form, conversation.acts):
            return ""
        done = conversation.finish(told, self.desk)
        if isinstance(done, Reask):
            self.session = replace(self.session, form=form.without(done.question.key))
            return done.because
        self._close()
        self._follow_the_chat()
        self._forget(done.forgets)
        for say in done.says:
            self.say(say, conversation.scope)
        self._lead_on(done.then, quiet=conversation.quiet)
        return ""

    def _asks_for_a_code(self, conversation: Conversation[Desk], form: Form, acts: Acts) -> bool:
        """Ask an official for a one-time code first, where one is due; what she answered so far goes on with her."""
        if not self.desk.acting_chats.needs_code(acts):
            return False
        self._close()
        reviewed = {"reviewed": "yes"} if REVIEW in form.answers else {}
        self._begin(self.conversations[FIRST_A_CODE], {"next": conversation.name, **form.answers, **reviewed})
        return True

    def _close(self) -> None:
        self.session = replace(self.session, form=None, asked="")

    def _forget(self, purpose: str) -> None:
        """Drop what is under way, open or laid aside, that needs a consent taken back."""
        gone = {c.name for c in self.conversations.values() if purpose and c.needs == purpose}
        self.session = self.session.forgetting(gone)

    def _lead_on(self, then: Open | None, *, quiet: bool) -> None:
        """Go where a conversation that is over leads. What was laid aside is offered once, unless something is open."""
        if then is not None and then.conversation.startswith("@"):
            self._own_button(then.conversation, then.answers)
        elif then is not None:
            self._begin(self.conversations[then.conversation], then.answers)
        elif self._offers() and not quiet:
            paused = self.session.paused[0]
            self.session = replace(self.session, offered=paused.id)
            self.say(Say("resume_offer", what=Phrase(f"names.{paused.conversation}"), openings=offer(paused)))

    def _offers(self) -> bool:
        """Whether what was laid aside is offered now: nothing is open, and it was not offered before."""
        session = self.session
        return session.form is None and bool(session.paused) and session.paused[0].id != session.offered


def resume_door(conversation: str) -> Opening:
    return Opening("doors.resume", "@resume", {"conversation": conversation})


def offer(form: Form) -> tuple[Opening, ...]:
    own = {"conversation": form.conversation}
    return (resume_door(form.conversation), Opening("doors.later", "@later"), Opening("doors.drop", "@drop", own))
