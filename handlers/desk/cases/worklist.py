"""The open requests of an official, by due day: hers, those nobody works on, and those she may approve.

Nobody works on what was never taken, or was by somebody who is gone, or is on leave while she stands in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlmodel import col

from handlers.desk.cases.acts import OPEN
from handlers.desk.office import Context
from storage.tables import Case, OfficialRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A request in a list: nothing in it says who it is of. hers: the official who looks has taken it."""

    id: str
    code: str
    unit_id: str | None
    state: str
    due: date
    needs: tuple[str, ...]
    officer_id: str | None
    overdue: bool
    hers: bool

    @property
    def place(self) -> tuple[date, str]:
        """Where it stands in the list."""
        return self.due, self.id


@dataclass(frozen=True, slots=True)
class Worklist:
    """The list of the official at the desk."""

    context: Context

    def rows(
        self, *, everybodys: bool = False, states: Sequence[str] = OPEN, after: tuple[date, str] | None = None,
        most: int = 50,
    ) -> list[CaseLine]:  # fmt: skip
        """Open requests by due day, the overdue ones first therefore.

        everybodys: also those that colleagues have taken. after: the place of the last one shown before.
        """
        me, today = self.context.acting(), self.context.today()
        said = (col(Case.unit_id), col(Case.state), col(Case.due), col(Case.needs), col(Case.officer_id))
        query = select(col(Case.id), col(Case.code), *said).where(*self.reach(states, everybodys=everybodys))
        if after is not None:
            query = query.where(tuple_(col(Case.due), col(Case.id)) > after)
        found = self.context.unit.execute(query.order_by(col(Case.due), col(Case.id)).limit(most))
        return [
            CaseLine(
                id=case_id,
                code=code,
                unit_id=unit_id,
                state=state,
                due=due,
                needs=tuple(needs),
                officer_id=officer_id,
                overdue=due < today,
                hers=officer_id == me.id,
            )
            for case_id, code, unit_id, state, due, needs, officer_id in found
        ]

    def count(self, *, everybodys: bool = False) -> tuple[int, int]:
        """How many they are, and how many of them are overdue."""
        overdue = func.count().filter(col(Case.due) < self.context.today())
        query = select(func.count(), overdue).where(*self.reach(OPEN, everybodys=everybodys))
        total, late = self.context.unit.execute(query).one()
        return total, late

    def reach(self, states: Sequence[str] = OPEN, *, everybodys: bool = False) -> list[ColumnElement[bool]]:
        """What narrows requests to those of the list."""
        me = self.context.acting()
        reach = me.reach("case.see")
        within: list[ColumnElement[bool]] = [col(Case.state).in_(states), col(Case.body).is_not(None)]
        if reach != "all":
            within.append(col(Case.unit_id).in_(sorted(me.units) if reach else ()))
        # Whoever takes none, as an admin or a helper, sees them all.
        if not everybodys and me.reach("case.take"):
            to_do: list[ColumnElement[bool]] = [
                col(Case.officer_id).is_(None),
                col(Case.officer_id).not_in(self.others()),
            ]
            if me.reach("case.approve"):
                to_do.append(col(Case.state) == "proposed")
            within.append(or_(*to_do))
        return within

    def others(self) -> Select[str]:
        """Colleagues who do their own work today."""
        me, today = self.context.acting(), self.context.today()
        deputy, since, until = col(OfficialRow.deputy_id), col(OfficialRow.away_from), col(OfficialRow.away_until)
        works = or_(deputy.is_(None), deputy != me.id, since.is_(None), since > today, until < today)
        return select(col(OfficialRow.id)).where(
            col(OfficialRow.state) == "active", col(OfficialRow.id) != me.id, works
        )
