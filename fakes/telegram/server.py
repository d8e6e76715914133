"""Our own Telegram: a Bot API over real HTTP on this machine, as strict as the real one and as unreliable as one asks.

async with fake_telegram() as telegram:
    lan = telegram.user("Lan")
    lan.says("/start")
    await bot.send_message(lan.id, "Chào bà")      # a bot whose base_url is f"{telegram.origin}/bot"
    assert lan.sees[-1].text == "Chào bà"
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from bot.clock import Clock, SystemClock
from fakes.telegram.faults import Fault, Faults
from fakes.telegram.methods import METHODS
from fakes.telegram.pusher import Pusher
from fakes.telegram.settings import SETTINGS
from fakes.telegram.updates import ACTIVE
from fakes.telegram.user import TelegramUser
from fakes.telegram.wire import Arguments, Refusal, Upload, read
from fakes.telegram.world import TOKEN, Call, Webhook, World
from tests.kit.waiting import until

MOST_BODY = 50 * 2**20
_NAMES = {name.lower(): name for name in (*METHODS, *SETTINGS, "getUpdates")}


class FakeTelegram:
    """The server and everything in it. origin: its scheme, host and port, which stay the same over `away`.

    pace: what a second lasts between tries of the webhook. More routes may be added to `app` before it is opened.
    """

    def __init__(self, *, clock: Clock | None = None, token: str = TOKEN, port: int = 0, pace: float = 0.01) -> None:
        self.world = World(clock or SystemClock(), token)
        self.faults, self.pusher = Faults(), Pusher(self.world, pace)
        self.app = web.Application(client_max_size=MOST_BODY)
        self.app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self.app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self.port = port
        self.closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._tasks: set[asyncio.Task[None]] = set()

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

    def accepted(self, chat: "int | TelegramUser | None" = None) -> list[Call]:
        """Every send that took effect, to one chat or to all: for counting what came twice."""
        return self.world.accepted(chat.id if isinstance(chat, TelegramUser) else chat)

    def user(self, name: str, *, id: int = 0, language: str = "vi") -> TelegramUser:  # noqa: A002 - Telegram's word
        """Somebody with an account, who hasn't written to the bot yet."""
        return TelegramUser.join(self.world, name, id, language)

    def push_to(self, url: str, secret: str = "") -> None:
        """Push updates to an address, as if setWebhook had been called."""
        self.world.webhook = Webhook(url, secret)
        self.world.bell.ring()

    async def settles(self) -> None:
        """Wait until no update waits any more. Raises NeverCame."""
        await until("no update waits", self.world.updates.waiting, lambda waiting: not waiting)

    async def open(self) -> None:
        """Begin to listen and to push."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await self._listen()
        self._begin(self.pusher.run())

    async def close(self) -> None:
        """End all, waiting calls included."""
        self.closing.set()
        self.world.bell.ring()
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
    async def away(self) -> AsyncIterator[None]:
        """Take no connection until left."""
        await self._leave()
        try:
            yield
        finally:
            await self._listen()

    async def _listen(self) -> None:
        assert self._runner is not None
        if self._site is not None:
            return
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await self._site.start()
        self.port = int(self._runner.addresses[0][1])

    async def _leave(self) -> None:
        assert self._runner is not None
        if self._site is None:
            return
        site, self._site = self._site, None
        await site.stop()
        # A kept connection would still be answered.
        for line in list(self._runner.server.connections if self._runner.server else []):
            line.force_close()
        await asyncio.sleep(0)

    async def _come_back(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._listen()

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            name = self._method(request)
            given = await read(request)
        except Refusal as refusal:
            return web.json_response(refusal.body(), status=refusal.code)
        call = Call(name, _arguments(given), self.world.clock.now())
        self.calls.append(call)
        self.world.bell.ring()
        fault = self.faults.take(name, given)
        try:
            response = await self._serve(call, given, fault)
        except Refusal as refusal:
            call.outcome = str(refusal)
            response = web.json_response(refusal.body(), status=refusal.code, headers=_retry_after(refusal))
        self.world.bell.ring()
        return await self._end(request, response, fault) if fault else response

    def _method(self, request: web.Request) -> str:
        token, method = request.match_info["token"], request.match_info["method"].lower()
        if ":" not in token:
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        if method not in _NAMES:
            raise Refusal(404, "Not Found: method not found")
        return _NAMES[method]

    async def _serve(self, call: Call, given: Arguments, fault: Fault | None) -> web.Response:
        """Do what was asked, unless a fault comes first. Raises Refusal."""
        if fault is None or fault.accepts:
            call.result = await self._do(call.method, given)
            call.accepted = True
        call.outcome = fault.name if fault else "ok"
        if fault and fault.body:
            return web.Response(text=fault.body, status=fault.status, content_type=fault.kind)
        return web.json_response({"ok": True, "result": call.result})

    async def _do(self, method: str, given: Arguments) -> object:
        if method != "getUpdates":
            return (METHODS | SETTINGS)[method](self.world, given)
        if self.world.webhook.url:
            raise Refusal(409, f"Conflict: {ACTIVE}")
        return await self.world.updates.poll(given)

    async def _end(self, request: web.Request, response: web.Response, fault: Fault) -> web.StreamResponse:
        """End the line as the fault says."""
        if fault.wait_s or fault.end == "hang":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), None if fault.end == "hang" else fault.wait_s)
        if fault.end == "cut":
            await _write_half(request, response)
        if fault.end != "answer":
            _break(request, reset=fault.end == "reset")
        if fault.gone_s:
            await self._leave()
            self._begin(self._come_back(fault.gone_s))
        return response

    async def _file(self, request: web.Request) -> web.Response:
        kept = self.world.files.at(request.match_info["path"])
        if request.match_info["token"] != self.token or kept is None:
            return web.json_response(Refusal(404, "Not Found").body(), status=404)
        return web.Response(body=kept.content, content_type="application/octet-stream")


@asynccontextmanager
async def fake_telegram(
    *, clock: Clock | None = None, limited: bool = False, pace: float = 0.01
) -> AsyncIterator[FakeTelegram]:
    """A fake that listens until left. limited: refuses what is too much, as the real one does."""
    telegram = FakeTelegram(clock=clock, pace=pace)
    telegram.world.limiter.on = limited
    await telegram.open()
    try:
        yield telegram
    finally:
        await telegram.close()


def _arguments(given: Arguments) -> dict[str, str]:
    return {
        name: f"{value.name}, {len(value.content)} bytes" if isinstance(value, Upload) else value
        for name, value in given.given.items()
    }


def _retry_after(refusal: Refusal) -> dict[str, str]:
    seconds = refusal.parameters.get("retry_after")
    return {"Retry-After": str(seconds)} if seconds else {}


async def _write_half(request: web.Request, response: web.Response) -> None:
    assert isinstance(response.body, bytes)
    half = web.StreamResponse(headers={"Content-Type": "application/json"})
    half.content_length = len(response.body)
    await half.prepare(request)
    await half.write(response.body[: len(response.body) // 2])
    await half.write_eof()


def _break(request: web.Request, *, reset: bool) -> None:
    transport = request.transport
    if isinstance(transport, asyncio.Transport):
        if reset:
            # Without lingering the other end gets RST and not FIN.
            line: socket.socket = transport.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        else:
            transport.close()
