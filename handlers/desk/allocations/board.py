"""The board of needs and gifts: whose a need is, for who may know it, and which gifts are still to be given on.

Why names come apart from needs: a treasurer of the city works with codes, units and amounts, and with nobody's name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import col, select

from handlers.desk.allocations.needs import Need, Needs
from handlers.desk.cases import CaseList
from handlers.desk.office import Context
from handlers.desk.pledges import KINDS
from storage.tables import Case, NeedSlot, Pledge

GIVABLE = ("accepted", "allocated", "handed_over")
MOST_OF_SEASON = 500


@dataclass(frozen=True, slots=True)
class Board:
    """The board of needs and gifts, within reach of the official at the desk."""

    context: Context

    def names(self, case_codes: Collection[str]) -> Mapping[str, str]:
        """For whom requests are, by their codes, where the official at the desk may see them; that is noted."""
        if not case_codes or self.context.acting().reach("case.see") is None:
            return {}
        query = select(Case).where(col(Case.code).in_(sorted(case_codes)), col(Case.body).is_not(None))
        cases = [case for case in self.context.unit.scalars(query) if self.context.may("case.see", case.unit_id)]
        if cases:
            self.context.note("case.listed", f"official:{self.context.acting().id}", count=len(cases))
        return {case.code: CaseList(self.context).name_in(case.id, case.body or b"") for case in cases}

    def need(self, slot_id: str) -> Need | None:
        """A need by its id, whatever became of it; foreign and absent ones are None alike."""
        return next(iter(Needs(self.context).board(state="", only=slot_id or "-")), None)

    def gifts(self, *, unit_id: str = "", kind: str = "", most: int = 50) -> list[Pledge]:
        """Gifts of which something is left to give on, the oldest first. unit_id: of it or of none."""
        left = col(Pledge.allocated) < col(Pledge.amount)
        query = select(Pledge).where(
            col(Pledge.state).in_(GIVABLE), left, Pledge.kind != "idea", self.context.within(col(Pledge.unit_id)),
            or_(col(Pledge.until).is_(None), col(Pledge.until) >= self.context.today()),
        )  # fmt: skip
        if unit_id:
            query = query.where(or_(col(Pledge.unit_id) == unit_id, col(Pledge.unit_id).is_(None)))
        if kind in KINDS:
            query = query.where(Pledge.kind == kind)
        return list(self.context.unit.scalars(query.order_by(col(Pledge.id)).limit(most)))

    def links(self) -> tuple[list[Pledge], list[NeedSlot]]:
        """Who wants to buy or produce together, verified, and what households have, both within reach and open."""
        verified = (col(Pledge.state).in_(GIVABLE), col(Pledge.verified_by).is_not(None))
        wanted = select(Pledge).where(Pledge.kind == "link", *verified)
        wanted = wanted.where(self.context.within(col(Pledge.unit_id))).order_by(col(Pledge.id)).limit(MOST_OF_SEASON)
        had = select(NeedSlot).where(NeedSlot.kind == "link", NeedSlot.state == "open")
        had = had.where(self.context.within(col(NeedSlot.unit_id))).order_by(col(NeedSlot.id)).limit(MOST_OF_SEASON)
        return list(self.context.unit.scalars(wanted)), list(self.context.unit.scalars(had))
