"""What we send to Telegram is what python-telegram-bot sends as it is shipped, field by field."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import BodyPartReader, web
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
)
from telegram.request import HTTPXRequest

from bot.channels.contract import Button, Fitted, Picture
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.client import AiohttpRequest, open_bot
from tests.kit.other_end import CHAT, SENT, TOKEN, WORDS

PNG = b"\x89PNG\r\n\x1a\n bytes"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
CHOICE = (Button("Gửi yêu cầu hỗ trợ mới", "n.1"), Button("Xem lại", "n.2", leads=True))
KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Gửi yêu cầu hỗ trợ mới", callback_data="n.1")],
     [InlineKeyboardButton("Xem lại", callback_data="n.2")]]
)  # fmt: skip
CONTACT = ReplyKeyboardMarkup(
    [[KeyboardButton("Gửi số", request_contact=True)], [KeyboardButton("Xem lại")]],
    resize_keyboard=True, one_time_keyboard=True,
)  # fmt: skip
Sent = tuple[str, dict[str, object]]


@dataclass
class Recorder:
    """A Telegram that takes everything, and notes (method, fields) of each call."""

    origin: str = ""
    calls: list[Sent] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        fields: dict[str, object] = {}
        if request.content_type == "application/json":
            fields = {name: _plain(value) for name, value in (await request.json()).items()}
        elif request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                assert isinstance(part, BodyPartReader)
                content = bytes(await part.read())
                named = (part.filename, part.headers.get("Content-Type"), content)
                fields[str(part.name)] = named if part.filename else _plain(content.decode())
        else:
            fields = {name: _plain(value) for name, value in (await request.post()).items()}
        self.calls.append((request.path.rpartition("/")[2], fields))
        return web.json_response({"ok": True, "result": SENT})


def _plain(value: object) -> object:
    """A value as Telegram reads it: in a form numbers and objects stand as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


@pytest.fixture
async def telegram() -> AsyncIterator[Recorder]:
    recorder = Recorder()
    app = web.Application()
    app.router.add_post("/{rest:.*}", recorder.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    recorder.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield recorder
    await runner.cleanup()


async def by_us(telegram: Recorder, message: Fitted) -> Sent:
    """What leaves when we send a message."""
    async with AiohttpRequest() as request:
        bot = open_bot(TOKEN, telegram.origin, telegram.origin, request)
        await Telegram(bot, request, "Gửi số").send(str(CHAT), message)
    return telegram.calls.pop()


async def by_library(telegram: Recorder, call: Callable[[Bot], Awaitable[object]]) -> Sent:
    """What leaves when the library does, over its own HTTP."""
    async with HTTPXRequest(httpx_kwargs={"trust_env": False}) as request:
        await call(Bot(TOKEN, f"{telegram.origin}/bot", request=request, get_updates_request=request))
    return telegram.calls.pop()


CASES: dict[str, tuple[Fitted, Callable[[Bot], Awaitable[object]]]] = {
    "words": (Fitted(text=WORDS), lambda bot: bot.send_message(CHAT, WORDS, link_preview_options=NO_PREVIEW)),
    "words with buttons": (
        Fitted(text=WORDS, buttons=CHOICE),
        lambda bot: bot.send_message(CHAT, WORDS, link_preview_options=NO_PREVIEW, reply_markup=KEYBOARD),
    ),
    "the wish for her number": (
        Fitted(text=WORDS, buttons=CHOICE[1:], contact=True),
        lambda bot: bot.send_message(CHAT, WORDS, link_preview_options=NO_PREVIEW, reply_markup=CONTACT),
    ),
    "a picture": (
        Fitted(text=WORDS, buttons=CHOICE, card=Picture("", {}, jpeg=PNG)),
        lambda bot: bot.send_photo(CHAT, PNG, caption=WORDS, reply_markup=KEYBOARD),
    ),
    "a picture without words": (
        Fitted(text="", card=Picture("", {}, jpeg=PNG)),
        lambda bot: bot.send_photo(CHAT, PNG),
    ),
    "words that change": (
        Fitted(text=WORDS, buttons=CHOICE, instead_of="9"),
        lambda bot: bot.edit_message_text(WORDS, CHAT, 9, link_preview_options=NO_PREVIEW, reply_markup=KEYBOARD),
    ),
    "words that change and lose their buttons": (
        Fitted(text=WORDS, instead_of="9"),
        lambda bot: bot.edit_message_text(WORDS, CHAT, 9, link_preview_options=NO_PREVIEW),
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_message_leaves_as_the_library_sends_it(telegram: Recorder, name: str) -> None:
    message, call = CASES[name]

    assert await by_us(telegram, message) == await by_library(telegram, call)
