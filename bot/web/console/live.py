"""The live stream of the console: how many wait where. A page that hears a new number looks again.

Why it asks the database every few seconds: what changes may have been written by another process, and the question is a
handful of counts. It keeps nobody signed in.
"""

import asyncio
from collections.abc import Mapping

import orjson
from aiohttp import web

from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.web.console.browser import Browser
from handlers.console.work.today import pulse
from handlers.desk import Actor
from storage.database import Database, DatabaseAway, UnclearCommit, Unit

EVERY_S = 3.0
STILL_HERE = 5  # looks without news after which a word is sent, so that proxies keep the line


class LiveRoutes:
    """One stream for each page that is open."""

    def __init__(
        self, database: Database, office: DeskFactory, clock: Clock, browser: Browser, every_s: float = EVERY_S
    ) -> None:
        self._database, self._office, self._clock, self._browser = database, office, clock, browser
        self._every_s = every_s

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/console/live", self.stream)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The counts, whenever they change; `ended` once the browser is signed out."""
        token = self._browser.session(request)
        if await self._pulse(token) is None:
            raise web.HTTPUnauthorized
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await answer.prepare(request)
        last: Mapping[str, object] | None = None
        silent = 0
        while True:
            try:
                now = await self._pulse(token)
            except (DatabaseAway, UnclearCommit):
                now = last or {}
            if now is None:
                await answer.write(b"event: ended\ndata: {}\n\n")
                return answer
            silent = 0 if now != last else silent + 1
            if now != last:
                await answer.write(b"data: " + orjson.dumps(now) + b"\n\n")
            elif silent % STILL_HERE == 0:
                await answer.write(b": here\n\n")
            last = now
            await asyncio.sleep(self._every_s)

    async def _pulse(self, token: str) -> Mapping[str, object] | None:
        def look(unit: Unit) -> Mapping[str, object] | None:
            desk = self._office.desk(unit, Actor("clock"), "console", self._clock)
            signed = desk.browsers.session(token) if token else None
            return pulse(desk.of(signed.official)) if signed else None

        return await self._database.read(look)
