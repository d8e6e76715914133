"""Our own Zalo: the three hosts of Official Accounts over real HTTP on this machine, strict, and unreliable if asked.

async with fake_zalo_oa() as zalo:
    lan = zalo.user("Lan")
    await zalo.save_webhook(f"{house}/hooks/zalo-oa")
    lan.says("Chào")                                    # arrives there as a signed event
    await lan.hears("Ông/bà cần việc gì?")              # what POST {zalo.openapi}/v3.0/oa/message/cs brought
"""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.clock import Clock, SystemClock
from fakes.server import Server
from fakes.wire import Json
from fakes.zalo_oa import by_phone, methods, oauth
from fakes.zalo_oa.faults import TOKEN, ZaloOaFaults
from fakes.zalo_oa.pusher import ZaloOaPusher
from fakes.zalo_oa.tokens import Pair
from fakes.zalo_oa.user import ZaloUser
from fakes.zalo_oa.wire import OauthRefusal, Refusal, Strict, read_data, read_json, read_upload
from fakes.zalo_oa.world import Host, ZaloOaCall, ZaloOaWorld

HOSTS: tuple[Host, ...] = ("openapi", "business", "oauth")
MOST_BODY = 20 * 2**20
_POSTS = {"openapi": methods.POSTS, "business": by_phone.POSTS}
_GETS = {"openapi": methods.GETS, "business": by_phone.GETS}


class FakeZaloOa(Server[ZaloOaWorld, ZaloOaPusher]):
    """The server and everything in it. openapi, business, oauth: the origin of each host, the same over `away`.

    seed: the first pair of tokens. pace: what a second lasts between tries of the webhook.
    """

    def __init__(self, *, clock: Clock | None = None, pace: float = 0.001) -> None:
        world = ZaloOaWorld(clock=clock or SystemClock())
        super().__init__(world, ZaloOaPusher(world=world, pace=pace), hosts=HOSTS, most_body=MOST_BODY)
        self.faults = ZaloOaFaults()
        self.seed: Pair = world.tokens.issue()
        self.app.router.add_get("/cdn/{path:.+}", self._file)
        self.app.router.add_route("*", "/{path:.*}", self._answer)

    @property
    def openapi(self) -> str:
        return self.origin_of("openapi")

    @property
    def business(self) -> str:
        return self.origin_of("business")

    @property
    def oauth(self) -> str:
        return self.origin_of("oauth")

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
    def calls(self) -> list[ZaloOaCall]:
        """Every call, in order."""
        return self.world.calls

    def accepted(self, user: "str | ZaloUser | None" = None) -> list[ZaloOaCall]:
        """Every call that put a message on a screen, one person's or all: for counting what came twice."""
        return self.world.accepted(user.id if isinstance(user, ZaloUser) else user)

    def user(self, name: str, *, id: str = "", phone: str = "", admin: bool = False) -> ZaloUser:  # noqa: A002  # as Zalo names it
        """Somebody with Zalo, who hasn't found the account yet. phone: 84 and nine digits."""
        return ZaloUser(self.world, self.world.join(name, id, phone, admin=admin), lambda: self.openapi)

    async def save_webhook(self, url: str) -> bool:
        """Save the webhook's address in the console; returns whether the probe got 200."""
        return await self.pusher.save(url)

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
            response = self._respond(
                fault, {"error": 0, "message": "Success", "data": data}, self.world.limiter.headers()
            )
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
        response = self._respond(fault, body, self.world.limiter.headers())
        self.world.bell.ring()
        return await self._end(request, response, fault) if fault else response

    def _host(self, request: web.Request) -> Host:
        assert request.transport is not None
        port = request.transport.get_extra_info("sockname")[1]
        return next(host for host in HOSTS if self.ports[host] == port)

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

    async def _do(self, host: Host, call: ZaloOaCall, given: Json) -> Json:
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

    async def _file(self, request: web.Request) -> web.Response:
        content = self.world.files.sent.get(request.match_info["path"])
        if content is None:
            return web.Response(status=404)
        return web.Response(body=content, content_type="application/octet-stream")


@asynccontextmanager
async def fake_zalo_oa(*, clock: Clock | None = None, pace: float = 0.001) -> AsyncIterator[FakeZaloOa]:
    """A fake that listens until left."""
    async with FakeZaloOa(clock=clock, pace=pace).opened() as zalo:
        yield zalo


def _noted(given: Json) -> Json:
    upload = given.get("file")
    if upload is None or isinstance(upload, str):
        return given
    return {"file": f"{upload.name}, {len(upload.content)} bytes"}


def _user(given: Json) -> str:
    recipient = given.get("recipient")
    found = recipient.get("user_id") if isinstance(recipient, dict) else None
    return str(found or given.get("user_id") or given.get("phone") or given.get("hash_phone") or "")
