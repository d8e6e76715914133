"""Pages for everyone: the first page, what support there is, and static files."""

from collections.abc import Mapping

from aiohttp import web

from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.web.pages import Pages, foot, static_file
from handlers.desk import Actor
from handlers.rules import entitlements
from handlers.texts import Phrase
from handlers.verdicts import offers
from storage.database import Database, Unit

YEAR = "public, max-age=31536000, immutable"


class PublicRoutes:
    """The routes that need no chat."""

    def __init__(self, database: Database, office: DeskFactory, clock: Clock, pages: Pages) -> None:
        self._database, self._office, self._clock, self._pages = database, office, clock, pages

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/", self.home)
        app.router.add_get("/static/{name:.+}", self.static)
        app.router.add_get("/quyen-loi", self.entitlements)
        app.router.add_get("/entitlements", self.entitlements)

    async def home(self, request: web.Request) -> web.Response:
        """Who we are and three doors."""
        language = "en" if request.query.get("lang") == "en" else "vi"
        values = await self._database.read(lambda unit: self._given(unit, language))
        html = self._pages.render("public.html", language, **values)
        return web.Response(text=html, content_type="text/html")

    async def static(self, request: web.Request) -> web.Response:
        """A packaged file; its address changes with its content, so it may be kept for a year."""
        found = static_file(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        content, kind = found
        return web.Response(body=content, headers={"Content-Type": kind, "Cache-Control": YEAR})

    async def entitlements(self, request: web.Request) -> web.Response:
        """What support there is today, for everyone; to be read, printed and hung up."""
        language = "en" if request.path == "/entitlements" else "vi"
        html = await self._database.read(lambda unit: self._programmes(unit, language))
        return web.Response(text=html, content_type="text/html")

    def _programmes(self, unit: Unit, language: str) -> str:
        desk = self._office.desk(unit, Actor("clock"), "page", self._clock)
        voice = desk.voice(language)
        sections = [
            (voice.say(heading), [voice.say(line).removeprefix("• ") for line in lines])
            for heading, lines in offers.sections(entitlements.general(desk.today()), desk.today())
        ]
        day = voice.say(Phrase("plain", {"words": desk.today()}))
        given = self._given(unit, language)
        return self._pages.render("entitlements.html", language, sections=sections, day=day, **given)

    def _given(self, unit: Unit, language: str) -> Mapping[str, object]:
        desk = self._office.desk(unit, Actor("clock"), "page", self._clock)
        return foot(desk.voice(language))

    def error_page(self, status: int, request: web.Request) -> str:
        """The page for a failure; it must not need the database."""
        from handlers.rules.office import office

        today = self._clock.now().astimezone(self._office.zone).date()
        return self._pages.render("error.html", "vi", status=status, hotline=office(today).hotline_line("vi"))
