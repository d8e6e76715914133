"""The clock's side of announcements: begin those whose time has come, hand them out in slices, end what is through.

Why in slices that stay a second ahead: a stop takes effect on all that is not in the outbox yet, and answers to people
who write meanwhile wait behind a second's work at most. Why what is left of a stopped one is cancelled by the clock: a
stop that touched rows which are being sent would collide with the sending, and have to be tried again and again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import or_
from sqlmodel import col, select

from handlers.desk.announcing import audiences
from handlers.desk.announcing.audience import Kind
from handlers.desk.announcing.news import BroadcastNews
from handlers.desk.announcing.rows import BroadcastRows
from handlers.desk.announcing.words import BroadcastWords
from handlers.desk.messages import Messages
from handlers.desk.office import Context
from storage.queries.announcing import broadcasts, digests, states
from storage.tables import Broadcast

SLICE = 100
WORTH_S = 0.25  # a slice is handed out once so much of a second is to be filled: a small one costs as much
STOPPED_AT_ONCE = 2_000
LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BroadcastRun:
    """One look at the broadcasts that are under way."""

    context: Context

    def begin(self) -> int:
        """Begin those that were approved and whose time has come; returns how many it looked at.

        What is no longer what was approved never begins: nobody has agreed to it, whoever changed it in the database.
        """
        context = self.context
        due = or_(col(Broadcast.start).is_(None), col(Broadcast.start) <= context.now)
        query = select(Broadcast).where(Broadcast.state == "scheduled", due).order_by(col(Broadcast.id))
        rows = [row for row in context.unit.scalars(query).all() if self._may_go(row)]
        for row in rows:
            if BroadcastRows(context).digest(row) != row.digest:
                self._refuse(row)
                continue
            states.move(context.unit, row, "sending", began_at=context.now)
            row.rendered = BroadcastWords(context).rendered(row)
            context.unit.add(row)
            context.unit.flush()
            context.note("broadcast.began", f"broadcast:{row.id}", code=row.code, people=row.people)
        return len(rows)

    def release(self, rates: Mapping[str, float]) -> int:
        """Hand out the next slice of those being sent, warnings first; returns how many recipients it took.

        rates: messages a second, by channel.
        """
        context = self.context
        query = select(Broadcast).where(Broadcast.state == "sending")
        rows = context.unit.scalars(query.order_by((col(Broadcast.kind) == "warning").desc(), col(Broadcast.id))).all()
        for row in rows:
            if not self._may_go(row):
                continue
            wants = audiences.agrees(cast("Kind", row.kind), row.topic)
            for channel, rate in rates.items():
                room = max(int(rate), 1) - broadcasts.ahead(context.unit, channel, context.now)
                if room < max(1, min(SLICE, int(rate * WORTH_S))):
                    continue
                if taken := broadcasts.release(
                    context.unit, context.vault, row, channel, wants, min(SLICE, room), context.now
                ):
                    return taken
        return 0

    def end(self) -> int:
        """End those that have nobody left to go to; returns how many."""
        context = self.context
        ended = 0
        for row in context.unit.scalars(select(Broadcast).where(Broadcast.state == "sending")).all():
            which = cast("int", row.id)
            if broadcasts.has_planned(context.unit, which) or broadcasts.is_under_way(context.unit, which):
                continue
            if states.move(context.unit, row, "done", ended_at=context.now):
                context.note("broadcast.done", f"broadcast:{which}", code=row.code)
                BroadcastNews(context).done(row)
                ended += 1
        return ended

    def call_off(self) -> int:
        """Cancel some of what has not left of those that were stopped lately; returns how many rows that changed."""
        context, changed = self.context, 0
        lately = (col(Broadcast.state) == "cancelled", col(Broadcast.ended_at) > context.now - LATELY)
        for which in context.unit.scalars(select(Broadcast.id).where(*lately)).all():
            number = cast("int", which)
            changed += broadcasts.halt(context.unit, number, STOPPED_AT_ONCE, context.now)
            changed += digests.pull_back(context.unit, number, context.now)
        return changed

    def _refuse(self, row: Broadcast) -> None:
        states.move(self.context.unit, row, "cancelled", ended_at=self.context.now, changed_at=self.context.now)
        self.context.note("broadcast.not_as_approved", f"broadcast:{row.id}", code=row.code)
        BroadcastNews(self.context).not_as_approved(row)

    def _may_go(self, row: Broadcast) -> bool:
        """Nobody is woken by what is no warning."""
        return row.kind == "warning" or Messages(self.context).may_go("broadcast") <= self.context.now
