"""Phones with Telegram in a browser."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from aiohttp import web

from fakes.bot_api import Refusal
from fakes.page import RESIDENTS, Page
from fakes.telegram.chats import Message
from fakes.telegram.server import FakeTelegram
from fakes.telegram.user import TelegramUser
from fakes.wire import Json


class TelegramPage(Page[TelegramUser]):
    """The residents' phones."""

    html = Path(__file__).with_name("page.html")
    impossible = (*Page.impossible, Refusal)

    def __init__(self, telegram: FakeTelegram, *, port: int = 0) -> None:
        super().__init__(telegram.world.bell, [telegram.user(name) for name in RESIDENTS], port=port)
        self.telegram = telegram

    def _more(self) -> Sequence[web.RouteDef]:
        return [web.get("/file/{path:.+}", self._file)]

    def _state(self) -> object:
        return [_phone(person) for person in self.people]

    def _deeds(self, number: int, body: Json) -> Mapping[str, Callable[[], object]]:
        person = self.people[number]
        return {
            "says": lambda: person.says(str(body["text"])),
            "edits": lambda: person.edits(str(body["text"])),
            "presses": lambda: person.presses_data(str(body["data"]), _shown(person, int(body["message"]))),
            "contact": lambda: person.shares_contact(RESIDENTS[str(person.about["first_name"])]),
            "sticker": person.sends_sticker,
            "blocks": person.blocks,
            "unblocks": person.unblocks,
        }

    def _sends(self, person: TelegramUser, picture: bytes) -> None:
        person.sends_photo(picture)

    async def _file(self, request: web.Request) -> web.Response:
        kept = self.telegram.world.files.at(request.match_info["path"])
        return self._shows(kept.content if kept else None)


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
