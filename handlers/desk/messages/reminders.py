"""What reminders have in common: each is sent once, none on a holiday, and what came before it is not made up for.

Why a row and not a date: a job that was interrupted, a second leader or a clock set back must not remind twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from handlers.flow.message import Say
from storage.queries import reminders
from storage.queries.outgoing import outbox

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

GOES_WITHIN = timedelta(days=1)  # what a sender could not send so long is not worth it any more


@dataclass(frozen=True, slots=True)
class Mark:
    """One reminder: its kind, what it is about, such as `case:<id>`, and which one of its kind.

    within: what it can also be called off by, such as the case of a question.
    """

    kind: str
    subject: str
    number: int = 1
    within: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A reminder of a row of them: when it is due after what it reminds of, and until when it is worth sending."""

    number: int
    after: timedelta
    until: timedelta


def is_day_of_rest(desk: "Desk") -> bool:
    """Whether nobody is reminded of anything today; whom it concerned is looked at on the next day."""
    return desk.calendar.is_holiday(desk.today())


def once(desk: "Desk", kind: str, subject: str, number: int) -> bool:
    """Note that something is reminded of now. False if it was before, and then nothing is to be said."""
    return reminders.once(desk.unit, kind, subject, number, "sent", desk.now)


def skip(desk: "Desk", kind: str, subject: str, number: int) -> None:
    """Note that something need not be reminded of any more."""
    reminders.once(desk.unit, kind, subject, number, "skipped", desk.now)


def step_of(steps: tuple[Step, ...], since: datetime, now: datetime) -> Step | None:
    """The latest step that is due and still worth it; None where there is none."""
    passed = now - since
    return next((step for step in reversed(steps) if step.after <= passed < step.until), None)


def remind(desk: "Desk", mark: Mark, person_id: str, say: Say) -> bool:
    """Remind a person, unless she was before. What came before this one is not made up for any more."""
    if not once(desk, mark.kind, mark.subject, mark.number):
        return False
    for number in range(1, mark.number):
        skip(desk, mark.kind, mark.subject, number)
    place = "/".join(filter(None, (mark.kind, mark.within, mark.subject, str(mark.number))))
    return desk.messages.tell(person_id, say, kind="reminder", place=place, until=desk.now + GOES_WITHIN)


def call_off(desk: "Desk", person_id: str, about: str) -> None:
    """Send no reminder that has not left yet: what it is about is over. about: its kind, perhaps with its subject."""
    desk.unit.flush()
    outbox.call_off(desk.unit, person_id, "reminder", f"/{about}/", desk.now)
