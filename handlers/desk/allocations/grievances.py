"""Hand-overs that their household did not confirm: opened by its word or its silence, closed by a second official.

Why never by who handed over: what did not arrive must not be explained away by the hand it went through.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, get_args

from sqlalchemy import exists, or_
from sqlmodel import col, select

from handlers.desk.allocations.allocations import Outcome, is_own, within
from handlers.desk.allocations.news import AllocationNews
from handlers.desk.allocations.steps import Given, Steps, by_id
from handlers.desk.cases.decisions import MOST_WORDS
from handlers.desk.pledges.news import PledgeNews
from storage.ids import new_id
from storage.tables import Allocation, Case, Grievance, NeedSlot, Pledge
from storage.vault import KeyGone

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

Cause = Literal["less", "not_yet", "not_mine", "silent"]
# It arrived as it was written down; what was missing was given since; it was taken back.
Settled = Literal["received", "made_good", "taken_back"]
SILENCE = timedelta(days=7)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A grievance in a list: nothing in it says whose it is. said: how much the household says it has got.

    hers: the official who looks handed it over, so another has to close it.
    """

    id: str
    allocation_id: str
    pledge_code: str
    case_code: str
    unit_id: str | None
    kind: str
    cause: str
    state: str
    amount: int
    said: int | None
    measure: str
    handed_by: str
    handed_at: datetime | None
    opened_at: datetime
    outcome: str | None
    closed_by: str | None
    closed_at: datetime | None
    hers: bool


