"""Where each person is: her session, and the last askings shown to her."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.tables import AskingRow, SessionRow
from storage.vault import Vault

_SESSION = SessionRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ASKING = AskingRow.__table__  # type: ignore[attr-defined]  # as above
KEPT_ASKINGS = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """One asking as it is kept."""

    nonce: str
    person_id: str
    body: Mapping[str, object]
    answered_at: datetime | None
    until: datetime | None


def load(unit: Unit, vault: Vault, person_id: str) -> Mapping[str, object] | None:
    """The stored session of a person."""
    sealed = unit.execute(select(_SESSION.c.body).where(_SESSION.c.person_id == person_id)).scalar()
    if sealed is None:
        return None
    body = vault.open(f"person:{person_id}", f"session.body:{person_id}", sealed)
    assert isinstance(body, dict)  # noqa: S101  # we wrote it so
    return body


def save(unit: Unit, vault: Vault, person_id: str, body: Mapping[str, object], now: datetime) -> None:
    """Keep the session of a person."""
    sealed = vault.seal(f"person:{person_id}", f"session.body:{person_id}", body)
    dialect = sqlite if unit.on_sqlite else postgresql
    statement = dialect.insert(_SESSION).values(person_id=person_id, body=sealed, changed_at=now)
    unit.execute(
        statement.on_conflict_do_update(index_elements=["person_id"], set_={"body": sealed, "changed_at": now})
    )


def show(
    unit: Unit, vault: Vault, person_id: str, nonce: str, body: Mapping[str, object], now: datetime,
    until: datetime | None,
) -> None:  # fmt: skip
    """Keep one showing of a question or of buttons."""
    sealed = vault.seal(f"person:{person_id}", f"asking.body:{nonce}", body)
    unit.execute(insert(_ASKING).values(nonce=nonce, person_id=person_id, body=sealed, created_at=now, until=until))


def shown(unit: Unit, vault: Vault, person_id: str, nonce: str) -> Shown | None:
    """The asking with this nonce, if it was shown to this person."""
    if "\x00" in nonce:
        return None  # PostgreSQL can't even be asked for such a text
    row = unit.execute(select(_ASKING).where(_ASKING.c.nonce == nonce, _ASKING.c.person_id == person_id)).first()
    if row is None:
        return None
    body = vault.open(f"person:{person_id}", f"asking.body:{nonce}", row.body)
    assert isinstance(body, dict)  # noqa: S101  # we wrote it so
    return Shown(row.nonce, row.person_id, body, row.answered_at, row.until)


def answered(unit: Unit, nonce: str, now: datetime) -> None:
    """Note when an asking was last answered."""
    unit.execute(update(_ASKING).where(_ASKING.c.nonce == nonce).values(answered_at=now))


def forget_old(unit: Unit, person_id: str, now: datetime) -> None:
    """Drop askings beyond the last fifty, except buttons that still work."""
    newest = select(_ASKING.c.nonce).where(_ASKING.c.person_id == person_id)
    kept = newest.order_by(_ASKING.c.created_at.desc()).limit(KEPT_ASKINGS)
    unit.execute(
        delete(_ASKING).where(
            _ASKING.c.person_id == person_id,
            _ASKING.c.nonce.not_in(kept.scalar_subquery()),
            or_(_ASKING.c.until.is_(None), _ASKING.c.until < now),
        )
    )
