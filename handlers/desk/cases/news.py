"""News of a request: to who registered it, if she agreed to be told, and to the officials who work on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from handlers.desk.cases import refusals
from handlers.desk.cases.decisions import Decisions, Support
from handlers.flow.message import Dong, Opening, Phrase, Say
from handlers.vietnamese import units
from storage.tables import Case, CaseEvent

if TYPE_CHECKING:
    from handlers.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class CaseNews:
    """News of cases, each to one person."""

    desk: "Desk"

    def tell(self, case: Case, say: Say, *, kind: str = "notice") -> None:
        """Tell the registrant, if she agreed to be told."""
        if self.desk.consents.in_force("case_news", case.person_id):
            self.desk.messages.tell(case.person_id, say, kind=kind, place=f"case/{case.id}/{case.state}")

    def answered(self, case: Case) -> None:
        """Tell the official who works on a case that its registrant answered."""
        self.tell_official(case.officer_id, "answered", case)

    def unanswered(self, case: Case) -> None:
        """Tell the official who asked that her registrant has not answered; of a case nobody has, those who decide."""
        hers = self.desk.officials.acting(case.officer_id) if case.officer_id else None
        for official in [hers] if hers else self.desk.officials.of_unit(case.unit_id, "case.approve"):
            self.tell_official(official.id, "unanswered", case)

    def complained(self, case: Case) -> None:
        """Tell everybody who decides for the case's unit that there is a complaint."""
        for lead in self.desk.officials.of_unit(case.unit_id, "case.approve"):
            self.tell_official(lead.id, "complained", case)

    def tell_official(self, official_id: str | None, what: str, case: Case) -> None:
        """Tell an official in her chat, if she has one; never who the request is of."""
        official = self.desk.officials.acting(official_id) if official_id else None
        acts = self.desk.official is not None and self.desk.official.id == official_id
        if official is None or official.person_id is None or acts:
            return
        door = Opening("doors.look_at_case", "task", {"code": case.code})
        say = Say(f"case_news.{what}", code=case.code, unit=unit_name(case.unit_id), openings=(door,))
        self.desk.messages.tell(official.person_id, say, place=f"case/{case.id}/{what}/{official.id}")


def question_doors(code: str) -> tuple[Opening, ...]:
    """The ways to answer what an officer asks about a case."""
    known = {"code": code}
    return (
        Opening("doors.answer_case", "answer_case", known),
        Opening("doors.paper_for_case", "paper_for_case", known),
        Opening("doors.no_paper", "no_paper", known),
    )


def unit_name(unit_id: str | None) -> str:
    """A unit's name; a dash where it is not known yet."""
    unit = units.all_units().get(unit_id or "")
    return unit.name if unit else "–"


def answer(desk: "Desk", case: Case) -> Phrase | None:
    """What was decided on a case, as its registrant is told; None where nothing is, or it was forgotten."""
    if case.answer is None or case.body is None:
        return None
    decisions = Decisions(desk)
    if case.state == "refused":
        return refused(desk, case, decisions.answer(case))
    if case.state == "approved":
        return approved(desk, case, decisions.support(case))
    if case.state == "delivering":
        return delivering(decisions.support(case))
    return None


def approved(desk: "Desk", case: Case, support: Support) -> Phrase:
    """What is planned, and who approved it."""
    query = select(CaseEvent.actor).where(CaseEvent.case_id == case.id, CaseEvent.kind == "approved")
    by = desk.unit.scalars(query.order_by(col(CaseEvent.id).desc()).limit(1)).first() or ""
    approver = desk.officials.name_of_actor(by)
    return Phrase("next.told.approved", {"unit": unit_name(case.unit_id), "approver": approver, **in_words(support)})


def refused(desk: "Desk", case: Case, answer: Mapping[str, object]) -> Phrase:
    """Why it can't be helped this time: the reason of that day with its article, and the official's own words."""
    found = refusals.reason(str(answer["refused"]), (case.closed_at or desk.now).astimezone(desk.zone).date())
    reason: object = found.words if found else answer["source"]
    if found and found.source:
        reason = Phrase("case.with_source", {"reason": found.words, "source": found.source})
    return Phrase("next.told.refused", {"reason": reason, "words": answer["words"]})


def delivering(support: Support) -> Phrase:
    """When and where it is handed over."""
    told = {"what": in_words(support)["what"], "when": support.when, "where": support.where}
    return Phrase("next.told.delivering", told)


def in_words(support: Support) -> dict[str, object]:
    """Support as it is said: what, with its amount, and when."""
    what: object = support.what
    if support.amount is not None:
        what = Phrase("case.with_amount", {"what": support.what, "amount": Dong(support.amount)})
    return {"what": what, "when": support.when or Phrase("case.later")}
