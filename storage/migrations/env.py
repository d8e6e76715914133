"""Alembic's entry: runs the migrations on the connection it is handed, and writes new ones in our own types."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, BigInteger
from sqlmodel import AutoString, SQLModel

from storage.columns import UtcTime
from storage.migrations import PLUGINS


def render(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Spell a column type as the tables do; False leaves it to Alembic."""
    if kind != "type":
        return False
    names = {UtcTime: "columns.UtcTime()", AutoString: "sa.String()", JSON: "columns.json_column()"}
    numbers_rows = type(item) is BigInteger and "sqlite" in item._variant_mapping
    return "columns.BigKey" if numbers_rows else names.get(type(item), False)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    autogenerate_plugins=PLUGINS,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
