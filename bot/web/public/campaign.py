"""The page of a campaign, for everyone: who asks, on what basis, until when, to whose account, and what came of it."""

import asyncio
from collections.abc import Mapping

from aiohttp import web
from markupsafe import Markup

from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.web.pages import Pages, foot
from handlers.desk import Actor
from handlers.views.campaign import CampaignPage, campaign_page
from storage.database import Database, Unit


class CampaignRoutes:
    """The route of `/c/CODE`."""

    def __init__(self, database: Database, office: DeskFactory, clock: Clock, pages: Pages) -> None:
        self._database, self._office, self._clock, self._pages = database, office, clock, pages

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/c/{code}", self.page)

    async def page(self, request: web.Request) -> web.Response:
        """One campaign; 404 in words where there is none of this code, or it was never opened."""
        language = "en" if request.query.get("lang") == "en" else "vi"
        code = request.match_info["code"]
        page, given = await self._database.read(lambda unit: self._look(unit, code, language))
        drawn = await asyncio.to_thread(_drawn, page) if page else {}
        html = self._pages.render("campaign.html", language, page=page, **drawn, **given)
        return web.Response(text=html, content_type="text/html", status=200 if page else 404)

    def _look(self, unit: Unit, code: str, language: str) -> tuple[CampaignPage | None, Mapping[str, object]]:
        desk = self._office.desk(unit, Actor("clock"), "page", self._clock)
        given = foot(desk.voice(language))
        return campaign_page(desk, code, language), given


def _drawn(page: CampaignPage) -> Mapping[str, object]:
    """The pictures of the page: how far it has come, and the code to scan."""
    # The typeface is only measured by a process that draws.
    from bot.pictures import cards

    scanned = page.payable.payload if page.payable else ""
    return {
        "drawing": Markup(cards.drawing("progress", page.card)) if page.card else "",  # noqa: S704  # words in it are escaped where it is drawn
        "scan": cards.code(scanned) if scanned else None,
    }
