"""Where a gift is: promised, received, allotted, handed over, confirmed; with days and units, and never a family.

Why from the ledger: it is what everybody can read, so a giver is told nothing else.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import col, select

from handlers.desk.office import Context
from storage.tables import LedgerLine, Pledge

StepKind = Literal["promised", "received", "allotted", "handed_over", "confirmed"]
STEPS: tuple[StepKind, ...] = ("promised", "received", "allotted", "handed_over", "confirmed")


@dataclass(frozen=True, slots=True)
class GiftStep:
    """How far a gift has come. day: None where it has not come so far. units: to which it was allotted."""

    kind: StepKind
    day: date | None
    amount: int = 0
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GiftSteps:
    """The steps of gifts."""

    context: Context

    def of(self, pledge: Pledge) -> tuple[GiftStep, ...]:
        """All five steps of a gift in order, each with its latest day and how much of it came so far.

        What was allotted and given back again is not allotted.
        """
        of_gift = select(LedgerLine).where(LedgerLine.code == pledge.code)
        lines = list(self.context.unit.scalars(of_gift.order_by(col(LedgerLine.id))))
        promised = GiftStep("promised", pledge.created_at.astimezone(self.context.zone).date(), pledge.amount)
        amounts = {
            "received": pledge.received, "allotted": pledge.allocated, "handed_over": pledge.handed,
            "confirmed": pledge.confirmed,
        }  # fmt: skip
        held = Counter[str | None]()
        for line in lines:
            held[line.allocation_id] += {"allotted": line.amount, "returned": -line.amount}.get(line.kind, 0)
        kept = (line.unit_id for line in lines if line.kind == "allotted" and held[line.allocation_id] > 0)
        units = tuple(dict.fromkeys(unit_id for unit_id in kept if unit_id))
        found = [promised]
        for kind in STEPS[1:]:
            of_kind = [line for line in lines if line.kind == kind]
            reached = bool(of_kind) and amounts[kind] > 0
            day = max(line.day for line in of_kind) if reached else None
            found.append(GiftStep(kind, day, amounts[kind], units if kind == "allotted" else ()))
        return tuple(found)

    def received_on(self, pledge: Pledge) -> date | None:
        """The latest day on which something of a gift has come."""
        return next(step.day for step in self.of(pledge) if step.kind == "received")
