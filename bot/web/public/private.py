"""Pages behind a one-time link: what is stored about a person, a sheet for the counter, and a question that must not
pass through a chat abroad.

Why the link alone is enough: it is made for one person, lives fifteen minutes and is told to her chat only. Why nothing
here needs a script: whatever phone she has, a form works.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.clock import Clock
from bot.pictures.sheets import NotDrawn, Printer
from bot.receiving.desk_factory import DeskFactory
from bot.receiving.inbox import Inbox
from bot.receiving.intake import INTAKE_S
from bot.web.pages import Pages, foot
from bot.web.wire import MOST_PHOTO_BYTES, TooBig, at_most
from handlers.desk import Actor, Desk
from handlers.desk.cases import SheetLink
from handlers.desk.messages import PrivatePage, TooMany
from handlers.desk.privacy import Section, read_out
from handlers.dialogue.private_question import Asides, OpenQuestion, ShownQuestion
from handlers.views.sheet import SHEETS, CounterSheet, sheet
from storage.database import Database, Unit
from storage.queries.incoming import inbox

FORM = "application/x-www-form-urlencoded"  # of a form without a field
MOST_TYPED = 20_000
MOST_CHOSEN = 40


@dataclass(slots=True)
class GivenAnswer:
    """What a page's form sent."""

    chosen: list[str] = field(default_factory=list)
    typed: str = ""
    photos: list[bytes] = field(default_factory=list)


