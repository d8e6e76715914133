"""The engine: `hear` settles an answer against what was shown, `ask` walks to what comes next. Both are pure.

Why position is never stored: the next step is the first one the answers do not settle. So back, edit, resume after
days, a restart and a changed script are all the same walk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from handlers.flow import moving, readers
from handlers.flow.conversation import Answers, Ask, Conversation, EndIf, FinishIf, Repeat, Review, Step, Tell
from handlers.flow.message import Asking, Incoming, Mode, Phrase, Say
from handlers.flow.questions import UNKNOWN, Candidate, Misheard, Question, Said, Unsure
from handlers.flow.session import REVIEW, Form
from handlers.vietnamese import words

D = TypeVar("D")

AGAIN = "@again"
NONE_OF_THESE = "@none"
DONE = "@done"
PASSED_OVER = Say("private_passed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """A question to be shown: its words and its buttons, not yet in any language. contact: her own number will do."""

    slot: str
    prompt: Phrase
    options: tuple[Candidate, ...] = ()
    mode: Mode = "ask"
    once: bool = False
    contact: bool = False


@dataclass(frozen=True, slots=True)
class AnswerTaken:
    """An answer was taken. again: it says the same as the one that stood."""

    form: Form
    again: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something was heard that the person has to confirm, or several of a kind are being chosen."""

    form: Form
    asks: Asks


@dataclass(frozen=True, slots=True)
class Missed:
    """Not an answer to the open question."""

    form: Form
    because: str


@dataclass(frozen=True, slots=True)
class Turn:
    """How far the walk came: what is said on the way, then a question, an early end, or nothing left to ask."""

    form: Form
    says: tuple[Say, ...]
    asks: Asks | None = None
    ended: bool = False


def hear(
    conversation: Conversation[D], form: Form, asking: Asking, incoming: Incoming, today: date
) -> AnswerTaken | Doubt | Missed:
    """Settle what came in against one showing of a question of this conversation. Never raises for any input."""
    if asking.slot == REVIEW:
        return _hear_review(form, asking, incoming)
    question = conversation.question(asking.slot)
    if question is None:
        return Missed(form, "")
    if asking.mode == "private" and incoming.kind != "private":
        return _hear_pass(question, form, asking, incoming)
    written = _pressed(asking, incoming)
    if written is None:
        written = _typed(question, asking, incoming.text)
    if written in (AGAIN, NONE_OF_THESE):
        return Missed(form, "ask_again")
    if question.several and written is not None:
        return _add_one(question, form, asking, written)
    text = incoming.text if written is None else written
    heard = question.hear(Said(text, incoming.photos, incoming.contact, asking.options, today))
    if question.several and isinstance(heard, tuple) and (drafted := form.drafts.get(asking.slot)):
        # Typed beside buttons already pressed: all of them are meant.
        together = {*heard, *drafted.split("+")}
        heard = question.hear(Said("+".join(sorted(together)), today=today))
    if isinstance(heard, Unsure):
        return Doubt(form, _doubt(asking.slot, question, heard))
    if isinstance(heard, Misheard):
        return Missed(replace(form, misses=form.misses + 1), heard.because)
    return _settle(form, asking.slot, question.write(heard))


def counts_up(question: Question[object] | None, today: date) -> bool:
    """Whether a small number is an answer, so that it can't stand for a button: one person is not the first of them."""
    if question is None or not question.digits_are_answers:
        return False
    return not isinstance(question.hear(Said("1", today=today)), (Misheard, Unsure))


def _hear_pass(question: Question[object], form: Form, asking: Asking, incoming: Incoming) -> AnswerTaken | Missed:
    """In the chat a private question can only be passed over; an answer to it is not kept."""
    written = _pressed(asking, incoming)
    if written is None and words.fold(incoming.text) in {words.fold(option.label) for option in asking.options}:
        written = asking.options[0].written
    refused = question.refused(incoming.text) if written is None else None
    if written is None and refused is None:
        return Missed(replace(form, misses=form.misses + 1), "misheard.private")
    return _settle(form, asking.slot, written or question.write(refused or UNKNOWN))


def _pressed(asking: Asking, incoming: Incoming) -> str | None:
    if incoming.press is None or not 0 <= incoming.press.index < len(asking.options):
        return None
    return asking.options[incoming.press.index].written


