"""Seals and opens personal fields with their data keys, within one transaction."""

import secrets
import time
from datetime import datetime
from typing import cast

import orjson
from sqlalchemy import bindparam, delete, insert, select

from storage import bridge
from storage.crypto import Cipher, MasterKey, WrongKey
from storage.database import Unit
from storage.ids import new_nonce
from storage.queries import machine
from storage.tables import DataKey

_KEYS = DataKey.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_FIND = select(_KEYS.c.wrapped).where(_KEYS.c.name == bindparam("name"))
_MAKE = insert(_KEYS)

DAY = "day:"  # keys of days are nobody's: every message needs one, so it is remembered, wrapped, for a while
REMEMBERED_S = 300.0


TO_SCRUB = "to_scrub"  # the fact that keys were destroyed which may still stand in the database's files


class KeyGone(Exception):
    """The data key was destroyed: what it sealed is erased."""


def ask_to_scrub(unit: Unit) -> None:
    """Have the clock see to it that what this transaction deletes is gone from the database's files too."""
    machine.set_fact(unit, TO_SCRUB, new_nonce())


class Vault:
    """The data keys that one transaction uses."""

    __slots__ = ("_ciphers", "_master", "unit")

    def __init__(self, unit: Unit, master: MasterKey) -> None:
        self.unit = unit
        self._master = master
        self._ciphers: dict[str, Cipher] = {}

    def make(self, name: str, now: datetime) -> None:
        """Make a new data key under this name."""
        key = secrets.token_bytes(32)
        self.unit.send(_MAKE, {"name": name, "wrapped": self._master.wrap(key, name), "created_at": now})
        self._ciphers[name] = Cipher(key)

    def has(self, name: str) -> bool:
        return name in self._ciphers or self._wrapped(name) is not None

    def ensure(self, name: str, now: datetime) -> None:
        """Make the data key unless there is one."""
        if not self.has(name):
            self.make(name, now)

    def forget(self, name: str) -> None:
        """Destroy a data key, and so all that it sealed."""
        self.unit.execute(delete(_KEYS).where(_KEYS.c.name == name))
        self._ciphers.pop(name, None)
        self.unit.remembered.pop(name, None)
        ask_to_scrub(self.unit)

    def seal(self, name: str, where: str, value: object) -> bytes:
        """Seal a value as JSON. where: `table.column:row`. Raises KeyGone."""
        return self._cipher(name).seal(orjson.dumps(value), where)

    def open(self, name: str, where: str, sealed: bytes) -> object:
        """Raises KeyGone, WrongKey."""
        opened: object = orjson.loads(self._cipher(name).open(sealed, where))
        return opened

    def seal_bytes(self, name: str, where: str, plain: bytes) -> bytes:
        return self._cipher(name).seal(plain, where)

    def open_bytes(self, name: str, where: str, sealed: bytes) -> bytes:
        return self._cipher(name).open(sealed, where)

    def reseal(self, name: str, where: str, sealed: bytes, new_name: str, new_where: str = "") -> bytes:
        """Seal under another key, and perhaps in another place, what one key sealed. Raises KeyGone, WrongKey."""
        return self.seal_bytes(new_name, new_where or where, self.open_bytes(name, where, sealed))

    def look_up(self, kind: str, value: str) -> bytes:
        return self._master.look_up(kind, value)

    def learn(self, name: str, wrapped: bytes | None) -> None:
        """Take a wrapped key that was read together with what it sealed; None where it is gone."""
        if wrapped is not None and name not in self._ciphers:
            self._ciphers[name] = self._unwrap(wrapped, name)

    def _wrapped(self, name: str) -> bytes | None:
        remembered = self.unit.remembered
        if name in remembered:
            wrapped, until = remembered[name]
            if time.monotonic() < until:
                return cast("bytes", wrapped)
            del remembered[name]
        wrapped = self.unit.run(_FIND, {"name": name}).scalar()
        if wrapped is None:
            return None
        if name.startswith(DAY):
            remembered[name] = wrapped, time.monotonic() + REMEMBERED_S
        return cast("bytes", wrapped)

    def _cipher(self, name: str) -> Cipher:
        if name not in self._ciphers:
            wrapped = self._wrapped(name)
            if wrapped is None:
                raise KeyGone(name.partition(":")[0])
            self._ciphers[name] = self._unwrap(wrapped, name)
        return self._ciphers[name]

    def _unwrap(self, wrapped: bytes, name: str) -> Cipher:
        """Unwrap a data key, also with a master key that took over a moment ago. Raises WrongKey."""
        try:
            return self._master.unwrap(wrapped, name)
        except WrongKey:
            if not bridge.fit(self.unit, self._master):
                raise
            return self._master.unwrap(wrapped, name)
