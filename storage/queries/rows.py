"""Many rows or values given to one statement, in one parameter.

Why in one: a statement with a list for every length, or a parameter for every field of every row, is compiled and
parsed anew each time, which costs more than what it does. Why PostgreSQL is given arrays where there is a choice: it
looks each of them up, whatever its statistics say of a table that has just grown.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Select,
    Subquery,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.types import TypeEngine

Types = Mapping[str, TypeEngine[Any]]


def given(types: Types, *, on_sqlite: bool) -> Subquery:
    """The rows as a statement reads them from its parameter `rows`, in their order. types: of their fields."""
    rows = bindparam("rows", type_=Text)
    if on_sqlite:
        each = func.json_each(rows).table_valued("value")
        found = (cast(func.json_extract(each.c.value, f"$.{name}"), kind).label(name) for name, kind in types.items())
        return select(*found).subquery("given")
    columns = (column(name, kind) for name, kind in types.items())
    return select(
        func.json_to_recordset(cast(rows, JSON)).table_valued(*columns).render_derived(with_types=True)
    ).subquery("given")


def as_json(rows: Iterable[Mapping[str, object]]) -> str:
    """The parameter `rows`."""
    return orjson.dumps(list(rows)).decode()


def among(those: ColumnElement[str], name: str, *, on_sqlite: bool) -> ColumnElement[bool]:
    """Whether a column has one of the texts in a parameter."""
    if on_sqlite:
        each = func.json_each(bindparam(name, type_=Text)).table_valued("value")
        return those.in_(select(each.c.value))
    return those == any_(bindparam(name, type_=ARRAY(Text)))


def as_texts(texts: Collection[str], *, on_sqlite: bool) -> str | list[str]:
    """Texts as the parameter of `among`."""
    return orjson.dumps(list(texts)).decode() if on_sqlite else list(texts)


def among_found(those: ColumnElement[int], found: "Select[tuple[int]]", *, on_sqlite: bool) -> ColumnElement[bool]:
    """Whether a column has one of the numbers that a query finds, which is run once."""
    return those.in_(found) if on_sqlite else those == any_(func.array(found.scalar_subquery()))
