"""Prints a conversation as the script of a talk, which an official can read and sign without reading code."""

from collections.abc import Iterator, Mapping
from datetime import date
from textwrap import indent
from typing import TypeVar

from handlers.flow.conversation import Answers, Ask, Conversation, EndIf, FinishIf, Repeat, Review, Tell
from handlers.flow.message import Phrase, Say
from handlers.flow.moving import review_choices
from handlers.flow.questions import Question
from handlers.texts import Texts
from handlers.texts.loader import placeholders

D = TypeVar("D")


def script(conversation: Conversation[D], texts: Texts, language: str) -> str:
    """The script in one language: what is said and asked, in order, with the buttons and the conditions."""
    lines = [f"# {conversation.name}", ""]
    if conversation.opens_with:
        lines += [" · ".join(conversation.opens_with), ""]
    if conversation.needs:
        lines += [f"(consent: {conversation.needs})", ""]
    number = 0
    for step in conversation.script:
        if isinstance(step, Ask):
            number += 1
            only = f"   [{_clause(step.only_if, texts, language)}]" if step.only_if else ""
            private = "   (private)" if step.private else ""
            lines += [f"{number}. {_text(texts, language, conversation.scope, step.question.key)}{only}{private}"]
            lines += [*_buttons(step.question, texts, language, conversation.scope), ""]
        elif isinstance(step, Repeat):
            lines += [f"* {step.name}, up to {step.most} times:"]
            for question in step.all():
                lines += [f"  - {_text(texts, language, conversation.scope, question.key)}"]
                lines += [*_buttons(question, texts, language, conversation.scope), ""]
        else:
            lines += [_other(step, texts, language, conversation), ""]
    return "\n".join(lines).rstrip() + "\n"


def _other(
    step: Say | Tell | EndIf | FinishIf | Review, texts: Texts, language: str, conversation: Conversation[D]
) -> str:
    scope = conversation.scope
    if isinstance(step, Say):
        return f"— {_text(texts, language, scope, step.phrase.key)}"
    if isinstance(step, Tell):
        return f"— {_text(texts, language, scope, step.key)}"
    if isinstance(step, FinishIf):
        return f"— [{_clause(step.condition, texts, language)}] →"
    if isinstance(step, EndIf):
        return f"— [{_clause(step.condition, texts, language)}] {_text(texts, language, scope, step.say)} ∎"
    names = review_choices(conversation)
    buttons = " ".join(f"[{texts.sentence(language, f'options.review.{name}', scope)}]" for name in names)
    return f"— {_text(texts, language, scope, 'review')}\n   {buttons}"


def _clause(condition: object, texts: Texts, language: str) -> str:
    """A condition as a clause: its function's name is the key of its words."""
    return texts.sentence(language, f"when.{getattr(condition, '__name__', '')}")


def _text(texts: Texts, language: str, scope: str, key: str) -> str:
    return indent(texts.sentence(language, key, scope), "   ").lstrip()


def _buttons(question: Question[object], texts: Texts, language: str, scope: str) -> Iterator[str]:
    labels: list[Phrase] = []
    if getattr(question, "supplied", None) is None:
        labels = [c.label for c in question.choices(Answers({}, date(2000, 1, 1)))]
    words = [_filled(texts.sentence(language, p.key, scope), p.values) for p in labels]
    words += [texts.sentence(language, f"options.{question.key}.{name}", scope) for name in question.others]
    if question.several:
        words.append(texts.sentence(language, "options.done"))
    typed = [] if labels else [f"({question.expects})"]
    yield "   " + " ".join((*typed, *(f"[{w}]" for w in words)))


def _filled(template: str, values: Mapping[str, object]) -> str:
    """A text with its own values; what depends on the day stays a name in braces."""
    return template.format_map({name: f"{{{name}}}" for name in placeholders(template)} | dict(values))
