"""Phones with Zalo in a browser, with what an official does beside them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from aiohttp import web

from fakes.page import RESIDENTS, Page
from fakes.wire import Json
from fakes.zalo_oa import windows
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from fakes.zalo_oa.users import Shown

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
STEP_DAYS = 3
UNSUPPORTED = -233
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


class ZaloOaPage(Page[ZaloUser]):
    """The residents' phones, days that pass, buttons that are taken away."""

    html = Path(__file__).with_name("page.html")

    def __init__(self, zalo: FakeZaloOa, service: Service, *, port: int = 0) -> None:
        people = [zalo.user(name, phone=phone) for name, phone in RESIDENTS.items()]
        super().__init__(zalo.world.bell, people, port=port)
        self.zalo, self.service = zalo, service

    def _more(self) -> Sequence[web.RouteDef]:
        return [
            web.post("/days", self._days),
            web.post("/buttons", self._buttons),
            web.post("/sign-in", self._sign_in),
            web.get("/{who}/picture/{id}", self._picture),
        ]

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

    def _deeds(self, number: int, body: Json) -> Mapping[str, Callable[[], object]]:
        person = self.people[number]
        return {
            "says": lambda: person.says(str(body["text"])),
            "taps": lambda: person.taps(_found(person, str(body["message"])).buttons[int(body["button"])]),
            "contact": lambda: person.shares_contact(person.person.phone),
            "sticker": person.sends_sticker,
            "follows": person.follows,
            "unfollows": person.unfollows,
        }

    def _sends(self, person: ZaloUser, picture: bytes) -> None:
        assert picture.startswith(PICTURES)
        person.sends_image(picture)

    async def _picture(self, request: web.Request) -> web.Response:
        found = self._person(request).person.find(request.match_info["id"])
        return self._shows(found.picture if found else None)

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
