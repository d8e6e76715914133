"""Where platforms knock: a shared secret first, then kept, then answered. Nothing is understood here.

Why a failure on our side is the only 5xx: a platform brings a refused update again and again, and its chat is silent
for as long.
"""

import asyncio
import hmac
from collections import Counter
from collections.abc import Callable, Coroutine

from aiohttp import web

from bot.channels.contract import Received, Unreadable
from bot.channels.payload import read_update
from bot.channels.telegram import updates
from bot.receiving.intake import Intake

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name
MOST_ANSWERS = 100


class TelegramHook:
    """Takes Telegram's updates, by webhook or handed over by the poller.

    secrets: those that are good now. heard: tells Telegram that a press was heard. me: our id and name.
    """

    def __init__(
        self,
        intake: Intake,
        secrets: tuple[str, ...],
        me: Callable[[], tuple[int, str]],
        heard: Callable[[str], Coroutine[object, object, None]],
    ) -> None:
        self._intake, self._me, self._heard = intake, me, heard
        self._secrets = tuple(secret.encode() for secret in secrets)
        self._answers: set[asyncio.Task[None]] = set()
        self.rejected: Counter[str] = Counter()

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/hooks/telegram", self.take)

    async def take(self, request: web.Request) -> web.Response:
        """One update: 200 once it is kept, whatever it holds; 401 without a secret of ours; 503 while we can't keep."""
        given = request.headers.getall(SECRET, [])
        if len(given) != 1 or not self._is_ours(given[0]):
            self.rejected["telegram"] += 1
            raise web.HTTPUnauthorized
        if not await self._intake.is_open():
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "60"})
        await self.keep(await request.read())
        return web.Response()

    def _is_ours(self, given: str) -> bool:
        offered = given.encode("utf-8", "surrogateescape")
        # No early end: how long it takes must not tell which secret was nearly right.
        return sum(hmac.compare_digest(offered, secret) for secret in self._secrets) > 0

    async def keep(self, raw: bytes) -> None:
        """Keep one update as it came, or set it aside. Raises DatabaseAway, Unclear."""
        try:
            bot_id, username = self._me()
            received = updates.read(read_update(raw), bot_id=bot_id, username=username)
        except Unreadable as unreadable:
            await self._intake.set_aside(raw, str(unreadable))
            return
        if received is not None:
            await self._kept(received, raw)

    async def _kept(self, received: Received, raw: bytes) -> None:
        await self._intake.take_or_set_aside(received, raw)
        # At once and not with the reply: the button stops turning although the reply may have to wait.
        if received.callback and len(self._answers) < MOST_ANSWERS:
            task = asyncio.create_task(self._heard(received.callback))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def finish(self, within_s: float) -> None:
        """Wait for the last answers to presses."""
        if self._answers:
            await asyncio.wait(self._answers, timeout=within_s)
