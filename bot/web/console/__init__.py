"""The officials' console over HTTP: signing in, its pages, the same for programs, and the live stream."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import time

from aiohttp import web

from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.web.console.browser import Browser
from bot.web.console.live import LiveRoutes
from bot.web.console.routes import ConsoleRoutes
from bot.web.console.signing_in import SigningInRoutes
from bot.web.pages import Pages
from storage.database import Database


def add_to(
    app: web.Application, database: Database, office: DeskFactory, clock: Clock, pages: Pages, *,
    origins: frozenset[str], secure: bool, reasons: Callable[[], list[str]], daily: Mapping[str, time],
    look_at_rules: Callable[[], Awaitable[None]],
) -> Callable[[web.Request], Awaitable[bool]]:  # fmt: skip
    """Give the application every route below /console. daily: when the clock does what each day, by its jobs' names.
    look_at_rules: see `ConsoleRoutes`.

    Returns what tells whether a request comes from a browser in which an official is signed in.
    """
    browser = Browser(origins, secure=secure)
    SigningInRoutes(database, office, clock, pages, browser).add_to(app)
    LiveRoutes(database, office, clock, browser).add_to(app)
    routes = ConsoleRoutes(database, office, clock, pages, browser, reasons, daily, look_at_rules)
    routes.add_to(app)
    return routes.is_signed_in
