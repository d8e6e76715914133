"""How calls to Telegram go over our HTTP: words, keyboards, photos and files whole, and nothing of them in a log."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
from aiohttp import BodyPartReader, web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from telegram.error import TelegramError

from bot.channels.contract import Refused, Unclear
from bot.channels.telegram.client import AiohttpRequest, open_bot
from bot.channels.telegram.errors import classified
from bot.logs import QUIET, SILENT, setup
from tests.kit.other_end import (
    CHAT,
    SENT,
    TOKEN,
    WORDS,
    Deed,
    Platform,
    answers,
    closes,
    failure,
    late,
    page,
    refuses,
    takes,
)  # fmt: skip


async def test_a_call_is_made_once_even_if_the_connection_was_used_before(platform: Platform, bot: Bot) -> None:
    await bot.send_message(CHAT, "one")
    platform.deed = closes

    error = await failure(bot.send_message(CHAT, "two"))

    assert isinstance(classified(error), Unclear)
    assert [call.json["text"] for call in platform.calls] == ["one", "two"]


async def test_calls_share_a_connection(platform: Platform, bot: Bot) -> None:
    await bot.send_message(CHAT, "one")
    await bot.send_message(CHAT, "two")

    assert platform.connections == 1


async def test_words_and_keyboard_arrive_as_they_are(platform: Platform, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Đồng ý 👍", callback_data="n.1")]])

    await bot.send_message(CHAT, WORDS, reply_markup=keyboard)

    (call,) = platform.calls
    assert call.path == f"/bot{TOKEN}/sendMessage"
    assert call.headers["content-type"] == "application/json"
    assert call.json == {
        "chat_id": CHAT,
        "text": WORDS,
        "reply_markup": {"inline_keyboard": [[{"text": "Đồng ý 👍", "callback_data": "n.1"}]]},
    }


async def test_the_button_for_her_own_number_arrives(platform: Platform, bot: Bot) -> None:
    keyboard = ReplyKeyboardMarkup([[KeyboardButton("Gửi số của tôi", request_contact=True)]], one_time_keyboard=True)

    await bot.send_message(CHAT, WORDS, reply_markup=keyboard)

    assert platform.calls[0].json["reply_markup"] == {
        "keyboard": [[{"text": "Gửi số của tôi", "request_contact": True}]],
        "one_time_keyboard": True,
    }


async def test_what_telegram_says_of_a_message_is_read(bot: Bot) -> None:
    sent = await bot.send_message(CHAT, WORDS)

    assert (sent.message_id, sent.chat.id) == (7, CHAT)


async def test_a_photo_is_uploaded_as_a_form(request_: AiohttpRequest) -> None:
    found: dict[str, object] = {}

    async def send_photo(request: web.Request) -> web.Response:
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            found[str(part.name)] = await part.read() if part.filename else await part.text()
            if part.filename:
                found["file"] = (part.filename, part.headers["Content-Type"])
        return web.json_response({"ok": True, "result": SENT})

    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/sendPhoto", send_photo)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Xem", callback_data="n.1")]])

    bot = open_bot(TOKEN, origin, origin, request_)
    await bot.send_photo(CHAT, b"\x89PNG\r\n\x1a\n bytes", caption=WORDS, filename="ma.png", reply_markup=keyboard)

    await runner.cleanup()
    assert found.pop("file") == ("ma.png", "image/png")
    assert json.loads(str(found.pop("reply_markup"))) == {
        "inline_keyboard": [[{"text": "Xem", "callback_data": "n.1"}]]
    }
    assert found == {"chat_id": str(CHAT), "caption": WORDS, "photo": b"\x89PNG\r\n\x1a\n bytes"}


async def test_waiting_for_updates_may_take_longer_than_other_calls(platform: Platform, bot: Bot) -> None:
    platform.deed = late(0.6, takes([]))

    assert await bot.get_updates(timeout=10, read_timeout=0.2) == ()


async def test_half_a_letter_in_one_update_keeps_no_other_back(platform: Platform, bot: Bot) -> None:
    platform.deed = answers(200, b'{"ok":true,"result":[{"update_id":1},{"update_id":2,"x":"\\ud83d Lan"}]}')

    found = await bot.get_updates()

    assert [update.update_id for update in found] == [1, 2]


async def test_a_file_is_fetched_from_where_files_are(platform: Platform, bot: Bot, request_: AiohttpRequest) -> None:
    platform.deed = takes({"file_id": "f", "file_unique_id": "u", "file_path": "photos/file_1.jpg"})
    file = await bot.get_file("f")
    platform.deed = answers(200, b"picture", kind="image/jpeg")

    picture = await request_.download(str(file.file_path), 7)

    assert picture == b"picture"
    assert platform.calls[-1].path == f"/file/bot{TOKEN}/photos/file_1.jpg"


async def test_a_file_one_byte_too_large_is_refused(platform: Platform, request_: AiohttpRequest) -> None:
    platform.deed = answers(200, b"picture", kind="image/jpeg")

    error = classified(await failure(request_.download(f"{platform.origin}/file/x", 6)))

    assert error.reason == "too_big"


async def test_a_file_that_is_too_large_is_not_read_to_its_end(platform: Platform, request_: AiohttpRequest) -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    platform.deed = endless

    error = classified(await failure(request_.download(f"{platform.origin}/file/x", 100_000)))

    assert type(error) is Refused
    assert error.reason == "too_big"


@pytest.mark.parametrize(
    ("deed", "reason"),
    [(page(404), "http_404"), (page(302), "http_302"), (answers(200, b"pic", more=9), "cut"), (closes, "disconnected")],
)
async def test_a_file_that_does_not_come_is_told(
    platform: Platform, request_: AiohttpRequest, deed: Deed, reason: str
) -> None:
    platform.deed = deed

    error = classified(await failure(request_.download(f"{platform.origin}/file/x", 100_000)))

    assert error.reason == reason


async def test_a_bot_has_no_other_http_than_ours(bot: Bot, request_: AiohttpRequest) -> None:
    assert bot._request == (request_, request_)


async def test_opening_and_closing_twice_is_as_once(platform: Platform) -> None:
    request = AiohttpRequest()
    bot = open_bot(TOKEN, platform.origin, platform.origin, request)
    await request.initialize()
    await request.initialize()
    await bot.send_message(CHAT, WORDS)

    await request.shutdown()
    await request.shutdown()

    assert len(platform.calls) == 1


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Every line of every logger at DEBUG, bare: as written before our form takes anything out."""
    root, names = logging.getLogger(), (*QUIET, *SILENT)
    kept = root.handlers[:], root.level, logging.raiseExceptions, {n: logging.getLogger(n).level for n in names}
    written = io.StringIO()
    setup("DEBUG")
    root.handlers[:] = [logging.StreamHandler(written)]
    yield written
    root.handlers[:], level, logging.raiseExceptions, levels = kept
    root.setLevel(level)
    for name, own in levels.items():
        logging.getLogger(name).setLevel(own)


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param(takes(SENT), id="taken"),
        pytest.param(answers(200, WORDS.encode()), id="no JSON"),
        pytest.param(answers(500, WORDS.encode()), id="500"),
        pytest.param(refuses(400, f"Bad Request: {WORDS}"), id="400"),
        pytest.param(closes, id="hangs up"),
        pytest.param(takes([{"update_id": 1, "message": {"message_id": 1, "text": WORDS}}]), id="an update amiss"),
    ],
)
async def test_no_logger_writes_token_words_or_number_even_at_debug(
    lines: io.StringIO, platform: Platform, bot: Bot, deed: Deed
) -> None:
    platform.deed = deed

    for call in (bot.send_message(CHAT, WORDS), bot.get_updates(), bot.get_me()):
        try:
            await call
        except (TelegramError, TypeError, KeyError, ValueError, AttributeError):
            logging.getLogger("bot.test").debug("failed")
    logging.getLogger("bot.test").debug("the end")

    assert "the end" in lines.getvalue()
    for secret in (TOKEN, "Lan", "0905", "tốc mái", str(CHAT)):
        assert secret not in lines.getvalue()
