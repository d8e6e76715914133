"""A page by which somebody goes on in the web chat where another channel keeps her words from us.

Why looking does not use it up: whoever shows a preview of a link loads it too. Why it asks her to press: a link that
somebody else slipped to her would make her write into his conversation.
"""

import secrets

from aiohttp import web

from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.receiving.intake import INTAKE_S
from bot.web.chat.chat import Visitors
from bot.web.chat.lines import ChatLines
from bot.web.pages import Pages, foot
from handlers.desk import Actor
from handlers.texts import Phrase
from storage.database import Database, Unit
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.vault import Vault


class GoingOnRoutes:
    """GET shows and uses nothing up; POST joins, once, and leads to the chat."""

    def __init__(
        self, database: Database, office: DeskFactory, clock: Clock, visitors: Visitors, lines: ChatLines, pages: Pages,
        *, origins: frozenset[str],
    ) -> None:  # fmt: skip
        self._database, self._office, self._clock = database, office, clock
        self._visitors, self._lines, self._pages, self._origins = visitors, lines, pages, origins

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/tiep/{token}", self.show)
        app.router.add_post("/tiep/{token}", self.take)

    async def show(self, request: web.Request) -> web.Response:
        """The button that goes on, or that the link is good no more."""
        token = request.match_info["token"]
        found, html = await self._database.read(lambda unit: self._page(unit, token))
        return web.Response(text=html, content_type="text/html", status=200 if found else 404)

    async def take(self, request: web.Request) -> web.Response:
        """Join this browser's visitor, and show her the chat."""
        origins = request.headers.getall("Origin", [])
        if len(origins) > 1 or (origins and origins[0] not in self._origins):
            raise web.HTTPForbidden(text="this origin may not write here")
        token, known, fresh = request.match_info["token"], self._visitors.read(request), secrets.token_urlsafe(24)
        try:
            visitor = await self._database.write(
                lambda unit: self._go_on(unit, token, (known, fresh) if known else (fresh,)), deadline_s=INTAKE_S
            )
        except LookupError:
            return await self.show(request)
        self._lines.arrived(self._visitors.external(visitor))
        answer = web.Response(status=303, headers={"Location": "/chat"})
        self._visitors.set(answer, visitor)
        return answer

    def _page(self, unit: Unit, token: str) -> tuple[Chat | None, str]:
        desk = self._office.desk(unit, Actor("person"), "page", self._clock)
        found = desk.links.page_leads_to(token)
        language = (found.language if found else "") or "vi"
        voice = desk.voice(language)
        channel = voice.say(Phrase(f"channel.{found.channel}")) if found else ""
        return found, self._pages.render("going_on.html", language, channel=channel, **foot(voice))

    def _go_on(self, unit: Unit, token: str, visitors: tuple[str, ...]) -> str:
        """Join the first of these visitors that may be; returns which. Raises LookupError."""
        desk = self._office.desk(unit, Actor("person"), "page", self._clock)
        before = desk.links.page_leads_to(token)
        if before is None:
            raise LookupError("no good page")
        cause = f"going_on:{desk.vault.look_up('going on', token).hex()}"
        for visitor in visitors:
            chat = chats.arrive(
                unit, Vault(unit, self._office.master), WebChat.name, self._visitors.external(visitor), desk.now
            )
            # Whoever could act for the office here must not come to act for it there without being asked.
            if chat.person_id == before.person_id or desk.officials.in_chat(chat.person_id) is None:
                person = Actor("person", chat.person_id)
                self._office.desk(unit, person, cause, self._clock, chat).links.go_on(token)
                return visitor
        raise LookupError("nobody may go on")
