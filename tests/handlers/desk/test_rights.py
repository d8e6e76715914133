"""The table of rights is read as it is printed, and what the code asks for is in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.desk.office import RIGHTS, ROLES, TABLE, Official, read_table
from tests.kit.cases import for_each

OWN, FOREIGN = "phuong_hoa_khanh", "xa_tay_giang"
ROOT = Path(__file__).parents[3]
EVERYBODYS = ("urgent.", "talk.", "gift.", "campaign.see", "model.")
# Calls that ask for a right, by the name of what is called.
ASKING = {
    "may", "find", "_find", "reach", "speaking", "of_unit", "on_duty", "nearest", "may_be_asked", "widest",
    "Screen", "Act",
}  # fmt: skip


def cells() -> Iterator[tuple[str, str, str]]:
    """(action, role, cell), each cell found below the name of its role, as an eye finds it."""
    head, *lines = TABLE.strip("\n").splitlines()
    begins = {role: head.index(role) for role in ROLES}
    for line in lines:
        for role, begin in begins.items():
            yield line.split()[0], role, line[begin:].split()[0]


def official(*roles: str) -> Official:
    return Official(id="1", name="Tâm", title="", roles=roles, units=frozenset({OWN}))


@for_each(("action", "role", "cell"), list(cells()))
def test_a_cell_means_what_it_says(action: str, role: str, cell: str) -> None:
    one = official(role)

    may = [one.may(action, unit_id) for unit_id in (OWN, FOREIGN, None)]

    without_unit = cell == "all" or (cell == "unit" and action.startswith(EVERYBODYS))
    assert may == [cell != "-", cell == "all", without_unit]


def test_the_wider_of_two_roles_counts() -> None:
    assert official("helper", "admin").may("case.see", FOREIGN)
    assert official("admin", "lead").may("case.approve", OWN)
    assert not official("admin", "lead").may("case.approve", FOREIGN)


def test_no_role_is_no_right() -> None:
    assert not any(official().may(action, OWN) for action in RIGHTS)


def test_a_right_that_is_not_in_the_table_does_not_exist() -> None:
    with pytest.raises(KeyError):
        official("admin").may("case.burn", OWN)


HEAD = " ".join(("", *ROLES))


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("admin lead\ncase.see all unit", id="columns that are not the roles"),
        pytest.param(f"{HEAD}\ncase.see all unit", id="too few cells"),
        pytest.param(f"{HEAD}\ncase.see all unit - - - - - -", id="too many cells"),
        pytest.param(f"{HEAD}\ncase.see all unit - - - - maybe", id="a word that is no reach"),
        pytest.param(f"{HEAD}\ncase.see - - - - - - -\ncase.see all - - - - - -", id="an action twice"),
    ],
)
def test_a_table_that_can_not_be_read_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="table"):
        read_table(table)


# What the README says of it


def holders(action: str) -> str:
    return ", ".join(role for role in ROLES if role in RIGHTS[action].reach)


def needs_two() -> list[str]:
    """A line for each pair of hands; who hands a gift over is the first where something about it is to be closed."""
    second = [action for action, right in RIGHTS.items() if right.hands == "second"]
    first = {action.partition(".")[0]: action for action, right in RIGHTS.items() if right.hands == "first"}
    first |= {"grievance": "gift.hand_over"}
    found = []
    for two in second:
        one, later = first[two.partition(".")[0]], RIGHTS[two].later
        found.append(f"| `{one}`: {holders(one)} | `{two}`: {holders(two)} | {'a day later' if later else 'at once'} |")
    return found


def alone() -> list[str]:
    """A line for each role, with what it may that nobody else has to agree to."""
    acts = [action for action, right in RIGHTS.items() if right.hands == "alone" and not action.endswith(".see")]
    return [
        f"| {role} | {', '.join(f'`{action}`' for action in acts if role in RIGHTS[action].reach) or 'nothing'} |"
        for role in ROLES
    ]


def test_the_readme_says_who_does_what_alone_and_what_needs_two() -> None:
    said = (ROOT / "README.md").read_text("utf-8").splitlines()

    assert [line for line in (*needs_two(), *alone()) if line not in said] == []
    assert len(needs_two()) == 9


# What the code asks for


def named(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def words(call: ast.Call) -> set[str]:
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    return {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def calls() -> Iterator[ast.Call]:
    for folder in ("handlers", "bot"):
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_what_the_code_asks_for_is_the_table() -> None:
    asked = {word for call in calls() if named(call) in ASKING for word in words(call)}

    assert {word for word in asked if re.fullmatch(r"[a-z]+\.[a-z_]+", word)} == RIGHTS.keys()
