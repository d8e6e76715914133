"""Our HTTP listener: aiohttp's, with a deadline on everything that a client could draw out.

Why one sweep over the open connections and not a timer for each: aiohttp itself waits for ever for the rest of a
header, of a body, or for its answer to be read. Looking at two thousand idle streams once a second costs three
milliseconds; a stream that is read has no deadline at all.
"""

import asyncio
import resource
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp.web_protocol import RequestHandler

HEADERS: web.AppKey[Mapping[str, str]] = web.AppKey("headers", Mapping[str, str])
STREAM = "text/event-stream"
LINGERING_S = 5.0
BACKLOG = 1024
OWN_FILES = 96  # descriptors that we need ourselves: the database, children, calls to platforms
RESERVED = ("/hooks/", "/health/", "/metrics", "/console")  # answered also when all others are too many
MOST_DESCRIPTORS = 65_536


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a client may take, in seconds; `unread_s` starts anew whenever it reads some of our answer."""

    header_s: float = 10
    body_s: float = 15
    idle_s: float = 15
    unread_s: float = 20


@dataclass(slots=True)
class OpenConnections:
    """How many connections are open. most: that may be; from `crowded` on only what is reserved is answered."""

    most: int
    open: int = 0

    @property
    def crowded(self) -> bool:
        return self.open > self.most - max(32, self.most // 8)


def descriptors() -> int:
    """Raise the number of files that this process may have open as far as it may, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, MOST_DESCRIPTORS) if hard != resource.RLIM_INFINITY else MOST_DESCRIPTORS
    if soft < wanted:
        with suppress(ValueError, OSError):  # some systems allow fewer than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Connection(RequestHandler):
    """One client's connection, and since when it has kept us waiting."""

    def __init__(
        self, server: web.Server, deadlines: Deadlines, headers: Mapping[str, str], connections: OpenConnections
    ) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # aiohttp takes None for "no access log"
            lingering_time=min(LINGERING_S, deadlines.body_s),
            auto_decompress=False,
        )
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self.request: web.Request | None = None
        self.answer: web.StreamResponse | None = None
        self.ending = False
        self._deadlines, self._headers, self.connections = deadlines, headers, connections
        self._since = self._moved = self._loop.time()
        self._unsent = 0
        self._turns = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # aiohttp forgets its transport as soon as it closes it; we need it until the client is really gone.
        self._line = cast(asyncio.Transport, transport)
        super().connection_made(transport)
        self.connections.open += 1
        if self.connections.open > self.connections.most:
            self._line.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self.connections.open -= 1
        if not self.lost.done():
            self.lost.set_result(None)

    def begin(self, request: web.Request) -> None:
        """Note that a request's header is complete and its handler starts, in the current task."""
        self.request, self.answer = request, None
        self._task = asyncio.current_task()
        self._since = self._loop.time()
        self._turns += 1

    def rest(self) -> None:
        """Note that the handler is through: from now on we wait for the client."""
        self.request = None
        self._since = self._loop.time()

    def overdue(self, now: float) -> bool:
        """Whether the client has used up its time. now: the loop's clock."""
        unsent = self._line.get_write_buffer_size()
        if unsent and (unsent < self._unsent or not self._unsent):
            self._moved = now
        if self._unsent and not unsent and self.request is None:
            self._since = now
        self._unsent = unsent
        waited, allowed = now - self._since, self._deadlines
        if unsent and now - self._moved > allowed.unread_s:
            return True
        if self.request is None:
            return not unsent and waited > (allowed.idle_s if self._turns else allowed.header_s)
        return not self.request.content.is_eof() and waited > allowed.body_s

    def cut(self) -> None:
        """Close now; what the client has not read by now is dropped."""
        if self._line.get_write_buffer_size():
            self._line.abort()
        else:
            self._line.close()

    def end(self) -> None:
        """Close as soon as that costs nobody an answer: a stream and an idle connection at once."""
        self.ending = True
        if self.request is None:
            self._line.close()
        elif self.answer is not None:
            self.answer.force_close()
            if self.answer.content_type == STREAM and self._task:
                self._task.cancel()

    def give_up(self) -> None:
        """Drop the client and its handler, whatever they are doing."""
        self._line.abort()
        if self.request is not None and self._task:
            self._task.cancel()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what was not HTTP, or what even the error page failed on, without a word about why."""
        if status >= 500:
            self.log_exception("answer failed", exc_info=exc)
        if request.writer.output_size:
            raise ConnectionError
        answer = web.Response(status=status, text=f"{status} {HTTPStatus(status).phrase}\n", headers=self._headers)
        answer.headers["Server"] = "chungtay"
        answer.headers["Cache-Control"] = "no-store"
        answer.force_close()
        return answer


@web.middleware
async def _turn(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the connection when its request begins and is through; end a stream politely when we stop."""
    connection = request.protocol
    if not isinstance(connection, Connection):
        return await handler(request)
    connection.begin(request)
    if connection.connections.crowded and not request.path.startswith(RESERVED):
        connection.rest()
        return _too_many()
    try:
        return await handler(request)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or connection.answer is None or not connection.ending or connection.lost.done():
            raise
        task.uncancel()
        return connection.answer
    finally:
        connection.rest()


