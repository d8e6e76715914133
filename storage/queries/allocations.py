"""Gives a part of a pledge to a need, unless another gift holds it: of one need at most one is held at a time."""

from collections.abc import Mapping

from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.tables import Allocation

_TABLE = Allocation.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_HELD = next(index for index in _TABLE.indexes if index.name == "ix_allocation_held")


def hold(unit: Unit, values: Mapping[str, object]) -> bool:
    """Put a row of an allocation. False if its need is held already, whoever else gives to it at the same moment."""
    insert = sqlite.insert if unit.on_sqlite else postgresql.insert
    where = _HELD.dialect_options["sqlite"]["where"]
    put = insert(_TABLE).values(**values).on_conflict_do_nothing(index_elements=["slot_id"], index_where=where)
    return unit.execute(put.returning(_TABLE.c.id)).first() is not None
