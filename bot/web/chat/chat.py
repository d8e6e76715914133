"""The web chat over HTTP: a visitor's cookie, messages in, lines out, and a stream of them.

Why the cookie is signed: a made-up or changed one must not become a chat, nor ever open somebody else's.
"""

import asyncio
import base64
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass

from aiohttp import web

from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.receiving.inbox import Inbox
from bot.web import caller, wire
from bot.web.chat.lines import ChatLines
from bot.web.crowd import HERE, Crowd, Full
from bot.web.pages import Pages, foot
from bot.web.wire import SentFields, TooBig
from handlers.desk import Actor
from handlers.desk.messages import TooMany, waiting_bytes
from handlers.desk.money import CAMPAIGN_PREFIX
from handlers.texts import Phrase
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.ids import read_code
from storage.queries.incoming import chats, inbox
from storage.queries.incoming.chats import Chat, Line
from storage.queries.outgoing import outbox, pictures
from storage.vault import Vault

INTAKE_S = 1.5
MOST_LINES = 100
HEARTBEAT_S = 10.0
# A photo is shown once it is cleaned, mostly within a second or two.
CLEANING_LOOK_S = 0.25
CLEANING_LOOKS = 40
COOKIE_AGE_S = 180 * 24 * 3600
PAGE_S, MOST_PAGES = 1.0, 100
MOST_KNOWN = 100_000


@dataclass(frozen=True, slots=True)
class Visitors:
    """Makes and reads the visitor's cookie."""

    office: DeskFactory
    secure: bool

    @property
    def name(self) -> str:
        return "__Host-chungtay" if self.secure else "chungtay"

    def read(self, request: web.Request) -> str | None:
        """The visitor's token, or None unless we made the cookie."""
        given = request.cookies.get(self.name, "")
        token, _, mark = given.partition(".")
        if not token or not given.isascii():
            return None
        return token if secrets.compare_digest(mark, self._mark(token)) else None

    def set(self, answer: web.StreamResponse, token: str) -> None:
        answer.set_cookie(
            self.name, f"{token}.{self._mark(token)}", max_age=COOKIE_AGE_S, httponly=True, secure=self.secure,
            samesite="Lax", path="/",
        )  # fmt: skip

    def external(self, token: str) -> bytes:
        """The look-up value that stands for the visitor in the database."""
        return self.office.master.look_up("webchat visitor", token)

    def _mark(self, token: str) -> str:
        return base64.urlsafe_b64encode(self.office.master.look_up("webchat cookie", token)).decode().rstrip("=")


