"""Many rows given to one statement as JSON.

Why JSON: a statement with a list for every length, or a parameter for every field of every row, is compiled and parsed
anew each time, which costs more than what it does.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import JSON, Subquery, Text, bindparam, cast, column, func, select
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
