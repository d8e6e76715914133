"""What reminders have in common: each is sent once, none on a holiday, and what came before it is not made up for.

Why a row and not a date: a job that was interrupted, a second leader or a clock set back must not remind twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.desk.messages.messages import Messages
from handlers.desk.office import Context
from handlers.flow.message import Say
from storage.queries import reminders
from storage.queries.outgoing import outbox

GOES_WITHIN = timedelta(days=1)  # what a sender could not send so long is not worth it any more


@dataclass(frozen=True, slots=True)
class ReminderMark:
    """One reminder: its kind, what it is about, such as `case:<id>`, and which one of its kind.

    within: what it can also be called off by, such as the case of a question.
    """

    kind: str
    subject: str
    number: int = 1
    within: str = ""


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """A reminder of a row of them: when it is due after what it reminds of, and until when it is worth sending."""

    number: int
    after: timedelta
    until: timedelta


@dataclass(frozen=True, slots=True)
class Reminders:
    """What is reminded of once, in one transaction."""

    context: Context

    def is_day_of_rest(self) -> bool:
        """Whether nobody is reminded of anything today; whom it concerned is looked at on the next day."""
        return self.context.calendar.is_holiday(self.context.today())

    def once(self, kind: str, subject: str, number: int) -> bool:
        """Note that something is reminded of now. False if it was before, and then nothing is to be said."""
        return reminders.once(self.context.unit, kind, subject, number, "sent", self.context.now)

    def skip(self, kind: str, subject: str, number: int) -> None:
        """Note that something need not be reminded of any more."""
        reminders.once(self.context.unit, kind, subject, number, "skipped", self.context.now)

    def remind(self, mark: ReminderMark, person_id: str, say: Say) -> bool:
        """Remind a person, unless she was before. What came before this one is not made up for any more."""
        if not self.once(mark.kind, mark.subject, mark.number):
            return False
        for number in range(1, mark.number):
            self.skip(mark.kind, mark.subject, number)
        place = "/".join(filter(None, (mark.kind, mark.within, mark.subject, str(mark.number))))
        return Messages(self.context).tell(
            person_id, say, kind="reminder", place=place, until=self.context.now + GOES_WITHIN
        )

    def call_off(self, person_id: str, about: str) -> None:
        """Send no reminder that has not left yet: what it is about is over. about: its kind, maybe with its subject."""
        self.context.unit.flush()
        outbox.call_off(self.context.unit, person_id, "reminder", f"/{about}/", self.context.now)


def step_of(steps: tuple[ReminderStep, ...], since: datetime, now: datetime) -> ReminderStep | None:
    """The latest step that is due and still worth it; None where there is none."""
    passed = now - since
    return next((step for step in reversed(steps) if step.after <= passed < step.until), None)
