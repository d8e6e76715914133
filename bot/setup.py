"""Opens what the service stands on: the data folder, the database in this release's shape, and the key that fits it."""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from bot.channels.registry import CHANNELS, ChannelEntry
from bot.clock import SystemClock
from bot.config import BadSetting, Settings
from bot.receiving.desk_factory import DeskFactory
from handlers import texts
from handlers.desk import Actor, Desk
from storage import bridge, migrations
from storage.bridge import KEY_CHECK
from storage.crypto import MasterKey, decode_key, new_key
from storage.database import Database, DatabaseAway, Unit
from storage.queries import machine
from storage.queries.outgoing.windows import Windows

log = logging.getLogger(__name__)
T = TypeVar("T")
KEY_FILE = "encryption.key"


class CannotStart(Exception):
    """The service can't start; the message is one clear line without any secret."""


@dataclass(frozen=True, slots=True)
class OpenedOffice:
    """A database and what reads it."""

    database: Database
    office: DeskFactory
    settings: Settings


def open_office(
    settings: Settings, *, may_migrate: bool = True, demonstration: bool = False,
    channels: Sequence[ChannelEntry] = CHANNELS,
) -> OpenedOffice:  # fmt: skip
    """Open the database, bring SQLite to this release's shape, and check the key. Raises CannotStart.

    channels: those that there are, whether the operator turned them on or not.
    """
    database = open_database(settings)
    try:
        _bring_to_shape(database.engine, may_migrate=may_migrate and database.dialect == "sqlite")
        master = MasterKey(_find_key(settings, database))
        _check_key(database, master)
        is_demo = database.read_now(lambda unit: machine.fact(unit, "demo")) is not None
    except (CannotStart, DatabaseAway) as error:
        database.close_now()
        raise CannotStart(str(error)) from None
    office = make_office(settings, master, demo=demonstration or is_demo, channels=channels)
    return OpenedOffice(database, office, settings)


def make_office(
    settings: Settings, master: MasterKey, *, demo: bool = False, channels: Sequence[ChannelEntry] = CHANNELS
) -> DeskFactory:
    """What opens the desk as the settings say. Raises CannotStart."""
    words = texts.load()
    origin = settings.public_url or f"http://{settings.host}:{settings.port}"
    return DeskFactory(
        master=master, texts=words, zone=settings.timezone, public_url=origin, demo=demo,
        channels=channels, private_pages=settings.secure or not settings.real_channels, quiet=settings.quiet_hours,
        windows=_windows(settings, words.sentence, channels),
    )  # fmt: skip


def _windows(
    settings: Settings, sentence: Callable[[str, str], str], channels: Sequence[ChannelEntry]
) -> Windows | None:
    """When a platform takes what, of the one that makes a difference. Raises CannotStart."""
    try:
        found = [windows for one in channels if (windows := one.load_windows(settings, sentence)) is not None]
    except BadSetting as error:
        raise CannotStart(str(error)) from None
    return found[0] if found else None


def at_desk(settings: Settings, work: Callable[[Desk, DeskFactory], T]) -> T:
    """Run something at the operator's desk, in one transaction. Raises CannotStart and what the work raises."""
    opened = open_office(settings)

    def run(unit: Unit) -> T:
        return work(opened.office.desk(unit, Actor("operator"), "command line", SystemClock()), opened.office)

    try:
        return opened.database.write_now(run)
    finally:
        opened.database.close_now()


def open_database(settings: Settings) -> Database:
    """Open the database as it is. Raises CannotStart."""
    if not settings.database or "data_dir" in settings.model_fields_set:
        _make_folder(settings.data_dir)
    try:
        return Database.open(settings.database_url)
    except DatabaseAway as away:
        raise CannotStart(f"the database can't be reached: {away}") from None
    except ValueError as error:
        raise CannotStart(f"DATABASE_URL: {error}") from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink(missing_ok=True)  # another command may look at the same moment
    except OSError:
        raise CannotStart("DATA_DIR: this folder can't be made or written") from None


def _bring_to_shape(engine: Engine, *, may_migrate: bool) -> None:
    found = migrations.state(engine)
    if found == "newer":
        raise CannotStart("the database was made by a newer release; install that one, or restore a backup")
    if found != "current" and not may_migrate:
        raise CannotStart(f"the database is {found}: run `chungtay migrate` first")
    if found != "current":
        migrations.upgrade(engine)


def given_key(settings: Settings) -> bytes | None:
    """The master key: the setting, or the file in DATA_DIR; None where there is neither. Raises CannotStart."""
    path = settings.data_dir / KEY_FILE
    if settings.key is not None or not path.exists():
        return settings.key
    try:
        return decode_key(path.read_text("ascii"))
    except (ValueError, OSError):
        raise CannotStart("encryption.key in DATA_DIR is not a key; restore it from your copy") from None


def _find_key(settings: Settings, database: Database) -> bytes:
    """The master key, made at the first start beside SQLite. Raises CannotStart."""
    if (given := given_key(settings)) is not None:
        return given
    path = settings.data_dir / KEY_FILE
    if database.read_now(lambda unit: machine.fact(unit, KEY_CHECK)) is not None:
        raise CannotStart("encryption.key is missing from DATA_DIR; restore it from your copy, the data needs it")
    key = new_key()
    # Written aside and then linked into place: a crash in between leaves no empty key, and an existing one stays.
    aside = path.with_suffix(f".{os.getpid()}")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        key = path.read_text("ascii")  # another process was faster
    finally:
        aside.unlink()
    log.warning("encryption.key was made in DATA_DIR: keep a copy elsewhere, nothing can be read without it")
    return decode_key(key)


def _check_key(database: Database, master: MasterKey) -> None:
    if not database.read_now(lambda unit: bridge.fit(unit, master)):
        raise CannotStart("ENCRYPTION_KEY is not the key of this database")
    if database.read_now(lambda unit: machine.fact(unit, KEY_CHECK)) is None:
        database.write_now(lambda unit: machine.set_fact(unit, KEY_CHECK, master.check_value()))
