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
    script = ScriptDirectory.from_config(_config())
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        found = MigrationContext.configure(connection).get_current_revision() if tables else None
    if found is None:
        return "empty"
    if found == script.get_current_head():
        return "current"
    try:
        script.get_revision(found)
    except CommandError:
        return "newer"
    return "older"


def upgrade(engine: Engine) -> None:
    """Bring the database to this release's shape."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")


def drift(engine: Engine) -> list[object]:
    """What the tables in the code and in the database do not agree on; empty if all is well."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"autogenerate_plugins": PLUGINS})
        return list(compare_metadata(context, SQLModel.metadata))