@dataclass(frozen=True, slots=True)
class Grievances:
    """Grievances of one transaction."""

    desk: "Desk"

    def open(self, given: Given, cause: Cause) -> None:
        """Open one; one that stands open already, for silence, gets the new cause."""
        desk, row = self.desk, self.open_one(given.row.id)
        if row is not None:
            row.cause = cause
            desk.unit.add(row)
        else:
            row = Grievance(
                id=new_id(desk.now), allocation_id=given.row.id, unit_id=given.row.unit_id, cause=cause,
                handed_by=given.row.handed_by or "", opened_at=desk.now,
            )  # fmt: skip
            desk.unit.add(row)
            PledgeNews(desk).checked(given.pledge, given.row.id)
        desk.unit.flush()
        desk.note("grievance.opened", f"grievance:{row.id}", cause=cause, allocation=given.row.id)
        AllocationNews(desk).differs(given, cause)

    def look_for_silence(self) -> int:
        """Open one for some of the hand-overs of which nothing was heard for seven days; returns how many.

        Of a campaign's need nobody will be heard: a second official looks into it at once.
        """
        desk = self.desk
        waits = exists().where(col(Grievance.allocation_id) == col(Allocation.id), col(Grievance.state) == "open")
        due = or_(col(Allocation.handed_at) <= desk.now - SILENCE, col(NeedSlot.case_id).is_(None))
        query = select(Allocation).join(NeedSlot, col(NeedSlot.id) == col(Allocation.slot_id))
        query = query.where(Allocation.state == "handed_over", due, ~waits)
        rows = desk.unit.scalars(query.order_by(col(Allocation.id)).limit(AT_ONCE)).all()
        for row in rows:
            self.open(Steps(desk).of(row), "silent")
        return len(rows)

    def listed(
        self, *, state: str = "open", unit_id: str = "", after: str = "", only: str = "", most: int = 50
    ) -> list[Listed]:
        """Grievances within reach, the oldest first. after: the id of the last one shown before; only: of one."""
        query = (
            select(Grievance, Allocation, Pledge, Case.code)
            .join(Allocation, col(Allocation.id) == col(Grievance.allocation_id))
            .join(Pledge, col(Pledge.id) == col(Allocation.pledge_id))
            .join(NeedSlot, col(NeedSlot.id) == col(Allocation.slot_id))
            .outerjoin(Case, col(Case.id) == col(NeedSlot.case_id))
            .where(within(self.desk, col(Grievance.unit_id), "grievance.see"))
        )
        narrowed = (
            (state, col(Grievance.state) == state),
            (unit_id, col(Grievance.unit_id) == unit_id),
            (after, col(Grievance.id) > after),
            (only, col(Grievance.id) == only),
        )
        query = query.where(*(wanted for asked, wanted in narrowed if asked))
        found = self.desk.unit.execute(query.order_by(col(Grievance.id)).limit(most))
        return [self._listed(row, allocation, pledge, case or "") for row, allocation, pledge, case in found]

    def words(self, grievance_id: str) -> str:
        """What was found out; empty where nothing is kept or it is none of her business."""
        row = by_id(self.desk, Grievance, grievance_id)
        if row is None or row.words is None:
            return ""
        if not self.desk.allows("grievance.see", row.unit_id, f"grievance:{grievance_id}"):
            return ""
        given = Steps(self.desk).find(row.allocation_id)
        try:
            return str(self.desk.vault.open(_key(given), f"grievance.words:{row.id}", row.words)) if given else ""
        except KeyGone:
            return ""

    def close(self, grievance_id: str, outcome: str, words: str) -> Outcome:
        """Close one as another official than who handed over. words: what was found out.

        received, made_good: it counts as confirmed, as it was handed over. taken_back: the gift and the need are free.
        """
        desk, row = self.desk, by_id(self.desk, Grievance, grievance_id)
        if row is None or not desk.allows("grievance.close", row.unit_id, f"grievance:{grievance_id}"):
            return "absent"
        given = Steps(desk).find(row.allocation_id)
        if given is None or row.handed_by == desk.acting().id or is_own(desk, given.pledge, given.slot):
            desk.note("grievance.own_refused", f"grievance:{row.id}")
            return "own"
        if outcome not in get_args(Settled) or not words.strip() or len(words) > MOST_WORDS:
            return "invalid"
        if row.state != "open":
            return "not_now"
        self._close(row, outcome, desk.acting().id)
        if desk.vault.has(_key(given)):
            row.words = desk.vault.seal(_key(given), f"grievance.words:{row.id}", words)
        if outcome == "taken_back":
            Steps(desk).undo(given, "returned")
        else:
            Steps(desk).settle(given, "settled")
        AllocationNews(desk).settled(given, outcome)
        PledgeNews(desk).settled(given.pledge, given.row.id)
        return "done"

    def end_silence(self, given: Given) -> None:
        """Close the one that silence opened, as the household has spoken and got all."""
        row = self.open_one(given.row.id)
        if row is not None:
            self._close(row, "received", None)

    def open_one(self, allocation_id: str) -> Grievance | None:
        """The open one of an allocation."""
        query = select(Grievance).where(Grievance.allocation_id == allocation_id, Grievance.state == "open")
        return self.desk.unit.scalars(query).first()

    # Inside

    def _close(self, row: Grievance, outcome: str, closed_by: str | None) -> None:
        row.state, row.outcome, row.closed_by, row.closed_at = "closed", outcome, closed_by, self.desk.now
        self.desk.unit.add(row)
        self.desk.note("grievance.closed", f"grievance:{row.id}", outcome=outcome)

    def _listed(self, row: Grievance, allocation: Allocation, pledge: Pledge, case_code: str) -> Listed:
        return Listed(
            row.id, allocation.id, pledge.code, case_code, row.unit_id, pledge.kind, row.cause, row.state,
            allocation.handed_amount or allocation.amount, allocation.confirmed_amount, pledge.measure, row.handed_by,
            allocation.handed_at, row.opened_at, row.outcome, row.closed_by, row.closed_at,
            row.handed_by == self.desk.acting().id,
        )  # fmt: skip


def _key(given: Given) -> str:
    """What seals words about an allocation: the request's key; of a campaign's need the pledge's."""
    return f"case:{given.slot.case_id}" if given.slot.case_id else f"pledge:{given.pledge.id}"
