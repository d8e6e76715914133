"""Pushes updates to the webhook. How often the real one tries isn't said; this one tries a few times and gives up."""

import asyncio
from dataclasses import dataclass, field

import aiohttp

from fakes.telegram.wire import Json
from fakes.zalo_bot.world import World

HEADER = "X-Bot-Api-Secret-Token"


@dataclass(slots=True)
class Pusher:
    """Pushes while it runs, those of one chat one after the other. pace: seconds before the second try, doubling.

    twice: every update is brought twice. pushed: the status of every push, 0 where no answer came. given_up: how many.
    """

    world: World
    pace: float = 0.02
    tries: int = 12
    patience_s: float = 30.0
    twice: bool = False
    pushed: list[int] = field(default_factory=list)
    given_up: int = 0
    _chats: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self) -> None:
        """Push until cancelled."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as web:
            try:
                while True:
                    self._start(web)
                    await self.world.bell.wait()
            finally:
                tasks = list(self._chats.values())
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def busy(self) -> frozenset[str]:
        """Chats with an update on its way."""
        return frozenset(self._chats)

    def _start(self, web: aiohttp.ClientSession) -> None:
        while self.world.webhook is not None:
            found = next((item for item in self.world.waiting if item[0] not in self._chats), None)
            if found is None:
                return
            self.world.waiting.remove(found)
            self._chats[found[0]] = asyncio.create_task(self._bring(web, *found))

    async def _bring(self, web: aiohttp.ClientSession, chat: str, update: Json) -> None:
        try:
            for _ in range(2 if self.twice else 1):
                await self._try(web, update)
        finally:
            del self._chats[chat]
            self.world.bell.ring()

    async def _try(self, web: aiohttp.ClientSession, update: Json) -> None:
        for number in range(self.tries):
            if await self._push(web, update) == 200:
                return
            await asyncio.sleep(min(self.pace * 2**number, 1.0))
        self.given_up += 1

    async def _push(self, web: aiohttp.ClientSession, update: Json) -> int:
        hook = self.world.webhook
        if hook is None:
            return 0
        body = {"ok": True, "result": update} if self.world.wrapped else update
        timeout, status = aiohttp.ClientTimeout(total=self.patience_s), 0
        try:
            async with web.post(hook.url, json=body, headers={HEADER: hook.secret}, timeout=timeout) as answer:
                status = answer.status
        except (TimeoutError, aiohttp.ClientError, OSError):
            pass
        self.pushed.append(status)
        self.world.bell.ring()
        return status
