"""Reads a file's source and finds what in it changes the state of a row that another module owns.

Why so strict: what can't be seen to be something else counts as a fault, since a change that nobody finds is the one
that forgets what goes with it.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from storage import tables

OWNERS: Mapping[str, str] = {
    "Allocation": "storage/queries/allocations.py",
    "Broadcast": "storage/queries/announcing/states.py",
    "Case": "storage/queries/cases.py",
    "InboxRow": "storage/queries/incoming/states.py",
    "OutboxRow": "storage/queries/outgoing/states.py",
    "Pledge": "storage/queries/pledges.py",
    "Recipient": "storage/queries/announcing/states.py",
}
UNKNOWN = "?"  # a table that can't be told from the source may be any of them
BY_NAME = {getattr(tables, name).__tablename__: name for name in OWNERS}
RAW = re.compile(rf"\bUPDATE\s+({'|'.join(BY_NAME)})\s+SET\b(?:(?!\bWHERE\b).)*?\bstate\s*=", re.I | re.S)
PAST_SIGHT = ("bulk_update_mappings", "merge", "sqlmodel_update")


def faults(text: str, path: str) -> list[str]:
    """What a file changes that is not its own. path: from the root of the project."""
    return [f"{path}:{line}: {what}" for line, what in Source(text, path).faults()]


class Source:
    """One file, and what in it changes a state that is another module's."""

    def __init__(self, text: str, path: str) -> None:
        self.tree = ast.parse(text)
        self.others = {name for name, owner in OWNERS.items() if owner != path}
        self.tables, self.updates = self._imported()
        self._follow_names()

    def faults(self) -> Iterator[tuple[int, str]]:
        """(line, what is wrong)."""
        for scope in self._scopes():
            yield from self._updates(scope)
        for node in ast.walk(self.tree):
            yield from self._calls(node)
            yield from _raw(node, self.others)
        yield from self._assignments(self.tree, {})

    # Which table a name stands for

    def _imported(self) -> tuple[dict[str, str], set[str]]:
        found, updates = {}, set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                updates |= {f"{name.asname or name.name}.update" for name in node.names}
            if isinstance(node, ast.ImportFrom):
                for name in node.names:
                    if (node.module or "").startswith("storage.tables"):
                        found[name.asname or name.name] = name.name
                    if name.name == "update":
                        updates.add(name.asname or name.name)
        return found, updates

    def _follow_names(self) -> None:
        for _ in range(3):  # a table, its alias, and another name for that
            for node in ast.walk(self.tree):
                if isinstance(node, ast.Assign) and (table := self._table(node.value)) != UNKNOWN:
                    for target in node.targets:
                        if isinstance(target, ast.Name):
                            self.tables[target.id] = table

    def _table(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return self.tables.get(node.id, UNKNOWN)
        if isinstance(node, ast.Attribute) and node.attr == "__table__":
            return self._table(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "alias":
            return self._table(node.func.value)
        return UNKNOWN

    def _is_others(self, node: ast.expr) -> bool:
        return (table := self._table(node)) == UNKNOWN or table in self.others

    # Statements

    def _scopes(self) -> Iterator[list[ast.AST]]:
        """The nodes of each function, and of each statement outside of them."""
        inside: set[int] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                nodes = list(ast.walk(node))
                inside |= {id(one) for one in nodes}
                yield nodes
        at_import = [[one for one in ast.walk(statement) if id(one) not in inside] for statement in self.tree.body]
        yield from at_import
        if any(self._updates_others(one) for nodes in at_import for one in nodes):  # and run with anything, anywhere
            yield list(ast.walk(self.tree))

    def _updates_others(self, node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or not node.args:
            return False
        called = node.func
        by_name = isinstance(called, ast.Name) and called.id in self.updates
        of_module = isinstance(called, ast.Attribute) and ast.unparse(called) in self.updates
        return (by_name or of_module) and self._is_others(node.args[0])

    def _updates(self, scope: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
        """An update of another's row has to say beside it which columns it sets, and the state is none of them."""
        nodes = list(scope)
        found = [node.lineno for node in nodes if self._updates_others(node) and isinstance(node, ast.Call)]
        if not found:
            return
        values = [node for node in nodes if isinstance(node, ast.Call) and _called(node) == "values" and _sets(node)]
        if not values:
            yield found[0], "an update that sets nobody sees what"
        for node in nodes:
            if isinstance(node, ast.Dict) and "state" in [_text(key) for key in node.keys if key]:
                yield node.lineno, "a state beside an update that may be run with it"
        for node in values:
            if any(name in (None, "state") for name in _columns(node)):
                yield node.lineno, "an update of the state, or of nobody sees what"

    def _calls(self, node: ast.AST) -> Iterator[tuple[int, str]]:
        if not isinstance(node, ast.Call):
            return
        called = _called(node)
        if called == "setattr" and (len(node.args) < 2 or _text(node.args[1]) in (None, "state")):
            yield node.lineno, "an attribute set by its name"
        if called in PAST_SIGHT:
            yield node.lineno, f"{called}, which sets nobody sees what"
        if called == "on_conflict_do_update" and self.others & set(self.tables.values()):
            yield node.lineno, "a row put over another, in a file that knows others' rows"
        on_table = isinstance(node.func, ast.Attribute) and self._table(node.func.value) in self.others
        if on_table and called == "update":
            yield node.lineno, "an update in another form"

    # Attributes

    def _assignments(self, node: ast.AST, known: Mapping[str, list[ast.expr | None]]) -> Iterator[tuple[int, str]]:
        """Whoever sets a state has to show whose it is: in the signature, or by how the row was got."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            known = {**known, **self._shown(node)}
        if isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store):
            whose = node.value.id if isinstance(node.value, ast.Name) else ""
            if whose != "self" and not all(map(self._is_known, known.get(whose, [None]))):
                yield node.lineno, f"the state of `{ast.unparse(node.value)}`"
        for child in ast.iter_child_nodes(node):
            yield from self._assignments(child, known)

    def _shown(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Mapping[str, list[ast.expr | None]]:
        """What each name of a function is, where it is shown."""
        said = function.args
        found = {one.arg: [one.annotation] for one in (*said.posonlyargs, *said.args, *said.kwonlyargs)}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target, value in _pairs(node):
                    found.setdefault(target, []).append(self._got(value))
        return found

    def _got(self, value: ast.expr) -> ast.expr | None:
        """The table that a row was got from, or what a method of this file says that it returns."""
        if not isinstance(value, ast.Call):
            return None
        if value.args and _called(value) in ("get", "get_one", "row_by_id"):
            return value.args[0]
        methods = (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef))
        return next((node.returns for node in methods if node.name == _called(value)), None)

    def _is_known(self, shown: ast.expr | None) -> bool:
        """Whether it names a table, and none that is another's."""
        if shown is None:
            return False
        named = {self._table(one) for one in ast.walk(shown) if isinstance(one, ast.Name)} - {UNKNOWN}
        return bool(named) and not named & self.others


def _pairs(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = [*zip(target.elts, node.value.elts, strict=True)]
        else:
            pairs = [(target, node.value)]
        yield from ((one.id, value) for one, value in pairs if isinstance(one, ast.Name))


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _sets(node: ast.Call) -> bool:
    return bool(node.args or node.keywords)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _columns(node: ast.Call) -> Iterator[str | None]:
    """What is set, by name; None for what can't be seen."""
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            yield from (None if key is None else _text(key) for key in argument.keys)
        else:
            yield None
    yield from (keyword.arg for keyword in node.keywords)


def _raw(node: ast.AST, others: set[str]) -> Iterator[tuple[int, str]]:
    said = ""
    if isinstance(node, ast.JoinedStr):
        said = "".join(_text(one) or " " for one in node.values)
    elif isinstance(node, ast.Constant):
        said = _text(node) or ""
    for found in RAW.finditer(said):
        if BY_NAME[found[1].lower()] in others:
            yield getattr(node, "lineno", 0), f"SQL that sets the state of {found[1]}"
