"""What was decided on a case, as its registrant is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from handlers.desk.cases import refusals
from handlers.desk.cases.decisions import Decisions, Support
from handlers.desk.office import Context
from handlers.desk.officials import Officials
from handlers.flow.message import Dong, Phrase
from handlers.vietnamese.units import unit_name
from storage.tables import Case, CaseEvent


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """What was decided on cases, in words."""

    context: Context

    def answer(self, case: Case) -> Phrase | None:
        """What was decided on a case, as its registrant is told; None where nothing is, or it was forgotten."""
        if case.answer is None or case.body is None:
            return None
        decisions = Decisions(self.context)
        if case.state == "refused":
            return self.refused(case, decisions.answer(case))
        if case.state == "approved":
            return self.approved(case, decisions.support(case))
        if case.state == "delivering":
            return delivering(decisions.support(case))
        return None

    def approved(self, case: Case, support: Support) -> Phrase:
        """What is planned, and who approved it."""
        query = select(CaseEvent.actor).where(CaseEvent.case_id == case.id, CaseEvent.kind == "approved")
        by = self.context.unit.scalars(query.order_by(col(CaseEvent.id).desc()).limit(1)).first() or ""
        approver = Officials(self.context).name_of_actor(by)
        return Phrase(
            "next.told.approved", {"unit": unit_name(case.unit_id), "approver": approver, **in_words(support)}
        )

    def refused(self, case: Case, answer: Mapping[str, object]) -> Phrase:
        """Why it can't be helped this time: the reason of that day with its article, and the official's own words."""
        found = refusals.reason(
            str(answer["refused"]), (case.closed_at or self.context.now).astimezone(self.context.zone).date()
        )
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
