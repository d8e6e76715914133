"""The composition root: the only file that names concrete classes. `wire` puts together, `serve` runs."""

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web

from bot import accounts
from bot.channels.webchat import WebChat
from bot.clock import Clock, ClockWatch, SystemClock
from bot.config import Settings
from bot.delivery.webchat_delivery import WebchatDelivery
from bot.jobs import anchors
from bot.jobs.key_watch import KeyWatch
from bot.jobs.rule_watch import RuleWatch
from bot.jobs.table import JobClock, Work, table
from bot.pictures.photos import Cleaner
from bot.platforms.platform import CountsByHeader, Platform, build
from bot.receiving.inbox import Inbox
from bot.setup import CannotStart, OpenedOffice, open_office
from bot.web import caller, console, errors, pages, server
from bot.web.chat.chat import ChatRoutes, Visitors
from bot.web.chat.going_on import GoingOnRoutes
from bot.web.chat.lines import ChatLines
from bot.web.crowd import Crowd
from bot.web.health import HealthRoutes
from bot.web.public.campaign import CampaignRoutes
from bot.web.public.home import PublicRoutes
from bot.web.public.ledger import LedgerRoutes
from bot.web.public.private import PrivateRoutes
from bot.web.public.questions import QuestionRoutes
from handlers.conversations import ALL
from handlers.demo import town as demo
from handlers.desk import Actor, Told
from handlers.dialogue.private_question import Asides
from handlers.dialogue.reception import Reception
from storage.database import DatabaseAway, UnclearCommit, Unit
from storage.queries import machine

