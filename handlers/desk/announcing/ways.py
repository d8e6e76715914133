"""How an announcement goes to those whose platform takes messages free, for money, by template, or not yet; the cost.

Why by the moment it goes: a window that is open while it is written may be closed by then, and nobody is promised what
does not come.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, FromClause, literal, not_

from handlers.desk.office import Context
from handlers.texts import Dong
from storage.queries.outgoing import windows
from storage.queries.outgoing.windows import Windows

OpenOf = Callable[[FromClause], ColumnElement[bool]]
# What Zalo takes for a consultation message after the free days, VND: told by integrators in September 2026, on no page
# of Zalo's own; confidence low, so it is said with "about".
PAID_VND = 55


def message_kind(kind: str) -> str:
    """What the outbox calls the messages of an announcement of a kind."""
    return "warning" if kind == "warning" else "broadcast"


@dataclass(frozen=True, slots=True)
class BroadcastWays:
    """How broadcasts reach the people of a platform that takes messages for a while only."""

    context: Context

    def open_of(self, kind: str, at: datetime) -> OpenOf | None:
        """Of chats, whether one takes an announcement for nothing at a moment; None where every chat does."""
        rules = self.context.windows
        if rules is None or message_kind(kind) in rules.by_template:
            return None
        return partial(_takes, rules, message_kind(kind), at)

    def late(self, at: datetime) -> ColumnElement[str]:
        """Of a chat: free, paid or closed at a moment."""
        return literal("free") if self.context.windows is None else windows.late(self.context.windows, at)

    def of(self, kind: str, lates: Mapping[str, int], at: datetime) -> Mapping[str, int]:
        """How so many free, paid and closed ones get it, with what the month's paid messages have left."""
        if self.context.windows is None or not lates:
            return {}
        left = max(0, self.context.windows.paid_most - windows.spent(self.context.unit, self.context.windows, at))
        paid = min(left, lates.get("paid", 0))
        rest = sum(lates.values()) - lates.get("free", 0) - paid
        last = "template" if message_kind(kind) in self.context.windows.by_template else "held"
        return {"free": lates.get("free", 0), "paid": paid, last: rest}


def _takes(rules: Windows, kind: str, at: datetime, address: FromClause) -> ColumnElement[bool]:
    return not_(windows.closed(rules, kind, at, address))


def cost(ways: Mapping[str, int]) -> Dong:
    """What the paid ones cost, about."""
    return Dong(ways.get("paid", 0) * PAID_VND)
