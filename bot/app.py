"""The composition root: the only file that names concrete classes. `open_office` wires, `serve` runs."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web
from sqlalchemy import Engine

from bot.channels.webchat import WebChat
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.inbox import Inbox, Office
from bot.jobs import JobClock, Work
from bot.outbox import Outbox
from bot.photos import Cleaner
from bot.web import errors, pages, server
from bot.web.chat import ChatRoutes
from bot.web.health import HealthRoutes
from bot.web.lines import Lines
from bot.web.public import PublicRoutes
from handlers import demo, texts
from handlers.conversations import ALL
from handlers.desk import Actor
from handlers.reception import Reception
from storage import migrations
from storage.crypto import MasterKey, decode_key, new_key
from storage.database import Database, DatabaseAway, Unclear, Unit
from storage.queries import machine

log = logging.getLogger(__name__)
STOP_S = 12.0


class CannotStart(Exception):
    """The service can't start; the message is one clear line without any secret."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A database and what reads it."""

    database: Database
    office: Office
    settings: Settings


def open_office(settings: Settings, *, may_migrate: bool = True, demonstration: bool = False) -> Opened:
    """Open the database, bring SQLite to this release's shape, and check the key. Raises CannotStart."""
    if not settings.database:
        _make_folder(settings.data_dir)
    try:
        database = Database.open(settings.database_url)
    except DatabaseAway as away:
        raise CannotStart(f"the database can't be reached: {away}") from None
    except ValueError as error:
        raise CannotStart(f"DATABASE_URL: {error}") from None
    try:
        _bring_to_shape(database.engine, may_migrate=may_migrate and database.dialect == "sqlite")
        master = MasterKey(_find_key(settings, database))
        _check_key(database, master)
        is_demo = database.read_now(lambda unit: machine.fact(unit, "demo")) is not None
    except (CannotStart, DatabaseAway) as error:
        database.close_now()
        raise CannotStart(str(error)) from None
    origin = settings.public_url or f"http://{settings.host}:{settings.port}"
    office = Office(master, texts.load(), settings.timezone, origin, demonstration or is_demo)
    return Opened(database, office, settings)


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


def _find_key(settings: Settings, database: Database) -> bytes:
    """The master key: the setting, or beside SQLite the file made at the first start. Raises CannotStart."""
    if settings.key is not None:
        return settings.key
    path = settings.data_dir / "encryption.key"
    if path.exists():
        try:
            return decode_key(path.read_text("ascii"))
        except (ValueError, OSError):
            raise CannotStart("encryption.key in DATA_DIR is not a key; restore it from your copy") from None
    if database.read_now(lambda unit: machine.fact(unit, "key_check")) is not None:
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
    found = database.read_now(lambda unit: machine.fact(unit, "key_check"))
    if found is None:
        database.write_now(lambda unit: machine.set_fact(unit, "key_check", master.check_value()))
    elif found != master.check_value():
        raise CannotStart("ENCRYPTION_KEY is not the key of this database")


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that runs, wired; the parts that tests reach for."""

    opened: Opened
    inbox: Inbox
    outbox: Outbox
    lines: Lines
    jobs: JobClock
    app: web.Application
    alarms: list[str]


def wire(opened: Opened, clock: Clock) -> Service:
    """Put the parts together."""
    database, office, settings = opened.database, opened.office, opened.settings
    alarms: list[str] = []
    channel = WebChat()
    lines = Lines()
    outbox = Outbox(database, office.master, channel, clock, lines.arrived)
    inbox = Inbox(database, office, Reception(ALL), clock, abroad=frozenset(), replied=outbox.wake)

    def broke(sentence: str) -> None:
        log.error("the data is damaged", extra={"reason": sentence})
        alarms.append("data_damaged")

    work = Work(database, office, clock, Cleaner(), outbox.wake, broke)
    site = pages.Pages(office.texts.sentence, demo=office.demo)
    public = PublicRoutes(database, office, clock, site)
    app = web.Application()
    errors.guard(app, page=public.error_page, headers=pages.SECURITY_HEADERS, away=(DatabaseAway, Unclear))
    public.add_to(app)
    origins = settings.own_origins
    ChatRoutes(database, office, clock, inbox, lines, site, secure=settings.secure, origins=origins).add_to(app)
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
    HealthRoutes(database, token, lambda: sorted(set(alarms))).add_to(app)
    return Service(opened, inbox, outbox, lines, JobClock(work, settings.timezone), app, alarms)


@contextlib.asynccontextmanager
async def running(service: Service) -> AsyncIterator[server.Running]:
    """Serve until left; then take no more, finish what is in hand, and close."""
    settings = service.opened.settings
    try:
        listener = await server.start(service.app, settings.host, settings.port)
    except OSError:
        raise CannotStart("HOST and PORT: this address can't be had; is something else listening there?") from None
    running_parts = [service.inbox.run, service.outbox.run]
    if service.opened.database.dialect == "postgresql":
        running_parts.append(lambda: service.lines.watch(service.opened.database))
    tasks = [asyncio.create_task(_kept_up(part, service.alarms)) for part in running_parts]
    service.jobs.start()
    try:
        yield listener
    finally:
        await listener.stop(STOP_S)
        await service.jobs.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await service.opened.database.close()


async def _kept_up(part: Callable[[], Coroutine[object, object, None]], alarms: list[str]) -> None:
    """Run a part of the service until cancelled; should it end by a fault of ours, say so and begin again."""
    while True:
        try:
            await part()
        except Exception:
            log.exception("a part of the service stopped and is begun again")
            alarms.append("part_restarted")
            await asyncio.sleep(1)


async def serve(settings: Settings, *, demonstration: bool, greet: Callable[[Settings, int], None]) -> None:
    """Run the service until SIGINT or SIGTERM. Raises CannotStart."""
    opened = open_office(settings, demonstration=demonstration)
    try:
        opened.database.hold()
    except Exception as error:
        opened.database.close_now()
        raise CannotStart(str(error)) from None
    if demonstration:
        await opened.database.write(lambda unit: fill_demo(unit, opened))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(wire(opened, SystemClock())) as listener:
        greet(settings, listener.port)
        await stop.wait()


def fill_demo(unit: Unit, opened: Opened) -> None:
    """Fill an empty database with plainly synthetic data."""
    office = replace(opened.office, demo=True)
    demo.fill(office.desk(unit, Actor("operator"), "demo", SystemClock()))
