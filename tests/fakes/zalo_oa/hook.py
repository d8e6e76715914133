"""A webhook of tests: it keeps what is pushed, and answers as it is told."""

import asyncio
import json
from dataclasses import dataclass, field

from aiohttp import web

from fakes.wire import Bell, Json
from tests.kit.waiting import until


@dataclass(frozen=True, slots=True)
class Came:
    """One request: its raw body and its headers."""

    raw: bytes
    headers: dict[str, str]

    @property
    def body(self) -> Json:
        read: Json = json.loads(self.raw)
        return read

    @property
    def what(self) -> str:
        """The event's name and what was said."""
        said = self.body.get("message", {})
        return f"{self.body.get('event_name', '')} {said.get('text', '')}".strip()


@dataclass
class Hook:
    """A webhook that keeps what came. answers: the status of each to come, 200 when there is none; open: none is
    answered while it is not."""

    came: list[Came] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    bell: Bell = field(default_factory=Bell)
    url: str = ""

    def app(self) -> web.Application:
        """What serves it."""
        app = web.Application()
        app.router.add_post("/hook", self._take)
        app.router.add_get("/picture", self._picture)
        return app

    async def until_came(self, count: int) -> None:
        """Wait for so many requests."""
        await until(f"{count} requests came", lambda: self.came, lambda came: len(came) >= count)

    @property
    def whats(self) -> list[str]:
        """What came, but for the probe."""
        return [came.what for came in self.came if came.body]

    async def _take(self, request: web.Request) -> web.Response:
        self.came.append(Came(await request.read(), dict(request.headers)))
        self.bell.ring()
        await self.open.wait()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def _picture(self, request: web.Request) -> web.Response:
        return web.Response(body=b"\xff\xd8\xff a picture", content_type="image/jpeg")