def _typed(question: Question[object], asking: Asking, text: str) -> str | None:
    """The button that typed words stand for, where the question itself does not know it: candidates, and our own."""
    right = readers.yes_no(text) if asking.mode == "sure" else None
    if right is not None:
        return asking.options[0].written if right else AGAIN
    folded = words.fold(text)
    for number, option in enumerate(asking.options, start=1):
        ours = option.written is not None and (asking.mode != "ask" or option.written.startswith("@"))
        counted = (asking.mode == "which" or not question.digits_are_answers) and folded == str(number)
        # Where several may be chosen, one number alone is one of them, as if pressed.
        if (ours and folded and (counted or folded == words.fold(option.label))) or (question.several and counted):
            return option.written
    return None


def _settle(form: Form, slot: str, written: str) -> AnswerTaken:
    return AnswerTaken(form.with_answer(slot, written), again=form.answers.get(slot) == written)


def _hear_review(form: Form, asking: Asking, incoming: Incoming) -> AnswerTaken | Missed:
    written = _pressed(asking, incoming)
    if written is None:
        heard = moving.review_choice.hear(Said(incoming.text, shown=asking.options))
        right = readers.yes_no(incoming.text)
        written = (
            heard if isinstance(heard, str) else {True: "send", False: "edit"}.get(right) if right is not None else None
        )
    if written is None:
        return Missed(replace(form, misses=form.misses + 1), "misheard.review")
    return AnswerTaken(replace(form, answers={**form.answers, REVIEW: written}))


def _add_one(question: Question[object], form: Form, asking: Asking, written: str) -> AnswerTaken | Doubt | Missed:
    """Add or take away one of several; [Done] or an answer that stands alone ends it. What was answered is changed."""
    slot, answered = asking.slot, form.answers.get(asking.slot, "")
    chosen = [w for w in (form.drafts.get(slot) or answered).split("+") if w and not w.startswith("#")]
    if written == DONE:
        if not chosen:
            return Missed(form, "misheard.choose_one")
        return _settle(form, slot, "+".join(chosen))
    if written.startswith("#") or written in getattr(question, "alone", ()):
        return _settle(form, slot, written)
    chosen = [w for w in chosen if w != written] if written in chosen else [*chosen, written]
    if answered:
        return _settle(form, slot, "+".join(chosen)) if chosen else Missed(form, "misheard.choose_one")
    drafted = replace(form, drafts={**form.drafts, slot: "+".join(chosen)}, misses=0)
    return Doubt(drafted, Asks(slot=slot, prompt=Phrase("")))


def _doubt(slot: str, question: Question[object], unsure: Unsure) -> Asks:
    if len(unsure.candidates) == 1:
        only = unsure.candidates[0]
        options = (replace(only, label=Phrase("options.right")), Candidate(AGAIN, Phrase("options.change")))
        return Asks(slot=slot, prompt=Phrase("is_it", {"what": only.label}), options=options, mode="sure")
    none = Candidate(NONE_OF_THESE, Phrase("options.none_of_these"))
    prompt = Phrase("which_place" if question.expects == "unit" else "which_one")
    return Asks(slot=slot, prompt=prompt, options=(*unsure.candidates, none), mode="which")


def ask(conversation: Conversation[D], form: Form, facts: object, *, abroad: bool = False, pages: bool = False) -> Turn:
    """Walk to the first step the answers do not settle. Answers no longer reached are forgotten.

    abroad: what is private is not asked here. pages: but on a page of ours, which can be opened from here.
    """
    says: list[Say] = []
    reached: set[str] = set()
    brought = {slot for slot in form.answers if conversation.question(slot) is None}
    for place, step in enumerate(conversation.script):
        before = {slot: written for slot, written in form.answers.items() if slot in reached or slot in brought}
        now = Answers(before, form.day, facts, abroad=abroad)
        match step:
            case Say() | Tell() if (said := _not_said_yet(step, now, form)) is not None:
                says.append(said)
                form = replace(form, spoken=form.spoken | {said.phrase.key})
            case EndIf() if step.condition(now):
                return Turn(form, (*says, Say(step.say, openings=step.openings)), ended=True)
            case FinishIf() if step.condition(now):
                return Turn(_prune(conversation, form, reached), tuple(says))
            case Review():
                form = _prune(conversation, form, reached)
                if form.answers.get(REVIEW) != "send":
                    beside = step.beside(now) if step.beside is not None else {}
                    return Turn(form, tuple(says), _review(conversation, form, beside, abroad=abroad))
            case Ask() | Repeat():
                given = len(form.answers)
                form, unsettled = _go_through(step, now, form, reached, abroad=abroad, pages=pages)
                if len(form.answers) > given and PASSED_OVER.phrase.key not in form.spoken:
                    says.append(PASSED_OVER)
                    form = replace(form, spoken=form.spoken | {PASSED_OVER.phrase.key})
                if unsettled is not None:
                    form = _prune(conversation, form, reached, conversation.script[place:])
                    return Turn(form, tuple(says), _asked_for(form, unsettled, now))
    return Turn(_prune(conversation, form, reached), tuple(says))


