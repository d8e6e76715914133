"""Pushes updates to the webhook. How often the real one tries isn't said; this one tries a few times and gives up."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from fakes.pusher import Push, Pusher
from fakes.wire import Json
from fakes.zalo_bot.world import ZaloBotWorld

HEADER = "X-Bot-Api-Secret-Token"


@dataclass(slots=True, kw_only=True)
class ZaloBotPusher(Pusher[ZaloBotWorld]):
    """Pushes those of one chat one after the other. pace: seconds before the second try, doubling.

    twice: every update is brought twice. given_up: how many.
    """

    pace: float = 0.02
    patience_s: float = 30.0
    tries: int = 12
    twice: bool = False
    given_up: int = 0

    def written(self, body: Json) -> bytes:
        """An update, in an envelope if they come so."""
        wrapped = {"ok": True, "result": body} if self.world.wrapped else body
        return super(ZaloBotPusher, self).written(wrapped)

    def _start(self) -> None:
        while self.world.webhook is not None:
            found = next((item for item in self.world.waiting if item[0] not in self._under_way.values()), None)
            if found is None:
                return
            self.world.waiting.remove(found)
            self._begin(found[0], self._bring(*found))

    def _waiting(self) -> Iterable[str]:
        return (chat for chat, _ in self.world.waiting)

    async def _bring(self, chat: str, update: Json) -> None:
        for _ in range(2 if self.twice else 1):
            if not await self._is_taken(chat, update):
                self.given_up += 1

    async def _is_taken(self, chat: str, update: Json) -> bool:
        for number in range(self.tries):
            hook = self.world.webhook
            push = Push(update, chat, retry=number)
            if hook and (await self._push(hook.url, push, {HEADER: hook.secret})).status == 200:
                return True
            await asyncio.sleep(min(self.pace * 2**number, 1.0))
        return False
