"""Whatever a stranger writes, no regular expression of ours works longer than in proportion to its length.

Why by growth: how fast a machine is proves nothing, but four times the text may cost about four times the work, and not
sixteen times. Why built from the expression itself: what makes it slow is a text that almost fits.
"""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from re import _constants as kinds  # type: ignore[attr-defined]  # how an expression is taken apart has no public name
from re import _parser as parser  # type: ignore[attr-defined]  # as above
from types import ModuleType
from typing import Any

import pytest

import bot
import handlers
import storage

ROOT = Path(__file__).parents[2]
PACKAGES = (bot, handlers, storage)
POOL = "a1Z .,:;-–/@_!+()\n\u0301ếđ"
FEW, MANY = 1_000, 4_000
HARMLESS_S = 0.002  # what the longer text may always cost
GROWTH = 9.0  # four times the text: 4 in proportion, 16 by the square
TRIES = 4
ANYWHERE = {"search", "finditer", "findall", "sub", "subn", "split"}
# Called with what the operator sets, and not with what a stranger writes.
BY_THE_OPERATOR = {"bot/config.py"}


def _modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def _held(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """The expressions that a module's name stands for, also in what it holds."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth < 3 and isinstance(value, Mapping):
        for one in value.values():
            yield from _held(one, depth + 1)
    elif depth < 3 and isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from _held(one, depth + 1)
    elif depth < 3 and isinstance(value, type) and value.__module__.split(".")[0] in {p.__name__ for p in PACKAGES}:
        for one in vars(value).values():
            yield from _held(one, depth + 1)


def _written() -> Iterator[tuple[str, ast.Call, bool]]:
    """Each call of `re.…` in our code: its file, itself, and whether it stands in a function."""
    for package in PACKAGES:
        for file in Path(str(package.__path__[0])).rglob("*.py"):
            tree = ast.parse(file.read_text())
            inside = {
                id(node)
                for function in ast.walk(tree)
                if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
                for node in ast.walk(function)
            }
            for node in ast.walk(tree):
                of_re = isinstance(node, ast.Call) and re.fullmatch(r"re\.\w+", ast.unparse(node.func))
                if of_re and isinstance(node, ast.Call) and node.args:
                    yield str(file.relative_to(ROOT)), node, id(node) in inside


@dataclass(frozen=True, slots=True)
class Used:
    """An expression, and whether it is only ever held against the beginning of a text."""

    pattern: re.Pattern[str]
    anchored: bool


def _searched() -> set[tuple[str, str]]:
    """(file, name) of all that is searched for, and not only held against a beginning; a public name: of any file."""
    found: set[tuple[str, str]] = set()
    for package in PACKAGES:
        for file in Path(str(package.__path__[0])).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ANYWHERE:
                    name = ast.unparse(node.func.value).rpartition(".")[2]
                    found.add((str(file) if name.startswith("_") else "", name))
    return found


def _all_patterns() -> dict[str, Used]:
    searched, found = _searched(), dict[str, Used]()
    for module in _modules():
        for name, value in vars(module).items():
            for one in _held(value):
                where = str(module.__file__) if name.startswith("_") else ""
                anchored = isinstance(value, re.Pattern) and (where, name) not in searched
                before = found.get(one.pattern)
                found[one.pattern] = Used(one, anchored and (before is None or before.anchored))
    for _, call, _ in _written():
        given = call.args[0]
        if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value not in found:
            flags = [k.value for k in call.keywords if k.arg == "flags"]
            flags += [a for a in call.args[1:] if ast.unparse(a).startswith("re.")]
            value = eval(ast.unparse(flags[0]), {"re": re}) if flags else 0  # noqa: S307  # our own source
            method = ast.unparse(call.func).rpartition(".")[2]
            found[given.value] = Used(re.compile(given.value, value), method in ("match", "fullmatch"))
    return found


PATTERNS = _all_patterns()


def test_no_expression_is_made_where_this_can_not_find_it() -> None:
    hidden = [
        f"{file}:{call.lineno} {ast.unparse(call)[:60]}"
        for file, call, in_function in _written()
        if in_function and not isinstance(call.args[0], ast.Constant) and file not in BY_THE_OPERATOR
    ]

    assert hidden == []
    assert len(PATTERNS) > 60


# Texts that almost fit


def _sample(nodes: Any) -> str:
    """A short text that a parsed expression takes, as far as that is told by its parts."""
    return "".join(_one(kind, given) for kind, given in nodes)


def _one(kind: Any, given: Any) -> str:
    if kind is kinds.LITERAL:
        return chr(given)
    if kind in (kinds.IN, kinds.NOT_LITERAL, kinds.ANY, kinds.CATEGORY):
        return next(iter(_letters(kind, given)), "a")
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        least, _, inner = given
        return _sample(inner) * int(min(least, 20))
    if kind is kinds.SUBPATTERN:
        return _sample(given[3])
    if kind is kinds.ATOMIC_GROUP:
        return _sample(given)
    if kind is kinds.BRANCH:
        return _sample(given[1][0])
    return ""


def _letters(kind: Any, given: Any) -> list[str]:
    """The letters of the pool, or one of its own, that a part which takes one letter takes."""
    if kind is kinds.LITERAL:
        return [chr(given)]
    if kind is kinds.ANY:
        return [c for c in POOL if c != "\n"]
    if kind is kinds.NOT_LITERAL:
        return [c for c in POOL if ord(c) != given]
    items = [(kinds.CATEGORY, given)] if kind is kinds.CATEGORY else given
    own = [chr(v) for k, v in items if k is kinds.LITERAL] + [chr(v[0]) for k, v in items if k is kinds.RANGE]
    negated = any(k is kinds.NEGATE for k, _ in items)
    probes = {
        kinds.CATEGORY_DIGIT: r"\d", kinds.CATEGORY_NOT_DIGIT: r"\D", kinds.CATEGORY_SPACE: r"\s",
        kinds.CATEGORY_NOT_SPACE: r"\S", kinds.CATEGORY_WORD: r"\w", kinds.CATEGORY_NOT_WORD: r"\W",
    }  # fmt: skip

    def takes(c: str) -> bool:
        hit = any(
            (k is kinds.LITERAL and v == ord(c))
            or (k is kinds.RANGE and v[0] <= ord(c) <= v[1])
            or (k is kinds.CATEGORY and re.match(probes[v], c) is not None)
            for k, v in items
        )
        return hit != negated

    return [c for c in dict.fromkeys([*([] if negated else own[:3]), *POOL]) if takes(c)]


def _repeats(nodes: Any, before: str = "") -> Iterator[tuple[str, list[str]]]:
    """(what comes before, texts to repeat) for each part that may come any number of times."""
    for kind, given in nodes:
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            _, most, inner = given
            if most > 50:
                alone = len(inner) == 1 and inner[0][0] in (
                    kinds.IN, kinds.ANY, kinds.LITERAL, kinds.NOT_LITERAL, kinds.CATEGORY,
                )  # fmt: skip
                yield before, _letters(*inner[0]) if alone else [_sample(inner)]
            yield from _repeats(inner, before)
        elif kind is kinds.SUBPATTERN:
            yield from _repeats(given[3], before)
        elif kind is kinds.BRANCH:
            for one in given[1]:
                yield from _repeats(one, before)
        before += _one(kind, given)


def _attacks(pattern: re.Pattern[str]) -> Iterator[Callable[[int], str]]:
    parsed = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    whole = _sample(parsed)

    def of(before: str, again: str, after: str) -> Callable[[int], str]:
        return lambda n: before + again * (n // len(again)) + after

    for before, texts in _repeats(parsed):
        for again, after in product(texts, ("", "\0", "!")):
            if again:
                yield of(before, again, after)
                yield of("", before + again, after)
    for again, after in product(dict.fromkeys([*POOL, *whole]), ("", "\0")):
        yield of("", again, after)
    if whole:
        yield of("", whole, "\0")
        yield of("", whole[:-1] or whole, "\0")
    letters = list(dict.fromkeys(whole))[:6]
    for first, second in product(letters, letters):
        if first != second:
            yield of("", first + second, "\0")


def _cost_s(used: Used, text: str) -> float:
    begun = time.thread_time()
    if used.anchored:
        used.pattern.fullmatch(text)
        used.pattern.match(text)
    else:
        for _ in used.pattern.finditer(text):
            pass
    return time.thread_time() - begun


def _grows(used: Used, attack: Callable[[int], str]) -> str:
    """What was found in every try, or nothing: one slow look may be the machine's."""
    few, many = attack(FEW), attack(MANY)
    told = ""
    for _ in range(TRIES):
        more = _cost_s(used, many)
        if more < HARMLESS_S or more < GROWTH * min(_cost_s(used, few) for _ in range(3)):
            return ""
        told = f"{few[:40]!r}…: {more * 1e3:.1f} ms for {MANY} letters, many times what {FEW} take"
    return told


@pytest.mark.parametrize("used", PATTERNS.values(), ids=lambda one: one.pattern.pattern[:60])
def test_an_expression_works_in_proportion(used: Used) -> None:
    assert next((told for attack in _attacks(used.pattern) if (told := _grows(used, attack))), "") == ""


@pytest.mark.parametrize(
    "slow", [r"\S*[^\W_][./@][^\W\d_]\S*", r"\S*[./@]\S*", r"[ab]*c", r"\bno\b.*[ck]o", r"\s+$", r"(?:\d[ .]?)+x"]
)
def test_a_slow_expression_is_found(slow: str) -> None:
    used = Used(re.compile(slow), anchored=False)

    # A busy machine may hide it from one look, as it may feign it to one.
    assert any(_grows(used, attack) for _ in range(TRIES) for attack in _attacks(used.pattern))
