"""The state of an allocation: which may follow which, and the one step from one to another; and how one is made.

Why nothing else writes it, as `tests/test_states.py` proves: the state says whether a need is held, and of one need at
most one gift is held at a time.
"""

from collections.abc import Mapping

from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.queries.follows import Follows, check
from storage.tables import Allocation

_TABLE = Allocation.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_HELD = next(index for index in _TABLE.indexes if index.name == "ix_allocation_held")
FOLLOWS: Follows = {
    "asked": ("allocated", "declined", "returned"),
    "allocated": ("handed_over", "returned"),
    "handed_over": ("confirmed", "differs", "settled", "returned"),
    "differs": ("settled", "returned"),
    "declined": (),
    "confirmed": (),
    "settled": (),
    "returned": (),
}
HELD = ("asked", "allocated", "handed_over", "differs")


def hold(unit: Unit, values: Mapping[str, object]) -> bool:
    """Give a part of a pledge to a need, as the row of an allocation. False if the need is held already, whoever else
    gives to it at the same moment.
    """
    insert = sqlite.insert if unit.on_sqlite else postgresql.insert
    where = _HELD.dialect_options["sqlite"]["where"]
    put = insert(_TABLE).values(**values).on_conflict_do_nothing(index_elements=["slot_id"], index_where=where)
    return unit.execute(put.returning(_TABLE.c.id)).first() is not None


def move(row: Allocation, new: str) -> None:
    """Bring an allocation to a state that may follow its own. Raises ValueError."""
    check(FOLLOWS, row.state, new)
    row.state = new
