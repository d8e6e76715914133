"""The commands `backup FILE` and `restore FILE`; each returns the sentence that says what it did."""

from pathlib import Path

from bot import setup
from bot.cli.progress import Progress
from bot.clock import SystemClock
from bot.config import Settings
from bot.jobs import anchors, restored
from handlers.desk.privacy import SettledRestore
from storage import bridge, migrations
from storage.backup import backup
from storage.backup.rowfile import Damaged
from storage.crypto import MasterKey
from storage.database import AlreadyServed, Unit


def back_up(settings: Settings, path: Path) -> str:
    """Write a backup, beside a service at work. Raises CannotStart."""
    opened = setup.open_office(settings, may_migrate=False)
    try:
        written = backup.write(
            opened.database, opened.office.master, path, SystemClock().now, Progress(f"writing {path.name}")
        )
    except backup.BadBackup as refused:
        raise setup.CannotStart(str(refused)) from None
    finally:
        opened.database.close_now()
    return (
        f"wrote {path} ({written.rows} rows, {written.counts['person']} persons) and {backup.KEYS} beside it;"
        " keep ENCRYPTION_KEY or encryption.key somewhere else: it is in neither, and nothing can be read without it"
    )


def restore(settings: Settings, path: Path, *, unsigned: bool = False) -> str:
    """Put a backup into an empty database: all of it or nothing. unsigned: also an old one. Raises CannotStart."""
    key = setup.given_key(settings)
    if key is None:
        raise setup.CannotStart("encryption.key is missing from DATA_DIR; put your copy there, the backup needs it")
    try:
        found = backup.find(path, MasterKey(key), Progress(f"checking {path.name}"), unsigned=unsigned)
        settled = _put(settings, MasterKey(key), found)
        before = anchors.set_aside(settings.data_dir / anchors.NAME, SystemClock().now())
    except (backup.BadBackup, Damaged, AlreadyServed) as refused:
        raise setup.CannotStart(str(refused)) from None
    counts, taken = found.header.counts, found.header.taken.astimezone(settings.timezone)
    held = [
        f"\nheld: {one.code} “{one.title}”, which was {one.state}: {one.had} people were handed it, and it would go on"
        f" to {one.waits}, who may have it by now; it goes on once it is submitted and approved anew"
        for one in settled.broadcasts
    ]
    return (
        f"restored {found.header.rows} rows, {counts['person']} persons, as they were on {taken:%Y-%m-%d %H:%M};"
        f" {settled.erased} persons erased since are erased here, {settled.withdrawn} open cases were withdrawn by it,"
        f" {settled.kept_back} messages are held back (chungtay outbox list)"
        + (f", the anchors of what was here before are kept as {before.name}" if before else "")
        + "".join(held)
    )


def _put(settings: Settings, master: MasterKey, found: backup.Found) -> SettledRestore:
    database = setup.open_database(settings)
    try:
        database.hold()
        standing = migrations.state(database.engine)
        office = setup.make_office(settings, master)
        show, clock = Progress(f"restoring {found.data.path.name}"), SystemClock()

        def put(unit: Unit) -> SettledRestore:
            backup.load(unit, found, standing, clock.now(), show)
            bridge.fit(unit, master)
            return restored.settle(unit, office, clock, found.header.taken, settings.digest_at)

        return database.write_now(put)
    finally:
        database.close_now()
