"""The state of a message that came in: which may follow which, and every change from one to another.

Why nothing else writes it, as `tests/test_states.py` proves: a message whose turn was taken waits no more, and only
what was set aside waits again.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, TextClause, Update, bindparam, func, update

from storage.database import Unit
from storage.queries.follows import Follows, check
from storage.tables import InboxRow

Which = ColumnElement[bool] | TextClause

_INBOX = InboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
FOLLOWS: Follows = {"new": ("done", "dead"), "done": (), "dead": ("new",)}
_END = update(_INBOX).where(_INBOX.c.id == bindparam("which"), _INBOX.c.state == "new")


def finish(unit: Unit, inbox_id: int, now: datetime) -> bool:
    """Mark a message as handled. False if it does not wait."""
    return unit.run(_END, {"which": inbox_id, "state": "done", "done_at": now}).rowcount == 1


def bury(unit: Unit, inbox_id: int, now: datetime) -> bool:
    """Set a message aside. False if it does not wait."""
    return unit.run(_END, {"which": inbox_id, "state": "dead", "done_at": now}).rowcount == 1


def skip(unit: Unit, now: datetime, *which: Which) -> int:
    """Mark messages that wait as done without handling them; returns how many."""
    return unit.run(_change("new", "done", which).values(done_at=now)).rowcount


def drop(unit: Unit, now: datetime, *which: Which) -> int:
    """The same for messages that are erased: what they say goes too."""
    its = _change("new", "done", which)
    return unit.run(its.values(done_at=func.coalesce(_INBOX.c.done_at, now), body=None)).rowcount


def wait_again(unit: Unit, inbox_id: int, now: datetime) -> bool:
    """Give a message that was set aside another try. False if it is not, or its words are gone."""
    its = _change("dead", "new", (_INBOX.c.id == inbox_id, _INBOX.c.body.is_not(None)))
    return unit.run(its.values(attempt=0, not_before=now, done_at=None)).rowcount == 1


def _change(old: str, new: str, which: tuple[Which, ...]) -> Update:
    check(FOLLOWS, old, new)
    return update(_INBOX).where(*which, _INBOX.c.state == old).values(state=new)
