"""What officials entered of the rows of law: the steps of each entry, and what is in force now.

Why a fact changes with what is in force: every process looks at it each few seconds, and reads the entries only then.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from storage.database import Unit
from storage.ids import new_id
from storage.queries import machine
from storage.tables import RuleOverride

VERSION = "rule_overrides"


def version(unit: Unit) -> str:
    """What names that which is in force; empty while nothing ever was."""
    return machine.fact(unit, VERSION) or ""


def in_force(unit: Unit) -> Sequence[RuleOverride]:
    """What is in force, in the order in which it came into force."""
    query = select(RuleOverride).where(RuleOverride.state == "in_force")
    return unit.scalars(query.order_by(col(RuleOverride.confirmed_at), col(RuleOverride.id))).all()


def confirm(unit: Unit, row: RuleOverride, by: str, now: datetime) -> bool:
    """Bring into force what another proposed; False if it isn't proposed any more."""
    values = {"state": "in_force", "confirmed_by": by, "confirmed_at": now}
    return _step(unit, row, "proposed", values) and _changed(unit, now)


def end(unit: Unit, row: RuleOverride, state: str, by: str, now: datetime) -> bool:
    """Refuse or withdraw what is proposed; False if it isn't any more."""
    return _step(unit, row, "proposed", {"state": state, "ended_by": by, "ended_at": now})


def ask_back(unit: Unit, row: RuleOverride, by: str | None, now: datetime) -> bool:
    """Ask to take back what is in force, or with nobody's name ask no more; False if that changes nothing."""
    values = {"leaving_by": by, "leaving_at": None if by is None else now}
    return (row.leaving_by is None) == (by is not None) and _step(unit, row, "in_force", values)


def take_back(unit: Unit, row: RuleOverride, by: str, now: datetime) -> bool:
    """Take back what is in force, as another asked; False if nobody does."""
    values = {"state": "withdrawn", "ended_by": by, "ended_at": now}
    return row.leaving_by is not None and _step(unit, row, "in_force", values) and _changed(unit, now)


def _step(unit: Unit, row: RuleOverride, state: str, values: Mapping[str, object]) -> bool:
    """Go on from a state, if nobody was faster."""
    same = col(RuleOverride.leaving_by).is_not_distinct_from(row.leaving_by)
    change = update(RuleOverride).where(col(RuleOverride.id) == row.id, col(RuleOverride.state) == state, same)
    done = unit.change(change.values(values).execution_options(synchronize_session=False)) == 1
    unit.refresh(row)
    return done


def _changed(unit: Unit, now: datetime) -> bool:
    machine.set_fact(unit, VERSION, new_id(now))
    return True