def _too_many() -> web.Response:
    answer = web.Response(status=503, text="503 Service Unavailable\n", headers={"Retry-After": "15"})
    answer.force_close()
    return answer


async def _note_answer(request: web.Request, answer: web.StreamResponse) -> None:
    connection = request.protocol
    if isinstance(connection, Connection):
        connection.answer = answer
        if connection.ending:
            answer.headers["Connection"] = "close"
            answer.force_close()
            if answer.content_type == STREAM:
                # It was about to begin when we stopped: once its header is out, it ends like those that ran.
                asyncio.get_running_loop().call_soon(connection.end)


class Running:
    """A listener that serves until it is stopped."""

    def __init__(self, runner: web.AppRunner, listener: asyncio.Server, deadlines: Deadlines) -> None:
        self.port: int = listener.sockets[0].getsockname()[1]
        self._runner, self._listener = runner, listener
        self._loop = asyncio.get_running_loop()
        # The shortest deadline may be missed by a tenth of itself.
        self._every_s = min(1.0, min(deadlines.header_s, deadlines.body_s, deadlines.idle_s, deadlines.unread_s) / 10)
        self._timer = self._loop.call_later(self._every_s, self._sweep)

    def _connections(self) -> Iterator[Connection]:
        if self._runner.server:
            yield from (c for c in self._runner.server.connections if isinstance(c, Connection))

    def _sweep(self) -> None:
        self._timer = self._loop.call_later(self._every_s, self._sweep)
        now = self._loop.time()
        for connection in self._connections():
            if connection.overdue(now):
                connection.cut()

    async def stop(self, grace_s: float) -> None:
        """Take no more, end streams at once, let running requests finish for at most grace_s seconds."""
        self._listener.close()
        await asyncio.sleep(0)
        leaving = list(self._connections())
        for connection in leaving:
            connection.end()
        if leaving:
            await asyncio.wait([connection.lost for connection in leaving], timeout=grace_s)
        self._timer.cancel()
        for connection in self._connections():
            connection.give_up()
        await self._runner.cleanup()


async def start(
    app: web.Application, host: str, port: int, deadlines: Deadlines | None = None, *, files: int = 0
) -> Running:
    """Serve the application; port 0 lets the system choose one. Raises OSError when the address can't be had.

    files: descriptors that there are, ours included; as many as this process may have unless given.
    """
    allowed, connections = deadlines or Deadlines(), OpenConnections((files or descriptors()) - OWN_FILES)
    app.middlewares.insert(0, _turn)
    app.on_response_prepare.append(_note_answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    server, headers = runner.server, app.get(HEADERS, {})
    if server is None:
        raise RuntimeError("aiohttp made no server")

    def connection() -> Connection:
        return Connection(server, allowed, headers, connections)

    try:
        listener = await asyncio.get_running_loop().create_server(connection, host, port, backlog=BACKLOG)
    except OSError:
        await runner.cleanup()
        raise
    return Running(runner, listener, allowed)
