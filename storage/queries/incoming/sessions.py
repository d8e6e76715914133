"""Where each person is: her session, and the last askings shown to her."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.columns import UtcTime
from storage.database import Unit
from storage.tables import AskingRow, SessionRow
from storage.vault import Vault

_SESSION = SessionRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ASKING = AskingRow.__table__  # type: ignore[attr-defined]  # as above
KEPT_ASKINGS = 50


def _saving(statement: "sqlite.Insert | postgresql.Insert") -> "sqlite.Insert | postgresql.Insert":
    new = {"body": statement.excluded.body, "changed_at": statement.excluded.changed_at}
    return statement.on_conflict_do_update(index_elements=["person_id"], set_=new)


_LOAD = select(_SESSION.c.body).where(_SESSION.c.person_id == bindparam("person_id"))
_SAVE_ON_SQLITE, _SAVE = _saving(sqlite.insert(_SESSION)), _saving(postgresql.insert(_SESSION))
_SHOW = insert(_ASKING)
_SHOWN = select(_ASKING).where(_ASKING.c.nonce == bindparam("nonce"), _ASKING.c.person_id == bindparam("person_id"))
_ANSWER = update(_ASKING).where(_ASKING.c.nonce == bindparam("shown"))
_NEWEST = (
    select(_ASKING.c.nonce)
    .where(_ASKING.c.person_id == bindparam("person_id"))
    .order_by(_ASKING.c.created_at.desc())
    .limit(KEPT_ASKINGS)
)
_FORGET_OLD = delete(_ASKING).where(
    _ASKING.c.person_id == bindparam("person_id"),
    _ASKING.c.nonce.not_in(_NEWEST.scalar_subquery()),
    or_(_ASKING.c.until.is_(None), _ASKING.c.until < bindparam("now", type_=UtcTime)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAsking:
    """One asking as it is kept."""

    nonce: str
    person_id: str
    body: Mapping[str, object]
    answered_at: datetime | None
    until: datetime | None


def load(unit: Unit, vault: Vault, person_id: str) -> Mapping[str, object] | None:
    """The stored session of a person."""
    sealed = unit.run(_LOAD, {"person_id": person_id}).scalar()
    if sealed is None:
        return None
    body = vault.open(f"person:{person_id}", f"session.body:{person_id}", sealed)
    assert isinstance(body, dict)  # noqa: S101  # we wrote it so
    return body


def save(unit: Unit, vault: Vault, person_id: str, body: Mapping[str, object], now: datetime) -> None:
    """Keep the session of a person."""
    sealed = vault.seal(f"person:{person_id}", f"session.body:{person_id}", body)
    statement = _SAVE_ON_SQLITE if unit.on_sqlite else _SAVE
    unit.run(statement, {"person_id": person_id, "body": sealed, "changed_at": now})


def show(
    unit: Unit, vault: Vault, person_id: str, nonce: str, body: Mapping[str, object], now: datetime,
    until: datetime | None,
) -> None:  # fmt: skip
    """Keep one showing of a question or of buttons."""
    sealed = vault.seal(f"person:{person_id}", f"asking.body:{nonce}", body)
    values = {"nonce": nonce, "person_id": person_id, "body": sealed, "created_at": now, "until": until}
    unit.run(_SHOW, values)


def shown(unit: Unit, vault: Vault, person_id: str, nonce: str) -> ShownAsking | None:
    """The asking with this nonce, if it was shown to this person."""
    if "\x00" in nonce:
        return None  # PostgreSQL can't even be asked for such a text
    row = unit.run(_SHOWN, {"nonce": nonce, "person_id": person_id}).first()
    if row is None:
        return None
    body = vault.open(f"person:{person_id}", f"asking.body:{nonce}", row.body)
    assert isinstance(body, dict)  # noqa: S101  # we wrote it so
    return ShownAsking(
        nonce=row.nonce, person_id=row.person_id, body=body, answered_at=row.answered_at, until=row.until
    )


def answered(unit: Unit, nonce: str, now: datetime) -> None:
    """Note when an asking was last answered."""
    unit.run(_ANSWER, {"shown": nonce, "answered_at": now})


def forget_old(unit: Unit, person_id: str, now: datetime) -> None:
    """Drop askings beyond the last fifty, except buttons that still work."""
    unit.run(_FORGET_OLD, {"person_id": person_id, "now": now})