class PrivateRoutes:
    """GET shows and uses nothing up; POST takes the answer in, and the chat goes on by itself."""

    def __init__(
        self, database: Database, office: DeskFactory, clock: Clock, incoming: Inbox, asides: Asides, pages: Pages,
        *, origins: frozenset[str],
    ) -> None:  # fmt: skip
        self._database, self._office, self._clock = database, office, clock
        self._inbox, self._asides, self._pages, self._origins = incoming, asides, pages, origins
        self._printer = Printer()
        self._drawing: set[str] = set()  # the links whose sheets are being drawn

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/p/{token}", self.show)
        app.router.add_post("/p/{token}", self.take)

    async def show(self, request: web.Request) -> web.Response:
        """The question of a private page, or the button that opens what is stored about a person or fetches a sheet."""
        token = request.match_info["token"]
        html = await self._database.read(
            lambda unit: (
                self._question_page(unit, token, "") or self._door(unit, token) or self._sheet_door(unit, token)
            )
        )
        if html is None:
            raise web.HTTPNotFound
        return _html(html)

    async def take(self, request: web.Request) -> web.Response:
        """Take an answer in, once, and ask again for what is none; show what is stored; or hand a sheet out, once."""
        token = request.match_info["token"]
        origins = request.headers.getall("Origin", [])
        if len(origins) > 1 or (origins and origins[0] not in self._origins):
            raise web.HTTPForbidden(text="this origin may not write here")
        if request.content_type == FORM and (stored := await self._stored(request, token)) is not None:
            return stored
        if request.content_type == FORM and (fetched := await self._fetched(request, token)) is not None:
            return fetched
        try:
            given = await _read(request)
        except TooBig:
            return await self._again(token, "photo_refused.too_big")
        try:
            person_id = await self._database.write(lambda unit: self._keep(unit, token, given), deadline_s=INTAKE_S)
        except TooMany:
            return await self._again(token, "photo_refused.too_many")
        except _NoAnswer as none:
            return await self._again(token, none.sentence)
        if person_id is not None:
            await self._inbox.wake(person_id)
        raise web.HTTPSeeOther(request.rel_url.path)

    async def _again(self, token: str, why: str) -> web.Response:
        html = await self._database.read(lambda unit: self._question_page(unit, token, why))
        if html is None:
            raise web.HTTPNotFound
        return _html(html, status=400)

    # A question

    def _find(self, unit: Unit, token: str) -> tuple[Desk, PrivatePage, OpenQuestion | None] | None:
        desk = self._office.desk(unit, Actor("person"), "page", self._clock)
        page = desk.pages.look(token)
        if page is None:
            return None
        hers = self._office.desk(unit, Actor("person", page.chat.person_id), "page", self._clock, page.chat)
        return hers, page, None if page.used else self._asides.find(hers, page.form, page.slot)

    def _question_page(self, unit: Unit, token: str, why: str) -> str | None:
        found = self._find(unit, token)
        if found is None:
            return None
        desk, page, question = found
        language = page.chat.language or "vi"
        shown: ShownQuestion | None = self._asides.show(desk, question) if question else None
        given = foot(desk.voice(language))
        again = self._office.texts.sentence(language, why) if why else ""
        return self._pages.render(
            "private.html",
            language,
            shown=shown,
            done=page.used,
            again=again,
            back=desk.link_to(page.chat.channel),
            **given,
        )

    def _keep(self, unit: Unit, token: str, given: GivenAnswer) -> str | None:
        """Keep the answer as a message of hers, and note that the page was used. Raises TooMany, _NoAnswer."""
        found = self._find(unit, token)
        if found is None:
            raise _NoAnswer("page.private_again")
        desk, page, question = found
        if question is None:
            return None  # used, or too late: the page says which
        again = "page.private_again_photo" if question.question.expects == "photos" else "page.private_again"
        photos = tuple(desk.files.keep(raw) for raw in given.photos)
        written = self._asides.understands(question, given.chosen, given.typed, photos)
        if written is None:
            raise _NoAnswer(again)
        body: Mapping[str, object] = {
            "text": "" if photos else written, "photos": list(photos), "about": question.nonce,
        }  # fmt: skip
        inbox.accept(unit, desk.vault, page.chat, f"page:{question.nonce}", "private", body, desk.now)
        desk.pages.use(token)
        return page.chat.person_id

    # What is stored

    def _door(self, unit: Unit, token: str) -> str | None:
        """A page with a button: robots that look at every link of a chat press none."""
        desk = self._office.desk(unit, Actor("person"), "download", self._clock)
        language = desk.export.language(token)
        if language is None:
            return None
        return self._pages.render("stored_door.html", language, **foot(desk.voice(language)))

    async def _stored(self, request: web.Request, token: str) -> web.Response | None:
        found = await self._database.write(lambda unit: self._export(unit, token))
        if found is None:
            return None
        if "application/json" in request.headers.get("Accept", ""):
            headers = {"Content-Disposition": 'attachment; filename="chungtay.json"'}
            return web.json_response(found, headers=headers, dumps=lambda v: orjson.dumps(v).decode())
        language = str(found["language"] or "vi")
        return _html(await self._database.read(lambda unit: self._stored_page(unit, found, language)))

    def _export(self, unit: Unit, token: str) -> dict[str, object] | None:
        return self._office.desk(unit, Actor("person"), "download", self._clock).export.everything(token)

    def _stored_page(self, unit: Unit, found: Mapping[str, object], language: str) -> str:
        voice = self._office.desk(unit, Actor("clock"), "page", self._clock).voice(language)
        sections: tuple[Section, ...] = read_out(found, voice)
        return self._pages.render("stored.html", language, sections=sections, **foot(voice))

    # A sheet for the counter

    def _sheet_door(self, unit: Unit, token: str) -> str | None:
        """A page with a button, for the same reason; or that the sheet was fetched."""
        desk = self._office.desk(unit, Actor("person"), "sheet", self._clock)
        link = desk.sheets.look(token)
        if link is None:
            return None
        values = {"used": link.used, "minutes": desk.pages.minutes, **foot(desk.voice(link.language))}
        return self._pages.render("sheet_door.html", link.language, **values)

    async def _fetched(self, request: web.Request, token: str) -> web.Response | None:
        """The sheet as a PDF, to whoever comes first, and to all others a page that says so; None if it is no sheet's.

        The link is used up only once the sheet is drawn, so that nobody loses hers by a fault of ours.
        """
        link, found = await self._database.read(lambda unit: self._sheet(unit, token))
        if link is None:
            return None
        if found is None and not link.used:
            raise web.HTTPNotFound  # what was told is forgotten since
        # One link, however often it is pressed at once, costs one drawing.
        if found is None or token in self._drawing:
            raise web.HTTPSeeOther(request.rel_url.path)
        self._drawing.add(token)
        try:
            pdf = await self._printer.draw(found)
            is_first = await self._database.write(lambda unit: self._use_sheet(unit, token))
        except NotDrawn:
            raise web.HTTPServiceUnavailable from None
        finally:
            self._drawing.remove(token)
        if not is_first:
            raise web.HTTPSeeOther(request.rel_url.path)
        headers = {"Content-Disposition": 'attachment; filename="phieu-chuan-bi.pdf"'}
        return web.Response(body=pdf, content_type="application/pdf", headers=headers)

    def _sheet(self, unit: Unit, token: str) -> tuple[SheetLink | None, CounterSheet | None]:
        desk = self._office.desk(unit, Actor("person"), "sheet", self._clock)
        link = desk.sheets.look(token)
        about = next((one for one in SHEETS if link is not None and one == link.about), None)
        if link is None or about is None or link.used:
            return link, None
        applicant = desk.sheets.of_person(link.person_id, link.code)
        return link, sheet(desk, about, applicant, link.language) if applicant else None

    def _use_sheet(self, unit: Unit, token: str) -> bool:
        return self._office.desk(unit, Actor("person"), "sheet", self._clock).sheets.use(token)


class _NoAnswer(Exception):
    """What the form sent answers nothing. sentence: the key of what is said to it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _html(html: str, *, status: int = 200) -> web.Response:
    return web.Response(text=html, content_type="text/html", status=status)


async def _read(request: web.Request) -> GivenAnswer:
    """Read a page's form. Raises HTTPBadRequest, TooBig."""
    if request.content_type != "multipart/form-data":
        raise web.HTTPBadRequest(text="body: multipart/form-data is expected")
    given = GivenAnswer()
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name not in ("choice", "typed", "photo"):
                raise web.HTTPBadRequest(text="body: only choice, typed and photo are expected")
            if part.name == "photo":
                given.photos.append(await at_most(part, MOST_PHOTO_BYTES - sum(map(len, given.photos))))
                continue
            text = (await at_most(part, MOST_TYPED)).decode("utf-8", "ignore").replace("\0", "").strip()
            if part.name == "typed":
                given.typed = text
            elif len(given.chosen) < MOST_CHOSEN:
                given.chosen.append(text)
    except (ValueError, HttpProcessingError):
        raise web.HTTPBadRequest(text="body: not multipart/form-data") from None
    given.photos = [photo for photo in given.photos if photo]  # a browser sends an empty one where none was chosen
    return given
