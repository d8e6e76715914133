"""What listens on this machine: an application on ports that it keeps, which comes, goes away and ends."""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Self

from aiohttp import web

from fakes.wire import Bell

HOST = "127.0.0.1"


class Listener:
    """One application. ports: of each host it has, the same over `away`; closing: set once it ends.

    bell: rung when it ends, so that whoever waits looks. Routes may be added to `app` before it is opened.
    """

    # Whether the work on a call ends when its caller hangs up.
    ends_with_caller = False

    def __init__(self, bell: Bell, *, hosts: Sequence[str] = ("",), port: int = 0, most_body: int = 2**20) -> None:
        self.bell, self.app = bell, web.Application(client_max_size=most_body)
        self.ports = dict.fromkeys(hosts, port)
        self.closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._sites: list[web.TCPSite] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def origin(self) -> str:
        """Scheme, host and port, of the first where there are several."""
        return self.origin_of(next(iter(self.ports)))

    def origin_of(self, host: str) -> str:
        """Scheme, host and port of one of its hosts."""
        return f"http://{HOST}:{self.ports[host]}"

    async def open(self) -> None:
        """Begin to listen."""
        self._runner = web.AppRunner(
            self.app, access_log=None, shutdown_timeout=0.2, handler_cancellation=self.ends_with_caller
        )
        await self._runner.setup()
        await self._listen()

    async def close(self) -> None:
        """End all, waiting calls included. Raises what ended a part of it before."""
        self.closing.set()
        self.bell.ring()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        if self._runner:
            await self._runner.cleanup()
        for error in ended:
            if isinstance(error, Exception):
                raise error

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Self]:
        """Listen until left."""
        await self.open()
        try:
            yield self
        finally:
            await self.close()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Take no connection until left."""
        await self._leave()
        try:
            yield
        finally:
            await self._listen()

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        """Do something beside, until it is done or all ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        # What failed is kept, for `close` to raise.
        if task.cancelled() or task.exception() is None:
            self._tasks.discard(task)

    async def _listen(self) -> None:
        assert self._runner is not None
        if self._sites:
            return
        for host, port in self.ports.items():
            site = web.TCPSite(self._runner, HOST, port)
            self._sites.append(site)
            await site.start()
            self.ports[host] = int(self._runner.addresses[-1][1])

    async def _leave(self) -> None:
        assert self._runner is not None
        sites, self._sites = self._sites, []
        for site in sites:
            await site.stop()
        # A kept connection would still be answered.
        for kept in list(self._runner.server.connections if self._runner.server else []):
            kept.force_close()
        await asyncio.sleep(0)

    async def _come_back(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._listen()


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])
