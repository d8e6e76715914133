"""Asks a household once more whether what was handed over arrived, before its silence is looked into."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from handlers.desk.allocations.grievances import SILENCE
from handlers.desk.allocations.news import AllocationNews
from handlers.desk.allocations.steps import AllocationSteps
from handlers.desk.consents import Consents
from handlers.desk.messages import ReminderMark, Reminders
from handlers.desk.office import Context
from storage.tables import Allocation, Case, NeedSlot

KIND = "arrival"
ASKED_AGAIN = timedelta(days=3)
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ArrivalReminders:
    """Reminders of one day."""

    context: Context

    def run(self, after: str = "", most: int = AT_ONCE) -> str:
        """Look at some hand-overs without a word; returns where to go on, empty at the end."""
        if Reminders(self.context).is_day_of_rest():
            return ""
        found = self._without_a_word(after, most)
        for row, case in found:
            self._ask_again(row, case)
        return found[-1][0].id if len(found) == most else ""

    def _without_a_word(self, after: str, most: int) -> Sequence[tuple[Allocation, Case]]:
        handed, now = col(Allocation.handed_at), self.context.now
        query = (
            select(Allocation, Case)
            .join(NeedSlot, col(NeedSlot.id) == col(Allocation.slot_id))
            .join(Case, col(Case.id) == col(NeedSlot.case_id))
            .where(Allocation.state == "handed_over", col(Allocation.id) > after, col(Case.body).is_not(None))
            .where(handed <= now - ASKED_AGAIN, handed > now - SILENCE)
        )
        found = self.context.unit.execute(query.order_by(col(Allocation.id)).limit(most))
        return [(row, case) for row, case in found]

    def _ask_again(self, row: Allocation, case: Case) -> None:
        context = self.context
        if not Consents(context).in_force("case_news", case.person_id):
            return
        say = AllocationNews(context).arrived(AllocationSteps(context).of(row), case)
        if Reminders(context).remind(ReminderMark(KIND, f"allocation:{row.id}"), case.person_id, say):
            context.note("allocation.reminded", f"allocation:{row.id}")
