"""Backups: the data without its keys in one file, and beside it `person-keys`, today's keys for every backup there.

The order, and why: (1) the data, from one snapshot, into a file aside; (2) only then the keys, from a later snapshot,
which replace `person-keys`; (3) the data file is renamed into place. Who was erased between (1) and (2) has no key in
it. A crash between (2) and (3) leaves no new backup, and keys that fit all older ones. So no backup ever lies there
whose people have no keys yet. Keys are wrapped by `ENCRYPTION_KEY`, which is in neither file; while it is being
replaced, all are wrapped by the newer one on their way into the file, and what leads from one to the other stays out.

Two things would quietly make old backups unreadable, and are refused: keys of another database written over these
(each database has an `origin`, kept over a restore), and keys older than the backup they should open.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Row, Select, Table, delete, func, insert, inspect, select, text
from sqlmodel import SQLModel, col

from storage import migrations
from storage.backup import rowfile
from storage.backup.rowfile import Damaged, Header, RowReader, Unsigned
from storage.bridge import KEY_CHECK
from storage.crypto import BEFORE, NEXT, MasterKey, WrongKey
from storage.database import Database, Unit
from storage.ids import new_nonce
from storage.queries import machine
from storage.queries.chains.chain import ANCHORS_END
from storage.tables import DataKey, LeaseRow, Meta

KEYS = "person-keys"
_KEYS_TABLE: Table = DataKey.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
# Keys lie beside. A lease and a one-time link mean nothing to another process at another time.
LEFT_OUT = {"data_key", "lease", "one_time_token"}
# What a service that nobody has used yet may have written.
OF_THE_MACHINE = ("meta", "lease", "job_run", "limiter")
Tell = Callable[[int, int], None]  # rows so far, of how many


class BadBackup(Exception):
    """It can't be backed up or restored so; the message is one clear line without any secret."""


@dataclass(frozen=True, slots=True)
class Found:
    """A backup that was read to its end and fits its keys and the master key."""

    data: RowReader
    keys: RowReader
    header: Header


def write(database: Database, master: MasterKey, path: Path, now: Callable[[], datetime], tell: Tell) -> Header:
    """Write a backup, beside a service at work; returns its header. Raises Refused, DatabaseAway."""
    with _files(path), rowfile.alone(path.with_name(f"{KEYS}.lock")) as is_alone:
        if not is_alone:
            raise BadBackup("another backup is being written into this folder; wait for it")
        if path.exists() or path.name == KEYS:
            raise BadBackup(f"{path.name} is there already; a backup is never overwritten, choose another name")
        origin, check = database.write_now(_origin), master.check_value()
        keys = path.with_name(KEYS)
        before = _known_keys(RowReader(keys, master, unsigned=True), origin, check)
        kept = [table for table in SQLModel.metadata.sorted_tables if table.name not in LEFT_OUT]
        data = Header(what="data", revision=migrations.HEAD, taken=now(), key_check=check, origin=origin, counts={})
        with rowfile.written_aside(path) as file:
            done = database.read_now(lambda unit: _dump(unit, master, file, data, kept, tell))
            # A clock that was set back must not make new keys look older than the backups they open.
            taken = max(now(), data.taken, before or data.taken)
            today = Header(what="keys", revision=data.revision, taken=taken, key_check=check, origin=origin, counts={})
            with rowfile.written_aside(keys) as beside, _one_key():
                database.read_now(lambda unit: _dump(unit, master, beside, today, [_KEYS_TABLE], lambda *_: None))
    return done


def _origin(unit: Unit) -> str:
    """What tells this database from all others."""
    found = machine.fact(unit, "origin")
    if found is None:
        machine.set_fact(unit, "origin", found := new_nonce())
    return found


def _known_keys(keys: RowReader, origin: str, check: str) -> datetime | None:
    """When the keys that are about to be replaced were written; None if there are none. Raises Refused."""
    if not keys.path.exists():
        return None
    try:
        before = keys.header()
    except Damaged as damage:
        raise BadBackup(f"{KEYS} in this folder can't be read: {damage}; choose another folder") from None
    if (before.origin, before.key_check) != (origin, check):
        raise BadBackup(f"{KEYS} in this folder is of another database; its backups need it, choose another folder")
    return before.taken


def _dump(
    unit: Unit, master: MasterKey, file: BinaryIO, header: Header, tables: list[Table], tell: Tell
) -> Header:  # fmt: skip
    """Write some tables as they stand in this transaction."""
    take_time(unit)
    rows_of = {table: _rows(table) for table in tables}
    counts = {
        str(table.name): unit.scalar(select(func.count()).select_from(rows.subquery())) or 0
        for table, rows in rows_of.items()
    }
    said = Header(
        what=header.what,
        revision=header.revision,
        taken=header.taken,
        key_check=header.key_check,
        origin=header.origin,
        counts=counts,
    )
    writer, done = rowfile.RowWriter(file, said, master), 0
    for table in tables:
        writer.table(str(table.name), {str(column.name): rowfile.kind_of(column.type) for column in table.columns})
        at_once = rowfile.AT_ONCE_OF.get(table.name, rowfile.AT_ONCE)
        for rows in unit.execute(rows_of[table], execution_options={"yield_per": at_once}).partitions():
            for row in rows:
                writer.row(_renewed(row, master) if table is _KEYS_TABLE else row)
            done += len(rows)
            tell(done, said.rows)
    writer.end()
    return said


