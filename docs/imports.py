"""Every import of one module of ours by another, as the files say it.

Why read and not imported: what stands inside a function or for the types alone counts here too.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSE = ("bot", "handlers", "storage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import: by whom, of what, and whether it stands inside a function or for the types alone."""

    by: str
    of: str
    line: int
    hidden: bool


@cache
def modules() -> Mapping[str, Path]:
    """Every module of the house with its file."""
    files = sorted(path for top in HOUSE for path in (ROOT / top).rglob("*.py"))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in files}


@cache
def imports() -> tuple[Import, ...]:
    """Every import of one module of ours by another."""
    return tuple(one for name, path in modules().items() for one in read(name, path.read_text(), modules()))


def read(name: str, text: str, known: Mapping[str, object]) -> Iterator[Import]:
    """Find what a module imports of those we know, wherever in its text that stands."""
    stack: list[tuple[ast.AST, bool]] = [(ast.parse(text), False)]
    while stack:
        node, hidden = stack.pop()
        inside = hidden or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        inside |= isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        stack += [(child, inside) for child in ast.iter_child_nodes(node)]
        if isinstance(node, ast.Import):
            found = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            places = [(f"{node.module}.{one.name}", node.module or "") for one in node.names]
            found = [whole if whole in known else module for whole, module in places]
        else:
            continue
        yield from (Import(by=name, of=of, line=node.lineno, hidden=hidden) for of in sorted({*found}) if of in known)


def hiding(found: Sequence[Import]) -> Iterator[Import]:
    """Find the hidden imports that would be a circle if they stood at the top of their module."""
    leads: dict[str, set[str]] = {}
    for one in found:
        leads.setdefault(one.by, set()).update(_run_by(one))
    return (one for one in found if one.hidden and any(one.by in reached(leads, runs) for runs in _run_by(one)))


def _run_by(one: Import) -> Iterator[str]:
    """What an import runs: the module, and the packages above it except those that its reader stands in itself."""
    parts = one.of.split(".")
    above = (".".join(parts[:upto]) for upto in range(1, len(parts) + 1))
    return (module for module in above if not f"{one.by}.".startswith(f"{module}."))


def reached(leads: Mapping[str, set[str]], start: str) -> set[str]:
    """Find whatever can be come to from somewhere."""
    seen, ahead = {start}, [start]
    while ahead:
        news = leads.get(ahead.pop(), set()) - seen
        seen |= news
        ahead += news
    return seen
