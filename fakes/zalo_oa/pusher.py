"""Pushes events to the webhook: signed, within two seconds, again by the ladder, and never again after its end.

What one person does is tried for the first time in order; a retry is overtaken by whatever comes after, as with Zalo.
"""

import asyncio
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from fakes.zalo_oa.wire import Json
from fakes.zalo_oa.world import Event, World

LADDER_S = (30, 300, 900, 1800, 3600)
SIGNATURE, STAMP, RETRY, SERVER = "X-ZEvent-Signature", "X-ZEvent-Timestamp", "num_retry", "X-ZEvent-Server"


@dataclass(frozen=True, slots=True)
class Push:
    """One request to the webhook. status: 0 where no answer came in time; retry: 0 for the first try."""

    body: Json
    status: int
    retry: int

    @property
    def name(self) -> str:
        return str(self.body.get("event_name", ""))


@dataclass(slots=True)
class Pusher:
    """Pushes while it runs. url: empty for none; disabled: until `enable`, after the last of the retries failed.

    pace: what a second between tries lasts; patience_s: how long an answer may take, really; copies: how often each
    event is brought; holding: keep events until `release`; by_header: sign with the header's timestamp, which is later
    than the body's; bare: the signature without `mac=`. pushed: every request that ended, in order; lost: events that
    nobody took.
    """

    world: World
    pace: float = 0.001
    patience_s: float = 2.0
    url: str = ""
    disabled: bool = False
    retries: bool = True
    copies: int = 1
    holding: bool = False
    by_header: bool = False
    bare: bool = False
    pushed: list[Push] = field(default_factory=list)
    lost: list[Event] = field(default_factory=list)
    _web: aiohttp.ClientSession | None = None
    _first: dict[str, asyncio.Event] = field(default_factory=dict)
    _tasks: dict[asyncio.Task[None], str] = field(default_factory=dict)

    async def run(self) -> None:
        """Push until cancelled."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as self._web:
            try:
                while True:
                    self._start()
                    await self.world.bell.wait()
            finally:
                tasks = list(self._tasks)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def save(self, url: str, *, probe: bytes = b"{}") -> bool:
        """Save an address as the console does: an unsigned probe must get 200, or nothing is saved."""
        if await self._post(url, probe, {}) != 200:
            return False
        self.url, self.disabled = url, False
        self.world.bell.ring()
        return True

    def enable(self) -> None:
        """Switch the webhook on again, as an official does by hand. What was lost stays lost."""
        self.disabled = False

    def release(self, *, backwards: bool = False) -> None:
        """Let go what was held, the last first if asked."""
        self.holding = False
        if backwards:
            self.world.waiting.reverse()
        self.world.bell.ring()

    def again(self, event: Event) -> None:
        """Bring an event once more, as Zalo now and then does."""
        self.world.waiting.append(event)
        self.world.bell.ring()

    def busy(self, queue: str | None = None) -> bool:
        """Whether something, perhaps of one queue, is on its way or waits for a retry."""
        waiting = [] if self.holding else [event.queue for event in self.world.waiting]
        return any(queue in (None, one) for one in (*self._tasks.values(), *waiting))

    def sign(self, raw: bytes, stamp: str) -> str:
        """The signature: plain SHA-256 of app, body, timestamp and the account's key."""
        account = self.world.account
        text = account.app_id.encode() + raw + stamp.encode() + account.secret_key.encode()
        return hashlib.sha256(text).hexdigest()

    def _start(self) -> None:
        while self.world.waiting and not self.holding:
            event = self.world.waiting.popleft()
            if not self.url or self.disabled:
                self.lost.append(event)
                self.world.bell.ring()
                continue
            for _ in range(self.copies):
                before, first = self._first.get(event.queue), asyncio.Event()
                self._first[event.queue] = first
                task = asyncio.ensure_future(self._deliver(event, before, first))
                self._tasks[task] = event.queue
                task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        self.world.bell.ring()

    async def _deliver(self, event: Event, before: asyncio.Event | None, first: asyncio.Event) -> None:
        try:
            if before:
                await before.wait()
            if await self._push(event, 0):
                return
        finally:
            first.set()
        for number, wait_s in enumerate(LADDER_S if self.retries else (), 1):
            await self._rest(wait_s * self.pace)
            if self.disabled or not self.url:
                break
            if await self._push(event, number):
                return
        else:
            self.disabled = self.disabled or self.retries
        self.lost.append(event)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await self.world.bell.until(lambda: self.disabled, seconds)

    async def _push(self, event: Event, retry: int) -> bool:
        """Push once; returns whether it was taken."""
        raw = json.dumps(event.body, ensure_ascii=False, separators=(",", ":")).encode()
        # The header tells the moment of pushing, the body that of the event.
        written, pushed = str(event.body.get("timestamp", "")), str(int(self.world.date()) + 1)
        mac = self.sign(raw, pushed if self.by_header else written)
        headers = {SIGNATURE: mac if self.bare else f"mac={mac}", STAMP: pushed}
        headers |= {RETRY: str(retry)} if retry else {}
        headers |= {SERVER: event.server} if event.server else {}
        status = await self._post(self.url, raw, headers)
        self.pushed.append(Push(event.body, status, retry))
        self.world.bell.ring()
        return status == 200

    async def _post(self, url: str, raw: bytes, headers: dict[str, str]) -> int:
        assert self._web is not None, "the fake is not open"
        named = {"Content-Type": "application/json"} | headers
        timeout = aiohttp.ClientTimeout(total=self.patience_s)
        try:
            async with self._web.post(url, data=raw, headers=named, timeout=timeout, allow_redirects=False) as answer:
                return answer.status
        except (aiohttp.ClientError, OSError):  # TimeoutError is one of the latter
            return 0
