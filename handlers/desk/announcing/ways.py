"""How an announcement goes to those whose platform takes messages free, for money, by template, or not yet; the cost.

Why by the moment it goes: a window that is open while it is written may be closed by then, and nobody is promised what
does not come.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, FromClause, literal, not_

from handlers.texts import Dong
from storage.queries.outgoing import windows
from storage.queries.outgoing.windows import Windows

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

OpenOf = Callable[[FromClause], ColumnElement[bool]]
# What Zalo takes for a consultation message after the free days, VND: told by integrators in September 2026, on no page
# of Zalo's own; confidence low, so it is said with "about".
PAID_VND = 55


def message_kind(kind: str) -> str:
    """What the outbox calls the messages of an announcement of a kind."""
    return "warning" if kind == "warning" else "broadcast"


def open_of(desk: "Desk", kind: str, at: datetime) -> OpenOf | None:
    """Of chats, whether one takes an announcement for nothing at a moment; None where every chat does."""
    rules = desk.windows
    if rules is None or message_kind(kind) in rules.by_template:
        return None
    return partial(_takes, rules, message_kind(kind), at)


def _takes(rules: Windows, kind: str, at: datetime, address: FromClause) -> ColumnElement[bool]:
    return not_(windows.closed(rules, kind, at, address))


def late(desk: "Desk", at: datetime) -> ColumnElement[str]:
    """Of a chat: free, paid or closed at a moment."""
    return literal("free") if desk.windows is None else windows.late(desk.windows, at)


def ways(desk: "Desk", kind: str, lates: Mapping[str, int], at: datetime) -> Mapping[str, int]:
    """How so many free, paid and closed ones get it, with what the month's paid messages have left."""
    if desk.windows is None or not lates:
        return {}
    left = max(0, desk.windows.paid_most - windows.spent(desk.unit, desk.windows, at))
    paid = min(left, lates.get("paid", 0))
    rest = sum(lates.values()) - lates.get("free", 0) - paid
    last = "template" if message_kind(kind) in desk.windows.by_template else "held"
    return {"free": lates.get("free", 0), "paid": paid, last: rest}


def cost(ways: Mapping[str, int]) -> Dong:
    """What the paid ones cost, about."""
    return Dong(ways.get("paid", 0) * PAID_VND)
