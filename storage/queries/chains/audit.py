"""Reading the audit, newest first. Writing and checking it is in `machine`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from storage.database import Unit
from storage.tables import AuditRow

_AUDIT = AuditRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
# Actors and subjects are found by index; of anything else no more rows are looked through at once.
LOOKED_THROUGH = 20_000


@dataclass(frozen=True, slots=True)
class Noted:
    """An audit row. sequence: its place in the chain, once it has one."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    detail: Mapping[str, Any]
    sequence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which rows are wanted; what is empty is not asked for.

    actor: such as `official:4f…`, or `person` for all of a kind. action: how it begins. since, until: moments.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows, newest first. before: from where to read on; None: there are no older ones."""

    rows: list[Noted]
    before: int | None


@dataclass(frozen=True, slots=True)
class AuditChain:
    """How far the chain was sealed. late: a row waits to be sealed for more than a minute."""

    sequence: int
    at: datetime | None
    late: bool


def part(unit: Unit, wanted: Filter, before: int | None, most: int) -> Part:
    """Rows older than one. There may be fewer than wanted, or none, and still older ones."""
    newest = _last_id(unit, None) if before is None else before - 1
    if wanted.until is not None:
        newest = min(newest, _last_id(unit, wanted.until))
    oldest = _last_id(unit, wanted.since) + 1 if wanted.since is not None else 1
    named = wanted.subject or ":" in wanted.actor
    floor = oldest if named else max(oldest, newest - LOOKED_THROUGH + 1)
    within = (_AUDIT.c.id.between(floor, newest), *_conditions(wanted))
    query = select(*(_AUDIT.c[name] for name in Noted.__dataclass_fields__)).where(*within)
    rows = [Noted(*row) for row in unit.execute(query.order_by(_AUDIT.c.id.desc()).limit(most + 1))]
    if len(rows) > most:
        return Part(rows[:most], rows[most - 1].id)
    return Part(rows, floor if floor > oldest else None)


def chain(unit: Unit, now: datetime) -> AuditChain:
    """How far the chain goes; whether it is whole is for `verify` to say, which reads all of it."""
    sealed = select(_AUDIT.c.sequence, _AUDIT.c.at).where(_AUDIT.c.sequence.is_not(None))
    last = unit.execute(sealed.order_by(_AUDIT.c.sequence.desc()).limit(1)).first()
    late = select(_AUDIT.c.id).where(_AUDIT.c.sequence.is_(None), _AUDIT.c.at < now - timedelta(minutes=1)).limit(1)
    waits = unit.execute(late).first() is not None
    return AuditChain(last.sequence, last.at, waits) if last else AuditChain(0, None, waits)


def noted_since(unit: Unit, actor: str, action: str, subject: str, since: datetime) -> bool:
    """Whether somebody's doing something was noted since a moment."""
    # Of one subject there are few rows, of one actor many: SQLite must not choose the actor's index.
    by_actor = _AUDIT.c.actor.concat("") == actor
    query = select(_AUDIT.c.id).where(_AUDIT.c.subject == subject, by_actor, _AUDIT.c.action == action)
    return unit.execute(query.where(_AUDIT.c.at >= since).limit(1)).first() is not None


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if ":" in wanted.actor:
        found.append(_AUDIT.c.actor == wanted.actor)
    elif wanted.actor:
        found.append((_AUDIT.c.actor == wanted.actor) | _AUDIT.c.actor.startswith(f"{wanted.actor}:", autoescape=True))
    if wanted.action:
        found.append(_AUDIT.c.action.startswith(wanted.action, autoescape=True))
    if wanted.subject:
        found.append(_AUDIT.c.subject == wanted.subject)
    if wanted.since is not None:
        found.append(_AUDIT.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(_AUDIT.c.at < wanted.until)
    return found


def _last_id(unit: Unit, before: datetime | None) -> int:
    """The id of the last row written before a moment; 0 if there is none.

    Why by halves: rows come in the order of time, so a day is found without an index that every note would pay for.
    """
    high = int(unit.execute(select(func.max(_AUDIT.c.id))).scalar() or 0)
    if before is None:
        return high
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        nearest = select(_AUDIT.c.id, _AUDIT.c.at).where(_AUDIT.c.id <= middle).order_by(_AUDIT.c.id.desc()).limit(1)
        row = unit.execute(nearest).first()
        if row is None or row.at < before:
            low = middle
        else:
            high = row.id - 1
    return low
