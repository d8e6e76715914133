"""News of a request: to who registered it, if she agreed to be told, and to the officials who work on it."""

from dataclasses import dataclass

from handlers.desk.consents import Consents
from handlers.desk.messages import Messages
from handlers.desk.office import Context
from handlers.desk.officials import Officials
from handlers.flow.message import Opening, Say
from handlers.vietnamese.units import unit_name
from storage.tables import Case


@dataclass(frozen=True, slots=True)
class CaseNews:
    """News of cases, each to one person."""

    context: Context

    def tell(self, case: Case, say: Say, *, kind: str = "notice") -> None:
        """Tell the registrant, if she agreed to be told."""
        if Consents(self.context).in_force("case_news", case.person_id):
            Messages(self.context).tell(case.person_id, say, kind=kind, place=f"case/{case.id}/{case.state}")

    def answered(self, case: Case) -> None:
        """Tell the official who works on a case that its registrant answered."""
        self.tell_official(case.officer_id, "answered", case)

    def unanswered(self, case: Case) -> None:
        """Tell the official who asked that her registrant has not answered; of a case nobody has, those who decide."""
        hers = Officials(self.context).acting(case.officer_id) if case.officer_id else None
        for official in [hers] if hers else Officials(self.context).of_unit(case.unit_id, "case.approve"):
            self.tell_official(official.id, "unanswered", case)

    def complained(self, case: Case) -> None:
        """Tell everybody who decides for the case's unit that there is a complaint."""
        for lead in Officials(self.context).of_unit(case.unit_id, "case.approve"):
            self.tell_official(lead.id, "complained", case)

    def tell_official(self, official_id: str | None, what: str, case: Case) -> None:
        """Tell an official in her chat, if she has one; never who the request is of."""
        official = Officials(self.context).acting(official_id) if official_id else None
        acts = self.context.official is not None and self.context.official.id == official_id
        if official is None or official.person_id is None or acts:
            return
        door = Opening("doors.look_at_case", "task", {"code": case.code})
        say = Say(f"case_news.{what}", code=case.code, unit=unit_name(case.unit_id), openings=(door,))
        Messages(self.context).tell(official.person_id, say, place=f"case/{case.id}/{what}/{official.id}")


def question_doors(code: str) -> tuple[Opening, ...]:
    """The ways to answer what an officer asks about a case."""
    known = {"code": code}
    return (
        Opening("doors.answer_case", "answer_case", known),
        Opening("doors.paper_for_case", "paper_for_case", known),
        Opening("doors.no_paper", "no_paper", known),
    )
