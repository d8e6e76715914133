"""Pledges in a list: within an official's reach, narrowed and paged, what is due first on top.

Why givers' words are opened a page at a time: the keys of a page come with its rows, as with requests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_

from handlers.desk.office import Context
from handlers.desk.pledges.kinds import COMES
from handlers.desk.pledges.pledges import Body, Pledges
from storage.ids import read_code
from storage.queries.pledges import OPEN
from storage.tables import DataKey, Pledge

_PLEDGES = Pledge.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_KEYS = DataKey.__table__  # type: ignore[attr-defined]  # as above
_NO_DAY = date.max
_DUE = func.coalesce(_PLEDGES.c.due, _NO_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeFilter:
    """What a list is narrowed to. state: empty for all that are open. most_needed: for no unit and no drive yet.

    due: their day came and not all of it did. code: of one alone. after: the place of the last one shown before.
    """

    kind: str = ""
    state: str = ""
    unit_id: str = ""
    most_needed: bool = False
    due: bool = False
    code: str = ""
    after: tuple[date, str] | None = None


@dataclass(frozen=True, slots=True)
class ListedPledge:
    """A pledge in a list with who gives and what, both empty once they were forgotten. place: in the list."""

    pledge: Pledge
    name: str
    what: str

    @property
    def place(self) -> tuple[date, str]:
        """Where it stands in the order of the list."""
        return self.pledge.due or _NO_DAY, self.pledge.id


@dataclass(frozen=True, slots=True)
class WaitingPledges:
    """How many pledges wait within reach: offers nobody answered, and gifts whose day came without them."""

    offered: int
    due: int


@dataclass(frozen=True, slots=True)
class PledgeList:
    """Pledges within reach of the official at the desk."""

    context: Context

    def page(self, narrowed: PledgeFilter, most: int) -> list[ListedPledge]:
        """Pledges by the day they are to come, those without one last."""
        query = select(Pledge, _KEYS.c.wrapped).join(
            _KEYS, _KEYS.c.name == literal("pledge:").concat(_PLEDGES.c.id), isouter=True
        )
        query = query.where(*self.reach(), *self._narrow(narrowed))
        if narrowed.after is not None:
            query = query.where(tuple_(_DUE, _PLEDGES.c.id) > narrowed.after)
        rows = self.context.unit.execute(query.order_by(_DUE, _PLEDGES.c.id).limit(most)).all()
        return [self._open(pledge, wrapped) for pledge, wrapped in rows]

    def waiting(self) -> WaitingPledges:
        """Count what waits; each number is that of the list it is narrowed to."""
        if self.context.acting().reach("gift.see") is None:
            return WaitingPledges(0, 0)
        of = {
            "offered": and_(*self._narrow(PledgeFilter(state="offered"))),
            "due": and_(*self._narrow(PledgeFilter(due=True))),
        }
        counted = [func.count().filter(condition).label(name) for name, condition in of.items()]
        found = self.context.unit.execute(select(*counted).where(*self.reach(), _PLEDGES.c.closed_at.is_(None)))
        return WaitingPledges(**found.mappings().one())

    def reach(self, action: str = "gift.see") -> list[ColumnElement[bool]]:
        """What of the pledges the official at the desk may see: of her units, and what names none."""
        me = self.context.acting()
        its = me.reach(action)
        if its == "all":
            return []
        unit = _PLEDGES.c.unit_id
        return [or_(unit.is_(None), unit.in_(sorted(me.units_for(action))))] if its else [unit.in_(())]

    def _narrow(self, narrowed: PledgeFilter) -> Sequence[ColumnElement[bool]]:
        if narrowed.code:
            return [_PLEDGES.c.code == (read_code(narrowed.code, "UH") or "")]
        table = _PLEDGES.c
        found: list[ColumnElement[bool]] = [table.state == narrowed.state if narrowed.state else table.state.in_(OPEN)]
        if narrowed.kind:
            found.append(table.kind == narrowed.kind)
        if narrowed.unit_id:
            found.append(table.unit_id == narrowed.unit_id)
        if narrowed.most_needed:
            found += [table.unit_id.is_(None), table.campaign_id.is_(None)]
        if narrowed.due:
            late = [table.due <= self.context.today(), table.kind.in_(COMES), table.received < table.amount]
            found += [table.closed_at.is_(None), *late]
        return found

    def _open(self, pledge: Pledge, wrapped: Any) -> ListedPledge:
        self.context.vault.learn(f"pledge:{pledge.id}", wrapped)
        body = Pledges(self.context).body(pledge) if wrapped is not None else Body()
        return ListedPledge(pledge, body.name, body.what)
