"""Hand-overs that their household did not confirm: opened by its word or its silence, closed by a second official.

Why never by who handed over: what did not arrive must not be explained away by the hand it went through.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import exists, or_
from sqlmodel import col, select

from handlers.desk.allocations.allocations import AllocationOutcome, Allocations
from handlers.desk.allocations.news import AllocationNews
from handlers.desk.allocations.steps import AllocationSteps, GivenGift
from handlers.desk.cases import MOST_WORDS
from handlers.desk.office import Context
from handlers.desk.pledges import PledgeNews
from storage.ids import new_id
from storage.tables import Allocation, Case, Grievance, NeedSlot, Pledge
from storage.vault import KeyGone

Cause = Literal["less", "not_yet", "not_mine", "silent"]
# It arrived as it was written down; what was missing was given since; it was taken back.
Settled = Literal["received", "made_good", "taken_back"]
SILENCE = timedelta(days=7)
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedGrievance:
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

    context: Context

    def open(self, given: GivenGift, cause: Cause) -> None:
        """Open one; one that stands open already, for silence, gets the new cause."""
        context, row = self.context, self.open_one(given.row.id)
        if row is not None:
            row.cause = cause
            context.unit.add(row)
        else:
            row = Grievance(
                id=new_id(context.now), allocation_id=given.row.id, unit_id=given.row.unit_id, cause=cause,
                handed_by=given.row.handed_by or "", opened_at=context.now,
            )  # fmt: skip
            context.unit.add(row)
            PledgeNews(context).checked(given.pledge, given.row.id)
        context.unit.flush()
        context.note("grievance.opened", f"grievance:{row.id}", cause=cause, allocation=given.row.id)
        AllocationNews(context).differs(given, cause)

    def look_for_silence(self) -> int:
        """Open one for some of the hand-overs of which nothing was heard for seven days; returns how many.

        Of a campaign's need nobody will be heard: a second official looks into it at once.
        """
        context = self.context
        waits = exists().where(col(Grievance.allocation_id) == col(Allocation.id), col(Grievance.state) == "open")
        due = or_(col(Allocation.handed_at) <= context.now - SILENCE, col(NeedSlot.case_id).is_(None))
        query = select(Allocation).join(NeedSlot, col(NeedSlot.id) == col(Allocation.slot_id))
        query = query.where(Allocation.state == "handed_over", due, ~waits)
        rows = context.unit.scalars(query.order_by(col(Allocation.id)).limit(AT_ONCE)).all()
        for row in rows:
            self.open(AllocationSteps(context).of(row), "silent")
        return len(rows)

    def listed(
        self, *, state: str = "open", unit_id: str = "", after: str = "", only: str = "", most: int = 50
    ) -> list[ListedGrievance]:
        """Grievances within reach, the oldest first. after: the id of the last one shown before; only: of one."""
        query = (
            select(Grievance, Allocation, Pledge, Case.code)
            .join(Allocation, col(Allocation.id) == col(Grievance.allocation_id))
            .join(Pledge, col(Pledge.id) == col(Allocation.pledge_id))
            .join(NeedSlot, col(NeedSlot.id) == col(Allocation.slot_id))
            .outerjoin(Case, col(Case.id) == col(NeedSlot.case_id))
            .where(self.context.within(col(Grievance.unit_id), "grievance.see"))
        )
        narrowed = (
            (state, col(Grievance.state) == state),
            (unit_id, col(Grievance.unit_id) == unit_id),
            (after, col(Grievance.id) > after),
            (only, col(Grievance.id) == only),
        )
        query = query.where(*(wanted for asked, wanted in narrowed if asked))
        found = self.context.unit.execute(query.order_by(col(Grievance.id)).limit(most))
        return [self._listed(row, allocation, pledge, case or "") for row, allocation, pledge, case in found]

    def words(self, grievance_id: str) -> str:
        """What was found out; empty where nothing is kept or it is none of her business."""
        row = self.context.row_by_id(Grievance, grievance_id)
        if row is None or row.words is None:
            return ""
        if not self.context.allows("grievance.see", row.unit_id, f"grievance:{grievance_id}"):
            return ""
        given = AllocationSteps(self.context).find(row.allocation_id)
        try:
            return str(self.context.vault.open(_key(given), f"grievance.words:{row.id}", row.words)) if given else ""
        except KeyGone:
            return ""

    def close(self, grievance_id: str, outcome: str, words: str) -> AllocationOutcome:
        """Close one as another official than who handed over. words: what was found out.

        received, made_good: it counts as confirmed, as it was handed over. taken_back: the gift and the need are free.
        """
        context, row = self.context, self.context.row_by_id(Grievance, grievance_id)
        if row is None or not context.allows("grievance.close", row.unit_id, f"grievance:{grievance_id}"):
            return "absent"
        given = AllocationSteps(context).find(row.allocation_id)
        if (
            given is None
            or context.are_same_hands(row.handed_by)
            or Allocations(context).is_own(given.pledge, given.slot)
        ):
            context.note("grievance.own_refused", f"grievance:{row.id}")
            return "own"
        if outcome not in get_args(Settled) or not words.strip() or len(words) > MOST_WORDS:
            return "invalid"
        if row.state != "open":
            return "not_now"
        self._close(row, outcome, context.acting().id)
        if context.vault.has(_key(given)):
            row.words = context.vault.seal(_key(given), f"grievance.words:{row.id}", words)
        if outcome == "taken_back":
            AllocationSteps(context).undo(given, "returned")
        else:
            AllocationSteps(context).settle(given, "settled")
        AllocationNews(context).settled(given, outcome)
        PledgeNews(context).settled(given.pledge, given.row.id)
        return "done"

    def end_silence(self, given: GivenGift) -> None:
        """Close the one that silence opened, as the household has spoken and got all."""
        row = self.open_one(given.row.id)
        if row is not None:
            self._close(row, "received", None)

    def open_one(self, allocation_id: str) -> Grievance | None:
        """The open one of an allocation."""
        query = select(Grievance).where(Grievance.allocation_id == allocation_id, Grievance.state == "open")
        return self.context.unit.scalars(query).first()

    # Inside

    def _close(self, row: Grievance, outcome: str, closed_by: str | None) -> None:
        row.state, row.outcome, row.closed_by, row.closed_at = "closed", outcome, closed_by, self.context.now
        self.context.unit.add(row)
        self.context.note("grievance.closed", f"grievance:{row.id}", outcome=outcome)

    def _listed(self, row: Grievance, allocation: Allocation, pledge: Pledge, case_code: str) -> ListedGrievance:
        return ListedGrievance(
            id=row.id,
            allocation_id=allocation.id,
            pledge_code=pledge.code,
            case_code=case_code,
            unit_id=row.unit_id,
            kind=pledge.kind,
            cause=row.cause,
            state=row.state,
            amount=allocation.handed_amount or allocation.amount,
            said=allocation.confirmed_amount,
            measure=pledge.measure,
            handed_by=row.handed_by,
            handed_at=allocation.handed_at,
            opened_at=row.opened_at,
            outcome=row.outcome,
            closed_by=row.closed_by,
            closed_at=row.closed_at,
            hers=self.context.are_same_hands(row.handed_by),
        )


def _key(given: GivenGift) -> str:
    """What seals words about an allocation: the request's key; of a campaign's need the pledge's."""
    return f"case:{given.slot.case_id}" if given.slot.case_id else f"pledge:{given.pledge.id}"
