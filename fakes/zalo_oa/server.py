"""Our own Zalo: the three hosts of Official Accounts over real HTTP on this machine, strict, and unreliable if asked.

async with fake_zalo_oa() as zalo:
    lan = zalo.user("Lan")
    await zalo.save_webhook(f"{house}/hooks/zalo-oa")
    lan.says("Chào")                                    # arrives there as a signed event
    await lan.hears("Ông/bà cần việc gì?")              # what POST {zalo.openapi}/v3.0/oa/message/cs brought
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from bot.clock import Clock, SystemClock
from fakes.zalo_oa import by_phone, line, methods, oauth
from fakes.zalo_oa.faults import TOKEN, Fault, Faults
from fakes.zalo_oa.pusher import Pusher
from fakes.zalo_oa.tokens import Pair
from fakes.zalo_oa.user import ZaloUser
from fakes.zalo_oa.wire import Json, OauthRefusal, Refusal, Strict, read_data, read_json, read_upload
from fakes.zalo_oa.world import Call, Host, World
from tests.kit.waiting import PATIENT_S, until

HOSTS: tuple[Host, ...] = ("openapi", "business", "oauth")
MOST_BODY = 20 * 2**20
_POSTS = {"openapi": methods.POSTS, "business": by_phone.POSTS}
_GETS = {"openapi": methods.GETS, "business": by_phone.GETS}


class FakeZaloOa:
    """The server and everything in it. openapi, business, oauth: the origin of each host, the same over `away`.

    seed: the first pair of tokens. pace: what a second lasts between tries of the webhook.
    """

    def __init__(self, *, clock: Clock | None = None, pace: float = 0.001) -> None:
        self.world = World(clock or SystemClock())
        self.faults, self.pusher = Faults(), Pusher(self.world, pace)
        self.seed: Pair = self.world.tokens.issue()
        self.app = web.Application(client_max_size=MOST_BODY)
        self.app.router.add_get("/cdn/{path:.+}", self._file)
        self.app.router.add_route("*", "/{path:.*}", self._answer)
        self.ports: dict[Host, int] = dict.fromkeys(HOSTS, 0)
        self.closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._sites: list[web.TCPSite] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def openapi(self) -> str:
        return self._origin("openapi")

    @property
    def business(self) -> str:
        return self._origin("business")

    @property
    def oauth(self) -> str:
        return self._origin("oauth")

    @property
    def settings(self) -> dict[str, str]:
        """The settings under which our service talks with this account."""
        account = self.world.account
        return {
            "ZALO_OA_ID": account.oa_id,
            "ZALO_OA_APP_ID": account.app_id,
            "ZALO_OA_APP_SECRET": account.app_secret,
            "ZALO_OA_SECRET_KEY": account.secret_key,
            "ZALO_OPENAPI_BASE": self.openapi,
            "ZALO_OAUTH_BASE": self.oauth,
            "ZALO_BUSINESS_BASE": self.business,
        }

    @property
    def calls(self) -> list[Call]:
        """Every call, in order."""
        return self.world.calls

    def accepted(self, user: "str | ZaloUser | None" = None) -> list[Call]:
        """Every call that put a message on a screen, one person's or all: for counting what came twice."""
        return self.world.accepted(user.id if isinstance(user, ZaloUser) else user)

    def user(self, name: str, *, id: str = "", phone: str = "", admin: bool = False) -> ZaloUser:  # noqa: A002  # as Zalo names it
        """Somebody with Zalo, who hasn't found the account yet. phone: 84 and nine digits."""
        return ZaloUser(self.world, self.world.join(name, id, phone, admin=admin), lambda: self.openapi)

    async def save_webhook(self, url: str) -> bool:
        """Save the webhook's address in the console; returns whether the probe got 200."""
        return await self.pusher.save(url)

    async def settles(self, within_s: float = PATIENT_S) -> None:
        """Wait until no event is on its way any more. Raises NeverCame."""
        await until("no event is on its way", lambda: not self.pusher.busy(), within_s=within_s)

    async def open(self) -> None:
        """Begin to listen and to push."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await self._listen()
        self._begin(self.pusher.run())
        await asyncio.sleep(0)

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

    def _origin(self, host: Host) -> str:
        return f"http://127.0.0.1:{self.ports[host]}"

    async def _listen(self) -> None:
        assert self._runner is not None
        if self._sites:
            return
        for host in HOSTS:
            site = web.TCPSite(self._runner, "127.0.0.1", self.ports[host])
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

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        host = self._host(request)
        if host == "oauth":
            return await self._answer_oauth(request)
        try:
            self._check_caller(request)
            given = await self._read(host, request)
        except Refusal as refusal:
            return self._refuse(request, self._for_host(host, refusal))
        call = self.world.call(host, request.path, _noted(given))
        call.user = _user(call.given)
        self.world.bell.ring()
        fault = self.faults.take(request.path, call.user)
        try:
            data = await self._do(host, call, given) if fault is None or fault.accepts else None
            call.accepted, call.result = fault is None or fault.accepts, data
            call.outcome = fault.name if fault else "ok"
            response = self._respond(fault, {"error": 0, "message": "Success", "data": data})
        except Refusal as refusal:
            call.outcome = str(refusal)
            response = self._refuse(request, refusal)
        self.world.bell.ring()
        return await self._end(request, response, fault) if fault else response

    async def _answer_oauth(self, request: web.Request) -> web.StreamResponse:
        if (request.method, request.path) == ("GET", oauth.CONSENT):
            return oauth.consent(self.world, request)
        if (request.method, request.path) != ("POST", TOKEN):
            return self._refuse(request, Strict(404, f"no such path: {request.method} {request.path}", status=404))
        call, fault = self.world.call("oauth", TOKEN, {}), self.faults.take(TOKEN, "")
        try:
            given = await oauth.read_form(self.world, request)
            call.given = {"grant_type": given.get("grant_type", "")}
            body = oauth.grant(self.world, request, given) if fault is None or fault.accepts else {}
            call.accepted, call.outcome = bool(body), fault.name if fault else "ok"
        except OauthRefusal as refusal:
            call.outcome, body = str(refusal), refusal.body()
        response = self._respond(fault, body)
        self.world.bell.ring()
        return await self._end(request, response, fault) if fault else response

    def _host(self, request: web.Request) -> Host:
        assert request.transport is not None
        port = request.transport.get_extra_info("sockname")[1]
        return next(host for host, known in self.ports.items() if known == port)

    def _check_caller(self, request: web.Request) -> None:
        """Raises Refusal for whoever may not call at all, or calls too often."""
        token, account = request.headers.get("access_token", ""), self.world.account
        if "Authorization" in request.headers:
            self.world.complaints.append("Authorization header")
            raise Refusal(-216)
        self.world.tokens.check(token)
        proof = request.headers.get("appsecret_proof")
        right = hmac.new(account.app_secret.encode(), token.encode(), "sha256").hexdigest()
        if proof != right and (proof is not None or account.proof_required):
            raise Refusal(-242)
        self.world.limiter.spend()
        if account.standing:
            raise Refusal(account.standing)

    async def _read(self, host: Host, request: web.Request) -> Json:
        """What was given. Raises Refusal, Strict."""
        path = request.path
        if request.method == "POST" and path in _POSTS[host]:
            return await read_json(request)
        if request.method == "POST" and host == "openapi" and path in methods.UPLOADS:
            return {"file": await read_upload(request)}
        if request.method == "GET" and path in _GETS[host]:
            return dict(request.query) if host == "business" else read_data(request)
        raise Strict(404, f"no such path on {host}: {request.method} {path}", status=404)

    async def _do(self, host: Host, call: Call, given: Json) -> Json:
        if call.path in methods.UPLOADS:
            return methods.upload(self.world, call.path, given["file"])
        handlers = _POSTS[host] | _GETS[host]
        return await handlers[call.path](self.world, call, given)

    def _for_host(self, host: Host, refusal: Refusal) -> Refusal:
        """A token is refused by another code on the business host."""
        return Refusal(-124) if host == "business" and refusal.error in (-216, -220) else refusal

    def _refuse(self, request: web.Request, refusal: Refusal) -> web.Response:
        if isinstance(refusal, Strict):
            self.world.complaints.append(f"{request.path}: {refusal}")
        return web.json_response(refusal.body(), status=refusal.status, headers=self.world.limiter.headers())

    def _respond(self, fault: Fault | None, body: Json) -> web.Response:
        headers = self.world.limiter.headers()
        if fault and fault.body:
            return web.Response(text=fault.body, status=fault.status, content_type=fault.kind, headers=headers)
        return web.json_response(body, headers=headers)

    async def _end(self, request: web.Request, response: web.Response, fault: Fault) -> web.StreamResponse:
        """End the line as the fault says."""
        if fault.wait_s or fault.end == "hang":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), None if fault.end == "hang" else fault.wait_s)
        if fault.end == "cut":
            await line.write_half(request, response)
        if fault.end != "answer":
            line.end(request, reset=fault.end == "reset")
        if fault.gone_s:
            await self._leave()
            self._begin(self._come_back(fault.gone_s))
        return response

    async def _file(self, request: web.Request) -> web.Response:
        content = self.world.files.sent.get(request.match_info["path"])
        if content is None:
            return web.Response(status=404)
        return web.Response(body=content, content_type="application/octet-stream")


@asynccontextmanager
async def fake_zalo_oa(*, clock: Clock | None = None, pace: float = 0.001) -> AsyncIterator[FakeZaloOa]:
    """A fake that listens until left."""
    zalo = FakeZaloOa(clock=clock, pace=pace)
    await zalo.open()
    try:
        yield zalo
    finally:
        await zalo.close()


def _noted(given: Json) -> Json:
    upload = given.get("file")
    if upload is None or isinstance(upload, str):
        return given
    return {"file": f"{upload.name}, {len(upload.content)} bytes"}


def _user(given: Json) -> str:
    recipient = given.get("recipient")
    found = recipient.get("user_id") if isinstance(recipient, dict) else None
    return str(found or given.get("user_id") or given.get("phone") or given.get("hash_phone") or "")
