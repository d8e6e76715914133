"""What the database keeps of master keys, and how whoever has one of them learns the others from it.

Why in the table of data keys: a replaced key leaves the database's files as an erased person's does, and no backup of
the data holds any of them.
"""

from sqlalchemy import select

from storage.crypto import BEFORE, NEXT, ROOT, MasterKey
from storage.database import Unit
from storage.queries import machine
from storage.tables import DataKey

KEY_CHECK = "key_check"  # the fact that recognises the key
_KEYS = DataKey.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_KEPT = select(_KEYS.c.name, _KEYS.c.wrapped).where(_KEYS.c.name.in_((NEXT, BEFORE, ROOT)))


def fit(unit: Unit, master: MasterKey) -> bool:
    """Have a master key learn what this database keeps of others; False if it is none of this database."""
    return master.learn(machine.fact(unit, KEY_CHECK), kept(unit))


def kept(unit: Unit) -> dict[str, bytes]:
    """What is kept of master keys, by name."""
    return {row.name: row.wrapped for row in unit.run(_KEPT)}


def stands(unit: Unit) -> bool:
    """Whether one master key is taking over from another."""
    return NEXT in kept(unit)
