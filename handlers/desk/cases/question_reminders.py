"""Reminders of an officer's question that its resident has not answered: two to her, and word to the officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, func, select

from handlers.desk.cases.cases import Cases
from handlers.desk.cases.news import CaseNews, question_doors
from handlers.desk.consents import Consents
from handlers.desk.messages import ReminderMark, Reminders, ReminderStep, step_of
from handlers.desk.office import Context
from handlers.flow.message import Say
from storage.tables import Case, CaseEvent
from storage.vault import KeyGone

KIND, TOLD = "question", "unanswered"
STEPS = (ReminderStep(1, timedelta(days=3), timedelta(days=7)), ReminderStep(2, timedelta(days=7), timedelta(days=21)))
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class QuestionReminders:
    """Reminders of one day."""

    context: Context

    def run(self, after: str = "", most: int = AT_ONCE) -> str:
        """Look at some requests that wait for an answer; returns where to go on, empty at the end."""
        if Reminders(self.context).is_day_of_rest():
            return ""
        found = self._unanswered(after, most)
        for case, asked in found:
            self._look_at(case, asked)
        return found[-1][0].id if len(found) == most else ""

    def _unanswered(self, after: str, most: int) -> Sequence[tuple[Case, CaseEvent]]:
        """Requests in which something is asked, with the latest time it was."""
        last = select(func.max(CaseEvent.id)).where(CaseEvent.case_id == Case.id, CaseEvent.kind == "asked")
        latest = last.correlate(Case).scalar_subquery()
        query = select(Case, CaseEvent).join(CaseEvent, col(CaseEvent.id) == latest)
        query = query.where(Case.state == "need_info", col(Case.body).is_not(None), col(Case.id) > after)
        query = query.where(col(CaseEvent.at) <= self.context.now - STEPS[0].after)
        query = query.where(col(CaseEvent.at) > self.context.now - STEPS[-1].until)
        found = self.context.unit.execute(query.order_by(col(Case.id)).limit(most))
        return [(case, asked) for case, asked in found]

    def _look_at(self, case: Case, asked: CaseEvent) -> None:
        step, context, subject = step_of(STEPS, asked.at, self.context.now), self.context, f"case_event:{asked.id}"
        if step is None:
            return
        if step == STEPS[-1] and Reminders(context).once(TOLD, subject, 1):
            CaseNews(context).unanswered(case)
        if not Consents(context).in_force("case_news", case.person_id):
            return
        try:
            what = Cases(context).question(case)
        except KeyGone:  # of a restored backup not every key may be left
            return
        say = Say("reminders.question", code=case.code, what=what, openings=question_doors(case.code))
        if Reminders(context).remind(ReminderMark(KIND, subject, step.number, f"case:{case.id}"), case.person_id, say):
            context.note("case.reminded", f"case:{case.id}", number=step.number)
