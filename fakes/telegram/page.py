"""Phones of a few residents in a browser, on top of the fake: what they see, and everything they can do."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from fakes.telegram.chats import Message
from fakes.telegram.server import FakeTelegram
from fakes.telegram.user import TelegramUser
from fakes.telegram.wire import Json, Refusal

PAGE = Path(__file__).with_name("page.html")
# Numbers that nobody has: such prefixes are not given out.
RESIDENTS = {"Bà Lan": "84000000001", "Ông Huy": "84000000002", "Chị Mơ": "84000000003"}


@dataclass(slots=True)
class Page:
    """The page and its routes. people: by name, with their phone number."""

    telegram: FakeTelegram
    residents: dict[str, str] = field(default_factory=lambda: dict(RESIDENTS))
    people: list[TelegramUser] = field(default_factory=list)

    def mount(self) -> None:
        """Add the residents and the routes; before the fake is opened."""
        self.people = [self.telegram.user(name) for name in self.residents]
        self.telegram.app.add_routes(
            [
                web.get("/", self._page),
                web.get("/demo/stream", self._stream),
                web.post("/demo/{who}/photo", self._photo),
                web.post("/demo/{who}/{what}", self._act),
                web.get("/demo/file/{path:.+}", self._file),
            ]
        )

    async def _page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE, headers={"Cache-Control": "no-store"})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Every phone's state, as it is and whenever it changes."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        shown = ""
        # A page that was closed is found out by the next write.
        with suppress(ConnectionResetError):
            while not self.telegram.closing.is_set():
                if (now := json.dumps([_phone(person) for person in self.people])) != shown:
                    shown = now
                    await stream.write(f"data: {now}\n\n".encode())
                await self.telegram.world.bell.wait()
        return stream

    async def _act(self, request: web.Request) -> web.Response:
        """Do what a finger did. A phone that can't do it says so with 409."""
        person, body = self._person(request), await request.json()
        do: dict[str, Callable[[], object]] = {
            "says": lambda: person.says(str(body["text"])),
            "edits": lambda: person.edits(str(body["text"])),
            "presses": lambda: person.presses_data(str(body["data"]), _shown(person, int(body["message"]))),
            "contact": lambda: person.shares_contact(self.residents[str(person.about["first_name"])]),
            "sticker": person.sends_sticker,
            "blocks": person.blocks,
            "unblocks": person.unblocks,
        }
        try:
            do[request.match_info["what"]]()
        except (AssertionError, KeyError, StopIteration):
            return web.Response(status=409)
        return web.Response(status=204)

    async def _photo(self, request: web.Request) -> web.Response:
        person, content = self._person(request), await request.read()
        try:
            person.sends_photo(content)
        except (Refusal, AssertionError):
            return web.Response(status=409)
        return web.Response(status=204)

    async def _file(self, request: web.Request) -> web.Response:
        if (kept := self.telegram.world.files.at(request.match_info["path"])) is None:
            return web.Response(status=404)
        return web.Response(body=kept.content, content_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})

    def _person(self, request: web.Request) -> TelegramUser:
        number = request.match_info["who"]
        if not number.isdigit() or int(number) >= len(self.people):
            raise web.HTTPNotFound
        return self.people[int(number)]


def _shown(person: TelegramUser, message_id: int) -> Message:
    found = person.chat.find(message_id)
    assert found is not None
    return found


def _phone(person: TelegramUser) -> Json:
    chat, files = person.chat, person.world.files
    return {
        "name": person.about["first_name"],
        "blocked": chat.status == "blocked",
        "notice": chat.notice,
        "keys": [
            [{"text": key["text"], "contact": bool(key.get("request_contact"))} for key in row]
            for row in chat.keyboard
        ],
        "messages": [
            {
                "id": message.id,
                "mine": message.mine,
                "text": message.text or _words(message.content),
                "date": message.date,
                "edited": bool(message.edit_date),
                "typed": "text" in message.content,
                "photo": files.by_id[message.content["photo"][-1]["file_id"]].path if message.photo else "",
                "rows": message.rows,
            }
            for message in chat.messages
        ],
    }  # fmt: skip


def _words(content: Json) -> str:
    """What stands for a message without a text."""
    if "contact" in content:
        return f"Danh thiếp: {content['contact']['first_name']}\n+{content['contact']['phone_number']}"
    if "sticker" in content:
        return f"Nhãn dán {content['sticker']['emoji']}"
    return ""
