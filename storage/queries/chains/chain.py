"""Chains of hashes: the audit and the public ledger, each row bound to the one before it.

Why a row is sealed a moment after it was written: writing it must not wait for whoever writes the next.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, Table, bindparam, select, update

from storage.database import Unit
from storage.queries import machine
from storage.queries.chains import ledger_totals
from storage.tables import AuditRow, LedgerLine

SEALED_WITHIN = timedelta(minutes=1)
AT_ONCE = 5_000
ANCHORS_END = "anchors_end"  # begins the name of the fact that says how many anchors were written, and which was last
Sealed = Callable[[Unit, Sequence[Row[*tuple[Any, ...]]]], None]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last row of a chain, as it was on a day. chain: the name of its table."""

    day: date
    chain: str
    sequence: int
    digest: bytes


def _nothing_more(_unit: Unit, _rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
    """What else is done with sealed rows where nothing is."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain of one table.

    names: the columns that its hashes hold, after the sequence and the moment, in this order for ever. end_fact: the
    fact that says how long the chain is, so that rows taken away from its end are missed. sealed: told of the rows that
    get their place, in the same transaction.
    """

    table: Table
    names: tuple[str, ...]
    end_fact: str
    sealed: Sealed = _nothing_more

    def seal(self, unit: Unit, most: int = AT_ONCE) -> int:
        """Give unsealed rows their place in the chain; returns how many were sealed."""
        columns = self.table.c
        waiting = select(self.table).where(columns.sequence.is_(None)).order_by(columns.id).limit(most)
        rows = unit.execute(waiting).all()
        if not rows:
            return 0
        placed = select(columns.sequence, columns.hash).where(columns.sequence.is_not(None))
        last = unit.execute(placed.order_by(columns.sequence.desc()).limit(1)).first()
        sequence, previous = max(self.end(unit), (last.sequence, last.hash) if last else (0, b""))
        place = update(self.table).where(columns.id == bindparam("which"))
        place = place.values(
            sequence=bindparam("its_sequence"), previous=bindparam("its_previous"), hash=bindparam("its_hash")
        )
        for row in rows:
            sequence += 1
            digest = self.digest(row, sequence, previous)
            unit.run(place, {"which": row.id, "its_sequence": sequence, "its_previous": previous, "its_hash": digest})
            previous = digest
        machine.set_fact(unit, self.end_fact, f"{sequence} {previous.hex()}")
        self.sealed(unit, rows)
        return len(rows)

    def broken(self, unit: Unit, now: datetime) -> Iterator[str]:
        """Name the first row that does not fit its chain, and any left unsealed for more than a minute."""
        columns, what = self.table.c, self.table.name
        placed = select(self.table).where(columns.sequence.is_not(None)).order_by(columns.sequence)
        previous, expected = b"", 1
        # A million rows at once would not fit into the memory of a small machine.
        with closing(unit.execute(placed, execution_options={"yield_per": AT_ONCE})) as rows:
            for row in rows:
                digest = self.digest(row, expected, previous)
                if (row.sequence, row.previous, row.hash) != (expected, previous, digest):
                    yield f"{what} row {row.id} (sequence {row.sequence}) does not fit the chain"
                    return
                previous, expected = row.hash, expected + 1
        if self.end(unit)[0] >= expected:
            yield f"{what} row of sequence {expected} is missing at the end of the chain"
        unsealed = select(columns.id).where(columns.sequence.is_(None), columns.at < now - SEALED_WITHIN)
        late = unit.execute(unsealed.order_by(columns.id).limit(1)).scalar()
        if late is not None:
            yield f"{what} row {late} has been unsealed for more than a minute"

    def last(self, unit: Unit, day: date) -> Anchor | None:
        """The last row that has its place; None where there is none."""
        columns = self.table.c
        placed = select(columns.sequence, columns.hash).where(columns.sequence.is_not(None))
        row = unit.execute(placed.order_by(columns.sequence.desc()).limit(1)).first()
        return Anchor(day, self.table.name, row.sequence, row.hash) if row else None

    def digest_at(self, unit: Unit, sequence: int) -> bytes | None:
        """The hash of the row in a place of the chain; None where there is none."""
        columns = self.table.c
        digest: bytes | None = unit.execute(select(columns.hash).where(columns.sequence == sequence)).scalar()
        return digest

    def content(self, row: Row[*tuple[Any, ...]], sequence: int) -> list[object]:
        """What is hashed of a row after the hash before it, as JSON with sorted keys; bytes are in hexadecimal."""
        values = (getattr(row, name) for name in self.names)
        plain = (value.hex() if isinstance(value, bytes) else value for value in values)
        return [sequence, row.at.isoformat(), *plain]

    def digest(self, row: Row[*tuple[Any, ...]], sequence: int, previous: bytes) -> bytes:
        """The hash of a row in its place."""
        content = orjson.dumps(self.content(row, sequence), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(previous + content).digest()

    def end(self, unit: Unit) -> tuple[int, bytes]:
        """How long the chain is, and the hash of its last row."""
        sequence, _, digest = (machine.fact(unit, self.end_fact) or "0 ").partition(" ")
        return int(sequence), bytes.fromhex(digest)


AUDIT = Chain(
    AuditRow.__table__,  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    ("id", "actor", "action", "subject", "reason", "detail"),
    "audit_end",
)
LEDGER = Chain(
    LedgerLine.__table__,  # type: ignore[attr-defined]  # as above
    (
        "id", "day", "kind", "code", "allocation_id", "gift", "unit_id", "campaign_code", "amount", "measure",
        "reference",
    ),
    "ledger_end",
    ledger_totals.add,
)  # fmt: skip
CHAINS = (AUDIT, LEDGER)


def seal(unit: Unit, most: int = AT_ONCE) -> int:
    """Seal what waits in every chain; returns how many rows were sealed."""
    return sum(chain.seal(unit, most) for chain in CHAINS)


def broken(unit: Unit, now: datetime) -> Iterator[str]:
    """Name what is wrong with every chain."""
    for chain in CHAINS:
        yield from chain.broken(unit, now)


def ends(unit: Unit, day: date) -> list[Anchor]:
    """The last row of every chain that has one."""
    return [last for chain in CHAINS if (last := chain.last(unit, day)) is not None]
