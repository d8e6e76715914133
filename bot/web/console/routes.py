"""The console's screens and acts over HTTP.

Why a click is one transaction: who is signed in, what she may do, what is done and what is shown are of one moment, so
a role that was taken away counts at the very next click.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import time
from functools import partial

from aiohttp import web

from bot.clock import Clock
from bot.pictures.photos import Cleaner
from bot.pictures.sheets import NotDrawn, Printer
from bot.receiving import intake
from bot.receiving.desk_factory import DeskFactory
from bot.web.console.answers import ONE_TIME_CODE, Answer, ForPeople, ForPrograms, Way
from bot.web.console.browser import Browser, read_form, read_query
from bot.web.console.pictures import picture_of
from bot.web.pages import Pages
from handlers import console
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen, ShownOnce
from handlers.desk import Actor, Desk
from handlers.desk.office import NotAllowed
from handlers.desk.officials import SignedIn
from handlers.rules.book import by_one_book
from storage.database import Database, Unit


class ConsoleRoutes:
    """Every screen and every act, for people below /console and for programs below /console/api.

    reasons: what is wrong with the service, in codes. daily: see `Click`. look_at_rules: has this process go by what is
    in force of the rows of law.
    """

    def __init__(
        self, database: Database, office: DeskFactory, clock: Clock, pages: Pages, browser: Browser,
        reasons: Callable[[], list[str]], daily: Mapping[str, time], look_at_rules: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._database, self._office, self._clock, self._browser = database, office, clock, browser
        self._reasons, self._daily, self._cleaner = reasons, daily, Cleaner(at_once=1)
        self._look_at_rules = look_at_rules
        self._printer = Printer(at_once=1)
        self._people, self._programs = ForPeople(pages), ForPrograms()

    def add_to(self, app: web.Application) -> None:
        ways: tuple[tuple[str, Way], ...] = (("/console", self._people), ("/console/api", self._programs))
        for base, way in ways:
            for screen in console.SCREENS:
                app.router.add_get(f"{base}{screen.path}", partial(self._show, screen, way))
            for act in console.ACTS:
                app.router.add_post(f"{base}{act.path}", partial(self._take, act, way))

    async def is_signed_in(self, request: web.Request) -> bool:
        """Whether an official is signed in where this comes from."""
        token = self._browser.session(request)
        return await self._database.read(lambda unit: self._enter(unit, token)[1] is not None)

    async def _show(self, screen: Screen, way: Way, request: web.Request) -> web.Response:
        """A screen; only what changes nothing is asked for by GET."""
        token, given = self._browser.session(request), read_query(request)
        by_itself = given.live
        if screen.notes and not screen.again:
            given = replace(given, live=False)
        run = self._database.write if screen.notes and not given.live else self._database.read
        answer = await run(by_one_book(lambda unit: self._look(unit, token, screen, way, given, request.path_qs)))
        await self._note(token, answer, live=by_itself)
        return answer.response()

    async def _take(self, act: Act, way: Way, request: web.Request) -> web.Response:
        """An act."""
        self._browser.check_origin(request)
        token, given = self._browser.session(request), await read_form(request)
        csrf = way.csrf(request, given)
        if act.reads or act.picture:
            given = await self._read_before(act, token, given)
        answer = await self._database.write(by_one_book(lambda unit: self._do(unit, token, csrf, act, way, given)))
        if act.changes_rules:
            await self._look_at_rules()
        await self._note(token, answer, live=False)
        return (await self._printed(answer)).response()

    async def _printed(self, answer: Answer) -> Answer:
        """An answer whose sheet, if it has one, is drawn; no transaction waits for it."""
        if answer.sheet is None:
            return answer
        try:
            return replace(answer, body=await self._printer.draw(answer.sheet), sheet=None)
        except NotDrawn:
            raise web.HTTPServiceUnavailable from None

    async def _read_before(self, act: Act, token: str, given: Click) -> Click:
        """What an act makes of a form before its transaction, for whoever is signed in."""
        if not await self._database.read(lambda unit: self._enter(unit, token)[1] is not None):
            return given
        if act.picture:
            return await picture_of(given, act.picture, self._cleaner)
        return replace(given, read=await asyncio.to_thread(act.reads, given)) if act.reads else given

    # Inside one transaction

    def _look(self, unit: Unit, token: str, screen: Screen, way: Way, given: Click, path: str) -> Answer:
        desk, signed = self._enter(unit, token)
        if signed is None:
            return way.sign_in(desk, None, path)
        if screen.right and signed.official.reach(screen.right) is None:
            return self._refuse(desk, signed, way, screen.right, stale=signed.stale)
        try:
            known = {"session": signed.session_id, "troubles": tuple(self._reasons()), "daily": self._daily}
            page = screen.view(desk, replace(given, **known))  # type: ignore[arg-type]  # each is what its field holds
        except NotAllowed as refused:
            return self._refuse(desk, signed, way, str(refused), stale=signed.stale)
        if page is None:
            return way.stop(desk, signed, 404, "absent")
        answer = way.screen(desk, signed, screen.template, page, given)
        return Answer(status=answer.status, body=answer.body, kind=answer.kind, stale=signed.stale)

    def _do(self, unit: Unit, token: str, csrf: str, act: Act, way: Way, given: Click) -> Answer:
        desk, signed = self._enter(unit, token)
        if signed is None:
            return way.sign_in(desk, given, "")
        if not secrets.compare_digest(csrf.encode(), signed.csrf.encode()):
            return way.stop(desk, signed, 403, "form")
        if act.right and signed.official.reach(act.right) is None:
            return self._refuse(desk, signed, way, act.right)
        if act.checked and not signed.checked:
            code = given[ONE_TIME_CODE]
            if not code or not desk.signing_in.check_again(token, code):
                return way.check(desk, signed, given, again=bool(code))
        try:
            return self._done(desk, signed, act, way, given)
        except NotAllowed as refused:
            return self._refuse(desk, signed, way, str(refused))

    def _done(self, desk: Desk, signed: SignedIn, act: Act, way: Way, given: Click) -> Answer:
        result = act.do(desk, given)
        match result:
            case Redirect():
                return way.redirect(result.to, result.done)
            case ShownOnce():
                return way.screen(desk, signed, result.template, result.page, Click())
            case Invalid():
                page = act.screen.view(desk, Click(path=given.path, session=signed.session_id, daily=self._daily))
                if page is not None:
                    status = 409 if result.outdated else 400
                    return way.screen(desk, signed, act.screen.template, page, given, wrong=result, status=status)
        return way.stop(desk, signed, 404, "absent")

    def _enter(self, unit: Unit, token: str) -> tuple[Desk, SignedIn | None]:
        desk = self._office.desk(unit, Actor("clock"), f"console:{secrets.token_hex(8)}", self._clock)
        signed = desk.browsers.session(token) if token else None
        if signed is None:
            return desk, None
        # Channels know how to read what nobody could read before; the desk does not know channels.
        again = partial(intake.replay, unit, self._office, self._clock)
        return replace(desk.of(signed.official), replay_letter=again), signed

    def _refuse(self, desk: Desk, signed: SignedIn, way: Way, action: str, *, stale: bool = False) -> Answer:
        answer = way.stop(desk, signed, 403, "forbidden")
        return Answer(status=answer.status, body=answer.body, kind=answer.kind, refused=action, stale=stale)

    # After it

    async def _note(self, token: str, answer: Answer, *, live: bool) -> None:
        """Note a refused right, and that a browser is in use; a page that looks by itself keeps nobody signed in."""
        if answer.refused or (answer.stale and not live):
            await self._database.write(lambda unit: self._keep(unit, token, answer.refused))

    def _keep(self, unit: Unit, token: str, refused: str) -> None:
        desk, signed = self._enter(unit, token)
        desk.browsers.seen(token)
        if refused and signed:
            desk.note("rights.refused", f"official:{signed.official.id}", action=refused)