def _not_said_yet(step: Say | Tell, now: Answers, form: Form) -> Say | None:
    said = step if isinstance(step, Say) else step.said(now)
    return None if said is None or said.phrase.key in form.spoken else said


def _go_through(
    step: Ask | Repeat, now: Answers, form: Form, reached: set[str], *, abroad: bool, pages: bool
) -> "tuple[Form, _Unsettled | None]":
    """Pass what is settled and fits; what may not be asked abroad is asked on a page, or counts as not known."""
    for slot, question in _open_slots(step, now, form.answers):
        reached.add(slot)
        if _settled(question, form.answers.get(slot)):
            if _fits(step, now, form, slot):
                continue
            return form.without(slot), _Unsettled(slot, question, misfit=True)
        if not (isinstance(step, Ask) and step.private and abroad):
            return form, _Unsettled(slot, question)
        if pages:
            return form, _Unsettled(slot, question, passed=step.passed())
        form = replace(form, answers={**form.answers, slot: step.passed()})
    return form, None


@dataclass(frozen=True, slots=True)
class _Unsettled:
    """The question to be asked.

    misfit: it had an answer that does not go with the others. passed: it is asked on a page, and this passes it over.
    """

    slot: str
    question: Question[object]
    misfit: bool = False
    passed: str = ""


def _fits(step: Ask | Repeat, now: Answers, form: Form, slot: str) -> bool:
    if isinstance(step, Repeat) or step.fits is None:
        return True
    return step.fits(Answers({**now.written(), slot: form.answers[slot]}, form.day, abroad=now.abroad))


def _asked_for(form: Form, unsettled: _Unsettled, now: Answers) -> Asks:
    if unsettled.passed:
        skip = Candidate(unsettled.passed, Phrase("options.pass_over"))
        return Asks(slot=unsettled.slot, prompt=Phrase("private_page"), options=(skip,), mode="private")
    asks = show(form, unsettled.slot, unsettled.question, now)
    if not unsettled.misfit:
        return asks
    hint = Phrase(f"{unsettled.question.key}_misfit")
    return replace(asks, prompt=Phrase("again", {"hint": hint, "question": asks.prompt}))


def _prune(conversation: Conversation[D], form: Form, reached: set[str], ahead: Sequence[Step] = ()) -> Form:
    """Keep what was reached or lies ahead, the review, and what an opening brought that no question asks for."""
    kept = {
        slot: written
        for slot, written in form.answers.items()
        if slot in reached or any(step.asks(slot) for step in ahead if isinstance(step, Ask | Repeat))
        or slot == REVIEW or conversation.question(slot) is None
    }  # fmt: skip
    return replace(form, answers=kept)


def _open_slots(step: Ask | Repeat, now: Answers, answers: Mapping[str, str]) -> Iterator[tuple[str, Question[object]]]:
    if isinstance(step, Ask):
        if step.only_if is None or step.only_if(now):
            yield step.question.key, step.question
        return
    times = 0
    while times < step.count(answers):
        for question in step.questions:
            yield f"{step.name}.{times}.{question.key}", question
        if times + 1 < step.most:
            yield f"{step.name}.{times}.{step.add.key}", step.add  # type: ignore[misc]  # a yes/no question is a question
        times += 1


def _settled(question: Question[object], written: str | None) -> bool:
    if written is None:
        return False
    try:
        question.read(written)
    except ValueError:
        return False
    return True


def show(form: Form, slot: str, question: Question[object], now: Answers) -> Asks:
    """A question with its buttons: its own, what else may be said, and [Done] where several are chosen."""
    chosen = set(form.drafts.get(slot, "").split("+"))
    options = [
        replace(c, label=Phrase("options.chosen", {"what": c.label})) if question.several and c.written in chosen else c
        for c in question.choices(now)
    ]
    options += [Candidate(f"#{name}", Phrase(f"options.{question.key}.{name}")) for name in question.others]
    if question.several:
        options.append(Candidate(DONE, Phrase("options.done")))
    return Asks(slot=slot, prompt=Phrase(question.key), options=tuple(options), contact=question.takes_contact(now))


def _review(conversation: Conversation[D], form: Form, beside: Mapping[str, object], *, abroad: bool) -> Asks:
    prompt = Phrase("review", {"lines": moving.review_lines(conversation, form, abroad=abroad), **beside})
    options = (Candidate(w, Phrase(f"options.review.{w}")) for w in moving.review_choices(conversation))
    return Asks(slot=REVIEW, prompt=prompt, options=tuple(options), once=True)
