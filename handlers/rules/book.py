"""The book: the rows of law this process goes by, as shipped, with what officials compared and entered over them.

Why one object: all that was worked out from its rows is kept in the book itself, so with another book in use nothing of
the old one is left. Why a turn holds its book: half an answer by the old law and half by the new is by none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial, wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from handlers.rules.overrides import Fault, Override, put_over
from handlers.rules.rows import RuleRow, RuleRows, load

F = TypeVar("F", bound=Callable[..., Any])
A = TypeVar("A")
T = TypeVar("T")

# The files that hold law; what the office says of itself, and lists that are no law, come with a release alone.
FILES = ("standards", "indicators", "areas", "programmes", "drives")
_DATA = Path(__file__).parent / "data"


class _Kept(dict[Callable[..., Any], Callable[..., Any]]):
    """What was worked out from a book: for each function one that remembers, made when it is first asked."""

    def __init__(self, book: "Book") -> None:
        super().__init__()
        self._book = book

    def __missing__(self, make: Callable[..., Any]) -> Callable[..., Any]:
        self[make] = kept = cache(partial(_by, self._book, make))
        return kept


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """Rows by file. overrides: those in force, in their order. left_out: those that fit the rows no more, and why.

    version: names what is in force, so that a change can be seen without reading all of it.
    """

    overrides: tuple[Override, ...]
    rows: Mapping[str, RuleRows]
    left_out: tuple[tuple[Override, Fault], ...] = ()
    version: str = ""
    kept: _Kept = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kept", _Kept(self))

    def series(self, row_id: str) -> tuple[RuleRow, ...]:
        """All rows of an id, in order of time; empty if there is none."""
        return next((found for rows in self.rows.values() if (found := rows.series.get(row_id))), ())

    def file_of(self, row_id: str) -> str:
        """The file that holds an id; empty if none does."""
        return next((name for name, rows in self.rows.items() if row_id in rows.series), "")

    def row(self, row_id: str, valid_from: date | None) -> RuleRow | None:
        """The row of an id that counts from a day."""
        return next((row for row in self.series(row_id) if row.valid_from == valid_from), None)

    def tried(self, one: Override) -> "Book | Fault":
        """This book with one more override in it, or why it can't be used."""
        name = self.file_of(one.row_id)
        rows = put_over(self.rows[name], one) if name else "absent"
        if not isinstance(rows, RuleRows):
            return rows
        return Book((*self.overrides, one), MappingProxyType({**self.rows, name: rows}), self.left_out, self.version)


@cache
def shipped_rows(name: str) -> RuleRows:
    """The rows of one file as they came with the release. Raises BadRow."""
    return load(_DATA / f"{name}.toml")


@cache
def as_shipped() -> Book:
    """The book with nothing over it."""
    return Book((), MappingProxyType({name: shipped_rows(name) for name in FILES}))


def book_of(overrides: Iterable[Override], version: str = "") -> Book:
    """The book with overrides in their order; one that fits no more is left out, and named."""
    book, left_out = as_shipped(), list[tuple[Override, Fault]]()
    for one in overrides:
        tried = book.tried(one)
        if isinstance(tried, Book):
            book = tried
        else:
            left_out.append((one, tried))
    return Book(book.overrides, book.rows, tuple(left_out), version)


_in_use = as_shipped()
_held: ContextVar[Book | None] = ContextVar("held", default=None)
_holds = _held.get


def in_hand() -> Book:
    """The book that the turn in hand holds; outside of one, that in use."""
    return _holds() or _in_use


def use(book: Book) -> None:
    """Go by another book in this process from now on; a turn in hand ends with the one it began with."""
    global _in_use
    _in_use = book


@contextmanager
def held(book: Book | None = None) -> Iterator[Book]:
    """Go by one book throughout, be another taken in use meanwhile. book: the one in hand if none is given."""
    book = book or in_hand()
    token = _held.set(book)
    try:
        yield book
    finally:
        _held.reset(token)


def by_one_book(work: Callable[[A], T]) -> Callable[[A], T]:
    """Have a transaction go by the book that is in use as it begins."""

    def run(given: A) -> T:
        with held():
            return work(given)

    return run


def per_book(make: F) -> F:
    """Remember each result for as long as the book is in hand from whose rows it was made. No keyword arguments."""

    @wraps(make)
    def remembered(*given: Any) -> Any:
        return (_holds() or _in_use).kept[make](*given)

    return cast(F, remembered)


def rows_of_file(name: str) -> RuleRows:
    """The rows of one file of project data, of the book in hand. Raises BadRow."""
    return in_hand().rows.get(name) or shipped_rows(name)


def _by(book: Book, make: Callable[..., T], *given: Any) -> T:
    with held(book):
        return make(*given)
