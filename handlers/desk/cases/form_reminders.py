"""Reminders of registrations left half done: one after a day, one after three, then never.

Why the form and not the person: who begins anew begins another form, and one that was reminded of twice stays quiet
however often she writes of other things.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Row
from sqlmodel import col, select

from handlers.desk.consents import Consents
from handlers.desk.messages import ReminderMark, Reminders, ReminderStep, step_of
from handlers.desk.office import Context
from handlers.flow.message import Opening, Say
from handlers.flow.session import Form, StoredSession, load
from storage.queries.incoming import sessions
from storage.tables import Person, SessionRow
from storage.vault import KeyGone

KIND, CONVERSATION = "form", "registration"
# Ten days, so that whoever stopped on the eve of Tết is still reminded after it.
STEPS = (ReminderStep(1, timedelta(days=1), timedelta(days=3)), ReminderStep(2, timedelta(days=3), timedelta(days=10)))
AT_ONCE = 100  # sessions to open


@dataclass(frozen=True, slots=True)
class FormReminders:
    """Reminders of one day."""

    context: Context

    def run(self, after: str = "", most: int = AT_ONCE) -> str:
        """Look at some of those who stopped lately; returns where to go on, empty at the end. after: where it was."""
        if Reminders(self.context).is_day_of_rest():
            return ""
        found = self._untouched(after, most)
        for person_id, changed_at in found:
            self._look_at(person_id, changed_at)
        return found[-1][0] if len(found) == most else ""

    def _untouched(self, after: str, most: int) -> Sequence[Row[str, datetime]]:
        """Persons, and since when they have written nothing."""
        now, changed = self.context.now, col(SessionRow.changed_at)
        query = select(SessionRow.person_id, SessionRow.changed_at).join(
            Person, col(Person.id) == col(SessionRow.person_id)
        )
        query = query.where(Person.state == "active", col(SessionRow.person_id) > after)
        query = query.where(changed <= now - STEPS[0].after, changed > now - STEPS[-1].until)
        return self.context.unit.execute(query.order_by(col(SessionRow.person_id)).limit(most)).all()

    def _look_at(self, person_id: str, changed_at: datetime) -> None:
        step, context = step_of(STEPS, changed_at, self.context.now), self.context
        form = self._half_done(person_id)
        if step is None or form is None or self._wants_none(person_id):
            return
        kept_until = context.office.retention("unfinished_form").after(changed_at).astimezone(context.zone).date()
        mark = ReminderMark(KIND, f"form:{form.id or person_id}", step.number)
        Reminders(context).remind(mark, person_id, _said(step.number, kept_until))

    def _half_done(self, person_id: str) -> Form | None:
        try:
            stored = sessions.load(self.context.unit, self.context.vault, person_id)
        except KeyGone:  # of a restored backup not every key may be left
            return None
        session = load(cast(StoredSession, stored)) if stored else None
        if session is None:
            return None
        open_one = session.form if session.form and session.form.conversation == CONVERSATION else None
        return open_one or session.paused_form(CONVERSATION)

    def _wants_none(self, person_id: str) -> bool:
        """Whether she said no to news of a request, or took her yes back, as DỪNG HẾT does."""
        said = Consents(self.context).latest(person_id, "case_news")
        return said is not None and said.state != "given"


def _said(number: int, kept_until: date) -> Say:
    doors = (Opening("doors.resume", "@resume", {"conversation": CONVERSATION}), Opening("doors.later", "@later"))
    if number == STEPS[-1].number:
        return Say("reminders.form_last", day=kept_until, openings=doors)
    return Say("reminders.form", openings=doors)
