"""Reminders of promises: three days before the day, on it, and the day after; three in all, and never two on one day.

Why the number of a reminder comes from the day and not from a count: a night that was missed is not made up for, and a
job that runs twice reminds once. What falls on days of rest comes on the first day after them: the last of it alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, or_, update
from sqlmodel import col, select

from handlers.desk.consents import Consents
from handlers.desk.messages import GOES_WITHIN, Messages, Reminders
from handlers.desk.office import Context
from handlers.desk.pledges.news import how_much
from handlers.desk.pledges.pledges import Pledges
from handlers.desk.pledges.ways import WaysToPay
from handlers.flow.message import Opening, Phrase, Say
from storage.queries.pledges import OPEN
from storage.tables import Pledge, PledgeEvent

DAYS_TO_GO = {3: 1, 0: 2, -1: 3}  # days until the promised one: the number of the reminder
MOST_REMINDERS = 3
AT_ONCE = 50
REMINDED = "reminded"


@dataclass(frozen=True, slots=True)
class PledgeReminders:
    """Reminders of one day."""

    context: Context

    def run(self) -> int:
        """Remind some of those whose day it is; returns how many were looked at."""
        if Reminders(self.context).is_day_of_rest():
            return 0
        due = self._due_today()
        pledges = self._due_near(due)
        for pledge in pledges:
            self._remind(pledge, max(n for n, (first, last) in due.items() if first <= _due(pledge) <= last))
        return len(pledges)

    def _due_today(self) -> Mapping[int, tuple[date, date]]:
        """For each reminder the promised days, from the first to the last, that today is the day to remind of."""
        first = today = self.context.today()
        while self.context.calendar.is_holiday(first - timedelta(days=1)):
            first -= timedelta(days=1)
        return {n: (first + timedelta(days=days), today + timedelta(days=days)) for days, n in DAYS_TO_GO.items()}

    def _due_near(self, due: Mapping[int, tuple[date, date]]) -> Sequence[Pledge]:
        """Promises whose day it is and that were not looked at for it yet."""
        near = or_(*(and_(col(Pledge.due).between(*days), col(Pledge.reminders) < n) for n, days in due.items()))
        query = select(Pledge).where(
            near, col(Pledge.closed_at).is_(None), col(Pledge.quiet).is_(False), Pledge.received == 0,
            Pledge.handed == 0, col(Pledge.state).in_(OPEN),
        )  # fmt: skip
        return self.context.unit.scalars(query.order_by(col(Pledge.id)).limit(AT_ONCE)).all()

    def _remind(self, pledge: Pledge, number: int) -> None:
        """Send one reminder, unless it was sent, enough were, or she is not to be reminded."""
        context = self.context
        waits = (col(Pledge.id) == pledge.id, col(Pledge.reminders) < number, col(Pledge.quiet).is_(False))
        change = update(Pledge).where(*waits).values(reminders=number)
        if context.unit.change(change.execution_options(synchronize_session=False)) != 1:
            return
        context.unit.refresh(pledge)
        if not self._may_be_reminded(pledge):
            return
        Pledges(context).event(pledge, REMINDED)
        context.note(f"pledge.{REMINDED}", f"pledge:{pledge.id}", number=number)
        place = f"reminder/{pledge.id}/{_due(pledge).isoformat()}/{number}"
        Messages(context).tell(
            pledge.person_id, self._reminder(pledge), kind="reminder", place=place, until=context.now + GOES_WITHIN
        )

    def _may_be_reminded(self, pledge: Pledge) -> bool:
        """Goods wait for an appointment; nobody is reminded who took her consent back, was today, or often enough."""
        context = self.context
        query = select(PledgeEvent.at).where(PledgeEvent.pledge_id == pledge.id, PledgeEvent.kind == REMINDED)
        sent = [at.astimezone(context.zone).date() for at in context.unit.scalars(query)]
        waits = pledge.kind != "money" and pledge.state == "offered"
        return not waits and len(sent) < MOST_REMINDERS and context.today() not in sent and self._agrees(pledge)

    def _agrees(self, pledge: Pledge) -> bool:
        return Consents(self.context).in_force("give", pledge.person_id)

    def _reminder(self, pledge: Pledge) -> Say:
        """What she promised, below a first line that anybody may see."""
        known = {"code": pledge.code}
        doors = [
            Opening("doors.gift_sent", "gift_sent", known),
            Opening("doors.put_off_gift", "put_off_gift", known),
            Opening("doors.hush_gift", "hush_gift", known),
        ]
        what: object = how_much(pledge.amount, pledge.measure)
        told: dict[str, object] = {"code": pledge.code, "day": _due(pledge)}
        way = WaysToPay(self.context).of(pledge) if pledge.kind == "money" else None
        if way is not None:
            doors.append(Opening("doors.how_to_pay", "how_to_pay", known))
            return Say(Phrase("pledge_reminder_money", {**told, "what": what, **way.asking}), openings=tuple(doors))
        if pledge.kind != "money":
            what = Phrase("gift.amount_of_what", {"amount": what, "what": Pledges(self.context).body(pledge).what})
        return Say(Phrase("pledge_reminder", {**told, "what": what}), openings=tuple(doors))


def _due(pledge: Pledge) -> date:
    assert pledge.due is not None  # noqa: S101  # only those with a day are looked for
    return pledge.due
