"""The steps of an allocation: each changes the row, its pledge's sums and history, and the ledger at once.

Why nobody else writes them: what `allocations` says of the sums holds only if no step is half done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from sqlmodel import col, select

from handlers.desk.messages import Reminders
from handlers.desk.money import Ledger
from handlers.desk.office import Context
from handlers.desk.pledges import Pledges
from handlers.vietnamese.words import fold
from storage.ids import new_id
from storage.queries import allocations
from storage.tables import Allocation, Case, NeedSlot, Pledge

T = TypeVar("T")
OVER = ("confirmed", "settled")


@dataclass(frozen=True, slots=True)
class GivenGift:
    """An allocation with what it joins."""

    row: Allocation
    pledge: Pledge
    slot: NeedSlot


@dataclass(frozen=True, slots=True)
class AllocationSteps:
    """Steps of one transaction. Whoever takes one has looked whether it may be taken."""

    context: Context

    def find(self, allocation_id: str) -> GivenGift | None:
        """An allocation by its id. Ask what may be done with it first."""
        row = self.context.row_by_id(Allocation, allocation_id)
        return self.of(row) if row is not None else None

    def of(self, row: Allocation) -> GivenGift:
        """An allocation with its pledge and its need."""
        unit = self.context.unit
        return GivenGift(row, unit.get_one(Pledge, row.pledge_id), unit.get_one(NeedSlot, row.slot_id))

    def give(
        self, pledge: Pledge, slot: NeedSlot, amount: int, state: Literal["asked", "allocated"]
    ) -> GivenGift | str:
        """Give on a part of a pledge: the allocation, or "too_much", or "taken" where another gift holds the need."""
        context = self.context
        if not self._pledges.take(pledge, amount):
            return "too_much"
        made = new_id(context.now)
        values = {
            "id": made, "pledge_id": pledge.id, "slot_id": slot.id, "unit_id": slot.unit_id, "amount": amount,
            "state": state, "allocated_by": context.acting().id, "allocated_at": context.now,
        }  # fmt: skip
        if not allocations.hold(context.unit, values):
            self._pledges.add(pledge, "allocated", -amount)
            return "taken"
        given = GivenGift(context.unit.get_one(Allocation, made), pledge, slot)
        self._line(given, "allotted", amount)
        self._pledges.restate(pledge)
        self._happened(given, "asked" if state == "asked" else "allotted", amount)
        return given

    def agree(self, given: GivenGift) -> None:
        """The household wants to meet the employer or buyer."""
        allocations.move(given.row, "allocated")
        self._happened(given, "agreed", given.row.amount)

    def hand(self, given: GivenGift, amount: int) -> None:
        """Hand over what was given, or less; then the rest is free again."""
        row, context = given.row, self.context
        if rest := row.amount - amount:
            self._pledges.add(given.pledge, "allocated", -rest)
            self._line(given, "returned", rest)
            row.amount = amount
        allocations.move(row, "handed_over")
        row.handed_amount, row.handed_at, row.handed_by = amount, context.now, context.acting().id
        self._pledges.add(given.pledge, "handed", amount)
        self._line(given, "handed_over", amount)
        self._restate(given, "handed_over", amount)

    def settle(self, given: GivenGift, state: Literal["confirmed", "settled"]) -> None:
        """It arrived as it was handed over, by the word of the household or of a second official."""
        row, amount = given.row, given.row.handed_amount or given.row.amount
        allocations.move(row, state)
        row.confirmed_amount = amount
        self._pledges.add(given.pledge, "confirmed", amount)
        self._line(given, "confirmed", amount)
        self._restate(given, state, amount)
        self._meet(given.slot)

    def differ(self, given: GivenGift, answer: str, amount: int | None) -> None:
        """The household says otherwise. amount: what it says it has got."""
        row = given.row
        allocations.move(row, "differs")
        row.answer, row.confirmed_amount, row.answered_at = answer, amount, self.context.now
        self._restate(given, "differs", None)

    def undo(self, given: GivenGift, state: Literal["declined", "returned"]) -> None:
        """Take it back: it may be given to somebody else. The need waits again, unless it was closed."""
        row, handed = given.row, given.row.handed_at is not None
        allocations.move(row, state)
        row.confirmed_amount = None
        if handed:
            self._pledges.add(given.pledge, "handed", -row.amount)
        self._pledges.add(given.pledge, "allocated", -row.amount)
        self._line(given, "returned", row.amount)
        self._restate(given, state, row.amount)

    def left(self, slot: NeedSlot) -> int:
        """How much a need still lacks; 0 where something in another measure has arrived."""
        return self.lefts((slot,))[slot.id]

    def lefts(self, slots: Sequence[NeedSlot]) -> Mapping[str, int]:
        """The same of several needs, by their ids."""
        left = {slot.id: slot.amount for slot in slots}
        measures = {slot.id: slot.measure for slot in slots}
        arrived = select(Allocation.slot_id, Allocation.confirmed_amount, Pledge.measure)
        arrived = arrived.join(Pledge, col(Pledge.id) == col(Allocation.pledge_id))
        arrived = arrived.where(col(Allocation.slot_id).in_(left), col(Allocation.state).in_(OVER))
        for slot_id, amount, measure in self.context.unit.execute(arrived):
            same = same_measure(measure, measures[slot_id])
            left[slot_id] = max(left[slot_id] - (amount or 0), 0) if same else 0
        return left

    # Inside

    @property
    def _pledges(self) -> Pledges:
        return Pledges(self.context)

    def _line(
        self, given: GivenGift, kind: Literal["allotted", "handed_over", "confirmed", "returned"], amount: int
    ) -> None:
        Ledger(self.context).write(given.pledge, kind, amount, unit_id=given.row.unit_id, allocation_id=given.row.id)

    def _restate(self, given: GivenGift, kind: str, amount: int | None) -> None:
        self.context.unit.add(given.row)
        self.context.unit.flush()
        if kind != "handed_over" and given.slot.case_id is not None:  # a campaign's need has no household
            person_id = self.context.unit.get_one(Case, given.slot.case_id).person_id
            Reminders(self.context).call_off(person_id, f"arrival/allocation:{given.row.id}")
        self._pledges.restate(given.pledge)
        self._happened(given, kind, amount)

    def _happened(self, given: GivenGift, kind: str, amount: int | None) -> None:
        self.context.unit.add(given.row)
        self._pledges.event(given.pledge, kind, amount=amount, allocation_id=given.row.id)
        self.context.note(
            f"allocation.{kind}", f"allocation:{given.row.id}", pledge=given.pledge.id, slot=given.slot.id
        )

    def _meet(self, slot: NeedSlot) -> None:
        if slot.state == "open" and not self.left(slot):
            slot.state, slot.closed_at = "met", self.context.now
            self.context.unit.add(slot)
            self.context.note("need.met", f"need:{slot.id}")


def same_measure(one: str, other: str) -> bool:
    """Whether two amounts can be compared, however their measures were typed."""
    return fold(one) == fold(other)
