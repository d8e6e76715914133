"""Replaces the master key while the service serves: one transaction begins it, many small ones follow, one ends it.

1. `begin` makes the new key and keeps the bridge: the new key wrapped by the old one, the old one by the new. From then
   on whoever has either learns the other (`storage.bridge`), so a process may start with the one or the other.
2. Processes at work learn by themselves and say so in a fact of their own (`tell_known`). Until all have, nothing is
   rewrapped: none of them ever meets a key that it can't open.
3. Data keys are rewrapped some at a time, each only if it is still what was read: one that was destroyed meanwhile
   stays destroyed, and whoever was killed in between begins where it was.
4. `end` takes the bridge away. From then on the old key opens nothing in the database.

Why processes that know are not enough for the end: a transaction of before may still hold a key that the old one
wrapped. So it waits for those, rewraps what they left, and looks once more in the transaction that ends it all.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, LargeBinary, and_, bindparam, delete, func, insert, select, text, update

from storage import bridge
from storage.columns import UtcTime
from storage.crypto import BEFORE, NEXT, ROOT, MasterKey, name_of
from storage.database import Unit
from storage.queries import machine
from storage.tables import DataKey, Meta
from storage.vault import ask_to_scrub

AT_ONCE = 200  # keys in one transaction, which take it some milliseconds
KNOWN = "key_known:"  # begins the fact by which a process says which key is the newest that it knows

_KEYS = DataKey.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_META = Meta.__table__  # type: ignore[attr-defined]  # as above
_SAID = _META.c.name.startswith(KNOWN, autoescape=True)
_PUT = update(_KEYS).where(_KEYS.c.name == bindparam("which"), _KEYS.c.wrapped == bindparam("was"))
_PUT = _PUT.values(wrapped=bindparam("is"))
_NOW = text("SELECT clock_timestamp()").columns(UtcTime())
_AT_WORK = text(
    "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend' AND xact_start < :since)"
).bindparams(bindparam("since", type_=UtcTime()))


class NotYet(Exception):
    """Something is still wrapped by the key before: rewrap it first."""


def begin(unit: Unit, master: MasterKey, now: datetime) -> bool:
    """Make a new master key and the bridge to it; False if one stands. Its maker learns the key as all do."""
    kept = bridge.kept(unit)
    if NEXT in kept:
        return False
    for name, wrapped in master.bridge_to(secrets.token_bytes(32)).items():
        if name in kept:
            unit.execute(update(_KEYS).where(_KEYS.c.name == name).values(wrapped=wrapped))
        else:
            unit.execute(insert(_KEYS).values(name=name, wrapped=wrapped, created_at=now))
    return True


def some_left(unit: Unit, master: MasterKey, after: str = "") -> Mapping[str, bytes]:
    """Some data keys that the newest key has not wrapped, in the order of their names, behind one."""
    query = select(_KEYS.c.name, _KEYS.c.wrapped).where(_is_left(master), _KEYS.c.name > after)
    return {row.name: row.wrapped for row in unit.execute(query.order_by(_KEYS.c.name).limit(AT_ONCE))}


def count_left(unit: Unit, master: MasterKey) -> int:
    """How many data keys the newest key has not wrapped."""
    return int(unit.execute(select(func.count()).select_from(_KEYS).where(_is_left(master))).scalar_one())


def put(unit: Unit, was: Mapping[str, bytes], renewed: Mapping[str, bytes]) -> None:
    """Put rewrapped keys in place of what was read, where that is still there; every change is compare-and-set."""
    for name, wrapped in renewed.items():
        unit.run(_PUT, {"which": name, "was": was[name], "is": wrapped})


def tell_known(unit: Unit, process: str, master: MasterKey) -> None:
    """Say which key is the newest that a process knows."""
    machine.set_fact(unit, f"{KNOWN}{process}", master.name)


def unaware(unit: Unit, master: MasterKey, asking: str, *, served: bool) -> list[str]:
    """Processes at work that have not said that they know the newest key. asking: who wants to know.

    served: whether a process holds the SQLite file, where whoever began to since `begin` has learned it at its start.
    """
    knows = select(_META.c.name).where(_SAID, _META.c.value == master.name)
    aware = {name.removeprefix(KNOWN) for name in unit.execute(knows).scalars()}
    if unit.on_sqlite:
        return ["the serving process"] if served and not aware else []
    return sorted(machine.connected(unit) - aware - {asking})


def moment(unit: Unit) -> datetime | None:
    """This moment by the server's clock; None on SQLite, where no two transactions change anything at once."""
    return None if unit.on_sqlite else unit.execute(_NOW).scalar_one()


def older_at_work(unit: Unit, since: datetime | None) -> bool:
    """Whether a transaction goes on that began before a `moment`."""
    return since is not None and bool(unit.execute(_AT_WORK, {"since": since}).scalar_one())


def end(unit: Unit, master: MasterKey) -> None:
    """Take the bridge away, and have what the old key wrapped leave the database's files. Raises NotYet."""
    if count_left(unit, master):
        raise NotYet
    machine.set_fact(unit, bridge.KEY_CHECK, master.check_value())
    unit.execute(delete(_KEYS).where(_KEYS.c.name.in_((NEXT, BEFORE))))
    unit.execute(delete(_META).where(_SAID))
    ask_to_scrub(unit)


def settled_on(unit: Unit) -> str:
    """What the key is called that the database was settled on: the one before, while two are in use."""
    return name_of(machine.fact(unit, bridge.KEY_CHECK) or "")


def _is_left(master: MasterKey) -> ColumnElement[bool]:
    mark = master.mark
    others = func.substr(_KEYS.c.wrapped, 1, len(mark), type_=LargeBinary()) != mark
    return and_(others, _KEYS.c.name.not_in((NEXT, BEFORE, ROOT)))
