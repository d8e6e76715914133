"""Moves a database from one release's shape to the next, and says when it already has a later one."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  # the metadata knows only tables that were imported

# Alembic is loaded only to move a database, or to compare one: every start has to know how it stands.
if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0012"
PLUGINS = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def state(engine: Engine) -> Literal["empty", "older", "current", "newer"]:
    """How the database stands to this release."""
    with engine.connect() as connection:
        known = "alembic_version" in inspect(connection).get_table_names()
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    return "empty" if found is None else standing(str(found))


def standing(revision: str) -> Literal["older", "current", "newer"]:
    """How a revision stands to this release's."""
    if revision == HEAD:
        return "current"
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        ScriptDirectory.from_config(_config()).get_revision(revision)
    except CommandError:
        return "newer"
    return "older"


def upgrade(engine: Engine) -> None:
    """Bring the database to this release's shape."""
    with engine.begin() as connection:
        upgrade_within(connection)


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Bring the database to a revision's shape, within a transaction that is open."""
    from alembic import command

    command.upgrade(_config(connection), revision)


def drift(engine: Engine) -> list[object]:
    """What the tables in the code and in the database do not agree on; empty if all is well."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"autogenerate_plugins": PLUGINS})
        return list(compare_metadata(context, SQLModel.metadata))
