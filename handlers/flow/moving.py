"""Moving among answers given: which there are and in which order, reading them over, taking one back.

Why they are numbered in script order: the review, "edit 3" and "back" have to mean the same answer.
"""

from collections.abc import Mapping
from typing import TypeVar

from handlers.flow.conversation import Ask, Conversation, Repeat, Review
from handlers.flow.message import Lines, Phrase
from handlers.flow.questions import Choice, Other, Question
from handlers.flow.session import Form

D = TypeVar("D")

review_choice = Choice("review", "send", "edit", "later", "cancel")


def shown(question: Question[object], written: str) -> object:
    """An answer as the person reads it back."""
    value = question.read(written)
    return Phrase(f"options.{question.key}.{value.name}") if isinstance(value, Other) else question.show(value)


def listed(conversation: Conversation[D], answers: Mapping[str, str], hidden: set[str]) -> list[str]:
    """The answered slots in script order, as the review numbers them."""
    slots: list[str] = []
    for step in conversation.script:
        if isinstance(step, Ask):
            slots.append(step.question.key)
        elif isinstance(step, Repeat):
            keys = [q.key for q in step.all()]
            slots += [f"{step.name}.{n}.{key}" for n in range(step.count(answers)) for key in keys]
    return [s for s in slots if s in answers and s.rpartition(".")[2] not in hidden]


def hidden_in_review(conversation: Conversation[D]) -> set[str]:
    """Keys of the questions that this conversation's review leaves out."""
    return {q.key for step in conversation.script if isinstance(step, Review) for q in step.hidden}


def review_lines(conversation: Conversation[D], form: Form, *, abroad: bool) -> Lines:
    """Every answer that the review shows, numbered; abroad, of what is private only that it was answered."""
    lines, private = [], _private(conversation) if abroad else set()
    for number, slot in enumerate(listed(conversation, form.answers, hidden_in_review(conversation)), start=1):
        question = conversation.question(slot)
        if question is not None:
            value = Phrase("answered_aside") if slot in private else shown(question, form.answers[slot])
            label = Phrase(f"label.{question.key}")
            lines.append(Phrase("review_line", {"number": number, "label": label, "value": value}))
    return Lines(tuple(lines))


def review_choices(conversation: Conversation[D]) -> tuple[str, ...]:
    """What may be chosen at the review; "later" only where the conversation is kept for later."""
    return tuple(w for w in review_choice.names if w != "later" or conversation.keeps_paused)


def back(conversation: Conversation[D], form: Form, *, abroad: bool = False) -> Form | None:
    """Forget the latest answer in script order; None if there is none to forget.

    abroad: what may not be asked there was not answered there either, and is passed over.
    """
    passed = _private(conversation) if abroad else set()
    slots = listed(conversation, form.answers, passed)
    return form.without(slots[-1]) if slots else None


def edit(conversation: Conversation[D], form: Form, number: int) -> Form | None:
    """Forget the answer with this number in the review; None if there is no such number."""
    slots = listed(conversation, form.answers, hidden_in_review(conversation))
    return form.without(slots[number - 1]) if 1 <= number <= len(slots) else None


def _private(conversation: Conversation[D]) -> set[str]:
    return {step.question.key for step in conversation.script if isinstance(step, Ask) and step.private}
