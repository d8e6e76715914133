"""Gifts on their last steps: to be handed over, waiting for the resident's word, looked into, confirmed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from handlers.desk.allocations.allocations import Allocations, Listed, within
from handlers.desk.allocations.grievances import SILENCE, Grievances
from handlers.desk.allocations.grievances import Listed as Grieved
from storage.tables import Allocation, Grievance, Pledge

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

SILENT_DAYS = SILENCE.days
PARTS: Mapping[str, tuple[str, ...]] = {
    "to_hand": ("allocated",), "waiting": ("handed_over",), "late": ("handed_over",), "differs": ("differs",),
    "confirmed": ("confirmed", "settled"),
}  # fmt: skip
MEETING_STATES = ("asked", "declined", "allocated", "handed_over", "differs", "confirmed", "settled")


def part(desk: "Desk", name: str, *, unit_id: str = "", after: str = "", most: int = 50) -> list[Listed]:
    """Allocations of one part of the way, newest first. "late": handed over, and nothing heard for seven days."""
    before = desk.now - timedelta(days=SILENT_DAYS) if name == "late" else None
    return Allocations(desk).listed(states=PARTS[name], unit_id=unit_id, after=after, most=most, handed_before=before)


def find(desk: "Desk", allocation_id: str) -> Listed | None:
    """One allocation within reach; foreign and absent ones are None alike."""
    return next(iter(Allocations(desk).listed(only=allocation_id or "-")), None)


def grievance(desk: "Desk", grievance_id: str) -> Grieved | None:
    """One grievance within reach, open or closed; foreign and absent ones are None alike."""
    return next(iter(Grievances(desk).listed(state="", only=grievance_id or "-")), None)


def opens_gift(desk: "Desk", one: Listed) -> bool:
    """Whether the official at the desk may open the gift itself: it may be of another unit."""
    pledge = desk.unit.scalars(select(Pledge).where(Pledge.code == one.pledge_code)).first()
    return pledge is not None and desk.may("gift.see", pledge.unit_id)


def late(desk: "Desk") -> int:
    """How many hand-overs within reach were not confirmed for seven days."""
    if desk.acting().reach("gift.see") is None:
        return 0
    before = desk.now - timedelta(days=SILENT_DAYS)
    query = select(func.count()).where(
        Allocation.state == "handed_over", col(Allocation.handed_at) < before, within(desk, col(Allocation.unit_id))
    )
    return desk.unit.scalars(query).one()


def open_grievances(desk: "Desk") -> int:
    """How many grievances within reach are open."""
    if desk.acting().reach("grievance.see") is None:
        return 0
    query = select(func.count()).where(Grievance.state == "open", within(desk, col(Grievance.unit_id), "grievance.see"))
    return desk.unit.scalars(query).one()
