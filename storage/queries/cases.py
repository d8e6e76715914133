"""The state of a request for support: which may follow which, and the one step from one to another.

Why nothing else writes it, as `tests/test_states.py` proves: whether a request is closed, and since when, follows from
its state alone.
"""

from datetime import datetime

from storage.queries.follows import Follows, check
from storage.tables import Case

FOLLOWS: Follows = {
    "submitted": ("in_review", "withdrawn"),
    "in_review": ("need_info", "proposed", "refused", "withdrawn"),
    "need_info": ("in_review", "withdrawn"),
    "proposed": ("approved", "in_review", "withdrawn"),
    "approved": ("delivering", "withdrawn"),
    "refused": ("in_review", "closed"),
    "delivering": ("closed",),
    "closed": (),
    "withdrawn": ("submitted",),
}
CLOSED = ("refused", "closed", "withdrawn")


def move(case: Case, new: str, now: datetime) -> str:
    """Bring a request to a state that may follow its own; returns the one before. Raises ValueError."""
    old = case.state
    check(FOLLOWS, old, new)
    case.state, case.changed_at = new, now
    case.closed_at = now if new in CLOSED else None
    return old
