"""Moves a database from one release's shape to the next, and says when it already has a later one."""

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  # the metadata knows only tables that were imported

PLUGINS = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def state(engine: Engine) -> Literal["empty", "older", "current", "newer"]:
    """How the database stands to this release."""
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        found = MigrationContext.configure(connection).get_current_revision() if tables else None
    return "empty" if found is None else standing(found)


def standing(revision: str) -> Literal["older", "current", "newer"]:
    """How a revision stands to this release's."""
    if revision == head():
        return "current"
    try:
        ScriptDirectory.from_config(_config()).get_revision(revision)
    except CommandError:
        return "newer"
    return "older"


def head() -> str:
    """This release's revision."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def upgrade(engine: Engine) -> None:
    """Bring the database to this release's shape."""
    with engine.begin() as connection:
        upgrade_within(connection)


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Bring the database to a revision's shape, within a transaction that is open."""
    command.upgrade(_config(connection), revision)


def drift(engine: Engine) -> list[object]:
    """What the tables in the code and in the database do not agree on; empty if all is well."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"autogenerate_plugins": PLUGINS})
        return list(compare_metadata(context, SQLModel.metadata))
