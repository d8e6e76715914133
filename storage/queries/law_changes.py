"""Whose result differs after a change of the law; that it does, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Unit
from storage.tables import Address, Consent, DataKey, HouseholdRow, LawChange, LawChangePerson

_FOUND = LawChangePerson.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_LAST_WORD = (
    select(col(Consent.state))
    .where(col(Consent.person_id) == col(HouseholdRow.person_id), col(Consent.purpose) == bindparam("purpose"))
    .order_by(col(Consent.id).desc())
    .limit(1)
    .scalar_subquery()
)
_LAST_CHANNEL = (  # as chats.last_used has it
    select(col(Address.channel))
    .where(col(Address.person_id) == col(HouseholdRow.person_id), col(Address.reachable).is_(True))
    .order_by(col(Address.chosen).desc(), col(Address.last_in_at).desc())
    .limit(1)
    .scalar_subquery()
)
_FAMILIES = (
    select(col(HouseholdRow.person_id), col(HouseholdRow.declared), col(DataKey.wrapped), _LAST_WORD, _LAST_CHANNEL)
    .outerjoin(DataKey, col(DataKey.name) == "person:" + col(HouseholdRow.person_id))
    .where(col(HouseholdRow.person_id) > bindparam("after"), col(HouseholdRow.declared).is_not(None))
    .order_by(col(HouseholdRow.person_id))
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Family:
    """A check as it is kept. key: wrapped. word: the last on the consent. channel: where she reads, if anywhere."""

    person_id: str
    declared: bytes
    key: bytes | None
    word: str | None
    channel: str | None


def families(unit: Unit, purpose: str, after: str, most: int) -> list[Family]:
    """Some who told of their family, in the order of their ids. purpose: of the consent that it stands on."""
    return [Family(*row) for row in unit.run(_FAMILIES, {"purpose": purpose, "after": after, "most": most})]


def add(unit: Unit, change_id: str, people: Iterable[str]) -> None:
    """Keep that some people's results differ after a change."""
    insert = sqlite.insert if unit.on_sqlite else postgresql.insert
    rows = [{"change_id": change_id, "person_id": person_id} for person_id in people]
    if rows:
        unit.execute(insert(_FOUND).on_conflict_do_nothing(), rows)


def count(unit: Unit, change_id: str) -> int:
    """How many people's results differ after a change."""
    return unit.execute(select(func.count()).where(_FOUND.c.change_id == change_id)).scalar_one()


def move(unit: Unit, gone: str, kept: str) -> None:
    """Make what was found of one person that of another, as two that are joined."""
    for change_id in unit.execute(select(_FOUND.c.change_id).where(_FOUND.c.person_id == gone)).scalars().all():
        add(unit, change_id, [kept])
    erase(unit, gone)


def erase(unit: Unit, person_id: str) -> None:
    """Forget that anything of somebody differs."""
    unit.execute(delete(_FOUND).where(_FOUND.c.person_id == person_id))


def open_again(unit: Unit, change: LawChange) -> None:
    """Forget that a change was confirmed and whom it concerned, so that it can be confirmed anew."""
    forget(unit, change.id)
    unit.execute(delete(LawChange).where(col(LawChange.id) == change.id))


def forget(unit: Unit, change_id: str) -> int:
    """Forget whom a change concerned; returns how many that was."""
    return unit.change(delete(_FOUND).where(_FOUND.c.change_id == change_id))
