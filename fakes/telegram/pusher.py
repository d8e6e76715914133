"""Pushes updates to a webhook by Telegram's own rules, read in its server's source.

One request is under way for each queue, queues go side by side. Without a 2xx the head of a queue is tried again: the
first time at once, then after delays that double, or after the Retry-After that was given; what would be too old by
then is given up.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import aiohttp

from fakes.telegram.updates import Update
from fakes.telegram.world import Webhook, World

LONGEST_S = (60, 120)  # The delay doubles up to a random one of these.
MOST_RETRY_AFTER_S = 3600
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(frozen=True, slots=True)
class Push:
    """One request to the webhook. status: 0 where no answer came."""

    update_id: int
    queue: str
    status: int


@dataclass(slots=True)
class Pusher:
    """Pushes while it runs. pace: what a second of waiting lasts; patience_s: how long an answer may take.

    pushed: every request that ended, in order.
    """

    world: World
    pace: float = 1.0
    patience_s: float = 60.0
    pushed: list[Push] = field(default_factory=list)
    _queues: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _rng: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - it only has to vary

    async def run(self) -> None:
        """Push until cancelled."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as web:
            try:
                while True:
                    self._start(web)
                    await self.world.bell.wait()
            finally:
                tasks = list(self._queues.values())
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, web: aiohttp.ClientSession) -> None:
        """Start every queue that has something to push and isn't at it, as far as there are connections."""
        hook = self.world.webhook
        for queue in [queue for queue, task in self._queues.items() if task.done()]:
            self._queues.pop(queue).result()
        for queue in self.world.updates.queues() if hook.url else ():
            if queue not in self._queues and len(self._queues) < hook.connections:
                task = asyncio.ensure_future(self._drain(web, queue))
                task.add_done_callback(lambda _: self.world.bell.ring())
                self._queues[queue] = task

    async def _drain(self, web: aiohttp.ClientSession, queue: str) -> None:
        fails, delay, head_id = 0, 1, 0
        while (head := self.world.updates.head(queue)) and (hook := self.world.webhook).url:
            if head.id != head_id:
                fails, delay, head_id = 0, 1, head.id
            status, retry_after = await self._push(web, hook, head)
            if 200 <= status <= 299:
                self.world.updates.drop(head)
                continue
            if not retry_after and fails:
                delay = min(self._rng.randint(*LONGEST_S), delay * 2)
            wait_s = retry_after or (delay if fails else 0)
            fails += 1
            if self.world.clock.now() + timedelta(seconds=wait_s) > head.expires:
                self.world.updates.drop(head)
            else:
                await self._rest(hook, wait_s * self.pace)

    async def _rest(self, hook: Webhook, seconds: float) -> None:
        """Wait, but not longer than the webhook stays the same."""

        with suppress(TimeoutError):
            await self.world.bell.until(lambda: self.world.webhook is not hook, seconds)

    async def _push(self, web: aiohttp.ClientSession, hook: Webhook, update: Update) -> tuple[int, int]:
        """Push once; returns (status, seconds to wait or 0)."""
        headers = {HEADER: hook.secret} if hook.secret else {}
        timeout = aiohttp.ClientTimeout(total=self.patience_s)
        status, retry_after = 0, 0
        try:
            async with web.post(
                hook.url, json=update.json(), headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                status = answer.status
                written = answer.headers.get("Retry-After", "")
                retry_after = min(int(written), MOST_RETRY_AFTER_S) if written.isdigit() else 0
                error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            error = "Read timeout expired"
        except (aiohttp.ClientError, OSError):
            error = "Connection closed or refused"
        if not 200 <= status <= 299:
            hook.error, hook.error_at = error, self.world.date()
        self.pushed.append(Push(update.id, update.queue, status))
        self.world.bell.ring()
        return status, retry_after
