"""Kinds of goods that are given and needed, known by their words, and the seasons of what households grow.

Why no topic where two are named, or none: a blanket offered as food waits for nobody. A season that no source names is
not known, and whoever offers the product says its months.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeGuard

from handlers.rules.book import rows_of_file
from handlers.rules.rows import BadRow, RuleRow, Value, is_hidden
from handlers.vietnamese.words import accents, composed, fold

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Season:
    """Months from one to another, both included and over the new year if need be. lunar: by the moon's calendar."""

    row: RuleRow
    first: int
    last: int
    lunar: bool

    @property
    def months(self) -> tuple[int, ...]:
        """The months in order, 1 to 12."""
        count = (self.last - self.first) % 12 + 1
        return tuple((self.first - 1 + step) % 12 + 1 for step in range(count))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase we know something by. exact: its accents must have been typed."""

    means: str
    accents: frozenset[tuple[int, str]]
    exact: bool


def topics(day: date) -> tuple[str, ...]:
    """Return the kinds of goods on a day, in the order in which they are offered; "other" is the last."""
    return tuple(row.id.removeprefix("topic.") for row in rows_of_file("goods").under("topic.", day))


def topic_of(text: str, day: date) -> str | None:
    """Say which kind of goods a text names, typed with or without accents; None if none or more than one."""
    return _only(_named(text, _phrases("topic.", day)))


def products(day: date) -> tuple[str, ...]:
    """Return the products we know by name on a day."""
    return tuple(row.id.removeprefix("product.") for row in rows_of_file("goods").under("product.", day))


def product_of(text: str, day: date) -> str | None:
    """Say which product a text names; None if none we know or more than one."""
    return _only(_named(text, _phrases("product.", day)))


def seasons(product: str, day: date) -> tuple[Season, ...]:
    """Return when a product is picked; empty if no source says: then the season is not known."""
    rows = rows_of_file("goods").under(f"season.{product}.", day)
    return tuple(_season(row) for row in rows if not is_hidden(row))


def _season(row: RuleRow) -> Season:
    value = row.value if isinstance(row.value, Mapping) else {}
    first, last, calendar = (value.get(key) for key in ("from", "to", "calendar"))
    if not _is_month(first) or not _is_month(last) or calendar not in ("sun", "moon"):
        raise BadRow(f"Row \"{row.id}\": a season is from one month to another by the sun's or the moon's calendar.")
    return Season(row, first, last, lunar=calendar == "moon")


def _is_month(value: Value | None) -> TypeGuard[int]:
    return isinstance(value, int) and 1 <= value <= 12


@cache
def _phrases(prefix: str, day: date) -> Mapping[str, tuple[_Phrase, ...]]:
    found: dict[str, list[_Phrase]] = {}
    for row in rows_of_file("goods").under(prefix, day):
        value = row.value if isinstance(row.value, Mapping) else {}
        for kind in ("vi", "vi_accented", "en"):
            words = value.get(kind, ())
            for phrase in words if isinstance(words, tuple) else ():
                known = _Phrase(row.id.removeprefix(prefix), accents(phrase), exact=kind == "vi_accented")
                found.setdefault(fold(phrase), []).append(known)
    return {phrase: tuple(known) for phrase, known in found.items()}


def _named(text: str, phrases: Mapping[str, tuple[_Phrase, ...]]) -> Iterator[str]:
    """What a text names, from its beginning on; of phrases that begin with the same word the longest counts."""
    words = _WORD.findall(composed(text))
    longest = max((phrase.count(" ") + 1 for phrase in phrases), default=0)
    place = 0
    while place < len(words):
        step = 1
        for size in range(min(longest, len(words) - place), 0, -1):
            typed = " ".join(words[place : place + size])
            means = [known.means for known in phrases.get(fold(typed), ()) if _is_meant(accents(typed), known)]
            if means:
                yield from means
                step = size
                break
        place += step


def _is_meant(typed: frozenset[tuple[int, str]], known: _Phrase) -> bool:
    """Accents that were typed are believed; left out they are forgiven, but for words that are others without them."""
    return typed == known.accents if known.exact else typed <= known.accents


def _only(found: Iterator[str]) -> str | None:
    named = set(found)
    return named.pop() if len(named) == 1 else None
