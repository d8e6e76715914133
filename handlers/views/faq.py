"""The questions that people ask, as a page has them: by topic, those that have all the words looked for."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.flow.message import Phrase
from handlers.texts import Voice
from handlers.verdicts import faq
from handlers.vietnamese import words


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One question in words. label: names it in the page's address. opens: the conversation its door leads to."""

    label: str
    title: str
    answer: str
    sources: str
    opens: str
    door: str


def questions(desk: Desk, voice: Voice, wanted: str) -> list[tuple[str, list[AskedQuestion]]]:
    """Each topic with its questions. wanted: only those that have these words, beside each other or else at all."""
    found = [(question.topic, _said(question, desk, voice)) for question in faq.QUESTIONS]
    folded = words.fold(wanted)
    beside = [(topic, one) for topic, one in found if _has(one, [folded])]
    fitting = beside or [(topic, one) for topic, one in found if _has(one, folded.split())]
    topics = dict.fromkeys(topic for topic, _ in fitting)
    return [(voice.say(Phrase(f"faq.topics.{topic}")), [one for of, one in fitting if of == topic]) for topic in topics]


def _said(question: faq.FrequentQuestion, desk: Desk, voice: Voice) -> AskedQuestion:
    today = desk.today()
    return AskedQuestion(
        label=question.label.replace("_", "-"),
        title=voice.say(question.title),
        answer=voice.say(faq.answer(question, today, desk.office)),
        sources="; ".join(faq.sources(question, today)),
        opens=question.door.opens,
        door=voice.say(Phrase(question.door.label)),
    )


def _has(one: AskedQuestion, wanted: list[str]) -> bool:
    told = f" {words.fold(one.title)} {words.fold(one.answer)}"
    return all(f" {word}" in told for word in wanted if word)
