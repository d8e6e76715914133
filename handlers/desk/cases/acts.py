"""What an official may do to a request now: by her rights, by its state, and by who decided before.

Why a table: a button that would be refused is not shown, and what a button leads to checks the same again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlmodel import col, select

from handlers.desk.office import Context
from storage.tables import Case, CaseEvent, Task

OPEN = ("submitted", "in_review", "need_info", "proposed", "approved", "delivering")
UNDECIDED = ("submitted", "in_review", "need_info")
# The right that each act needs, and the states in which it is possible.
ACTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "take": ("case.take", OPEN),
    "approve": ("case.approve", ("proposed",)),
    "send_back": ("case.approve", ("proposed",)),
    "propose": ("case.propose", UNDECIDED),
    "ask": ("case.ask", ("submitted", "in_review")),
    "refuse": ("case.refuse", UNDECIDED),
    "deliver": ("case.deliver", ("approved",)),
    "close": ("case.close", ("delivering", "refused")),
    "check": ("case.check", ("approved", "delivering", "closed")),
    "note": ("case.note", (*OPEN, "refused", "closed", "withdrawn")),
    "hand_over": ("case.take", OPEN),
}


@dataclass(frozen=True, slots=True)
class CaseActs:
    """What the official at the desk may do to cases now."""

    context: Context

    def may(self, right: str, case: Case) -> bool:
        """Whether the official at the desk may do this to a case; to one from her own chats she does nothing."""
        own = self.context.official is not None and self.context.official.person_id == case.person_id
        return self.context.may(right, case.unit_id) and (right == "case.see" or not own)

    def possible(self, case: Case) -> tuple[str, ...]:
        """What the official at the desk may do to a case now, in the table's order; she takes only what is not hers."""
        hers = case.officer_id == self.context.acting().id
        acts = [act for act, (right, _) in ACTS.items() if self.may(right, case) and not self.in_the_way(case, act)]
        return tuple(act for act in acts if not (act == "take" and hers))

    def in_the_way(self, case: Case, act: str) -> Literal["not_now", "own"] | None:
        """What keeps an official who has the right from an act: the case's state, or that another has to do it."""
        if case.state not in ACTS[act][1] or (act == "check" and case.check_on is None):
            return "not_now"
        own = (act == "approve" and self.proposed_it(case)) or (act == "refuse" and self.is_complained_of(case))
        return "own" if own else None

    def proposed_it(self, case: Case) -> bool:
        """Whether what waits for approval is the own proposal of the official at the desk."""
        return self.context.are_same_hands(self._last_actor(case, "proposed"))

    def is_complained_of(self, case: Case) -> bool:
        """Whether an open complaint is about what the official at the desk refused."""
        query = select(Task.id).where(Task.case_id == case.id, Task.kind == "complaint", col(Task.done_at).is_(None))
        complained = self.context.unit.scalars(query.limit(1)).first() is not None
        return complained and self.context.are_same_hands(self._last_actor(case, "refused"))

    def last_event(self, case: Case) -> str:
        """The id of the last thing that happened to a case."""
        query = select(CaseEvent.id).where(CaseEvent.case_id == case.id).order_by(col(CaseEvent.id).desc()).limit(1)
        return self.context.unit.scalars(query).first() or ""

    def _last_actor(self, case: Case, kind: str) -> str:
        query = select(CaseEvent.actor).where(CaseEvent.case_id == case.id, CaseEvent.kind == kind)
        return self.context.unit.scalars(query.order_by(col(CaseEvent.id).desc()).limit(1)).first() or ""