def _rows(table: Table) -> Select[*tuple[Any, ...]]:
    """What of a table goes into a file."""
    rows = select(table)
    return rows.where(table.c.name.not_in((NEXT, BEFORE))) if table is _KEYS_TABLE else rows


def _renewed(row: Row[*tuple[Any, ...]], master: MasterKey) -> tuple[object, ...]:
    """A row of the keys, wrapped by the newest master key. Raises WrongKey."""
    return row.name, master.renew(row.wrapped, row.name), row.created_at


@contextmanager
def _one_key() -> Iterator[None]:
    """Say in one line that a key was wrapped by another master key than the one the backup began with."""
    try:
        yield
    except WrongKey:
        raise BadBackup("ENCRYPTION_KEY was replaced meanwhile; write the backup once more") from None


def find(path: Path, master: MasterKey, tell: Tell, *, unsigned: bool = False) -> Found:
    """Read a backup to its end before anything is written. unsigned: also one of an older release. Raises Refused."""
    whole, keys = RowReader(path, master, unsigned), RowReader(path.with_name(KEYS), master, unsigned)
    data = _sound(whole, "data", tell)
    if not keys.path.exists():
        raise BadBackup(f"{KEYS} is missing beside {path.name}; without it nothing in the backup can be read")
    today = _sound(keys, "keys", lambda *_: None)
    if data.key_check != master.check_value():
        raise BadBackup(f"ENCRYPTION_KEY is not the key of {path.name}")
    if (today.origin, today.key_check) != (data.origin, data.key_check):
        raise BadBackup(f"{KEYS} beside {path.name} is of another database")
    if today.taken < data.taken:
        raise BadBackup(f"{KEYS} is older than {path.name}; take the one written with it, or a later one")
    if migrations.standing(data.revision) == "newer":
        raise BadBackup(f"{path.name} was written by a newer release; install that one")
    return Found(whole, keys, data)


def _sound(file: RowReader, what: str, tell: Tell) -> Header:
    path = file.path
    try:
        header, done = file.header(), 0
        for _, rows in file.portions():
            done += len(rows)
            tell(done, header.rows)
    except Unsigned as unsigned:
        raise BadBackup(
            f"{path.name} is of an older release: {unsigned}; --unsigned restores it all the same"
        ) from None
    except Damaged as damage:
        there = path.exists()
        raise BadBackup(f"{path.name} can't be read: {damage}" if there else f"there is no {path.name} here") from None
    if header.what != what or header.rows != done:
        raise BadBackup(f"{path.name} holds something else than {what}")
    return header


def load(unit: Unit, found: Found, standing: str, now: datetime, tell: Tell) -> None:
    """Put every row and today's keys into an empty database, and bring it to this release's shape.

    standing: how the database stands to this release before. Raises Refused, Damaged; then nothing may be kept.
    """
    take_time(unit)
    old = migrations.standing(found.header.revision) == "older"
    if standing == "empty":
        migrations.upgrade_within(unit.connection(), found.header.revision)
    elif standing != "current" or old:
        raise BadBackup(
            "this backup is of another release than the database: restore it into a database without tables"
        )
    _clear(unit, now)
    done = 0
    for file in (found.data, found.keys):
        for table, rows in file.portions():
            unit.execute(insert(table), rows)
            done += len(rows)
            tell(min(done, found.header.rows), found.header.rows)
    # The file that it speaks of is of another history.
    unit.execute(delete(Meta).where(col(Meta.name).startswith(ANCHORS_END, autoescape=True)))
    if machine.fact(unit, KEY_CHECK) is not None:  # of the key before, where it was being replaced
        machine.set_fact(unit, KEY_CHECK, found.header.key_check)
    if old:
        migrations.upgrade_within(unit.connection())
    _go_on_counting(unit)


def _clear(unit: Unit, now: datetime) -> None:
    """Delete what the machine itself wrote. Raises Refused if there is anything else, or a service at work."""
    until = unit.scalar(select(func.max(col(LeaseRow.until))))
    if until is not None and until > now:
        raise BadBackup("a service is at work on this database; stop it, and try again in half a minute")
    there = inspect(unit.connection()).get_table_names()
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name not in there:
            continue
        if table.name in OF_THE_MACHINE:
            unit.execute(delete(table))
        elif unit.execute(select(text("1")).select_from(table).limit(1)).first():
            raise BadBackup(f"the database is not empty (there is something in {table.name}): restore into a new one")


def take_time(unit: Unit) -> None:
    """Let this one transaction take as long as it needs, and write days as ISO 8601."""
    if not unit.on_sqlite:
        for setting in ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "datestyle = 'ISO'"):
            unit.execute(text(f"SET LOCAL {setting}"))


def _go_on_counting(unit: Unit) -> None:
    """On PostgreSQL numbers come from a sequence, which knows nothing of rows that brought theirs."""
    if unit.on_sqlite:
        return
    for table in SQLModel.metadata.sorted_tables:
        number = table.autoincrement_column
        if number is not None:
            sequence = func.pg_get_serial_sequence(table.name, number.name)
            unit.execute(select(func.setval(sequence, func.max(number))).having(func.max(number).is_not(None)))


@contextmanager
def _files(path: Path) -> Iterator[None]:
    """Say in one line what a disk or a folder refused."""
    try:
        yield
    except OSError as error:
        raise BadBackup(f"{path.name} can't be written: {error.strerror}") from None
