"""A small application over our listener, and clients that hold their end of a connection as they like."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web

from bot.web import caller
from bot.web.errors import guard
from bot.web.server import Deadlines, Running, start
from tests.kit.waiting import comes, until

HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
BIG = b"x" * (4 << 20)


class StoreAway(Exception):
    pass


@dataclass
class Town:
    """A small application whose slow parts wait for the test."""

    running: Running = field(init=False)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def hello(self, request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async def big(self, request: web.Request) -> web.Response:
        return web.Response(body=BIG)

    async def echo(self, request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async def slow(self, request: web.Request) -> web.Response:
        self.begun.set()
        await self.go.wait()
        return web.Response(text="finished")

    async def stream(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        while True:
            await answer.write(f"data: {await self.news.get()}\n\n".encode())

    async def endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        try:
            while True:
                await answer.write(BIG)
        finally:
            self.over.set()

    async def half(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"half")
        raise ValueError("canary")

    async def broken(self, request: web.Request) -> web.Response:
        raise ValueError("canary")

    async def away(self, request: web.Request) -> web.Response:
        raise StoreAway

    async def refused(self, request: web.Request) -> web.Response:
        raise web.HTTPBadRequest(text="unknown field")

    async def moved(self, request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/hello")


@asynccontextmanager
async def serving(deadlines: Deadlines | None = None) -> AsyncIterator[Town]:
    town = Town()
    app = web.Application()
    app[caller.PROXIES] = ()
    guard(app, page=lambda status, request: f"<h1>{status}</h1>", headers=HEADERS, away=(StoreAway,))
    for path in ("hello", "big", "slow", "stream", "endless", "half", "broken", "away", "refused", "moved"):
        app.router.add_get(f"/{path}", getattr(town, path))
    app.router.add_post("/echo", town.echo)
    app.router.add_post("/chat/messages", town.echo)
    app.router.add_get("/hooks/broken", town.broken)
    app.router.add_get("/health/away", town.away)
    app.router.add_get("/chat/refused", town.refused)
    town.running = await start(app, "127.0.0.1", 0, deadlines)
    try:
        yield town
    finally:
        await town.running.stop(0.1)


@dataclass
class Client:
    """One connection's two ends, as a browser or an attacker would hold it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def sends(self, text: str) -> None:
        self.writer.write(text.replace("\n", "\r\n").encode())

    async def gets(self, path: str, accept: str = "*/*") -> tuple[int, dict[str, str], str]:
        self.sends(f"GET {path} HTTP/1.1\nHost: x\nAccept: {accept}\n\n")
        return await self.hears()

    async def hears(self) -> tuple[int, dict[str, str], str]:
        """Status, headers (small letters) and body of the next answer."""
        head = (await self.reads("an answer comes", b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await comes("its body comes", self.reader.readexactly(int(headers.get("content-length", 0))))
        return int(first.split()[1]), headers, body.decode()

    async def reads(self, what: str, end: bytes) -> bytes:
        """What comes up to an end. what: what is waited for. Raises NeverCame."""
        return await comes(what, self.reader.readuntil(end))

    async def is_closed(self, drip: bytes = b"") -> int:
        """Wait until the server closes, sending `drip` again and again; the bytes received until then."""
        received = 0

        async def read() -> None:
            nonlocal received
            while chunk := await self.reader.read(1 << 20):
                received += len(chunk)

        reading = asyncio.create_task(read())

        def is_over() -> bool:
            if drip:
                self.writer.write(drip)
            return reading.done()

        await until("the server closes", is_over)
        with suppress(ConnectionError):
            await reading
        return received


@asynccontextmanager
async def client(town: Town, receives: int | None = None) -> AsyncIterator[Client]:
    line = socket.socket()
    line.setblocking(False)
    if receives:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", town.running.port))
    reader, writer = await asyncio.open_connection(sock=line)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()
