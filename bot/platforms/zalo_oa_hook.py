"""Where the Official Account's webhook knocks: its MAC first, then kept, then answered. Nothing is understood here.

Why a failure on our side is the only 5xx, and a wrong MAC the only other: Zalo brings what failed again for an hour and
then switches the webhook off, which only a human switches on.
"""

import asyncio
from datetime import timedelta

from aiohttp import web

from bot.channels.contract import Received, Unreadable
from bot.channels.payload import read_update
from bot.channels.zalo_oa import events
from bot.channels.zalo_oa.events import Echo, Reported
from bot.channels.zalo_oa.signature import SIGNATURE, TIMESTAMP, Moment, Secrets, matched
from bot.delivery.receipts import Receipts
from bot.receiving.intake import Intake
from storage.database import DatabaseAway, UnclearCommit

PATH = "/hooks/zalo-oa"
ANSWER_S = 1.9  # the contract, part A8: two seconds
BY_HAND = timedelta(minutes=30)
BUSY = {"Retry-After": "30"}


class ZaloOaHook:
    """Takes the account's events. by_header: how many had a MAC that fitted the header's timestamp alone.

    called: whether Zalo has called since somebody looked last.
    """

    def __init__(self, intake: Intake, receipts: Receipts, secrets: Secrets) -> None:
        self._intake, self._receipts, self._secrets = intake, receipts, secrets
        self.rejected = self.by_header = 0
        self.called = False
        self._late: set[asyncio.Task[None]] = set()

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PATH, self.take)

    async def take(self, request: web.Request) -> web.Response:
        """One event: 200 once it is kept, whatever it holds; 401 where its MAC is not Zalo's; 503 while we can't keep.

        What Zalo sends, unsigned, when the address is saved has no effect.
        """
        raw = await request.read()
        if events.is_probe(raw):
            return web.Response()
        moment = self._moment(request, raw)
        if moment is None:
            self.rejected += 1
            raise web.HTTPUnauthorized
        self.by_header += moment == "header"
        self.called = True
        keeping = asyncio.create_task(self.keep(raw))
        self._late.add(keeping)
        keeping.add_done_callback(self._ended)
        # What takes longer goes on: it may be kept after all, and has one effect when it comes again.
        await asyncio.wait({keeping}, timeout=ANSWER_S)
        if not keeping.done():
            self._intake.refused()
        if not keeping.done() or isinstance(keeping.exception(), DatabaseAway | UnclearCommit):
            raise web.HTTPServiceUnavailable(headers=BUSY)
        keeping.result()
        return web.Response()

    def _ended(self, keeping: asyncio.Task[None]) -> None:
        self._late.discard(keeping)
        if not keeping.cancelled():
            keeping.exception()  # told in time, or too late to be told

    def _moment(self, request: web.Request, raw: bytes) -> Moment | None:
        given, at = request.headers.getall(SIGNATURE, []), request.headers.getall(TIMESTAMP, [])
        if len(given) != 1 or len(at) > 1:
            return None
        return matched(raw, given[0], at[0] if at else "", self._secrets)

    async def keep(self, raw: bytes) -> None:
        """Keep one event as it came, or set it aside. Raises DatabaseAway, Unclear."""
        if not await self._intake.is_open():
            raise DatabaseAway("nobody is responsible yet")
        try:
            found = events.read(read_update(raw), app_id=self._secrets.app_id, oa_id=self._secrets.oa_id)
        except Unreadable as unreadable:
            await self._intake.set_aside(raw, str(unreadable))
            return
        match found:
            case Received():
                await self._intake.take_or_set_aside(found, raw)
            case Reported():
                self._receipts.report(found)
            case Echo(by_official=True):
                await self._intake.answered_by_hand(found.chat, found.at, BY_HAND)
            case Echo():
                self._receipts.echo(found)
