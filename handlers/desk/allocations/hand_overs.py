"""Gifts on their last steps: to be handed over, waiting for the resident's word, looked into, confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, func, select

from handlers.desk.allocations.allocations import Allocations, ListedAllocation
from handlers.desk.allocations.grievances import SILENCE, Grievances
from handlers.desk.allocations.grievances import ListedGrievance as Grieved
from handlers.desk.office import Context
from storage.tables import Allocation, Grievance, Pledge

SILENT_DAYS = SILENCE.days
PARTS: Mapping[str, tuple[str, ...]] = {
    "to_hand": ("allocated",), "waiting": ("handed_over",), "late": ("handed_over",), "differs": ("differs",),
    "confirmed": ("confirmed", "settled"),
}  # fmt: skip
MEETING_STATES = ("asked", "declined", "allocated", "handed_over", "differs", "confirmed", "settled")


@dataclass(frozen=True, slots=True)
class HandOvers:
    """Gifts on their last steps, within reach of the official at the desk."""

    context: Context

    def part(self, name: str, *, unit_id: str = "", after: str = "", most: int = 50) -> list[ListedAllocation]:
        """Allocations of one part of the way, newest first. "late": handed over, and nothing heard for seven days."""
        before = self.context.now - timedelta(days=SILENT_DAYS) if name == "late" else None
        return Allocations(self.context).listed(
            states=PARTS[name], unit_id=unit_id, after=after, most=most, handed_before=before
        )

    def find(self, allocation_id: str) -> ListedAllocation | None:
        """One allocation within reach; foreign and absent ones are None alike."""
        return next(iter(Allocations(self.context).listed(only=allocation_id or "-")), None)

    def grievance(self, grievance_id: str) -> Grieved | None:
        """One grievance within reach, open or closed; foreign and absent ones are None alike."""
        return next(iter(Grievances(self.context).listed(state="", only=grievance_id or "-")), None)

    def opens_gift(self, one: ListedAllocation) -> bool:
        """Whether the official at the desk may open the gift itself: it may be of another unit."""
        pledge = self.context.unit.scalars(select(Pledge).where(Pledge.code == one.pledge_code)).first()
        return pledge is not None and self.context.may("gift.see", pledge.unit_id)

    def late(self) -> int:
        """How many hand-overs within reach were not confirmed for seven days."""
        if self.context.acting().reach("gift.see") is None:
            return 0
        before = self.context.now - timedelta(days=SILENT_DAYS)
        query = select(func.count()).where(
            Allocation.state == "handed_over",
            col(Allocation.handed_at) < before,
            self.context.within(col(Allocation.unit_id)),
        )
        return self.context.unit.scalars(query).one()

    def open_grievances(self) -> int:
        """How many grievances within reach are open."""
        if self.context.acting().reach("grievance.see") is None:
            return 0
        query = select(func.count()).where(
            Grievance.state == "open", self.context.within(col(Grievance.unit_id), "grievance.see")
        )
        return self.context.unit.scalars(query).one()
