"""Databases with the tables of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.storage.notes import furnish


@pytest.fixture
def kept(database: Database) -> Database:
    """A database of each kind, with tables."""
    return furnish(database)


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[Database]:
    """A database on SQLite alone, with tables."""
    database = furnish(Database.open(f"sqlite:///{tmp_path / 'data' / 'own.db'}"))
    yield database
    database.close_now()
