"""Reception: one message in; what is said, asked and done for it, all in the desk's one transaction.

Why a text is read in this order (first match wins): a slash or a press; what the open question hears without doubt; a
command standing alone; an urgent word; a doubt to confirm; a menu keyword; not understood. So a man called Huy can give
his name, and nobody who writes "hết gạo" is answered with a form. In a talk what is written is for the other side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from handlers.desk import Desk
from handlers.dialogue import commands, relay
from handlers.dialogue import heard as doors_heard
from handlers.dialogue.dialogue import PERSON_OR_MENU, Course, resume_door
from handlers.flow import engine, moving, readers
from handlers.flow.conversation import Conversation
from handlers.flow.message import MENU, Asking, Incoming, Opening, Option, Phrase, Press, Say
from handlers.flow.session import REVIEW, Form
from handlers.hearing import NONE, Heard, hear
from handlers.texts.loader import LANGUAGES
from handlers.vietnamese import words
from storage.queries.incoming import chats, sessions

DOUBLE_PRESS = timedelta(seconds=5)
MESSAGES_A_MINUTE = 60
MISSES_BEFORE_A_PERSON = 2
WORDS_THAT_TELL = 5  # fewer, in the middle of a form, are an answer that was not understood
MOST_LETTERS = 1000  # of words that are shown back
SMALL_TALK = ("start", "thanks")  # said in the middle of a form they ask for nothing
URGENT_HELP, COMPLAIN = "urgent_help", "complain"
UNREADABLE = ("sticker", "voice", "file", "location", "other")


class Reception:
    """Knows every conversation and hands each message to the one it belongs to."""

    def __init__(self, conversations: Iterable[Conversation[Desk]]) -> None:
        self.conversations = {c.name: c for c in conversations}
        self.slash = {command: c.name for c in self.conversations.values() for command in c.opens_with}

    def turn(self, desk: Desk, incoming: Incoming) -> None:
        """Handle one message of the person at the desk."""
        MessageTurn(self, desk, incoming).run()


class MessageTurn(Course):
    """One message being understood and handled."""

    def __init__(self, reception: Reception, desk: Desk, incoming: Incoming) -> None:
        super().__init__(reception.conversations, desk, abroad=incoming.abroad)
        self.slash = reception.slash
        self.incoming = incoming
        self.understood = True  # words changed later are heard again only if they were not
        self._means: dict[str, Heard] = {}

    def run(self) -> None:
        """Handle it, and keep where the person is now."""
        if self.incoming.kind == "group":
            self._in_a_group()
            return
        if self._answered_by_hand():
            return
        if not self._flooding():
            self._handle()
        if self.understood:
            self.session = replace(self.session, settled=max(self.session.settled, self.incoming.place))
        self.save()

    def _answered_by_hand(self) -> bool:
        """Whether somebody answers her in the platform's own tool: then we keep silent, unless she wants the menu."""
        desk = self.desk
        if desk.windows is None or self.chat.channel != desk.windows.channel:
            return False
        if not chats.is_answered_by_hand(desk.unit, self.chat.address_id, desk.now):
            return False
        command = commands.alone(desk.texts, self.incoming.text, accented=False)
        if command is None or command.name != "menu":
            return True
        chats.set_by_hand(desk.unit, self.chat.address_id, None)
        return False

    def _handle(self) -> None:
        """Do what its kind asks for; what is written in a talk goes to the other side of it."""
        kind = self.incoming.kind
        if kind == "press":
            self._press()
        elif kind == "private":
            self._from_a_page()
        elif kind in UNREADABLE:
            self.say_and_show(Say("unreadable", openings=PERSON_OR_MENU))
        elif kind == "hidden":
            self._hidden()
        elif kind == "too_many":
            self.say_and_show(Say("photo_refused.too_many"))
        elif kind == "too_long":
            self.say_and_show(Say("too_long"))
        elif kind == "edited" and self.incoming.place <= self.session.settled:
            self.say_and_show(Say("already_written"))
        elif not relay.steps_aside(self, self.incoming):
            self._written()

    def _written(self) -> None:
        if self.incoming.kind == "photos" and not self._takes_photos():
            self._further_photos()
        else:
            self._text()

    def _from_a_page(self) -> None:
        """What was answered on a page counts for the showing it was opened from, as long as that question is open."""
        found = self.open_asking()
        if found is None or found[2].nonce != self.incoming.about:
            self.say_and_show(Say("page_too_late"))
            return
        self._hear(found[2])

    def _hidden(self) -> None:
        """Of some people a platform keeps every word from us: they are given the hotline, and a way to go on elsewhere.

        Whoever acts for the office is given no such way: the browser that opens it would act for it too.
        """
        acts = self.desk.officials.in_chat(self.desk.here().person_id) is not None
        if acts or not self.desk.private_pages:
            self.say_and_show(Say("hidden"))
            return
        link, minutes = self.desk.links.make_page(), self.desk.pages.minutes
        self.say_and_show(Say("hidden_go_on", link=link, minutes=minutes))

    def _in_a_group(self) -> None:
        """Before others nothing is asked or told; there is only the way to write alone."""
        link = self.desk.link_to(self.chat.channel)
        self.desk.messages.say(self.chat, Say("write_privately", link=link), kind="group")

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

    def _takes_photos(self) -> bool:
        found = self.open_asking()
        question = found[0].question(found[2].slot) if found else None
        return question is not None and question.expects == "photos"

    def _further_photos(self) -> None:
        """Photos often come one by one: add them to those already given, if this form has any."""
        form = self.session.form
        conversation = self.conversations.get(form.conversation) if form else None
        asked = [q.key for q in conversation.questions() if q.expects == "photos"] if conversation else []
        slot = next((s for s in asked if form and not form.answers.get(s, "#").startswith("#")), None)
        if form is None and (code := self.desk.case_answers.asked()) is not None:
            given = {"code": code, "papers": "+".join(self.incoming.photos)}
            send = Opening("doors.send_officer", "paper_for_case", given, once=True)
            self.say(Say("photo_for_officer", code=code, openings=(send, *PERSON_OR_MENU)))
            return
        if form is None or slot is None:
            self.say_and_show(Say("photo_unasked", openings=PERSON_OR_MENU))
            return
        together = "+".join((form.answers[slot], *self.incoming.photos))
        self.session = replace(self.session, form=form.with_answer(slot, together))
        self.say_and_show(Say("photo_added"))

    def _press(self) -> None:
        press = self.incoming.press
        asking = self.asking(press.nonce if press else None)
        if press is None or asking is None or not 0 <= press.index < len(asking.options):
            self.say_and_show(Say("old_button", openings=(MENU,)))
            return
        option, pressed = asking.options[press.index], f"{press.nonce}.{press.index}"
        again = asking.answered_at is not None
        twice = again and pressed == self.session.pressed
        just_now = twice and self.desk.now - (asking.answered_at or self.desk.now) < DOUBLE_PRESS
        self.session = replace(self.session, pressed=pressed)
        if just_now and asking.nonce != self.session.asked:
            return
        if option.opens is not None:
            self._take_opening(asking, option, again=again)
        elif self._is_open(asking):
            self._hear(asking)
        else:
            self._earlier(asking)

    def _is_open(self, asking: Asking) -> bool:
        """Whether what it asks, or shows for review, is what is asked or shown now, in this showing or a later one."""
        found = self.open_asking()
        if found is None:
            return False
        _, form, now = found
        return (form.id, now.slot, now.mode, now.shows) == (asking.form, asking.slot, asking.mode, asking.shows)

    def _take_opening(self, asking: Asking, option: Option, *, again: bool) -> None:
        if asking.once and again:
            self.say_and_show(Say("already_done", openings=(MENU,)))
            return
        sessions.answered(self.desk.unit, asking.nonce, self.desk.now)
        self.open(option.opens or "", option.answers)

    def _earlier(self, asking: Asking) -> None:
        """A button of a question that is no longer the open one."""
        form = self.session.form
        if form is None or form.id != asking.form or asking.once:
            paused = any(f.id == asking.form for f in self.session.paused)
            done = Say("already_done" if asking.once and asking.answered_at else "closed_button", openings=(MENU,))
            self.say_and_show(Say("paused_button", openings=(resume_door(asking.conversation),)) if paused else done)
            return
        conversation = self.conversations[form.conversation]
        heard = engine.hear(conversation, form, asking, self.incoming, self.desk.today())
        if isinstance(heard, engine.AnswerTaken) and not heard.again:
            self.session = replace(self.session, form=heard.form)
            question = conversation.question(asking.slot)
            if question is not None and asking.slot in form.answers:
                value = moving.shown(question, heard.form.answers[asking.slot])
                label = Phrase(f"label.{question.key}")
                self.say(Say("answer_changed", label=label, value=value), conversation.scope)
        self.go_on()

    def _text(self) -> None:
        typed = self.incoming.text
        if typed.strip().startswith("/") and self._slash(typed.strip()):
            return
        if self._screen_opening(typed):
            return
        found = self.open_asking()
        unsettled: engine.Doubt | engine.Missed | None = None
        if found is not None:
            conversation, form, asking = found
            question = conversation.question(asking.slot)
            if self._is_done_too_late(conversation, form, asking):
                self.go_on()
                return
            free = question is not None and question.takes_anything and asking.mode == "ask"
            if free and (command := commands.alone(self.desk.texts, typed, accented=True)):
                self._command(command)
                return
            heard = engine.hear(conversation, form, asking, self.incoming, self.desk.today())
            if isinstance(heard, engine.AnswerTaken):
                self._settle(asking, heard)
                return
            no_answer = isinstance(heard, engine.Missed) or asking.mode == "sure"
            if typed.strip() == "0" and not (question and question.digits_are_answers):
                self._command(commands.Command("back"))
                return
            if no_answer and (press := _numbered(asking, typed)) is not None:
                self.incoming = replace(self.incoming, press=press)
                self._press()
                return
            unsettled = heard
        self._no_answer(typed, unsettled)

    def _is_done_too_late(self, conversation: Conversation[Desk], form: Form, asking: Asking) -> bool:
        """Whether "Xong" is said of several choices that an answer typed at once has closed already."""
        said = {words.fold(self.desk.texts.sentence(language, "options.done")) for language in LANGUAGES}
        before = conversation.question(next(reversed(list(form.answers)), ""))
        several = before is not None and before.several and before.key != asking.slot
        return several and words.fold(self.incoming.text) in said

    def _no_answer(self, typed: str, heard: engine.Doubt | engine.Missed | None) -> None:
        """Words that settle no question: a command, a doubt, somebody in need, another wish, or not understood."""
        found = self.open_asking()
        if command := commands.alone(self.desk.texts, typed, accented=False):
            self._command(command)
        elif self._is_urgent(typed):
            self.say(Say("urgent_offer", openings=doors_heard.urgent_or_not(typed)))
        elif isinstance(heard, engine.Doubt):
            self._doubt(heard)
        elif found is None and self._for_officer(typed):
            return
        elif wanted := self._wish(typed):
            name, answers = wanted
            if found is None:
                self.open(name, answers)
            elif name in SMALL_TALK:
                self.go_on()
            else:
                openings = (Opening("doors.open_it", name, answers), Opening("doors.not_now", "@continue"))
                self.say(Say("other_wish", what=Phrase(f"names.{name}"), openings=openings))
        elif heard is not None and found is not None:
            self._missed(found[0], found[2], heard)
        else:
            self.understood = False
            self._likely_or_not_understood(typed)

    def _for_officer(self, typed: str) -> bool:
        """Show words back to whoever was asked something by an officer, unless they are a word of the menu."""
        named = commands.keyword(self.desk.texts, typed)
        if (named is not None and named.alone) or typed.lstrip().startswith("/") or len(typed) > MOST_LETTERS:
            return False
        code = self.desk.case_answers.asked()
        if code is None:
            return False
        send = Opening("doors.send_officer", "answer_case", {"code": code, "words": typed}, once=True)
        self.say(Say("for_officer", code=code, words=typed, openings=(send, *self._meant(typed), MENU)))
        return True

    def _meant(self, typed: str) -> tuple[Opening, ...]:
        """The door that words for an officer may have meant instead."""
        heard = self._heard(typed)
        return doors_heard.likely(heard, typed)[:1] if heard is not None and heard.door != NONE else ()

    def _likely_or_not_understood(self, typed: str) -> None:
        """Ask which of the two likeliest doors is meant; or say so where nothing is likely."""
        heard = self._heard(typed)
        doors = doors_heard.likely(heard, typed) if heard is not None and heard.how == "likely" else ()
        if not doors:
            self.not_understood()
            return
        self.say_and_show(Say("perhaps", openings=(*doors, *PERSON_OR_MENU)))

    def _wish(self, typed: str) -> tuple[str, Mapping[str, str]] | None:
        """The conversation that these words surely ask for, unless it is the one under way; and what it knows then.

        A word of the menu alone is what it says; in a sentence it counts only where the sentence is not understood.
        """
        named, heard = commands.keyword(self.desk.texts, typed), self._heard(typed)
        sure = heard is not None and heard.how == "sure"
        # Who complains of her own request is led to it, as the words say; there she finds the button.
        if named is not None and (named.alone or heard is None or not sure or heard.door == COMPLAIN):
            wanted: tuple[str, Mapping[str, str]] = (named.conversation, {})
        elif heard is not None and sure and heard.door != NONE:
            wanted = doors_heard.opens(heard.door, typed)
        else:
            return None
        found = self.open_asking()
        if found is not None and wanted[0] in (found[0].scope, found[1].answers.get("next")):
            return None
        return wanted if wanted[0] in self.conversations else None

    def _is_urgent(self, typed: str) -> bool:
        """Whether somebody who is not being asked about her need already may be in danger, by what was typed."""
        form = self.session.form
        if form is not None and form.conversation == URGENT_HELP:
            return False
        if commands.urgent(self.desk.texts, typed):
            return True
        heard = self._heard(typed)
        if heard is None or not heard.urgent:
            return False
        # What only might be one is none where it answers a question, or asks for something else by name.
        return heard.door == URGENT_HELP or (form is None and commands.keyword(self.desk.texts, typed) is None)

    def _heard(self, typed: str) -> Heard | None:
        """What words mean; None for a command, and for a short answer to what is asked."""
        if typed.lstrip().startswith("/") or (self.session.form and len(typed.split()) < WORDS_THAT_TELL):
            return None
        if typed not in self._means:
            self._means[typed] = hear(typed)
        return self._means[typed]

    def _screen_opening(self, typed: str) -> bool:
        """Whether what was typed picks one of the buttons shown last, which belong to no question."""
        asking = self.asking(self.desk.here().screen)
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
        found = self.open_asking()
        if found is None:
            self.not_understood()
            return
        conversation, form, _ = found
        heard = engine.hear(conversation, form, asking, self.incoming, self.desk.today())
        if isinstance(heard, engine.AnswerTaken):
            self._settle(asking, heard)
        elif isinstance(heard, engine.Doubt):
            sessions.answered(self.desk.unit, asking.nonce, self.desk.now)
            self._doubt(heard)
        else:
            self._missed(conversation, asking, heard)

    def _settle(self, asking: Asking, heard: engine.AnswerTaken) -> None:
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
        self.understood = False
        self.session = replace(self.session, form=heard.form)
        if heard.asks.prompt.key:
            self.ask(heard.form, heard.asks)
            return
        if self.incoming.kind == "press":  # one more of several: the question with its ticks stays where it stands
            self.instead_of = self.incoming.place
        self.go_on()

    def _missed(self, conversation: Conversation[Desk], asking: Asking, heard: engine.Missed) -> None:
        """Ask once more in other words; when that fails too, offer a person."""
        self.understood = False
        self.session = replace(self.session, form=heard.form)
        question = conversation.question(asking.slot)
        hint = heard.because or (f"misheard.{question.expects}" if question else "misheard.choice")
        own = f"{asking.slot}_again"
        if not heard.because and self.desk.texts.has(f"{conversation.scope}.{own}"):
            hint = own
        door = (Opening("doors.officer", "officer"),) if heard.form.misses >= MISSES_BEFORE_A_PERSON else ()
        self.go_on(hint=hint, doors=door)

    def _slash(self, typed: str) -> bool:
        """Open what a slash command names. False if it is a command in words instead, or none."""
        name, _, rest = typed.partition(" ")
        command = commands.alone(self.desk.texts, typed, accented=True)
        if command is not None:
            self._command(command)
        elif name.casefold() in self.slash:
            self.open(self.slash[name.casefold()], {"typed": rest.strip()} if rest.strip() else {})
        else:
            return False
        return True

    def _command(self, command: commands.Command) -> None:
        form = self.session.form
        if command.name == "menu":
            self.menu()
        elif command.name in self.conversations:
            self.open(command.name, {"typed": command.code} if command.code else {})
        elif command.name == "later":
            self.pause()
            self.say(Say("kept_for_later", openings=(MENU,)))
        elif form is None:
            self.say_and_show(Say("nothing_open", openings=self.doors()))
        elif command.name == "back":
            conversation = self.conversations[form.conversation]
            self.change(moving.back(conversation, form, abroad=self.abroad))
        elif command.name == "edit":
            self.edit(command.number)
        elif command.name == "cancel":
            self.cancel(sure=not moving.listed(self.conversations[form.conversation], form.answers, set()))
        else:
            self.go_on()


def _numbered(asking: Asking, typed: str) -> Press | None:
    """The button whose number was typed where it is no clear answer, as 1 is no year; on a page there is none."""
    number = typed.strip()
    if asking.mode == "private" or not (number.isascii() and number.isdigit() and len(number) < 3):
        return None
    return Press(asking.nonce, int(number) - 1) if 1 <= int(number) <= len(asking.options) else None
