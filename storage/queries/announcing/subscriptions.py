"""Who wants which news: a row for each topic and unit; stopping keeps it, so that it can be taken up again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.tables import Subscription

_WANTED = Subscription.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class


@dataclass(frozen=True, slots=True)
class Wanted:
    """One topic that somebody wants or wanted, for a unit or the whole city ('')."""

    topic: str
    unit_id: str
    rhythm: str
    since: datetime
    stopped_at: datetime | None

    @property
    def last_word(self) -> datetime:
        """When she last said something of it."""
        return self.stopped_at or self.since


def want(unit: Unit, person_id: str, topic: str, unit_id: str, rhythm: str, now: datetime) -> None:
    """Note that somebody wants a topic. What she wants already goes on since when it did."""
    insert = sqlite.insert if unit.on_sqlite else postgresql.insert
    put = insert(_WANTED).values(person_id=person_id, topic=topic, unit_id=unit_id, rhythm=rhythm, since=now)
    since = case((_WANTED.c.stopped_at.is_(None), _WANTED.c.since), else_=put.excluded.since)
    again = {"rhythm": rhythm, "stopped_at": None, "since": since}
    unit.execute(put.on_conflict_do_update(index_elements=["person_id", "topic", "unit_id"], set_=again))


def all_of(unit: Unit, person_id: str) -> Sequence[Wanted]:
    """Everything somebody wants or wanted."""
    columns = (_WANTED.c.topic, _WANTED.c.unit_id, _WANTED.c.rhythm, _WANTED.c.since, _WANTED.c.stopped_at)
    query = select(*columns).where(_WANTED.c.person_id == person_id)
    return [Wanted(*row) for row in unit.execute(query.order_by(_WANTED.c.topic, _WANTED.c.unit_id))]


def stop(unit: Unit, person_id: str, topics: Collection[str] | None, now: datetime) -> int:
    """Stop some topics of somebody, all if None; returns how many were not stopped before."""
    hers = update(_WANTED).where(_WANTED.c.person_id == person_id, _WANTED.c.stopped_at.is_(None))
    some = hers if topics is None else hers.where(_WANTED.c.topic.in_(topics))
    return unit.change(some.values(stopped_at=now))


def take_up(unit: Unit, person_id: str, stopped_at: datetime, now: datetime) -> int:
    """Want again what was stopped at a moment; returns how many."""
    again = update(_WANTED).where(_WANTED.c.person_id == person_id, _WANTED.c.stopped_at == stopped_at)
    return unit.change(again.values(stopped_at=None, since=now))


def drop_others(unit: Unit, person_id: str, topics: Collection[str], unit_id: str) -> None:
    """Forget all that somebody wants or wanted, save some topics for one unit."""
    hers = delete(_WANTED).where(_WANTED.c.person_id == person_id)
    unit.execute(hers.where(_WANTED.c.topic.not_in(topics) | (_WANTED.c.unit_id != unit_id)))


def forget(unit: Unit, person_id: str) -> None:
    """Forget all that somebody wants or wanted."""
    unit.execute(delete(_WANTED).where(_WANTED.c.person_id == person_id))


def move(unit: Unit, gone: str, kept: str) -> None:
    """Give one person's topics to another; where both have one, what was said of it last stands."""
    others = {(one.topic, one.unit_id): one for one in all_of(unit, kept)}
    for one in all_of(unit, gone):
        other = others.get((one.topic, one.unit_id))
        if other is not None and other.last_word >= one.last_word:
            continue
        unit.execute(delete(_WANTED).where(*_is(kept, one)))
        unit.execute(update(_WANTED).where(*_is(gone, one)).values(person_id=kept))
    forget(unit, gone)


def _is(person_id: str, one: Wanted) -> tuple[ColumnElement[bool], ...]:
    return _WANTED.c.person_id == person_id, _WANTED.c.topic == one.topic, _WANTED.c.unit_id == one.unit_id
