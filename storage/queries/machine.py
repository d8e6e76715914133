"""Leases, limits, facts about the database, who is responsible, and notes in the audit."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import bindparam, delete, func, insert, literal_column, select, text, true, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.tables import AuditRow, JobRun, LeaseRow, LimitRow, Meta, Owner

_LEASE = LeaseRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_LIMIT = LimitRow.__table__  # type: ignore[attr-defined]  # as above
_META = Meta.__table__  # type: ignore[attr-defined]  # as above
_OWNER = Owner.__table__  # type: ignore[attr-defined]  # as above
_AUDIT = AuditRow.__table__  # type: ignore[attr-defined]  # as above
INTERRUPTED = timedelta(minutes=10)
_RUN = JobRun.__table__  # type: ignore[attr-defined]  # as above
_OWNED = (
    select(_OWNER.c.body, _OWNER.c.contact, _OWNER.c.data_contact)
    .where(_OWNER.c.confirmed_by.is_not(None))
    .order_by(_OWNER.c.id.desc())
    .limit(literal_column("1"))
)
_NOTE = insert(_AUDIT)
_COUNTED = select(_LIMIT.c.window, _LIMIT.c["count"]).where(_LIMIT.c.name == bindparam("name"))
_CONNECTED = text(
    "SELECT application_name FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_type = 'client backend'"
)
_FACT = select(_META.c.value).where(_META.c.name == bindparam("name"))


def _insert(unit: Unit, table: object) -> "sqlite.Insert | postgresql.Insert":
    dialect = sqlite if unit.on_sqlite else postgresql
    return dialect.insert(table)  # type: ignore[no-any-return]  # both dialects spell it alike


def lease(unit: Unit, name: str, holder: str, now: datetime, length: timedelta, *, seize: bool = False) -> int | None:
    """Take or renew a lease; returns its epoch, or None while somebody else holds it.

    seize: whoever held it is surely gone; of those who were connected to the same server we see it ourselves.
    """
    row = unit.execute(select(_LEASE).where(_LEASE.c.name == name)).first()
    if row is None:
        taken = _insert(unit, _LEASE).values(name=name, holder=holder, until=now + length, epoch=1)
        return 1 if unit.execute(taken.on_conflict_do_nothing().returning(_LEASE.c.epoch)).first() else None
    # A lease that ends too far ahead was taken by a clock that was wrong: nobody waits years for it.
    holds = row.holder != holder and not seize and now < row.until <= now + 2 * length
    if holds and not gone(unit, [row.holder], holder):
        return None
    epoch = row.epoch if row.holder == holder else row.epoch + 1
    statement = update(_LEASE).where(_LEASE.c.name == name, _LEASE.c.epoch == row.epoch, _LEASE.c.holder == row.holder)
    return int(epoch) if unit.change(statement.values(holder=holder, until=now + length, epoch=epoch)) else None


def gone(unit: Unit, holders: Collection[str], asking: str) -> list[str]:
    """Which of these, named by `Database.holder`, are of processes that ended; asking: who wants to know.

    A server says who is connected; a file is served by one process. Whoever sees the sessions of others without their
    names, for want of a right, knows of none.
    """
    processes = {holder: holder.partition("/")[0] for holder in holders if holder.startswith("chungtay-")}
    if not processes:
        return []
    here = {asking.partition("/")[0]} if unit.on_sqlite else set(unit.run(_CONNECTED).scalars())
    return [] if None in here else [holder for holder, process in processes.items() if process not in here]


def connected(unit: Unit) -> set[str]:
    """The processes of ours that are connected to the server, by name; nobody on SQLite, which has none."""
    if unit.on_sqlite:
        return set()
    return {name for name in unit.run(_CONNECTED).scalars() if name is not None and name.startswith("chungtay-")}


def release(unit: Unit, name: str, holder: str, now: datetime) -> None:
    """Give a lease back, so that another need not wait for it to run out."""
    unit.execute(update(_LEASE).where(_LEASE.c.name == name, _LEASE.c.holder == holder).values(until=now))


def count(unit: Unit, name: bytes, now: datetime, window: timedelta) -> int:
    """Count one more of something; returns how many there were in the present window, this one included."""
    so_far = counted(unit, name, now, window) + 1
    begun = now if so_far == 1 else unit.execute(select(_LIMIT.c.window).where(_LIMIT.c.name == name)).scalar_one()
    statement = _insert(unit, _LIMIT).values(name=name, window=begun, count=so_far)
    unit.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"window": begun, "count": so_far}))
    return so_far


def counted(unit: Unit, name: bytes, now: datetime, window: timedelta) -> int:
    """How often something was counted in the present window."""
    row = unit.run(_COUNTED, {"name": name}).first()
    return 0 if row is None or abs(now - row[0]) >= window else int(row[1])  # either way: a clock may step back


def fact(unit: Unit, name: str) -> str | None:
    """A fact about this database."""
    return cast("str | None", unit.run(_FACT, {"name": name}).scalar())


def set_fact(unit: Unit, name: str, value: str) -> None:
    statement = _insert(unit, _META).values(name=name, value=value)
    unit.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def drop_fact(unit: Unit, name: str, value: str | None = None) -> bool:
    """Drop a fact. value: unless it is another one by now."""
    same = _META.c.value == value if value is not None else true()
    return unit.change(delete(_META).where(_META.c.name == name, same)) == 1


def owner(unit: Unit) -> tuple[str, str, str] | None:
    """(body, contact, data contact) of who is responsible, or None while nobody was entered."""
    row = unit.run(_OWNED).first()
    return tuple(row) if row else None


class OwnerEntry(NamedTuple):
    """One entry of who is responsible. by: the actor who entered it."""

    number: int
    body: str
    contact: str
    data_contact: str
    by: str
    at: datetime


def owners(unit: Unit) -> tuple[OwnerEntry | None, OwnerEntry | None]:
    """The entry that counts, and a newer one that waits to be confirmed."""
    columns = (_OWNER.c.id, _OWNER.c.body, _OWNER.c.contact, _OWNER.c.data_contact, _OWNER.c.entered_by, _OWNER.c.since)
    newest = select(*columns, _OWNER.c.confirmed_by).order_by(_OWNER.c.id.desc())
    confirmed = unit.execute(newest.where(_OWNER.c.confirmed_by.is_not(None)).limit(1)).first()
    last = unit.execute(newest.limit(1)).first()
    waiting = last if last is not None and last.confirmed_by is None else None
    return (OwnerEntry(*confirmed[:6]) if confirmed else None, OwnerEntry(*waiting[:6]) if waiting else None)


def set_owner(unit: Unit, body: str, contact: str, data_contact: str, by: str, now: datetime) -> None:
    """Enter who is responsible, as the operator at the machine does, who needs nobody to confirm it."""
    number = enter_owner(unit, body, contact, data_contact, by, now)
    unit.execute(update(_OWNER).where(_OWNER.c.id == number).values(confirmed_by=by))


def enter_owner(unit: Unit, body: str, contact: str, data_contact: str, by: str, now: datetime) -> int:
    """Enter who is responsible; it counts once somebody confirms it. Returns its number."""
    row = insert(_OWNER).values(body=body, contact=contact, data_contact=data_contact, entered_by=by, since=now)
    return int(unit.execute(row.returning(_OWNER.c.id)).scalar_one())


def confirm_owner(unit: Unit, number: int, by: str) -> bool:
    """Confirm who is responsible. False if `by` entered it, it was confirmed before, or something newer was entered."""
    newest = select(func.max(_OWNER.c.id)).scalar_subquery()
    open_one = update(_OWNER).where(_OWNER.c.id == number, _OWNER.c.id == newest, _OWNER.c.confirmed_by.is_(None))
    return unit.change(open_one.where(_OWNER.c.entered_by != by).values(confirmed_by=by)) == 1


def note(
    unit: Unit, now: datetime, actor: str, action: str, subject: str, reason: str, detail: dict[str, object]
) -> None:
    """Write an audit row; it is sealed into the chain a moment later."""
    values = {"at": now, "actor": actor, "action": action, "subject": subject, "reason": reason, "detail": detail}
    unit.run(_NOTE, values)


def last_note(unit: Unit) -> datetime | None:
    """When the latest audit row was written."""
    return unit.execute(select(_AUDIT.c.at).order_by(_AUDIT.c.id.desc()).limit(1)).scalar()


def begin_run(unit: Unit, job: str, due: datetime, now: datetime) -> bool:
    """Claim one due time of a job. False if it was done, or is being done: a start long ago was interrupted."""
    statement = _insert(unit, _RUN).values(job=job, due=due, state="started", started_at=now)
    if unit.execute(statement.on_conflict_do_nothing().returning(_RUN.c.job)).first() is not None:
        return True
    interrupted = update(_RUN).where(_RUN.c.job == job, _RUN.c.due == due, _RUN.c.state == "started")
    return unit.change(interrupted.where(_RUN.c.started_at < now - INTERRUPTED).values(started_at=now)) == 1


def end_run(unit: Unit, job: str, due: datetime, state: str, now: datetime) -> None:
    unit.execute(update(_RUN).where(_RUN.c.job == job, _RUN.c.due == due).values(state=state, ended_at=now))
