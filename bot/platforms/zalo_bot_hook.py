"""Where Zalo's Bot Platform knocks: a shared secret first, then kept, then answered. Nothing is understood here."""

import hmac
import logging

from aiohttp import web

from bot.channels.contract import Unreadable
from bot.channels.payload import read_update
from bot.channels.zalo_bot import updates
from bot.receiving.intake import Intake

log = logging.getLogger(__name__)
PATH = "/hooks/zalo-bot"
SECRET = "X-Bot-Api-Secret-Token"  # noqa: S105  # the header's name


class ZaloBotHook:
    """Takes the bot's updates, by webhook or handed over by the poller. secret: empty takes nothing by webhook."""

    def __init__(self, intake: Intake, secret: str) -> None:
        self._intake, self._secret = intake, secret.encode()
        self.rejected = 0

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PATH, self.take)

    async def take(self, request: web.Request) -> web.Response:
        """One update: 200 once it is kept, whatever it holds; 401 without our secret; 503 while we can't keep.

        The platform looks whether we are there with an empty call, which has no effect.
        """
        raw = await request.read()
        if raw.strip() in updates.PROBE:
            return web.Response()
        given = request.headers.getall(SECRET, [])
        if len(given) != 1 or not self._is_ours(given[0]):
            self.rejected += 1
            raise web.HTTPUnauthorized
        if not await self._intake.is_open():
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "60"})
        await self.keep(raw)
        return web.Response()

    def _is_ours(self, given: str) -> bool:
        return bool(self._secret) and hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret)

    async def keep(self, raw: bytes) -> None:
        """Keep one update as it came, or set it aside. Raises DatabaseAway, Unclear."""
        try:
            received = updates.read(read_update(raw))
        except Unreadable as unreadable:
            await self._intake.set_aside(raw, str(unreadable))
            return
        if received is None:
            log.info("an update says nothing to us", extra={"channel": "zalo_bot"})
            return
        await self._intake.take_or_set_aside(received, raw)
