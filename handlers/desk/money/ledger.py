"""The public ledger: what happened to every gift, line by line, without a word of who gave or got it.

Why its lines come from one place: a line is written in the transaction of the change that it tells of, so the sums of
the ledger are the sums of the pledges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Row, and_, bindparam, insert
from sqlalchemy import select as select_of
from sqlmodel import select

from handlers.desk.office import Context
from storage.ids import read_code
from storage.queries import machine
from storage.queries.chains.chain import LEDGER
from storage.tables import Campaign, DataKey, Pledge

LineKind = Literal["received", "allotted", "handed_over", "confirmed", "returned"]
_WRITE = insert(LEDGER.table)
MOST_LINES = 200
WRONG_SEARCHES = 20
WINDOW = timedelta(hours=1)
_PLEDGES = Pledge.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_KEYS = DataKey.__table__  # type: ignore[attr-defined]  # as above
# With each line who gave, if she wants to be named, and the key to her name: one way to the database and not three.
_LINES = (
    select_of(LEDGER.table, _PLEDGES.c.id.label("pledge_id"), _PLEDGES.c.body, _KEYS.c.wrapped)
    .select_from(LEDGER.table)
    .outerjoin(_PLEDGES, and_(_PLEDGES.c.code == LEDGER.table.c.code, _PLEDGES.c.named))
    .outerjoin(_KEYS, _KEYS.c.name == "pledge:" + _PLEDGES.c.id)
    .order_by(LEDGER.table.c.id)
    .limit(MOST_LINES + 1)
)
_OF_CODE = _LINES.where(LEDGER.table.c.code == bindparam("code"))
_OF_REFERENCE = _LINES.where(LEDGER.table.c.reference == bindparam("reference"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One line of the ledger, and what proves it.

    sequence: its place in the chain, once it has one. content: what is hashed after `previous`, see `Chain.content`.
    """

    at: datetime
    day: date
    kind: str
    code: str
    gift: str
    unit_id: str | None
    amount: int
    measure: str
    sequence: int | None
    previous: bytes
    hash: bytes
    content: Sequence[object]


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """The lines of a code or of a bank's reference. names: of givers who want to be named, by code. more: there are."""

    lines: tuple[LedgerEntry, ...]
    names: Mapping[str, str]
    more: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger that everybody may read."""

    context: Context

    def write(
        self,
        pledge: Pledge,
        kind: LineKind,
        amount: int,
        *,
        unit_id: str | None = None,
        allocation_id: str | None = None,
        reference: str = "",
        day: date | None = None,
    ) -> None:
        """Write one line; it is sealed a moment later. Call it in the transaction of the change it tells of.

        amount: VND, or so many of the pledge's measure; at least 1. unit_id: where it goes, if not where the pledge
        says. reference: the bank's. day: the day it happened, if not today. Raises ValueError for an amount below 1.
        """
        if amount < 1:
            raise ValueError("a line of the ledger is about something")
        values: Mapping[str, object] = {
            "at": self.context.now,
            "day": day or self.context.today(),
            "kind": kind,
            "code": pledge.code,
            "allocation_id": allocation_id,
            "gift": pledge.kind,
            "unit_id": unit_id or pledge.unit_id,
            "campaign_code": self._campaign_code(pledge),
            "amount": amount,
            "measure": pledge.measure,
            "reference": self.sign(reference) if reference else None,
        }
        self.context.unit.run(_WRITE, values)

    def find(self, typed: str) -> FoundEntries | None:
        """The lines of a pledge, or of what came with a bank's reference; None if there are none."""
        code = read_code(typed, "UH")
        run = self.context.unit.run
        rows = run(_OF_CODE, {"code": code}).all() if code else []
        if not rows and any(c.isalnum() for c in typed):
            rows = run(_OF_REFERENCE, {"reference": self.sign(typed)}).all()
        if not rows:
            return None
        lines = tuple(_line(row) for row in rows[:MOST_LINES])
        return FoundEntries(lines, self._names(rows), len(rows) > MOST_LINES)

    def may_search(self, network: str) -> bool:
        """Whether a network has not searched in vain too often."""
        return machine.counted(self.context.unit, self._tries(network), self.context.now, WINDOW) < WRONG_SEARCHES

    def searched_in_vain(self, network: str) -> None:
        machine.count(self.context.unit, self._tries(network), self.context.now, WINDOW)

    def end(self) -> tuple[int, bytes]:
        """How long the chain is, and the hash of its last line."""
        return LEDGER.end(self.context.unit)

    def sign(self, reference: str) -> bytes:
        """What a bank's reference is found by: its letters and digits, however they were typed."""
        plain = "".join(c for c in reference.upper() if c.isalnum())
        return self.context.vault.look_up("bank reference", plain)

    def _tries(self, network: str) -> bytes:
        return self.context.vault.look_up("ledger search", network)

    def _names(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> Mapping[str, str]:
        """Who wants to be named in public, and has not been forgotten since."""
        found: dict[str, str] = {}
        for row in rows:
            if row.code in found or row.body is None or row.wrapped is None:
                continue
            key = f"pledge:{row.pledge_id}"
            self.context.vault.learn(key, row.wrapped)
            said = cast("Mapping[str, str]", self.context.vault.open(key, f"pledge.body:{row.pledge_id}", row.body))
            if said["name"]:
                found[row.code] = said["name"]
        return found

    def _campaign_code(self, pledge: Pledge) -> str | None:
        if pledge.campaign_id is None:
            return None
        return self.context.unit.scalars(select(Campaign.code).where(Campaign.id == pledge.campaign_id)).first()


def _line(row: Row[*tuple[Any, ...]]) -> LedgerEntry:
    content = LEDGER.content(row, row.sequence) if row.sequence is not None else ()
    return LedgerEntry(
        at=row.at,
        day=row.day,
        kind=row.kind,
        code=row.code,
        gift=row.gift,
        unit_id=row.unit_id,
        amount=row.amount,
        measure=row.measure,
        sequence=row.sequence,
        previous=row.previous or b"",
        hash=row.hash or b"",
        content=content,
    )
