"""A fake Telegram, and python-telegram-bot's own client as the oracle of what the real one would answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

import pytest
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from fakes.telegram.server import FakeTelegram, fake_telegram
from fakes.telegram.user import TelegramUser

YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Có", callback_data="yes")], [InlineKeyboardButton("Không", callback_data="no")]]
)


@pytest.fixture(autouse=True)
def waits_are_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client tell waits as durations, as the next of its releases does; else it warns."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with open_bot(telegram) as bot:
        yield bot


@pytest.fixture
def lan(telegram: FakeTelegram) -> TelegramUser:
    """Somebody who has written `/start`."""
    lan = telegram.user("Lan")
    lan.says("/start")
    return lan


@asynccontextmanager
async def open_bot(telegram: FakeTelegram, token: str = "") -> AsyncIterator[Bot]:
    """The client, without the getMe that its start would bring."""
    origin = telegram.origin
    bot = Bot(token or telegram.token, base_url=f"{origin}/bot", base_file_url=f"{origin}/file/bot")
    for request in bot._request:
        await request.initialize()
    try:
        yield bot
    finally:
        for request in bot._request:
            await request.shutdown()


def photo(width: int = 640, height: int = 480, kind: str = "PNG") -> bytes:
    """A picture of so many pixels."""
    written = BytesIO()
    Image.new("RGB", (width, height), "teal").save(written, kind)
    return written.getvalue()
