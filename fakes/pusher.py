"""Pushes what people do to our webhook; in which order and how often again is each platform's own rule."""

import asyncio
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import aiohttp

from fakes.wire import Json
from fakes.world import World

W = TypeVar("W", bound=World[Any])


@dataclass(frozen=True, slots=True)
class Push:
    """One request to the webhook. status: 0 where no answer came in time; retry: 0 for the first try.

    took_s: how long it really took.
    """

    body: Json
    queue: str
    status: int = 0
    retry: int = 0
    took_s: float = 0.0

    @property
    def name(self) -> str:
        """The event's, on platforms that name them."""
        return str(self.body.get("event_name", ""))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the webhook said. status: 0 where nothing came; reason: its words, or why nothing came."""

    status: int
    reason: str
    retry_after: str = ""


@dataclass(slots=True, kw_only=True)
class Pusher(ABC, Generic[W]):
    """Pushes while it runs. pace: what a second between tries lasts; patience_s: how long an answer may take, really.

    pushed: every request that ended, in order.
    """

    world: W
    pace: float
    patience_s: float
    pushed: list[Push] = field(default_factory=list)
    _web: aiohttp.ClientSession | None = None
    _under_way: dict[asyncio.Task[None], str] = field(default_factory=dict)
    _failures: list[BaseException] = field(default_factory=list)

    async def run(self) -> None:
        """Push until cancelled. Raises what a push failed with for a fault of ours."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as self._web:
            try:
                while not self._failures:
                    self._start()
                    await self.world.bell.wait()
                raise self._failures[0]
            finally:
                tasks = list(self._under_way)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def busy(self, queue: str | None = None) -> bool:
        """Whether something, perhaps of one queue, waits, is on its way or is to be tried again."""
        return any(queue in (None, one) for one in (*self._under_way.values(), *self._waiting()))

    @abstractmethod
    def _start(self) -> None:
        """Begin whatever can be pushed now; called after every change."""

    @abstractmethod
    def _waiting(self) -> Iterable[str]:
        """The queues of what waits."""

    def _begin(self, queue: str, work: Coroutine[None, None, None]) -> None:
        """Push something beside what is under way."""
        task = asyncio.ensure_future(work)
        self._under_way[task] = queue
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            self._failures.append(error)
        self.world.bell.ring()

    async def _push(self, url: str, push: Push, headers: Mapping[str, str]) -> Answer:
        """Push once, and note how it ended. push: its status is not known yet."""
        began = time.monotonic()
        answer = await self._post(url, self.written(push.body), headers)
        self.pushed.append(replace(push, status=answer.status, took_s=time.monotonic() - began))
        self.world.bell.ring()
        return answer

    def written(self, body: Json) -> bytes:
        """A body as it goes over the wire."""
        return json.dumps(body).encode()

    async def _post(self, url: str, raw: bytes, headers: Mapping[str, str]) -> Answer:
        assert self._web is not None, "the fake is not open"
        named = {"Content-Type": "application/json", **headers}
        timeout = aiohttp.ClientTimeout(total=self.patience_s)
        try:
            async with self._web.post(url, data=raw, headers=named, timeout=timeout, allow_redirects=False) as answer:
                return Answer(answer.status, answer.reason or "", answer.headers.get("Retry-After", ""))
        except TimeoutError:
            return Answer(0, "Read timeout expired")
        except (aiohttp.ClientError, OSError):
            return Answer(0, "Connection closed or refused")

    async def _rest(self, seconds: float, *, unless: Callable[[], bool]) -> None:
        """Wait so long, or until something is so."""
        with suppress(TimeoutError):
            await self.world.bell.until(unless, seconds)
