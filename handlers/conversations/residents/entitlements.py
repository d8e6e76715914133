"""What may be had, two programmes a message, papers and law behind a button; and what a result stands on."""

from collections.abc import Mapping
from datetime import date

from handlers.desk import Desk
from handlers.desk.cases import Kept
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import MENU, Lines, Opening, Phrase, Say
from handlers.flow.moving import shown
from handlers.forms import questionnaire
from handlers.rules import changes, entitlements, poverty, reasons
from handlers.rules.household import Household
from handlers.rules.programmes import ProgrammeOffer
from handlers.verdicts import basis, offers, results

A_MESSAGE = 2
CHECK = Opening("doors.support", "eligibility")
ENTITLEMENTS = Opening("doors.entitlements", "entitlements")
LEGAL_BASIS = Opening("doors.legal_basis", "legal_basis")
SHEET = Opening("doors.sheet", "sheet")
WOULD_CHANGE = Opening("doors.would_change", "would_change")


def told(kept: Kept, *, abroad: bool) -> Answers:
    """The kept answers, on the day they were given."""
    return Answers(kept.answers, kept.day, abroad=abroad)


def list_offers(a: Answers, desk: Desk) -> Done:
    """List what the family may have: first what can be asked for now, then what follows a recognition."""
    kept = desk.households.mine()
    if kept is None:
        return Done(Say("check_first", openings=(CHECK, MENU)))
    answers = told(kept, abroad=a.abroad)
    household, today = questionnaire.family(answers), desk.today()
    found = _offers(household, today, held=questionnaire.holds_a_certificate(answers))
    begin = int(a.given("from") or 0)
    if a.given("details"):
        return Done(_details(found, today, begin, "entitlements"))
    total = () if begin else tuple(offers.family_sum(household, found, today))
    lines = (*offers.lines(_of_a_page(found, begin), today, household), *total)
    return Done(_page(found, lines, begin, "entitlements", has_result=True))


def _offers(household: Household, today: date, *, held: bool) -> tuple[ProgrammeOffer, ...]:
    # Who holds a certificate is told what that gives; the rest would only confuse.
    likely = frozenset[str]() if held else frozenset[str](poverty.assess(household, today).verdict.classes)
    return entitlements.offers(household, today, likely=likely)


def list_in_general(a: Answers, desk: Desk) -> Done:
    """List what there is for everybody who has not been asked anything."""
    today, begin = desk.today(), int(a.given("from") or 0)
    found = entitlements.general(today)
    if a.given("details"):
        return Done(_details(found, today, begin, "support"))
    lines = tuple(offers.lines(_of_a_page(found, begin), today))
    return Done(_page(found, lines, begin, "support", has_result=False))


def _of_a_page(found: tuple[ProgrammeOffer, ...], begin: int) -> tuple[ProgrammeOffer, ...]:
    return found[begin : begin + A_MESSAGE]


def _page(
    found: tuple[ProgrammeOffer, ...], lines: tuple[Phrase, ...], begin: int, name: str, *, has_result: bool
) -> Say:
    doors = [*_more(found, begin, name), Opening("doors.papers_and_law", name, {"from": str(begin), "details": "yes"})]
    doors.append(Opening("doors.officer_helps", "registration", {"needs": "papers"}))
    doors.append(SHEET if has_result else CHECK)
    return Say("offers", lines=Lines(lines), openings=(*doors, MENU))


def _details(found: tuple[ProgrammeOffer, ...], today: date, begin: int, name: str) -> Say:
    """Papers, amounts and law of the programmes of one page."""
    lines = Lines(tuple(offers.details(_of_a_page(found, begin), today)))
    return Say("offers", lines=lines, openings=(*_more(found, begin, name), MENU))


def _more(found: tuple[ProgrammeOffer, ...], begin: int, name: str) -> tuple[Opening, ...]:
    after = begin + A_MESSAGE
    return (Opening("doors.see_more", name, {"from": str(after)}),) if after < len(found) else ()


def tell_basis(a: Answers, desk: Desk) -> Done:
    """Print what the last result stands on: each reason, its article, from when to when, how sure, and which answer."""
    kept = desk.households.mine()
    if kept is None:
        return Done(Say("check_first", openings=(CHECK, MENU)))
    answers = told(kept, abroad=a.abroad)
    household = questionnaire.family(answers)
    found, held = poverty.assess(household, kept.day), questionnaire.holds_a_certificate(answers)
    why = reasons.of_offers(results.holder_offers(household, kept.day)) if held else reasons.reasons(household, found)
    lines = basis.lines(found, why, _read_back(answers))
    doors = (ENTITLEMENTS, MENU) if held else (WOULD_CHANGE, ENTITLEMENTS, MENU)
    return Done(Say("basis", lines=lines, day=kept.day, openings=doors))


def tell_changes(a: Answers, desk: Desk) -> Done:
    """Say what would make the last result another one."""
    kept = desk.households.mine()
    if kept is None:
        return Done(Say("check_first", openings=(CHECK, MENU)))
    household = questionnaire.family(told(kept, abroad=a.abroad))
    found = poverty.assess(household, kept.day)
    lines = basis.changes(found, changes.would_change(household, kept.day))
    return Done(Say("changes", lines=lines, day=kept.day, openings=(ENTITLEMENTS, LEGAL_BASIS, MENU)))


def _read_back(answers: Answers) -> Mapping[str, Phrase]:
    """Each answer with its label, by the question's key; abroad, of what is private only that it was answered."""
    written = answers.written()
    hidden = {question.key for question in questionnaire.PRIVATE} if answers.abroad else set()
    return {
        question.key: Phrase(
            "basis.answer",
            {
                "label": Phrase(f"label.{question.key}"),
                "value": Phrase("answered_aside") if question.key in hidden else shown(question, written[question.key]),
            },
        )
        for question in questionnaire.ALL
        if question.key in written
    }


conversations = (
    Conversation("entitlements", (), list_offers),
    Conversation("support", (), list_in_general),
    Conversation("legal_basis", (), tell_basis),
    Conversation("would_change", (), tell_changes, texts="legal_basis"),
)