class ChatRoutes:
    """The routes of the web chat."""

    def __init__(
        self, database: Database, office: DeskFactory, clock: Clock, incoming: Inbox, lines: ChatLines, pages: Pages,
        crowd: Crowd, *, secure: bool, origins: frozenset[str],
    ) -> None:  # fmt: skip
        self._database, self._office, self._clock = database, office, clock
        self._inbox, self._lines, self._pages, self._origins = incoming, lines, pages, origins
        self._visitors = Visitors(office, secure)
        self._crowd = crowd
        self._known: OrderedDict[bytes, None] = OrderedDict()  # visitors who have a chat
        self._making, self._made = asyncio.Lock(), dict[tuple[str, str], tuple[float, str]]()

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/chat", self.page)
        app.router.add_post("/chat/messages", self.take)
        app.router.add_get("/chat/messages", self.history)
        app.router.add_get("/chat/stream", self.stream)
        app.router.add_get("/chat/images/{number}", self.image)

    async def page(self, request: web.Request) -> web.Response:
        """The page; it brings the cookie, and makes no person. start: a campaign's code, which gets a button."""
        token = self._visitors.read(request)
        chat = await self._chat(token) if token else None
        wanted = "en" if request.query.get("lang") == "en" else "vi"
        language = chat.language if chat and chat.language else wanted

        campaign = read_code(request.query.get("start", ""), CAMPAIGN_PREFIX) or ""
        answer = web.Response(text=await self._page(language, campaign), content_type="text/html")
        self._visitors.set(answer, token or secrets.token_urlsafe(24))
        return answer

    async def _page(self, language: str, campaign: str) -> str:
        """The page's HTML, made once a second however many ask for it."""

        def values(unit: Unit) -> Mapping[str, object]:
            desk = self._office.desk(unit, Actor("clock"), "page", self._clock)
            return foot(desk.voice(language))

        async with self._making:
            found = self._made.get((language, campaign))
            if found is None or time.monotonic() - found[0] > PAGE_S:
                html = self._pages.render("chat.html", language, campaign=campaign, **await self._database.read(values))
                if len(self._made) >= MOST_PAGES:
                    self._made.clear()
                found = self._made[language, campaign] = time.monotonic(), html
        return found[1]

    async def take(self, request: web.Request) -> web.Response:
        """Take one message in; 202 once it is kept. The same client id again has no effect."""
        origins = request.headers.getall("Origin", [])
        if len(origins) > 1 or (origins and origins[0] not in self._origins):
            raise web.HTTPForbidden(text="this origin may not write here")
        token = self._visitors.read(request) or secrets.token_urlsafe(24)
        network = caller.network(request)
        uploads = wire.content_type(request) == wire.FORM
        try:
            with self._crowd.uploads.place(token, network) if uploads else nullcontext():
                if uploads:
                    await self._let_upload(network)
                chat, number = await self._taken(request, token, network)
        except TooBig as big:
            sentence = await self._sentence(token, big.sentence)
            raise web.HTTPRequestEntityTooLarge(big.most, big.size, text=sentence) from None
        except TooMany:
            raise web.HTTPBadRequest(text=await self._sentence(token, "photo_refused.too_many")) from None
        except Full as full:
            raise _full(full) from None
        except TimeoutError:
            raise DatabaseAway("not read before the deadline") from None
        await self._inbox.wake(chat.person_id, "" if network == HERE else network)
        self._lines.arrived(chat.address_id)
        self._lines.arrived(self._visitors.external(token))
        answer = web.json_response({"id": str(number)}, status=202)
        self._visitors.set(answer, token)
        return answer

    async def _taken(self, request: web.Request, token: str, network: str) -> tuple[Chat, int]:
        """Read a message and keep it: its chat, and the number of its line. Raises what `take` answers."""
        given = await wire.read(request)
        mark = "" if network == HERE else self._office.network_mark(network)
        # Photos are counted by the day; all else is kept by ids that are unique, under the lock of the chat's row.
        run = self._database.write if given.photos else self._database.mark
        async with self._crowd.keeping.turn(network):
            with self._inbox.health.watch():
                async with asyncio.timeout(INTAKE_S):
                    await self._let_in(token, network, mark, given)
                return await run(lambda unit: self._keep(unit, token, given, mark), deadline_s=INTAKE_S)

    async def _let_upload(self, network: str) -> None:
        """Let photos be sent at all: what would not be taken is not read either. Raises Full."""
        for quota in (self._crowd.photos, self._crowd.photo_bytes):
            quota.look(network)
        await self._let_wait("" if network == HERE else self._office.network_mark(network))

    async def _let_in(self, token: str, network: str, mark: str, given: SentFields) -> None:
        """Let a message in unless its network took enough lately. Raises Full."""
        external = self._visitors.external(token)
        if external not in self._known:
            if await self._chat(token) is None:
                self._crowd.persons.take(network)
            if len(self._known) >= MOST_KNOWN:
                self._known.popitem(last=False)
        self._known[external] = None
        self._known.move_to_end(external)
        if given.photos:
            await self._let_wait(mark)
            self._crowd.photos.take(network, len(given.photos))
            self._crowd.photo_bytes.take(network, sum(map(len, given.photos)))

    async def _let_wait(self, mark: str) -> None:
        """Let photos wait to be cleaned; when much waits, only those of a network of which none waits. Raises Full."""
        in_all = await self._database.read(waiting_bytes)
        if in_all > self._crowd.waiting_bytes:
            hers = await self._database.read(lambda unit: waiting_bytes(unit, mark)) if mark else in_all
            if hers or in_all > 2 * self._crowd.waiting_bytes:
                raise Full("all", 30)

    def _keep(self, unit: Unit, token: str, given: SentFields, network: str) -> tuple[Chat, int]:
        now, vault = self._clock.now(), Vault(unit, self._office.master)
        chat = chats.arrive(unit, vault, WebChat.name, self._visitors.external(token), now)
        update_id = f"{chat.address_id}:{given.client}"
        if inbox.known(unit, WebChat.name, update_id):
            return chat, chats.number_of(unit, chat, given.client)
        desk = self._office.desk(
            unit, Actor("person", chat.person_id), "intake", self._clock, chat, network=network
        )  # fmt: skip
        body = {**given.body, "network": network, "photos": [desk.files.keep(raw) for raw in given.photos]}
        inbox.accept(unit, vault, chat, update_id, given.kind, body, now)
        if given.kind == "photos":
            shown: dict[str, object] = {
                "text": desk.voice(chat.language).say(Phrase("photos.count", {"count": len(given.photos)})),
                "photos": body["photos"],
            }
        elif given.kind == "press":
            shown = {"text": desk.messages.label_of(chat, str(given.body["press"]))}
        else:
            shown = {"text": given.body["text"]}
        return chat, chats.add_line(unit, vault, chat, "you", shown, now, client=given.client)

    async def history(self, request: web.Request) -> web.Response:
        """The lines after an id, oldest first."""
        chat = await self._reader(request)
        after = await self._after(chat, request.query.get("after", "0"))
        found = await self._read_lines(chat, after, MOST_LINES + 1) if chat else []
        self._mark_handed_out(found[:MOST_LINES])
        messages = [wire.message(line) for line in found[:MOST_LINES]]
        return web.json_response({"messages": messages, "more": len(found) > MOST_LINES}, dumps=wire.dumps)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The lines as they come, each an event whose id is the line's; after a while it ends and is opened anew."""
        token = self._visitors.read(request)
        if token is None:
            raise web.HTTPForbidden(text="a visitor's cookie is expected: open /chat or post a message first")
        try:
            with self._crowd.streams.place(token, caller.network(request)):
                return await self._streamed(request, token)
        except Full as full:
            raise _full(full) from None

    async def _streamed(self, request: web.Request, token: str) -> web.StreamResponse:
        chat = await self._chat(token)
        after = await self._after(chat, request.headers.get("Last-Event-ID", request.query.get("after", "0")))
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await answer.prepare(request)
        await answer.write(b"retry: 2000\n\n")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._crowd.stream_s):
                async for line in self._follow(chat, token, after):
                    await answer.write(b": still here\n\n" if line is None else wire.event(line))
        return answer

    async def image(self, request: web.Request) -> web.Response:
        """The picture of one line: an announcement's, a card drawn from its words, or the visitor's own photo."""
        chat = await self._reader(request)
        number = request.match_info["number"]
        if chat is None or not number.isascii() or not number.isdigit() or len(number) > 12:
            raise web.HTTPNotFound
        found = await self._database.read(lambda unit: self._picture(unit, chat, int(number)))
        for _ in range(CLEANING_LOOKS):
            if found != b"":
                break
            await asyncio.sleep(CLEANING_LOOK_S)
            found = await self._database.read(lambda unit: self._picture(unit, chat, int(number)))
        if not found:
            raise web.HTTPNotFound
        if isinstance(found, bytes):
            return web.Response(body=found, content_type="image/jpeg")
        from bot.pictures import cards

        png = await asyncio.to_thread(cards.card, *found)
        return web.Response(body=png, content_type="image/png")

    def _picture(self, unit: Unit, chat: Chat, number: int) -> tuple[str, Mapping[str, str]] | bytes | None:
        line = chats.line(unit, Vault(unit, self._office.master), chat, number)
        if line is None:
            return None
        card, photos = line.body.get("card"), line.body.get("photos")
        if isinstance(card, dict):
            announced = card["kind"] == outbox.PICTURE_CARD
            return pictures.picture(unit, card["values"]["code"]) if announced else (card["kind"], card["values"])
        if isinstance(photos, list) and photos:
            desk = self._office.desk(unit, Actor("person", chat.person_id), "picture", self._clock, chat)
            return desk.files.clean_photo(str(photos[0]))
        return None

    # Reading

    async def _sentence(self, token: str, key: str) -> str:
        """What the page shows to the person herself, in her language."""
        chat = await self._chat(token)
        return self._office.texts.sentence(chat.language if chat and chat.language else "vi", key)

    async def _chat(self, token: str) -> Chat | None:
        external = self._visitors.external(token)
        return await self._database.read(lambda unit: chats.find(unit, WebChat.name, external))

    async def _reader(self, request: web.Request) -> Chat | None:
        token = self._visitors.read(request)
        return await self._chat(token) if token else None

    async def _after(self, chat: Chat | None, after: str) -> int:
        """A cursor of this chat; "now" is its end. Raises HTTPBadRequest for any other."""
        if after in ("", "0") or (after == "now" and chat is None):
            return 0
        if after == "now" and chat is not None:
            return await self._database.read(lambda unit: chats.last_line(unit, chat))
        if after.isascii() and after.isdigit() and len(after) < 13 and chat is not None:
            last = await self._database.read(lambda unit: chats.last_line(unit, chat))
            if int(after) <= last:
                return int(after)
        raise web.HTTPBadRequest(text="after: not an id of this chat")

    async def _read_lines(self, chat: Chat, after: int, most: int) -> list[Line]:
        def work(unit: Unit) -> list[Line]:
            # Who erased herself has a fresh person at the same address.
            return chats.lines(
                unit, Vault(unit, self._office.master), chats.at_address(unit, chat.address_id), after, most
            )

        return await self._database.read(work)

    async def _follow(self, chat: Chat | None, token: str, after: int) -> AsyncIterator[Line | None]:
        """Lines as they come; None when there was none for a while."""
        with self._lines.following(self._visitors.external(token)) as first:
            while chat is None:
                chat = await self._chat(token)
                while chat is None and not await _happens(first, HEARTBEAT_S):
                    yield None
        with self._lines.following(chat.address_id) as arrival:
            while True:
                arrival.clear()
                try:
                    found = await self._read_lines(chat, after, MOST_LINES)
                except (DatabaseAway, UnclearCommit):
                    found = []
                for line in found:
                    after = line.number
                    yield line
                self._mark_handed_out(found)
                while not found and not await _happens(arrival, HEARTBEAT_S):
                    yield None

    def _mark_handed_out(self, lines: list[Line]) -> None:
        """Note, without waiting, that these lines were read out: what we said is delivered."""
        ids = [line.outbox_id for line in lines if line.outbox_id is not None]
        if ids:
            now = self._clock.now()
            self._lines.later(self._database.mark(lambda unit: outbox.handed_out(unit, ids, now)))


def _full(full: Full) -> web.HTTPException:
    """What is answered where there is no room: to one who takes too much 429, to all others that we are full."""
    headers = {"Retry-After": str(full.retry_after_s)}
    return (
        web.HTTPServiceUnavailable(headers=headers) if full.whose == "all" else web.HTTPTooManyRequests(headers=headers)
    )


async def _happens(event: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await event.wait()
    except TimeoutError:
        return False
    return True
