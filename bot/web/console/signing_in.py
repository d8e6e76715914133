"""Getting in and out: by invitation, by password and one-time code, and the way out.

Why one form and one sentence for whatever is wrong: it tells nobody which half was right, nor which accounts exist.
"""

import asyncio
import secrets
from urllib.parse import urlsplit

import segno
from aiohttp import web
from markupsafe import Markup

from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.web.caller import network
from bot.web.console import throttle
from bot.web.console.browser import Browser, read_form, read_query
from bot.web.console.passwords import fault, hash_password, is_right
from bot.web.pages import Pages
from handlers.console.screen import Click
from handlers.desk import Actor, Desk
from handlers.desk.officials import Invited, Login, uri_of
from storage.database import Database, Unit

HASHED_AT_ONCE = 2
SIGN_IN = "/console/sign-in"


class SigningInRoutes:
    """GET shows and uses nothing up, whoever asks; POST counts."""

    def __init__(self, database: Database, office: DeskFactory, clock: Clock, pages: Pages, browser: Browser) -> None:
        self._database, self._office, self._clock, self._pages = database, office, clock, pages
        self._browser = browser
        self._hashing = asyncio.Semaphore(HASHED_AT_ONCE)

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(SIGN_IN, self.form)
        app.router.add_post(SIGN_IN, self.sign_in)
        app.router.add_post("/console/sign-out", self.sign_out)
        app.router.add_get("/console/invitation/{token}", self.invitation)
        app.router.add_post("/console/invitation/{token}", self.redeem)

    async def form(self, request: web.Request) -> web.Response:
        """The form to sign in with."""
        return self._form(read_query(request), _language(request), "")

    async def sign_in(self, request: web.Request) -> web.Response:
        """Sign a browser in: a new session, whatever cookie it came with."""
        self._browser.check_origin(request)
        given, where, device = await read_form(request), network(request), self._browser.device(request)
        email = given["email"]

        def look(unit: Unit) -> tuple[Login | None, bool]:
            desk = self._desk(unit)
            under = throttle.limits(desk, email, where, device)
            return desk.signing_in.login(email), throttle.is_spent(desk, under)

        login, spent = await self._database.read(look)
        if spent:
            return self._form(given, _language(request), "too_often", status=429)
        async with self._hashing:
            right = await asyncio.to_thread(is_right, login.password if login else None, given["password"])

        def enter(unit: Unit) -> tuple[str, str] | None:
            desk = self._desk(unit)
            under = throttle.limits(desk, email, where, device)
            # Counted once more: many at once have all been let through to here.
            token = (
                desk.signing_in.sign_in(login, given["code"])
                if login and right and not throttle.is_spent(desk, under)
                else None
            )
            if token is None:
                throttle.count(desk, email, under)
                return None
            return token, throttle.new_device(desk, email)

        entered = await self._database.write(enter)
        if entered is None:
            return self._form(given, _language(request), "not_signed_in", status=403)
        answer = web.Response(status=303, headers={"Location": _way_on(given["next"])})
        self._browser.sign_in(answer, *entered)
        return answer

    async def sign_out(self, request: web.Request) -> web.Response:
        """End this browser's session."""
        self._browser.check_origin(request)
        token, given = self._browser.session(request), await read_form(request)

        def leave(unit: Unit) -> bool:
            desk = self._desk(unit)
            signed = desk.browsers.session(token) if token else None
            if signed is None:
                return True
            if not secrets.compare_digest(given["csrf"].encode(), signed.csrf.encode()):
                return False
            return desk.of(signed.official).browsers.end(signed.official.id, signed.session_id)

        if not await self._database.write(leave):
            raise web.HTTPForbidden
        answer = web.Response(status=303, headers={"Location": SIGN_IN})
        self._browser.sign_out(answer)
        return answer

    # By invitation

    async def invitation(self, request: web.Request) -> web.Response:
        """Whom the invitation is for, and the secret her phone is to learn."""
        token = request.match_info["token"]
        invited = await self._database.read(lambda unit: self._desk(unit).signing_in.invited(token))
        return self._invitation(request, invited, Click(), "")

    async def redeem(self, request: web.Request) -> web.Response:
        """Use an invitation up; many at once: one."""
        self._browser.check_origin(request)
        token, given = request.match_info["token"], await read_form(request)
        invited = await self._database.read(lambda unit: self._desk(unit).signing_in.invited(token))
        if invited is None:
            return self._invitation(request, None, given, "")
        async with self._hashing:
            wrong = await asyncio.to_thread(fault, given["password"], invited.email)
        if wrong:
            return self._invitation(request, invited, given, wrong)
        async with self._hashing:
            password = await asyncio.to_thread(hash_password, given["password"])
        codes = await self._database.write(
            lambda unit: self._desk(unit).signing_in.redeem(token, password, given["code"])
        )
        if codes is None:
            again = await self._database.read(lambda unit: self._desk(unit).signing_in.invited(token))
            return self._invitation(request, again, given, "wrong_code")
        return self._page("welcome", invited.language, codes=codes, to=SIGN_IN)

    # Pages

    def _desk(self, unit: Unit) -> Desk:
        return self._office.desk(unit, Actor("clock"), "console", self._clock)

    def _form(self, given: Click, language: str, wrong: str, *, status: int = 200) -> web.Response:
        return self._page("sign_in", language, status=status, typed=given, wrong=wrong)

    def _invitation(self, request: web.Request, invited: Invited | None, given: Click, wrong: str) -> web.Response:
        if invited is None:
            return self._page("invitation_late", _language(request), status=404)
        uri = uri_of(invited.secret, invited.email)
        code = segno.make(uri, error="m").svg_inline(scale=5, border=2, dark="#14211f", light="#ffffff")
        secret = " ".join(invited.secret[i : i + 4] for i in range(0, len(invited.secret), 4))
        return self._page(
            "invitation", invited.language, status=400 if wrong else 200, invited=invited, typed=given, wrong=wrong,
            code=Markup(code), uri=uri, secret=secret,  # noqa: S704  # segno's own drawing
        )  # fmt: skip

    def _page(self, name: str, language: str, *, status: int = 200, **values: object) -> web.Response:
        html = self._pages.render(f"console/signing_in/{name}.html", language, **values)
        return web.Response(text=html, content_type="text/html", status=status)


def _language(request: web.Request) -> str:
    return "en" if request.query.get("lang") == "en" else "vi"


def _way_on(asked: str) -> str:
    """Where to go after signing in: into the console, and nowhere else."""
    try:
        parts = urlsplit(asked)
    except ValueError:
        return "/console"
    inside = not parts.scheme and not parts.netloc and (parts.path == "/console" or parts.path.startswith("/console/"))
    return asked if inside and asked.isascii() and asked.isprintable() and "\\" not in asked else "/console"
