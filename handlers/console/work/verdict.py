"""What the rules say to what a family said of itself, computed as on its day, with the law; never a decision."""

from dataclasses import dataclass
from datetime import date

from handlers.console.screen.words import Field, plain
from handlers.desk import Desk
from handlers.desk.cases import Kept
from handlers.flow.conversation import Answers
from handlers.flow.moving import shown
from handlers.forms import questionnaire
from handlers.rules import poverty, reasons
from handlers.rules.poverty import Assessment
from handlers.texts import Phrase
from handlers.verdicts import basis, results
from storage.tables import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the family said of itself, and what the rules say to that; never a decision.

    anew: the rules as we have them now don't give what was computed then. open: what an official has to find out.
    """

    day: date
    outcome: Phrase
    anew: bool
    basis: Phrase
    open: Phrase | None
    answers: tuple[Field, ...]


def check(desk: Desk, case: Case) -> Check | None:
    """The check of the registrant's own family, computed as it was on its day; she also has a case, so officials
    may read it.
    """
    may_read = not case.for_other and desk.consents.in_force("register", case.person_id)
    kept = desk.households.of(case.person_id) if may_read else None
    if kept is None:
        return None
    answers, found, same = _computed(kept)
    household = questionnaire.family(answers)
    holder = questionnaire.holds_a_certificate(answers)
    why = reasons.of_offers(results.holder_offers(household, kept.day)) if holder else reasons.reasons(household, found)
    return Check(
        day=kept.day,
        outcome=_outcome(kept.outcome, holder=holder),
        anew=not same,
        basis=plain(basis.lines(found, why, {})),
        open=None if holder else _open(found),
        answers=_answers(answers),
    )


def _computed(kept: Kept) -> tuple[Answers, Assessment, bool]:
    """The answers assessed on their day, and whether that gives what was kept.

    Through a channel abroad some are not asked, and so not known; which it was is told by what came of it.
    """
    tried = [Answers(kept.answers, kept.day, abroad=abroad) for abroad in (False, True)]
    assessed = [(a, poverty.assess(questionnaire.family(a), kept.day)) for a in tried]
    if questionnaire.holds_a_certificate(tried[0]):
        return *assessed[0], str(tried[0][questionnaire.certificate]) == kept.outcome
    alike = [one for one in assessed if one[1].outcome == kept.outcome]
    return *(alike or assessed)[0], bool(alike)


def _outcome(outcome: str, *, holder: bool) -> Phrase:
    if holder:
        return Phrase("console.request.holds", {"certificate": Phrase(f"options.certificate.{outcome}")})
    return Phrase("console.request.likely", {"outcome": Phrase(f"verdict.short.{outcome}")})


def _open(found: Assessment) -> Phrase | None:
    """What is not known, and would decide."""
    what = [Phrase(f"lack.{code}") for code in found.verdict.open] if found.verdict.counted else []
    what += [Phrase("label.income")] if found.verdict.income == "unclear" else []
    what += [Phrase("console.request.which_line")] if found.other is not None else []
    return Phrase("console.request.open", {"what": tuple(what)}) if what else None


def _answers(answers: Answers) -> tuple[Field, ...]:
    written = answers.written()
    asked = [question for question in questionnaire.ALL if question.key in written]
    return tuple(Field(Phrase(f"label.{q.key}"), plain(shown(q, written[q.key]))) for q in asked)
