"""What officials do with a request: take it, ask, propose, approve, refuse, hand over and close.

Why proposing and approving are two: nothing with an amount is promised by one person alone. Why each act names the
last event its official has seen: of two at one request, the second is told what the first did.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal

from sqlmodel import col, select

from handlers.desk.cases import news as case_news
from handlers.desk.cases import refusals
from handlers.desk.cases.acts import CaseActs
from handlers.desk.cases.cases import Cases
from handlers.desk.cases.decision_words import DecisionWords, delivering
from handlers.desk.cases.decisions import CLASSES, MOST_WORDS, Decisions, Recognition, Support
from handlers.desk.cases.events import CasePlaced
from handlers.desk.cases.news import CaseNews
from handlers.desk.office import Context
from handlers.desk.officials import Officials
from handlers.flow.message import Opening, Say
from handlers.vietnamese import units
from storage.queries.cases import CLOSED
from storage.tables import Case, Task

# done; absent, or none of her business; changed since she looked; not possible in this state; her own proposal, which
# another has to approve; something in the form is missing or wrong.
CaseOutcome = Literal["done", "absent", "outdated", "not_now", "own", "invalid"]


@dataclass(frozen=True, slots=True)
class Casework:
    """What the official at the desk does with requests. seen: the id of the last event she was shown; empty: any."""

    context: Context

    def take(self, code: str, seen: str = "") -> CaseOutcome:
        """Take a request: it is hers, and under review. Taking a colleague's takes it over."""
        case, wrong = self._find(code, "case.take", seen)
        if case is None:
            return wrong
        if case.state in CLOSED:
            return "not_now"
        if case.state != "submitted":
            case.officer_id = self.context.acting().id
            self._cases.add_event(case, "taken")
            return "done"
        self._begin(case)
        name = Officials(self.context).name_of(case.officer_id)
        self._news.tell(case, Say("case.in_review", code=case.code, officer=name, due=case.due))
        return "done"

    def hand_over(self, code: str, official_id: str, seen: str = "") -> CaseOutcome:
        """Give a request to a colleague who may work on it; he is told."""
        case, wrong = self._find(code, "case.take", seen)
        if case is None:
            return wrong
        colleague = Officials(self.context).acting(official_id)
        if colleague is None or colleague.person_id == case.person_id or not colleague.may("case.take", case.unit_id):
            return "invalid"
        if case.state in CLOSED:
            return "not_now"
        case.officer_id = colleague.id
        self._cases.add_event(case, "handed_on")
        self._news.tell_official(colleague.id, "handed_on", case)
        return "done"

    def place(self, code: str, unit_id: str, seen: str = "") -> CaseOutcome:
        """Say which unit a request belongs to; whoever worked on it for another unit gives it up."""
        case, wrong = self._find(code, "case.place", seen)
        if case is None:
            return wrong
        if unit_id not in units.all_units() or unit_id == case.unit_id:
            return "invalid"
        before, case.unit_id, case.officer_id = case.unit_id, unit_id, None
        for task in self.context.unit.scalars(select(Task).where(Task.case_id == case.id, col(Task.done_at).is_(None))):
            task.unit_id = unit_id
        self.context.tell(CasePlaced(case))
        self._cases.add_event(case, "placed", before=before or "", after=unit_id)
        return "done"

    def ask(self, code: str, what: str, seen: str = "") -> CaseOutcome:
        """Ask the registrant for something: it reaches her as a question, and her answer comes back to the request."""
        case, wrong = self._find(code, "case.ask", seen)
        if case is None:
            return wrong
        if not self._said(what):
            return "invalid"
        self._begin(case)
        if case.state != "in_review":
            return "not_now"
        self._cases.move_to(case, "need_info", "asked", note=what, reason="something is missing")
        doors = case_news.question_doors(case.code)
        self._news.tell(case, Say("case.need_info", code=case.code, what=what, openings=doors))
        return "done"

    def note(self, code: str, words: str, seen: str = "") -> CaseOutcome:
        """Write something down for colleagues; the registrant is not told."""
        case, wrong = self._find(code, "case.note", seen)
        if case is None:
            return wrong
        if not self._said(words):
            return "invalid"
        self._cases.add_event(case, "noted", note=words)
        return "done"

    def propose(self, code: str, support: Support, seen: str = "") -> CaseOutcome:
        """Propose support; those who may approve it are told."""
        case, wrong = self._find(code, "case.propose", seen)
        if case is None:
            return wrong
        if not support.complete or (support.check_on is not None and support.check_on <= self.context.today()):
            return "invalid"
        self._begin(case, without_answer=True)
        if case.state != "in_review":
            return "not_now"
        self._decisions.keep(case, {"support": asdict(support)})
        case.check_on = support.check_on
        self._cases.move_to(case, "proposed", "proposed", note=support.what, reason="support was proposed")
        for lead in Officials(self.context).of_unit(case.unit_id, "case.approve"):
            if lead.id != self.context.acting().id:
                self._news.tell_official(lead.id, "to_approve", case)
        return "done"

    def approve(self, code: str, seen: str = "") -> CaseOutcome:
        """Approve what another proposed; the registrant is told what is planned and who approved it."""
        case, wrong = self._find(code, "case.approve", seen)
        if case is None:
            return wrong
        if case.state != "proposed":
            return "not_now"
        if CaseActs(self.context).proposed_it(case):
            self.context.note("case.own_approval_refused", f"case:{case.id}")
            return "own"
        support = self._decisions.support(case)
        self._cases.move_to(case, "approved", "approved", reason="approved by a second official")
        self._done(case, "complaint")
        told = DecisionWords(self.context).approved(case, support)
        self._news.tell(case, Say("case.approved", code=case.code, answer=told))
        self._news.tell_official(case.officer_id, "approved", case)
        return "done"

    def send_back(self, code: str, why: str, seen: str = "") -> CaseOutcome:
        """Send a proposal back to be looked at again."""
        case, wrong = self._find(code, "case.approve", seen)
        if case is None:
            return wrong
        if not self._said(why):
            return "invalid"
        if case.state != "proposed":
            return "not_now"
        self._cases.move_to(case, "in_review", "sent_back", note=why, reason="sent back by who may approve it")
        self._news.tell_official(case.officer_id, "sent_back", case)
        return "done"

    def refuse(self, code: str, reason: str, words: str, seen: str = "") -> CaseOutcome:
        """Say that it can't be helped this time: a reason of the list, own words, and what she can do now."""
        case, wrong = self._find(code, "case.refuse", seen)
        if case is None:
            return wrong
        found = refusals.reason(reason, self.context.today())
        if found is None or not self._said(words):
            return "invalid"
        if CaseActs(self.context).is_complained_of(case):
            self.context.note("case.own_refusal_refused", f"case:{case.id}")
            return "own"
        self._begin(case, without_answer=True)
        if case.state != "in_review":
            return "not_now"
        case.check_on = None
        self._decisions.keep(case, {"refused": found.key, "words": words, "source": found.source})
        self._cases.move_to(case, "refused", "refused", note=words, reason=found.key)
        self._done(case, "complaint")
        known = {"code": case.code}
        doors = (
            Opening("doors.more_papers", "more_papers", known),
            Opening("doors.officer", "officer"),
            Opening("doors.complain", "complain", known),
        )
        told = DecisionWords(self.context).refused(case, self._decisions.answer(case))
        self._news.tell(case, Say("case.refused", code=case.code, answer=told, openings=doors))
        return "done"

    def deliver(self, code: str, when: str, where: str, seen: str = "") -> CaseOutcome:
        """Say when and where what was approved is handed over."""
        case, wrong = self._find(code, "case.deliver", seen)
        if case is None:
            return wrong
        if not (self._said(when) and self._said(where)):
            return "invalid"
        if case.state != "approved":
            return "not_now"
        support = self._decisions.support(case)
        arranged = replace(support, when=when, where=where)
        self._decisions.keep(case, {"support": asdict(arranged)})
        self._cases.move_to(case, "delivering", "delivering", reason="the hand-over is arranged")
        told = Say("case.delivering", code=case.code, answer=delivering(arranged))
        # An instruction: a second copy with an older hour would send people to the wrong place.
        self._news.tell(case, told, kind="hand_over")
        return "done"

    def close(self, code: str, words: str, seen: str = "") -> CaseOutcome:
        """Close a request: what was handed over, or that nothing follows a refusal."""
        case, wrong = self._find(code, "case.close", seen)
        if case is None:
            return wrong
        if not self._said(words):
            return "invalid"
        if case.state not in ("delivering", "refused"):
            return "not_now"
        self._cases.move_to(case, "closed", "closed", note=words, reason="closed by an official")
        self._news.tell(case, Say("case.closed", code=case.code))
        return "done"

    def check(self, code: str, words: str, next_on: date | None = None, seen: str = "") -> CaseOutcome:
        """Write down how it stands with the conditions, and when they are looked at next; None: not again."""
        case, wrong = self._find(code, "case.check", seen)
        if case is None:
            return wrong
        if not self._said(words) or (next_on is not None and next_on <= self.context.today()):
            return "invalid"
        if CaseActs(self.context).in_the_way(case, "check"):
            return "not_now"
        case.check_on = next_on
        self._cases.add_event(case, "checked", note=words)
        return "done"

    def recognise(self, code: str, recognition: Recognition, seen: str = "") -> CaseOutcome:
        """Enter a signed decision on the household. It changes no answer and is told to nobody."""
        case, wrong = self._find(code, "case.recognise", seen)
        if case is None:
            return wrong
        known = recognition.grade in CLASSES and self._said(recognition.number)
        if not known or recognition.day > self.context.today():
            return "invalid"
        self._decisions.keep_recognition(case, recognition)
        self._cases.add_event(case, "recognised")
        return "done"

    def find(self, code: str, action: str, *, noted: bool = True) -> Case | None:
        """A case by its code, if the official at the desk may do this to it. Foreign and absent look alike.

        noted: whether a refusal is.
        """
        case = self.context.unit.scalars(select(Case).where(Case.code == code)).first()
        if case is None:
            return None
        if not self.context.allows(action, case.unit_id, f"case:{case.id}", noted=noted):
            return None
        if CaseActs(self.context).may(action, case):
            return case
        self.context.note("case.own_request_refused", f"case:{case.id}", action=action)
        return None

    # Inside

    @property
    def _cases(self) -> Cases:
        return Cases(self.context)

    @property
    def _decisions(self) -> Decisions:
        return Decisions(self.context)

    @property
    def _news(self) -> CaseNews:
        return CaseNews(self.context)

    def _find(self, code: str, action: str, seen: str) -> tuple[Case | None, CaseOutcome]:
        case = self.find(code, action)
        if case is None or case.body is None:
            return None, "absent"
        if seen and seen != CaseActs(self.context).last_event(case):
            return None, "outdated"
        return case, "done"

    def _begin(self, case: Case, *, without_answer: bool = False) -> None:
        """Take a request nobody looks at; what is done next is what its registrant is told.

        without_answer: nor is an answer waited for any longer.
        """
        if case.state == "submitted":
            case.officer_id = self.context.acting().id
            self._cases.move_to(case, "in_review", "in_review", reason="an officer began to look at it")
            self._done(case, "first_contact")
        elif case.state == "need_info" and without_answer:
            self._cases.move_to(case, "in_review", "in_review", reason="goes on without the answer")
        if case.state == "in_review" and case.officer_id is None:  # it was placed here, and not taken yet
            case.officer_id = self.context.acting().id

    def _said(self, words: str) -> bool:
        return bool(words.strip()) and len(words) <= MOST_WORDS

    def _done(self, case: Case, task: str) -> None:
        waiting = select(Task).where(Task.case_id == case.id, Task.kind == task, col(Task.done_at).is_(None))
        for row in self.context.unit.scalars(waiting):
            row.done_at = self.context.now
