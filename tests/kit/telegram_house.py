"""A house with our own Telegram beside it: what people write there comes in, and what is said they see.

Why one clock for both: how old an update is, and when a message is tried again, are told by the office's clock, which
the test holds in its hand. Turns and pauses of the sender are real seconds.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal, TypeVar

from aiohttp import ClientSession
from sqlmodel import func, select

from bot.channels.registry import CHANNELS
from fakes.telegram.server import FakeTelegram, fake_telegram
from fakes.telegram.user import TelegramUser
from fakes.wire import Json
from storage.database import Unit
from tests.kit.house import House, Reply, open_house
from tests.kit.process import free_port
from tests.kit.waiting import until

SECRET = "a-secret-of-the-tests-0123456789-abc"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
HOOK = "/hooks/telegram"
T = TypeVar("T")


@asynccontextmanager
async def telegram_house(
    folder: Path, *, database_url: str = "", mode: Literal["webhook", "polling"] = "webhook", owner: bool = True,
    **settings: str,
) -> AsyncIterator[tuple[House, FakeTelegram]]:  # fmt: skip
    """Serve until left, with a fast account; by webhook once Telegram knows where to bring its updates."""
    port = str(free_port())
    async with fake_telegram() as telegram:
        given = telegram.settings | {
            "PORT": port,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TELEGRAM_MODE": mode,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_RATE": "1000",
        }
        given |= settings
        async with open_house(
            folder, database_url=database_url, owner=owner, demo=False, prepare=None, channels=CHANNELS, **given
        ) as house:
            telegram.world.clock = telegram.world.updates.clock = house.clock
            if mode == "webhook" and given["TELEGRAM_API_BASE"] == telegram.origin:
                await until("the webhook is set", lambda: telegram.world.webhook.url)
            yield house, telegram


async def knock(house: House, body: bytes, *secrets: str) -> Reply:
    """Bring something to the webhook as anybody could, with these secrets."""
    headers = [("Content-Type", "application/json"), *((SECRET_HEADER, secret) for secret in secrets)]
    async with ClientSession() as web, web.post(house.origin + HOOK, data=BytesIO(body), headers=headers) as answer:
        return Reply(answer.status, answer.headers.copy(), await answer.read())


async def greeted(user: TelegramUser) -> None:
    """She begins, and chooses her language."""
    before = len(user.heard)
    user.says("/start")
    await user.hears_more(before)
    user.presses("Tiếng Việt")
    await user.hears("Ông/bà cần việc gì?")


async def answered(user: TelegramUser, words: str) -> str:
    """She writes; returns the first text that comes back."""
    before = len(user.heard)
    user.says(words)
    return (await user.hears_more(before))[0].text


async def eventually(house: House, what: str, work: Callable[[Unit], T | None]) -> T:
    """Read until something is found; returns it. what: the fact, in words. Raises NeverCame."""
    found = await until(what, lambda: house.database.read(work))
    assert found is not None, "what is waited for is something"
    return found


async def counted(house: House, table: type) -> int:
    """How many rows a table has."""
    return await house.database.read(lambda unit: unit.scalar(select(func.count()).select_from(table)) or 0)


def said(text: str, number: int, chat: int = 77, **message: object) -> Json:
    """A message as Telegram brings it, written just now."""
    about = {"id": chat, "type": "private"}
    body = {"message_id": number, "chat": about, "from": {"id": chat, "is_bot": False}, "text": text}
    return {"update_id": number, "message": body | message}
