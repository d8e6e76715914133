"""The public ledger: what happened to every gift, line by line, without a word of who gave or got it.

Why its lines come from one place: a line is written in the transaction of the change that it tells of, so the sums of
the ledger are the sums of the pledges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import Row, and_, bindparam, insert
from sqlalchemy import select as select_of
from sqlmodel import select

from storage.ids import read_code
from storage.queries import machine
from storage.queries.chains.chain import LEDGER
from storage.tables import Campaign, DataKey, Pledge

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

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


@dataclass(frozen=True, slots=True)
class Line:
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
class Found:
    """The lines of a code or of a bank's reference. names: of givers who want to be named, by code. more: there are."""

    lines: tuple[Line, ...]
    names: Mapping[str, str]
    more: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger that everybody may read."""

    desk: "Desk"

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
            "at": self.desk.now,
            "day": day or self.desk.today(),
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
        self.desk.unit.run(_WRITE, values)

    def find(self, typed: str) -> Found | None:
        """The lines of a pledge, or of what came with a bank's reference; None if there are none."""
        code = read_code(typed, "UH")
        run = self.desk.unit.run
        rows = run(_OF_CODE, {"code": code}).all() if code else []
        if not rows and any(c.isalnum() for c in typed):
            rows = run(_OF_REFERENCE, {"reference": self.sign(typed)}).all()
        if not rows:
            return None
        lines = tuple(_line(row) for row in rows[:MOST_LINES])
        return Found(lines, self._names(rows), len(rows) > MOST_LINES)

    def may_search(self, network: str) -> bool:
        """Whether a network has not searched in vain too often."""
        return machine.counted(self.desk.unit, self._tries(network), self.desk.now, WINDOW) < WRONG_SEARCHES

    def searched_in_vain(self, network: str) -> None:
        machine.count(self.desk.unit, self._tries(network), self.desk.now, WINDOW)

    def end(self) -> tuple[int, bytes]:
        """How long the chain is, and the hash of its last line."""
        return LEDGER.end(self.desk.unit)

    def sign(self, reference: str) -> bytes:
        """What a bank's reference is found by: its letters and digits, however they were typed."""
        plain = "".join(c for c in reference.upper() if c.isalnum())
        return self.desk.vault.look_up("bank reference", plain)

    def _tries(self, network: str) -> bytes:
        return self.desk.vault.look_up("ledger search", network)

    def _names(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> Mapping[str, str]:
        """Who wants to be named in public, and has not been forgotten since."""
        found: dict[str, str] = {}
        for row in rows:
            if row.code in found or row.body is None or row.wrapped is None:
                continue
            key = f"pledge:{row.pledge_id}"
            self.desk.vault.learn(key, row.wrapped)
            said = cast("Mapping[str, str]", self.desk.vault.open(key, f"pledge.body:{row.pledge_id}", row.body))
            if said["name"]:
                found[row.code] = said["name"]
        return found

    def _campaign_code(self, pledge: Pledge) -> str | None:
        if pledge.campaign_id is None:
            return None
        return self.desk.unit.scalars(select(Campaign.code).where(Campaign.id == pledge.campaign_id)).first()


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    content = LEDGER.content(row, row.sequence) if row.sequence is not None else ()
    return Line(
        row.at, row.day, row.kind, row.code, row.gift, row.unit_id, row.amount, row.measure, row.sequence,
        row.previous or b"", row.hash or b"", content,
    )  # fmt: skip
