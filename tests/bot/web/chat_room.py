"""A chat server in memory that keeps the contract of our own, for tests of the page alone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.web.errors import BODY_LIMITS
from bot.web.pages import SECURITY_HEADERS, Pages, static_file
from tests.bot.web.sentences import sentence

OWNER = "UBND phường Mẫu"
HOTLINE = "0236 1022"
BEGIN = datetime(2026, 11, 24, 1, 40, tzinfo=UTC)


@dataclass
class ChatRoom:
    """One chat: what was said in it, and the switches a test turns to make the server misbehave."""

    lines: list[dict[str, object]] = field(default_factory=list)
    posts: list[dict[str, str]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    # What the office answers to a text or to the label of a press: (text, option labels).
    answers: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    out_of_service: int = 0  # So many posts are answered 503.
    refuses: str | None = None  # The text that is answered 400.
    streams: list[web.Request] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def says(self, text: str, options: list[str] | None = None, **more: object) -> None:
        """Add a line of ours and hand it to every open stream."""
        pressable = [{"label": label, "press": f"{label}@{len(self.lines)}"} for label in options or []]
        await self._add({"from": "us", "text": text, "options": pressable, **more})

    async def hears(self, text: str, client: str, **more: object) -> None:
        """Add a line of the person's, and our answer to it."""
        await self._add({"from": "you", "text": text, "options": [], "client": client, **more})
        if text in self.answers:
            await self.says(*self.answers[text])

    async def _add(self, line: dict[str, object]) -> None:
        number = len(self.lines) + 1
        at = BEGIN + timedelta(minutes=number)
        async with self.changed:
            self.lines.append({"id": str(number), **line, "at": at.strftime("%Y-%m-%dT%H:%M:%SZ")})
            self.changed.notify_all()

    def cut_streams(self) -> None:
        """Break every open stream as a bad network does, without a closing word."""
        for stream in self.streams:
            if isinstance(stream.transport, asyncio.Transport):
                stream.transport.abort()
        self.streams.clear()

    async def page(self, request: web.Request) -> web.Response:
        """GET /chat."""
        html = Pages(sentence, demo=True).render("chat.html", "vi", owner=OWNER, hotline=HOTLINE)
        return web.Response(text=html, content_type="text/html")

    async def take(self, request: web.Request) -> web.Response:
        """POST /chat/messages."""
        said = await self._read(request)
        self.posts.append(said)
        if self.out_of_service:
            self.out_of_service -= 1
            return web.json_response({"error": "busy"}, status=503, headers={"Retry-After": "1"})
        text = said.get("text") or said.get("press", "").partition("@")[0]
        if text == self.refuses:
            return web.json_response({"error": "Tin dài quá, xin ông/bà viết ngắn lại."}, status=400)
        if said["id"] not in self.taken:
            self.taken.add(said["id"])
            more = {"image": "/static/icon.svg"} if "photo" in said else {}
            await self.hears(text, said["id"], **more)
        return web.json_response({"id": said["id"]}, status=202)

    async def _read(self, request: web.Request) -> dict[str, str]:
        if request.content_type == "application/json":
            read: dict[str, str] = await request.json()
            return read
        form = await request.post()
        photo = form["photo"]
        assert isinstance(photo, web.FileField)
        return {"id": str(form["id"]), "photo": str(len(photo.file.read())), "text": ""}

    async def list(self, request: web.Request) -> web.Response:
        """GET /chat/messages."""
        after = int(request.query["after"])
        found = self.lines[after : after + 100]
        return web.json_response({"messages": found, "more": len(self.lines) > after + 100})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """GET /chat/stream: from the last event the browser has, or from now on."""
        position = int(request.headers.get("Last-Event-ID", len(self.lines)))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        await response.write(b"retry: 50\n: here\n\n")
        self.streams.append(request)
        while True:
            async with self.changed:
                await self.changed.wait_for(lambda: len(self.lines) > position)  # noqa: B023  # waited for at once
                fresh = self.lines[position:]
            position += len(fresh)
            for line in fresh:
                await response.write(f"id: {line['id']}\ndata: {json.dumps(line)}\n\n".encode())

    async def asset(self, request: web.Request) -> web.Response:
        """GET /static/…"""
        found = static_file(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        content, kind = found
        return web.Response(body=content, headers={"Content-Type": kind})


@asynccontextmanager
async def open_room(room: ChatRoom) -> AsyncIterator[str]:
    """Serve a room on loopback; gives its origin."""

    async def secure(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(SECURITY_HEADERS)

    app = web.Application(client_max_size=BODY_LIMITS["/chat/messages"])
    app.on_response_prepare.append(secure)
    app.router.add_get("/chat", room.page)
    app.router.add_post("/chat/messages", room.take)
    app.router.add_get("/chat/messages", room.list)
    app.router.add_get("/chat/stream", room.stream)
    app.router.add_get("/static/{name:.+}", room.asset)
    async with TestServer(app, shutdown_timeout=0) as server:
        yield str(server.make_url("")).rstrip("/")
