"""Databases that have our tables already, to be copied: making the tables takes longer than most tests."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from storage import migrations
from storage.database import Database


def bring_to_shape(url: str) -> None:
    """Make our tables in a database that may have them already."""
    database = Database.open(url)
    if migrations.state(database.engine) != "current":
        migrations.upgrade(database.engine)
    database.close_now()


def lay_file(path: Path) -> None:
    """Lay an SQLite file with our tables, unless one lies there."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(_file(), path)


@cache
def _file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="chungtay-shape-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    bring_to_shape(f"sqlite:///{folder / 'chungtay.db'}")
    return folder / "chungtay.db"
