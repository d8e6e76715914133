"""Which of her chats a person wants her messages in, asked of everybody at once."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, func, select, tuple_

from storage.database import Unit
from storage.tables import Address

_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class


def has_better(unit: Unit, open_of: Callable[[FromClause], ColumnElement[bool]] | None = None) -> ColumnElement[bool]:
    """Whether the person of a chat has another that comes before it: chosen, or written in later.

    open_of: of chats, whether one takes messages for nothing; those come first.
    """
    other = _ADDRESS.alias("other")
    before = [other.c.chosen, other.c.last_in_at, _ADDRESS.c.id]
    here = [_ADDRESS.c.chosen, _ADDRESS.c.last_in_at, other.c.id]
    if open_of is not None:
        before.insert(0, case((open_of(other), 1), else_=0))
        here.insert(0, case((open_of(_ADDRESS), 1), else_=0))
    hers = (other.c.person_id == _ADDRESS.c.person_id, other.c.reachable.is_(True), other.c.id != _ADDRESS.c.id)
    several = select(_ADDRESS.c.person_id).group_by(_ADDRESS.c.person_id).having(func.count() > 1)
    return of_few(unit, several, exists().where(*hers, tuple_(*before) > tuple_(*here)))


def of_few(unit: Unit, people: Select[Any], is_so: ColumnElement[bool]) -> ColumnElement[bool]:
    """What can be so of the chats of a few people only. SQLite finds these once for all, and asks of nobody else.

    PostgreSQL joins everybody's in less time, and would look through a long list once for each chat.
    """
    return and_(_ADDRESS.c.person_id.in_(people), is_so) if unit.on_sqlite else is_so
