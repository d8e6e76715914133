"""The state of a pledge: which may follow which, and the one step from one to another; and its sums.

Why nothing else writes the state, as `tests/test_states.py` proves: whether a pledge is over, and since when, follows
from it alone. Why sums are changed by compare-and-set: thirty officials may give away one gift at once, and the ledger
has to come to the same figures.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import update

from storage.database import Unit
from storage.queries.follows import Follows, check
from storage.tables import Pledge

Sum = Literal["allocated", "received", "handed", "confirmed"]

_PLEDGE = Pledge.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
FOLLOWS: Follows = {
    "offered": ("accepted", "lapsed", "withdrawn"),
    "accepted": ("allocated", "lapsed", "withdrawn", "received"),
    "allocated": ("accepted", "handed_over", "received", "withdrawn"),
    "handed_over": ("allocated", "accepted", "received"),
    "received": (),
    "lapsed": ("offered",),
    "withdrawn": ("offered",),
}
OPEN = ("offered", "accepted", "allocated", "handed_over")
GIVEN_ON = ("accepted", "allocated", "handed_over")  # what may be given on


def move(pledge: Pledge, new: str, now: datetime) -> str:
    """Bring a pledge to a state that may follow its own; returns the one before. Raises ValueError."""
    old = pledge.state
    check(FOLLOWS, old, new)
    pledge.state, pledge.changed_at = new, now
    pledge.closed_at = None if new in OPEN else now
    return old


def take(unit: Unit, pledge: Pledge, amount: int) -> bool:
    """Give on so much of a pledge and read it anew. False if less is left, whoever else gives it on meanwhile."""
    enough = (_PLEDGE.c.allocated + amount <= _PLEDGE.c.amount, _PLEDGE.c.state.in_(GIVEN_ON))
    taken = update(_PLEDGE).where(_PLEDGE.c.id == pledge.id, *enough)
    done = amount > 0 and unit.change(taken.values(allocated=_PLEDGE.c.allocated + amount)) == 1
    unit.refresh(pledge)
    return done


def add(unit: Unit, pledge: Pledge, column: Sum, amount: int, now: datetime) -> None:
    """Add to one of a pledge's sums and read it anew; a negative amount takes back."""
    unit.flush()
    added = {column: _PLEDGE.c[column] + amount, "changed_at": now}
    unit.change(update(_PLEDGE).where(_PLEDGE.c.id == pledge.id).values(added))
    unit.refresh(pledge)
