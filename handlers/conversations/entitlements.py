"""What may be had, five programmes a message, and what a result stands on, with source, time and how sure it is."""

from typing import cast

from handlers import offers, questionnaire, results
from handlers.desk import Desk
from handlers.desk.households import Kept
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.engine import shown
from handlers.flow.message import Lines, Opening, Phrase, Say
from handlers.flow.questions import Question
from handlers.rules import poverty, programmes

A_MESSAGE = 5
# The answers that led to a result; those about the house are named as lacks.
LED_THERE = cast(
    "tuple[Question[object], ...]",
    (
        questionnaire.unit,
        questionnaire.certificate,
        questionnaire.members,
        questionnaire.income,
        questionnaire.income_each,
    ),
)
MENU = Opening("doors.menu", "@menu")
CHECK = Opening("doors.support", "eligibility")


def told(kept: Kept) -> Answers:
    """The kept answers, on the day they were given."""
    return Answers(kept.answers, kept.day)


def list_offers(a: Answers, desk: Desk) -> Done:
    """List what the family may have: first what can be asked for now, then what follows a recognition."""
    kept = desk.households.mine()
    if kept is None:
        return Done(Say("check_first", openings=(CHECK, MENU)))
    household = questionnaire.family(told(kept))
    # Who holds a certificate is told what that gives; the rest would only confuse.
    held = questionnaire.holds_a_certificate(told(kept))
    likely = frozenset[str]() if held else frozenset[str](poverty.assess(household, desk.today()).verdict.classes)
    found = programmes.offers(household, desk.today(), likely=likely)
    begin = int(a.given("from") or 0)
    return Done(_page(found, begin, "entitlements", has_result=True))


def list_in_general(a: Answers, desk: Desk) -> Done:
    """List what there is for everybody who has not been asked anything."""
    return Done(_page(programmes.general(desk.today()), int(a.given("from") or 0), "support", has_result=False))


def _page(found: tuple[programmes.Offer, ...], begin: int, name: str, *, has_result: bool) -> Say:
    shown = found[begin : begin + A_MESSAGE]
    doors = []
    if begin + A_MESSAGE < len(found):
        doors.append(Opening("doors.see_more", name, {"from": str(begin + A_MESSAGE)}))
    doors.append(Opening("doors.officer_helps", "registration", {"needs": "papers"}))
    doors += [] if has_result else [CHECK]
    return Say("offers", lines=Lines(tuple(offers.lines(shown))), openings=(*doors, MENU))


def tell_basis(a: Answers, desk: Desk) -> Done:
    """Print what the last result stands on."""
    kept = desk.households.mine()
    if kept is None:
        return Done(Say("check_first", openings=(CHECK, MENU)))
    found = poverty.assess(questionnaire.family(told(kept)), kept.day)
    lines = tuple(results.basis_line(row) for row in results.rows_of(found))
    answers = tuple(_answer(question, kept) for question in LED_THERE if question.key in kept.answers)
    entitlements = Opening("doors.entitlements", "entitlements")
    return Done(Say("basis", lines=Lines(lines), answers=Lines(answers), day=kept.day, openings=(entitlements, MENU)))


def _answer(question: Question[object], kept: Kept) -> Phrase:
    value = shown(question, kept.answers[question.key])
    return Phrase("basis.answer", {"label": Phrase(f"label.{question.key}"), "value": value})


conversations = (
    Conversation("entitlements", (), list_offers),
    Conversation("support", (), list_in_general),
    Conversation("legal_basis", (), tell_basis),
)
