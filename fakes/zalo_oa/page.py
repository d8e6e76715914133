"""Phones of a few residents in a browser, on top of the fake: what they see on Zalo, and everything they can do."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from aiohttp import web

from fakes.telegram.page import RESIDENTS
from fakes.zalo_oa import windows
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from fakes.zalo_oa.users import Shown
from fakes.zalo_oa.wire import Json

PAGE = Path(__file__).with_name("page.html")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
STEP_DAYS = 3
UNSUPPORTED = -233
MOST_PICTURE = 10 * 2**20
PICTURES = (b"\xff\xd8\xff", b"\x89PNG")


class Service(Protocol):
    """What stands behind the account, as far as the page needs it."""

    def held(self, user: ZaloUser) -> int:
        """How many messages to her wait until she writes."""

    async def move(self, days: int) -> None:
        """Let so many days pass."""

    async def allow_buttons(self) -> None:
        """Try buttons again, after they were refused."""

    async def sign_in(self) -> Json:
        """Where an official signs in, and with what: address, email, password, code."""


@dataclass(slots=True)
class Page:
    """The page and its routes. residents: names with phone numbers; origin: where it is, once open."""

    zalo: FakeZaloOa
    service: Service
    residents: dict[str, str] = field(default_factory=lambda: dict(RESIDENTS))
    people: list[ZaloUser] = field(init=False)
    origin: str = ""
    _runner: web.AppRunner | None = None
    _closing: bool = False

    def __post_init__(self) -> None:
        self.people = [self.zalo.user(name, phone=phone) for name, phone in self.residents.items()]

    async def open(self, port: int = 0) -> None:
        """Listen, on a free port unless given."""
        app = web.Application(client_max_size=MOST_PICTURE)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/stream", self._stream),
                web.post("/days", self._days),
                web.post("/buttons", self._buttons),
                web.post("/sign-in", self._sign_in),
                web.get("/{who}/picture/{id}", self._picture),
                web.post("/{who}/picture", self._send_picture),
                web.post("/{who}/{what}", self._act),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """End all, open streams included."""
        self._closing = True
        self.zalo.world.bell.ring()
        if self._runner:
            await self._runner.cleanup()

    async def _page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE, headers={"Cache-Control": "no-store"})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Every phone's state, as it is and whenever it changes."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        shown = ""
        # A page that was closed is found out by the next write.
        with suppress(ConnectionResetError):
            while not self._closing:
                if (now := json.dumps(self._state())) != shown:
                    shown = now
                    await stream.write(f"data: {now}\n\n".encode())
                await self.zalo.world.bell.wait()
        return stream

    async def _days(self, request: web.Request) -> web.Response:
        await self.service.move(STEP_DAYS)
        return self._done()

    async def _buttons(self, request: web.Request) -> web.Response:
        """Let the account have buttons or not."""
        allowed = bool((await request.json())["allowed"])
        self.zalo.world.account.buttons_refused = 0 if allowed else UNSUPPORTED
        if allowed:
            await self.service.allow_buttons()
        return self._done()

    async def _sign_in(self, request: web.Request) -> web.Response:
        return web.json_response(await self.service.sign_in())

    async def _act(self, request: web.Request) -> web.Response:
        """Do what a finger did. A phone that can't do it says so with 409."""
        person, body = self._person(request), await request.json()
        do: dict[str, Callable[[], object]] = {
            "says": lambda: person.says(str(body["text"])),
            "taps": lambda: person.taps(_found(person, str(body["message"])).buttons[int(body["button"])]),
            "contact": lambda: person.shares_contact(self.residents[person.person.name]),
            "sticker": person.sends_sticker,
            "follows": person.follows,
            "unfollows": person.unfollows,
        }
        try:
            do[request.match_info["what"]]()
        except (AssertionError, KeyError, IndexError, ValueError):
            return web.Response(status=409)
        return self._done()

    async def _send_picture(self, request: web.Request) -> web.Response:
        person, content = self._person(request), await request.read()
        if not content.startswith(PICTURES):
            return web.Response(status=409)
        person.sends_image(content)
        return self._done()

    async def _picture(self, request: web.Request) -> web.Response:
        found = self._person(request).person.find(request.match_info["id"])
        if found is None or found.picture is None:
            return web.Response(status=404)
        kind = "image/png" if found.picture.startswith(b"\x89PNG") else "image/jpeg"
        return web.Response(body=found.picture, content_type=kind, headers={"Cache-Control": "max-age=3600"})

    def _person(self, request: web.Request) -> ZaloUser:
        number = request.match_info["who"]
        if not number.isdecimal() or int(number) >= len(self.people):
            raise web.HTTPNotFound
        return self.people[int(number)]

    def _done(self) -> web.Response:
        self.zalo.world.bell.ring()
        return web.Response(status=204)

    def _state(self) -> Json:
        now = self.zalo.world.now().astimezone(ZONE)
        return {
            "now": _day(now),
            "buttons": self.zalo.world.account.buttons_refused == 0,
            "phones": [self._phone(person, now) for person in self.people],
        }

    def _phone(self, user: ZaloUser, now: datetime) -> Json:
        return {
            "name": user.person.name,
            "follows": user.person.status == "follower",
            "window": _window(user.person.last, now),
            "held": self.service.held(user),
            "messages": [_message(shown) for shown in user.sees],
        }


def _found(person: ZaloUser, message_id: str) -> Shown:
    found = person.person.find(message_id)
    assert found is not None
    return found


def _window(last: datetime | None, now: datetime) -> str:
    """What the account may write to her now, for an official to read."""
    if last is None:
        return "Chưa nhắn lần nào: OA không gửi được"
    for kind, length in (("OA gửi miễn phí", windows.FREE), ("OA gửi phải trả tiền", windows.OPEN)):
        if now - last <= length:
            return f"{kind} đến {_day((last + length).astimezone(ZONE))}"
    return "Đã quá 7 ngày: OA không gửi được"


def _day(moment: datetime) -> str:
    return moment.strftime("%H:%M ngày %d/%m")


def _message(shown: Shown) -> Json:
    at = shown.at.astimezone(ZONE) if shown.at else None
    return {
        "id": shown.id,
        "mine": shown.mine,
        "kind": shown.kind,
        "text": shown.text or _words(shown),
        "time": at.strftime("%H:%M") if at else "",
        "day": at.strftime("%d/%m/%Y") if at else "",
        "picture": shown.picture is not None,
        "buttons": [_button(button) for button in shown.buttons],
    }


def _words(shown: Shown) -> str:
    """What stands for a message without a text."""
    return {"sticker": "[Nhãn dán]", "file": "[Tệp]", "audio": "[Lời nói]", "video": "[Phim]"}.get(shown.kind, "")


def _button(button: Json) -> Json:
    payload = button["payload"]
    return {"title": button["title"], "url": payload.get("url", "") if isinstance(payload, dict) else ""}
