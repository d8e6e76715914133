"""The page of questions and answers: to be searched, printed, and gone on from into the chat."""

from aiohttp import web

from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.web.pages import Pages, foot
from handlers.desk import Actor
from handlers.texts import Phrase
from handlers.views import faq
from storage.database import Database, Unit

MOST_LETTERS = 100  # of what is looked for
ADDRESSES = {"vi": "/hoi-dap", "en": "/questions"}
# Where in the chat a conversation's door stands.
DOORS = {
    "eligibility": "kiemtra", "registration": "dangky", "urgent_help": "gap", "verify": "tin", "privacy": "riengtu",
    "my_cases": "hoso",
}  # fmt: skip


class QuestionRoutes:
    """One page in each language."""

    def __init__(self, database: Database, office: DeskFactory, clock: Clock, pages: Pages) -> None:
        self._database, self._office, self._clock, self._pages = database, office, clock, pages

    def add_to(self, app: web.Application) -> None:
        for address in ADDRESSES.values():
            app.router.add_get(address, self.page)

    async def page(self, request: web.Request) -> web.Response:
        """All questions, or those that have the words looked for."""
        language = "en" if request.path == ADDRESSES["en"] else "vi"
        typed = request.query.get("q", "").strip()[:MOST_LETTERS]
        html = await self._database.read(lambda unit: self._render(unit, language, typed))
        return web.Response(text=html, content_type="text/html")

    def _render(self, unit: Unit, language: str, typed: str) -> str:
        desk = self._office.desk(unit, Actor("clock"), "page", self._clock)
        voice = desk.voice(language)
        values = {
            "topics": faq.questions(desk, voice, typed),
            "typed": typed,
            "addresses": ADDRESSES,
            "anchors": DOORS,
            "day": voice.say(Phrase("plain", {"words": desk.today()})),
        }
        return self._pages.render("questions.html", language, **values, **foot(voice))
