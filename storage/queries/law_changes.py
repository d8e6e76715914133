"""Whose result differs after a change of the law; that it does, and nothing else."""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.database import Unit
from storage.tables import LawChange, LawChangePerson

_FOUND = LawChangePerson.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class


def add(unit: Unit, change_id: str, person_id: str) -> None:
    """Keep that somebody's result differs after a change."""
    insert = sqlite.insert if unit.on_sqlite else postgresql.insert
    put = insert(_FOUND).values(change_id=change_id, person_id=person_id)
    unit.execute(put.on_conflict_do_nothing())


def count(unit: Unit, change_id: str) -> int:
    """How many people's results differ after a change."""
    return unit.execute(select(func.count()).where(_FOUND.c.change_id == change_id)).scalar_one()


def move(unit: Unit, gone: str, kept: str) -> None:
    """Make what was found of one person that of another, as two that are joined."""
    for change_id in unit.execute(select(_FOUND.c.change_id).where(_FOUND.c.person_id == gone)).scalars().all():
        add(unit, change_id, kept)
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
