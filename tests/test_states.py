"""One module owns each row's state: nothing else changes it, and no step leads where none may."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import CheckConstraint

from storage import tables
from storage.database import Unit
from storage.queries import allocations, cases, pledges
from storage.queries.announcing import states as announcing
from storage.queries.follows import Follows
from storage.queries.incoming import states as incoming
from storage.queries.outgoing import states as outgoing
from tests.kit.state_changes import OWNERS, faults

ROOT = Path(__file__).parents[1]
ANYWHERE = "handlers/desk/anywhere.py"
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STEPS: Mapping[str, Follows] = {
    "Allocation": allocations.FOLLOWS,
    "Broadcast": announcing.FOLLOWS,
    "Case": cases.FOLLOWS,
    "InboxRow": incoming.FOLLOWS,
    "OutboxRow": outgoing.FOLLOWS,
    "Pledge": pledges.FOLLOWS,
    "Recipient": announcing.RECIPIENT_FOLLOWS,
}
NOWHERE = cast("Unit", SimpleNamespace(run=pytest.fail))  # no step that may not be comes as far as the database
MOVES: Mapping[str, Callable[[Any, str], object]] = {
    "Allocation": allocations.move,
    "Broadcast": lambda row, new: announcing.move(NOWHERE, row, new),
    "Case": lambda row, new: cases.move(row, new, NOW),
    "OutboxRow": lambda row, new: outgoing.move(NOWHERE, row, new, NOW),
    "Pledge": lambda row, new: pledges.move(row, new, NOW),
    "Recipient": lambda row, new: announcing.change(NOWHERE, row.state, new),
}
IMPORTS = "from sqlalchemy import update\nfrom storage.tables import Case, OutboxRow, Talk\n"
STRAY = {
    "of a class": "unit.execute(update(OutboxRow).values(state='sent'))",
    "of a table": "T = OutboxRow.__table__\ndef f(unit): unit.execute(update(T).values(state='sent'))",
    "of an alias": "T = OutboxRow.__table__\nU = T.alias('u')\nunit.execute(update(U).values(state='sent'))",
    "of any table": "def f(unit, table): unit.execute(update(table).values(state='sent'))",
    "in two statements": "def f(unit):\n    some = update(OutboxRow)\n    unit.execute(some.values(state='sent'))",
    "with nothing said": "def f(said):\n    said.values()\n    return update(OutboxRow)",
    "in a mapping": "def f(unit): unit.execute(update(OutboxRow).values({'state': 'sent'}))",
    "in a mapping by name": "def f(unit, said): unit.execute(update(OutboxRow).values(said))",
    "spread": "def f(unit, **said): unit.execute(update(OutboxRow).values(**said))",
    "given when it is run": "S = update(OutboxRow).where(1)\ndef f(unit): unit.run(S, {'state': 'sent'})",
    "given beside others": "S = update(OutboxRow).values(body=None)\ndef f(unit): unit.run(S, {'state': 'sent'})",
    "another name of update": "from sqlalchemy import update as u\nunit.execute(u(OutboxRow).values(state='sent'))",
    "of the module": "import sqlalchemy as sa\nunit.execute(sa.update(OutboxRow).values(state='sent'))",
    "of the table itself": "unit.execute(OutboxRow.__table__.update().values(state='sent'))",
    "a row put over another": "unit.execute(insert(OutboxRow).on_conflict_do_update(set_={'state': 'sent'}))",
    "in SQL": "unit.execute(text(\"UPDATE outbox SET reason = 'x', state = 'sent' WHERE id = 1\"))",
    "in SQL with a name in it": "unit.execute(text(f\"UPDATE outbox SET state = '{new}' WHERE id = 1\"))",
    "on a row": "def f(case: Case): case.state = 'closed'",
    "on a row among others": "def f(case: Case): old, case.state = case.state, 'closed'",
    "on a row that was read": "def f(unit):\n    row = unit.get_one(Case, 'x')\n    row.state = 'closed'",
    "on any row": "def f(row): row.state = 'closed'",
    "on what may be either": "def f(row: Talk | Case): row.state = 'closed'",
    "in a loop": "def f(found):\n    for row in found: row.state = 'closed'",
    "on what it holds": "def f(given): given.row.state = 'closed'",
    "by a name": "def f(row, name): setattr(row, name, 'closed')",
    "by a mapping": "def f(row): row.sqlmodel_update({'state': 'closed'})",
}
FINE = {
    "another column": "unit.execute(update(OutboxRow).values(body=None))",
    "another table": "def f(unit): unit.execute(update(Talk).values(state='closed'))",
    "a row of another table": "def f(talk: Talk): talk.state = 'closed'",
    "one that was read": "def f(unit):\n    row = unit.get(Talk, 'x')\n    row.state = 'closed'",
    "one that a method finds": "def find() -> Talk | None: ...\ndef f():\n    row = find()\n    row.state = 'closed'",
    "a new row": "Case(state='submitted')",
    "another column in SQL": "unit.execute(text(\"UPDATE outbox SET body = NULL WHERE state = 'sent'\"))",
}


def files() -> Iterator[tuple[str, str]]:
    """The text and path of every file that may change a row."""
    for place in ("bot", "handlers", "storage"):
        for path in sorted((ROOT / place).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.read_text("utf-8"), path.relative_to(ROOT).as_posix()


def test_nothing_but_its_owner_changes_a_state() -> None:
    found = [fault for text, path in files() for fault in faults(text, path)]

    assert found == []


@pytest.mark.parametrize("table", OWNERS)
def test_its_owner_changes_it(table: str) -> None:
    text = (ROOT / OWNERS[table]).read_text("utf-8")

    assert faults(text, ANYWHERE)


@pytest.mark.parametrize("text", STRAY.values(), ids=STRAY)
def test_a_change_elsewhere_is_found(text: str) -> None:
    assert faults(IMPORTS + text, ANYWHERE)


@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_what_changes_no_state_of_anothers_is_left_alone(text: str) -> None:
    assert faults(IMPORTS + text, ANYWHERE) == []


@pytest.mark.parametrize("table", STEPS)
def test_the_steps_know_the_states_that_the_table_knows(table: str) -> None:
    checks = (one for one in getattr(tables, table).__table__.constraints if isinstance(one, CheckConstraint))
    [known] = [str(one.sqltext) for one in checks if str(one.name).endswith("state")]
    steps = STEPS[table]
    reached = {new for follow in steps.values() for new in follow}

    assert set(known.split("'")[1::2]) == steps.keys() == steps.keys() | reached


@pytest.mark.parametrize("table", MOVES)
def test_a_step_that_may_not_be_is_refused(table: str) -> None:
    steps = STEPS[table]

    for old in steps:
        for new in steps.keys() - {*steps[old]}:
            with pytest.raises(ValueError, match=f"{old} is not followed by {new}"):
                MOVES[table](SimpleNamespace(state=old), new)


def test_messages_that_are_out_can_not_be_cancelled() -> None:
    with pytest.raises(ValueError, match="sent is not followed by cancelled"):
        outgoing.cancel(NOWHERE, "test", NOW, old=("queued", "sent"))


def test_an_edit_is_no_step() -> None:
    with pytest.raises(ValueError, match="moved to"):
        announcing.edit(NOWHERE, cast("tables.Broadcast", SimpleNamespace()), state="scheduled")