log = logging.getLogger(__name__)
STOP_S = 12.0
COLLECTED_AFTER = (20_000, 20, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything that runs, wired; the parts that tests reach for. site: puts together what is served over HTTP."""

    opened: OpenedOffice
    inbox: Inbox
    outbox: WebchatDelivery
    platforms: tuple[Platform, ...]
    lines: ChatLines
    jobs: JobClock
    key_watch: KeyWatch
    rule_watch: RuleWatch
    site: Callable[[], web.Application]
    alarms: list[str]


def wire(opened: OpenedOffice, clock: Clock) -> Service:
    """Put the parts together."""
    database, office, settings = opened.database, opened.office, opened.settings
    alarms: list[str] = []
    lines, built = ChatLines(), list[Platform]()
    outbox = WebchatDelivery(database, office.master, WebChat(), clock, lines.arrived)

    def replied(told: Sequence[Told]) -> None:
        for address_id in {one.address_id: None for one in told if one.channel == WebChat.name}:
            outbox.begin(address_id)
        for platform in built:
            platform.sender.begin(told)

    def look() -> None:
        outbox.wake()
        for platform in built:
            platform.sender.wake()

    inbox = Inbox(database, office, Reception(ALL), clock, replied=replied)
    built += build(opened, clock, inbox)

    def broke(sentence: str) -> None:
        log.error("the data is damaged", extra={"reason": sentence})
        alarms.append("data_damaged")

    fetchers = {platform.name: platform.fetcher for platform in built}
    rates = {WebChat.name: WebChat.rate, **{platform.name: platform.rate for platform in built}}
    work = Work(
        database=database,
        office=office,
        clock=clock,
        cleaner=Cleaner(),
        fetchers=fetchers,
        replied=look,
        broke=broke,
        anchors=settings.data_dir / anchors.NAME,
        rates=rates,
    )

    jobs = JobClock(work, settings.timezone, settings.digest_at)
    watch = ClockWatch(clock, database.read_now(machine.last_note))
    rule_watch = RuleWatch(database)
    rule_watch.begin()

    def reasons() -> list[str]:
        of_platforms = (reason for platform in built for reason in platform.reasons())
        return sorted({*alarms, *jobs.reasons(), *watch.reasons(), *of_platforms})

    site = partial(_site, opened, clock, inbox, lines, tuple(built), reasons, jobs.counts, rule_watch)
    return Service(
        opened=opened,
        inbox=inbox,
        outbox=outbox,
        platforms=tuple(built),
        lines=lines,
        jobs=jobs,
        key_watch=KeyWatch(database, office.master, settings.data_dir / anchors.NAME, alarms.append),
        rule_watch=rule_watch,
        site=site,
        alarms=alarms,
    )


def _site(
    opened: OpenedOffice, clock: Clock, inbox: Inbox, lines: ChatLines, platforms: Sequence[Platform],
    reasons: Callable[[], list[str]], jobs: Callable[[], Mapping[tuple[str, str], int]], rule_watch: RuleWatch,
) -> web.Application:  # fmt: skip
    """Put together what is served over HTTP."""
    database, office, settings = opened.database, opened.office, opened.settings
    origins, secure = settings.own_origins, settings.secure
    site = pages.Pages(office.texts.sentence, demo=office.demo)
    public = PublicRoutes(database, office, clock, site)
    app = web.Application()
    app[caller.PROXIES] = settings.trusted_proxy
    headers = pages.security_headers(secure=secure)
    errors.guard(app, page=public.error_page, headers=headers, away=(DatabaseAway, UnclearCommit))
    public.add_to(app)
    QuestionRoutes(database, office, clock, site).add_to(app)
    CampaignRoutes(database, office, clock, site).add_to(app)
    LedgerRoutes(database, office, clock, site).add_to(app)
    crowd = Crowd.of(server.descriptors())
    ChatRoutes(database, office, clock, inbox, lines, site, crowd, secure=secure, origins=origins).add_to(app)
    GoingOnRoutes(database, office, clock, Visitors(office, secure), lines, site, origins=origins).add_to(app)
    PrivateRoutes(database, office, clock, inbox, Asides(ALL), site, origins=origins).add_to(app)
    for platform in platforms:
        platform.add_to(app)
    daily = {job.name: job.at for job in table(settings.digest_at) if job.at is not None}
    is_official = console.add_to(
        app,
        database,
        office,
        clock,
        site,
        origins=origins,
        secure=secure,
        reasons=reasons,
        daily=daily,
        look_at_rules=rule_watch.look,
    )

    def rejected() -> dict[str, int]:
        return {platform.name: platform.rejected() for platform in platforms}

    def by_header() -> dict[str, int]:
        return {one.name: one.by_header() for one in platforms if isinstance(one, CountsByHeader)}

    token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
    may_read = is_official if settings.is_public else None
    health = HealthRoutes(
        database, token, may_read, reasons, rejected, by_header, jobs, lambda: inbox.health.refuses
    )  # fmt: skip
    health.add_to(app)
    return app


@contextlib.asynccontextmanager
async def running(service: Service) -> AsyncIterator[server.Running]:
    """Serve until left; then take no more, finish what is in hand, and close."""
    settings, site = service.opened.settings, service.site()
    try:
        listener = await server.start(site, settings.host, settings.port)
    except OSError:
        raise CannotStart("HOST and PORT: this address can't be had; is something else listening there?") from None
    running_parts = [service.inbox.run, service.outbox.run, service.key_watch.run, service.rule_watch.run]
    for platform in service.platforms:
        await platform.start()
        running_parts += platform.parts
    if service.opened.database.dialect == "postgresql":
        running_parts.append(lambda: service.lines.watch(service.opened.database))
    tasks = [asyncio.create_task(_kept_up(part, service.alarms)) for part in running_parts]
    service.jobs.start()
    try:
        yield listener
    finally:
        await asyncio.gather(listener.stop(STOP_S), *(platform.stop(STOP_S) for platform in service.platforms))
        await service.jobs.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for platform in service.platforms:
            await platform.close()
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


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the operator is told once the service listens. log_ins: of a demonstration."""

    port: int
    log_ins: tuple[accounts.LogIn, ...]
    has_admin: bool


async def serve(settings: Settings, *, demonstration: bool, greet: Callable[[Greeting], None]) -> None:
    """Run the service until SIGINT or SIGTERM. Raises CannotStart."""
    opened = open_office(settings, demonstration=demonstration)
    try:
        if opened.office.demo and settings.real_channels:
            raise CannotStart(f"{settings.real_channels[0]}: a real channel is refused while there is sample data")
        opened.database.hold()
    except Exception as error:
        opened.database.close_now()
        raise CannotStart(str(error)) from None
    clock, log_ins = SystemClock(), tuple[accounts.LogIn, ...]()
    if demonstration:
        await opened.database.write(lambda unit: fill_demo(unit, opened))
        log_ins = await accounts.open_demonstration(opened, clock)
    has_admin = await accounts.has_admin(opened, clock)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(wire(opened, clock)) as listener:
        # What is there by now stays to the end, and to go over it again and again stops everything for a tenth of a
        # second each time.
        gc.freeze()
        gc.set_threshold(*COLLECTED_AFTER)
        greet(Greeting(listener.port, log_ins, has_admin))
        await stop.wait()


def fill_demo(unit: Unit, opened: OpenedOffice) -> None:
    """Fill an empty database with plainly synthetic data."""
    office = replace(opened.office, demo=True)
    demo.fill(office.desk(unit, Actor("operator"), "demo", SystemClock()))
