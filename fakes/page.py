"""Phones of a few residents in a browser, beside a fake: what they see, and everything they can do."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from aiohttp import web

from fakes.listener import Listener
from fakes.wire import Bell, Json

# Numbers that nobody has: such prefixes are not given out.
RESIDENTS = {"Bà Lan": "84000000001", "Ông Huy": "84000000002", "Chị Mơ": "84000000003"}
MOST_PICTURE = 10 * 2**20
U = TypeVar("U")


class Page(Listener, ABC, Generic[U]):
    """The page and its routes. html: what is shown; people: whose phones, as in RESIDENTS.

    impossible: what raises when a phone can't do something.
    """

    html: ClassVar[Path]
    impossible: ClassVar[tuple[type[Exception], ...]] = (AssertionError, LookupError, StopIteration, ValueError)

    def __init__(self, bell: Bell, people: Sequence[U], *, port: int = 0) -> None:
        super().__init__(bell, port=port, most_body=MOST_PICTURE)
        self.people = people
        self.app.add_routes([web.get("/", self._page), web.get("/stream", self._stream), *self._more()])
        self.app.add_routes(
            [web.post("/{who}/picture", self._send_picture), web.post("/{who}/{what}", self._act)]
        )  # fmt: skip

    @abstractmethod
    def _state(self) -> object:
        """Every phone as it is now, for the page."""

    @abstractmethod
    def _deeds(self, number: int, body: Json) -> Mapping[str, Callable[[], object]]:
        """What somebody's finger can do, by name."""

    @abstractmethod
    def _sends(self, person: U, picture: bytes) -> None:
        """Send a picture."""

    def _more(self) -> Sequence[web.RouteDef]:
        """Routes of this platform alone."""
        return ()

    async def _page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(self.html, headers={"Cache-Control": "no-store"})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Every phone's state, as it is and whenever it changes."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        shown = ""
        # A page that was closed is found out by the next write.
        with suppress(ConnectionResetError):
            while not self.closing.is_set():
                if (now := json.dumps(self._state())) != shown:
                    shown = now
                    await stream.write(f"data: {now}\n\n".encode())
                await self.bell.wait()
        return stream

    async def _act(self, request: web.Request) -> web.Response:
        """Do what a finger did."""
        deeds = self._deeds(self._number(request), await request.json())
        return self._done(lambda: deeds[request.match_info["what"]]())

    async def _send_picture(self, request: web.Request) -> web.Response:
        person, picture = self._person(request), await request.read()
        return self._done(lambda: self._sends(person, picture))

    def _done(self, deed: Callable[[], object] | None = None) -> web.Response:
        """Do something, if asked. A phone that can't do it says so with 409."""
        try:
            if deed:
                deed()
        except self.impossible:
            return web.Response(status=409)
        self.bell.ring()
        return web.Response(status=204)

    def _shows(self, picture: bytes | None) -> web.Response:
        """A picture, 404 for none."""
        if picture is None:
            return web.Response(status=404)
        kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
        return web.Response(body=picture, content_type=kind, headers={"Cache-Control": "max-age=3600"})

    def _person(self, request: web.Request) -> U:
        return self.people[self._number(request)]

    def _number(self, request: web.Request) -> int:
        number = request.match_info["who"]
        if not number.isdecimal() or int(number) >= len(self.people):
            raise web.HTTPNotFound
        return int(number)
