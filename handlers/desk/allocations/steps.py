"""The steps of an allocation: each changes the row, its pledge's sums and history, and the ledger at once.

Why nobody else writes them: what `allocations` says of the sums holds only if no step is half done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from sqlmodel import col, select

from handlers.desk.messages import reminders
from handlers.desk.money.ledger import Ledger
from handlers.desk.pledges.pledges import Pledges
from handlers.vietnamese.words import fold
from storage.ids import new_id
from storage.queries import allocations
from storage.tables import Allocation, Case, NeedSlot, Pledge

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

T = TypeVar("T")
OVER = ("confirmed", "settled")


@dataclass(frozen=True, slots=True)
class Given:
    """An allocation with what it joins."""

    row: Allocation
    pledge: Pledge
    slot: NeedSlot


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of one transaction. Whoever takes one has looked whether it may be taken."""

    desk: "Desk"

    def find(self, allocation_id: str) -> Given | None:
        """An allocation by its id. Ask what may be done with it first."""
        row = by_id(self.desk, Allocation, allocation_id)
        return self.of(row) if row is not None else None

    def of(self, row: Allocation) -> Given:
        """An allocation with its pledge and its need."""
        unit = self.desk.unit
        return Given(row, unit.get_one(Pledge, row.pledge_id), unit.get_one(NeedSlot, row.slot_id))

    def give(self, pledge: Pledge, slot: NeedSlot, amount: int, state: Literal["asked", "allocated"]) -> Given | str:
        """Give on a part of a pledge: the allocation, or "too_much", or "taken" where another gift holds the need."""
        desk = self.desk
        if not self._pledges.take(pledge, amount):
            return "too_much"
        made = new_id(desk.now)
        values = {
            "id": made, "pledge_id": pledge.id, "slot_id": slot.id, "unit_id": slot.unit_id, "amount": amount,
            "state": state, "allocated_by": desk.acting().id, "allocated_at": desk.now,
        }  # fmt: skip
        if not allocations.hold(desk.unit, values):
            self._pledges.add(pledge, "allocated", -amount)
            return "taken"
        given = Given(desk.unit.get_one(Allocation, made), pledge, slot)
        self._line(given, "allotted", amount)
        self._pledges.restate(pledge)
        self._happened(given, "asked" if state == "asked" else "allotted", amount)
        return given

    def agree(self, given: Given) -> None:
        """The household wants to meet the employer or buyer."""
        given.row.state = "allocated"
        self._happened(given, "agreed", given.row.amount)

    def hand(self, given: Given, amount: int) -> None:
        """Hand over what was given, or less; then the rest is free again."""
        row, desk = given.row, self.desk
        if rest := row.amount - amount:
            self._pledges.add(given.pledge, "allocated", -rest)
            self._line(given, "returned", rest)
            row.amount = amount
        row.state, row.handed_amount, row.handed_at = "handed_over", amount, desk.now
        row.handed_by = desk.acting().id
        self._pledges.add(given.pledge, "handed", amount)
        self._line(given, "handed_over", amount)
        self._restate(given, "handed_over", amount)

    def settle(self, given: Given, state: Literal["confirmed", "settled"]) -> None:
        """It arrived as it was handed over, by the word of the household or of a second official."""
        row, amount = given.row, given.row.handed_amount or given.row.amount
        row.state, row.confirmed_amount = state, amount
        self._pledges.add(given.pledge, "confirmed", amount)
        self._line(given, "confirmed", amount)
        self._restate(given, state, amount)
        self._meet(given.slot)

    def differ(self, given: Given, answer: str, amount: int | None) -> None:
        """The household says otherwise. amount: what it says it has got."""
        row = given.row
        row.state, row.answer, row.confirmed_amount, row.answered_at = "differs", answer, amount, self.desk.now
        self._restate(given, "differs", None)

    def undo(self, given: Given, state: Literal["declined", "returned"]) -> None:
        """Take it back: it may be given to somebody else. The need waits again, unless it was closed."""
        row, handed = given.row, given.row.handed_at is not None
        row.state, row.confirmed_amount = state, None
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
        for slot_id, amount, measure in self.desk.unit.execute(arrived):
            same = same_measure(measure, measures[slot_id])
            left[slot_id] = max(left[slot_id] - (amount or 0), 0) if same else 0
        return left

    # Inside

    @property
    def _pledges(self) -> Pledges:
        return Pledges(self.desk)

    def _line(
        self, given: Given, kind: Literal["allotted", "handed_over", "confirmed", "returned"], amount: int
    ) -> None:
        Ledger(self.desk).write(given.pledge, kind, amount, unit_id=given.row.unit_id, allocation_id=given.row.id)

    def _restate(self, given: Given, kind: str, amount: int | None) -> None:
        self.desk.unit.add(given.row)
        self.desk.unit.flush()
        if kind != "handed_over" and given.slot.case_id is not None:  # a campaign's need has no household
            person_id = self.desk.unit.get_one(Case, given.slot.case_id).person_id
            reminders.call_off(self.desk, person_id, f"arrival/allocation:{given.row.id}")
        self._pledges.restate(given.pledge)
        self._happened(given, kind, amount)

    def _happened(self, given: Given, kind: str, amount: int | None) -> None:
        self.desk.unit.add(given.row)
        self._pledges.event(given.pledge, kind, amount=amount, allocation_id=given.row.id)
        self.desk.note(f"allocation.{kind}", f"allocation:{given.row.id}", pledge=given.pledge.id, slot=given.slot.id)

    def _meet(self, slot: NeedSlot) -> None:
        if slot.state == "open" and not self.left(slot):
            slot.state, slot.closed_at = "met", self.desk.now
            self.desk.unit.add(slot)
            self.desk.note("need.met", f"need:{slot.id}")


def by_id(desk: "Desk", table: type[T], row_id: str) -> T | None:
    """A row by an id that a page or a button gave us; whatever else that may be names none."""
    return desk.unit.get(table, row_id) if row_id.isascii() and row_id.isalnum() else None


def same_measure(one: str, other: str) -> bool:
    """Whether two amounts can be compared, however their measures were typed."""
    return fold(one) == fold(other)
