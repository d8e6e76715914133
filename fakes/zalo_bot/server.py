"""Our own Bot Platform of Zalo: its methods over real HTTP on this machine, under both of its base paths.

async with fake_zalo_bot() as zalo:
    lan = zalo.user("Lan")
    lan.says("/start")
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from bot.clock import Clock, SystemClock
from fakes.telegram.faults import Fault
from fakes.telegram.wire import Arguments, Refusal, read
from fakes.zalo_bot.faults import Faults
from fakes.zalo_bot.methods import METHODS
from fakes.zalo_bot.pusher import Pusher
from fakes.zalo_bot.user import ZaloBotUser
from fakes.zalo_bot.world import TOKEN, Call, World
from tests.kit.waiting import until

NO_RESULT = ("sendChatAction",)


class FakeZaloBot:
    """The server and everything in it."""

    def __init__(self, *, clock: Clock | None = None, token: str = TOKEN) -> None:
        self.world = World(clock or SystemClock(), token)
        self.faults, self.pusher = Faults(), Pusher(self.world)
        self.app = web.Application()
        self.app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self.app.router.add_get("/media/{name}", self._media)
        self.port = 0
        self.closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._pushing: asyncio.Task[None] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def calls(self) -> list[Call]:
        """Every call, in order."""
        return self.world.calls

    def called(self, method: str) -> list[Call]:
        """Every call of one method, in order."""
        return [call for call in self.calls if call.method == method]

    def user(self, name: str, user_id: str = "") -> ZaloBotUser:
        """Somebody who has found the bot and hasn't written to it yet."""
        return ZaloBotUser.join(self.world, name, self.origin, user_id)

    async def settles(self) -> None:
        """Wait until no update waits or is on its way. Raises NeverCame."""
        await until("no update waits", lambda: [*self.world.waiting, *self.pusher.busy], lambda waiting: not waiting)

    async def open(self) -> None:
        """Begin to listen and to push."""
        # Whoever hangs up while waiting for an update is given none.
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await self._runner.setup()
        await self._listen()
        self._pushing = asyncio.create_task(self.pusher.run())

    async def close(self) -> None:
        """End all, waiting calls included."""
        self.closing.set()
        if self._pushing is not None:
            self._pushing.cancel()
            await asyncio.gather(self._pushing, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Take no connection until left."""
        assert self._site is not None
        assert self._runner is not None
        await self._site.stop()
        for line in list(self._runner.server.connections if self._runner.server else []):
            line.force_close()
        try:
            yield
        finally:
            await self._listen()

    async def _listen(self) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await self._site.start()
        self.port = int(self._runner.addresses[0][1])

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            method = self._method(request)
            given = await read(request)
        except Refusal as refusal:
            return web.json_response(refusal.body(), status=refusal.code)
        call = Call(method, {name: str(value) for name, value in given.given.items()}, self.world.clock.now())
        self.calls.append(call)
        fault = self.faults.take(method, given)
        try:
            response = await self._serve(call, given, fault)
        except Refusal as refusal:
            call.outcome = str(refusal)
            response = web.json_response(refusal.body(), status=refusal.code)
        self.world.bell.ring()
        return await self._end(request, response, fault) if fault else response

    def _method(self, request: web.Request) -> str:
        if request.match_info["token"] != self.token:
            raise Refusal(401, "Unauthorized")
        if request.match_info["method"] not in METHODS:  # letters count, small or large
            raise Refusal(404, "Not Found")
        return request.match_info["method"]

    async def _serve(self, call: Call, given: Arguments, fault: Fault | None) -> web.Response:
        """Do what was asked, unless a fault comes first. Raises Refusal."""
        if fault is None or fault.accepts:
            call.result = await METHODS[call.method](self.world, given)
            call.accepted = True
        call.outcome = fault.name if fault else "ok"
        if fault and fault.body:
            return web.Response(text=fault.body, status=fault.status, content_type=fault.kind)
        result = {} if call.method in NO_RESULT else {"result": call.result}
        return web.json_response({"ok": True} | result)

    async def _end(self, request: web.Request, response: web.Response, fault: Fault) -> web.StreamResponse:
        """End the line as the fault says."""
        if fault.wait_s or fault.end == "hang":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), None if fault.end == "hang" else fault.wait_s)
        if fault.end == "cut":
            assert isinstance(response.body, bytes)
            half = web.StreamResponse(headers={"Content-Type": "application/json"})
            half.content_length = len(response.body)
            await half.prepare(request)
            await half.write(response.body[: len(response.body) // 2])
            await half.write_eof()
        if fault.end != "answer" and isinstance(request.transport, asyncio.Transport):
            if fault.end == "reset":
                # Without lingering the other end gets RST and not FIN.
                line: socket.socket = request.transport.get_extra_info("socket")
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                request.transport.abort()
            else:
                request.transport.close()
        return response

    async def _media(self, request: web.Request) -> web.Response:
        found = self.world.media.get(request.match_info["name"])
        return web.Response(body=found, content_type="image/jpeg") if found is not None else web.Response(status=404)


@asynccontextmanager
async def fake_zalo_bot(*, clock: Clock | None = None) -> AsyncIterator[FakeZaloBot]:
    """A fake that listens until left."""
    zalo = FakeZaloBot(clock=clock)
    await zalo.open()
    try:
        yield zalo
    finally:
        await zalo.close()
