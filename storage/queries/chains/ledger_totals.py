"""What the sealed lines of the ledger come to, by month and unit: kept, because a page can't add a million lines."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Unit
from storage.tables import LedgerTotal

_TOTAL = LedgerTotal.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_KEY = ("month", "unit_id", "gift", "measure", "kind")

# Where there are fewer lines, an amount could tell what one family got.
FEW = 5
_ONE_IS_FEW = _TOTAL.c.lines < FEW
_BY_MONTH = (
    select(
        _TOTAL.c.month, _TOTAL.c.gift, _TOTAL.c.measure, _TOTAL.c.kind,
        func.sum(_TOTAL.c.amount), func.sum(_TOTAL.c.lines),
        func.sum(case((_ONE_IS_FEW, 0), else_=_TOTAL.c.amount)),
        func.sum(case((_ONE_IS_FEW, 1), else_=0)), func.sum(case((_ONE_IS_FEW, _TOTAL.c.lines), else_=0)),
    )
    .where(_TOTAL.c.month.between(bindparam("first"), bindparam("last")))
    .group_by(_TOTAL.c.month, _TOTAL.c.gift, _TOTAL.c.measure, _TOTAL.c.kind)
    .order_by(_TOTAL.c.month, _TOTAL.c.gift, _TOTAL.c.measure)
)  # fmt: skip
_OF_MONTH = (
    select(_TOTAL.c.unit_id, _TOTAL.c.gift, _TOTAL.c.measure, _TOTAL.c.kind, _TOTAL.c.amount, _TOTAL.c.lines)
    .where(_TOTAL.c.month == bindparam("month"))
    .order_by(_TOTAL.c.unit_id, _TOTAL.c.gift, _TOTAL.c.measure)
)
_LIMITS = select(func.min(_TOTAL.c.month), func.max(_TOTAL.c.month))


@dataclass(frozen=True, slots=True)
class Total:
    """What some lines of one kind come to. amount: None where too few lines make it up; at_least: it is more."""

    amount: int | None
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMonth:
    """One total of a month. unit_id: empty where there is none, and for a total of all units."""

    month: date
    unit_id: str
    gift: str
    measure: str
    kind: str
    total: Total


def add(unit: Unit, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
    """Add lines of the ledger; call it once for each line, in the transaction that seals it."""
    amounts: defaultdict[tuple[object, ...], int] = defaultdict(int)
    lines: defaultdict[tuple[object, ...], int] = defaultdict(int)
    for row in rows:
        key: tuple[object, ...] = (row.day.replace(day=1), row.unit_id or "", row.gift, row.measure, row.kind)
        amounts[key] += row.amount
        lines[key] += 1
    dialect = sqlite if unit.on_sqlite else postgresql
    for key, amount in amounts.items():
        values = dict(zip(_KEY, key, strict=True)) | {"amount": amount, "lines": lines[key]}
        added = dialect.insert(_TOTAL).values(values)
        more = {name: _TOTAL.c[name] + added.excluded[name] for name in ("amount", "lines")}
        unit.execute(added.on_conflict_do_update(index_elements=_KEY, set_=more))


def by_month(unit: Unit, year: int) -> list[OfMonth]:
    """The totals of all units together, month by month.

    Why some say only "at least": a sum less what is shown of the units would tell the one amount that is not shown.
    """
    rows = unit.run(_BY_MONTH, {"first": date(year, 1, 1), "last": date(year, 12, 31)})
    return [
        OfMonth(
            month=month,
            unit_id="",
            gift=gift,
            measure=measure,
            kind=kind,
            total=_sum(int(amount), int(shown), int(hidden), int(hidden_lines)),
        )
        for month, gift, measure, kind, amount, _, shown, hidden, hidden_lines in rows
    ]


def _sum(amount: int, shown: int, hidden: int, hidden_lines: int) -> Total:
    """The sum of some totals, of which some are hidden, being made up of so few lines each."""
    if hidden == 0 or (hidden > 1 and hidden_lines >= FEW):
        return Total(amount)
    return Total(shown, at_least=True) if shown else Total(None)


def of_month(unit: Unit, month: date) -> list[OfMonth]:
    """The totals of a month, unit by unit."""
    rows = unit.run(_OF_MONTH, {"month": month})
    return [
        OfMonth(
            month=month,
            unit_id=unit_id,
            gift=gift,
            measure=measure,
            kind=kind,
            total=Total(None if lines < FEW else amount),
        )
        for unit_id, gift, measure, kind, amount, lines in rows
    ]


def months(unit: Unit) -> tuple[date, date] | None:
    """The first and the last month that anything is sealed of; None if there is none."""
    first, last = unit.run(_LIMITS).one()
    return (first, last) if first is not None else None
