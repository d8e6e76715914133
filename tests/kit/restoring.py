"""A town's backup, and a second town on what was restored from it."""

from pathlib import Path

from bot.jobs import restored
from handlers.desk.privacy import SettledRestore
from storage import migrations
from storage.backup import backup, rowfile
from storage.crypto import MasterKey
from storage.database import Database, Unit
from tests.kit.town import Town


def silent(done: int, total: int) -> None:
    """Tell nobody how far it has come."""


def back_up(town: Town, path: Path) -> rowfile.Header:
    """Take a backup of a town at work."""
    return backup.write(town.database, town.office.master, path, town.clock.now, silent)


def restore(town: Town, path: Path, into: Database, master: MasterKey | None = None) -> SettledRestore:
    """Restore as the command does: all in one transaction."""
    found = backup.find(path, master or town.office.master, silent)
    standing = migrations.state(into.engine)

    def put(unit: Unit) -> SettledRestore:
        backup.load(unit, found, standing, town.clock.now(), silent)
        return restored.settle(unit, town.office, town.clock, found.header.taken)

    return into.write_now(put)
