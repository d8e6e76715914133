"""A house with our own Bot Platform of Zalo beside it; the office's clock is both of theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal

import orjson
from aiohttp import ClientSession
from sqlmodel import col, select

from bot.channels.registry import CHANNELS
from fakes.wire import Json
from fakes.zalo_bot.pusher import HEADER
from fakes.zalo_bot.server import FakeZaloBot, fake_zalo_bot
from fakes.zalo_bot.user import ZaloBotUser
from storage.database import Unit
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox
from storage.tables import OutboxRow
from storage.vault import Vault
from tests.kit import waiting
from tests.kit.house import House, Reply, open_house
from tests.kit.process import free_port

SECRET = "a-secret-of-the-tests-0123456789-abc"
HOOK = "/hooks/zalo-bot"


@asynccontextmanager
async def zalo_bot_house(
    folder: Path, *, database_url: str = "", mode: Literal["webhook", "polling"] = "webhook", owner: bool = True,
    public: bool = True, **settings: str,
) -> AsyncIterator[tuple[House, FakeZaloBot]]:  # fmt: skip
    """Serve until left; by webhook once Zalo knows where to bring its updates. public: there is a PUBLIC_URL."""
    port = str(free_port())
    async with fake_zalo_bot() as zalo:
        given = zalo.settings | {"PORT": port, "ZALO_BOT_MODE": mode, "ZALO_BOT_WEBHOOK_SECRET": SECRET}
        given |= ({"PUBLIC_URL": f"http://127.0.0.1:{port}"} if public else {}) | settings
        async with open_house(
            folder, database_url=database_url, owner=owner, demo=False, prepare=None, channels=CHANNELS, **given
        ) as house:
            zalo.world.clock = house.clock
            if mode == "webhook" and given["ZALO_BOT_API_BASE"] == zalo.origin:
                await waiting.until("the webhook is set", lambda: zalo.world.webhook)
            yield house, zalo


async def knock(house: House, body: bytes | Json, *secrets: str) -> Reply:
    """Bring something to the webhook as anybody could, with these secrets."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    headers = [("Content-Type", "application/json"), *((HEADER, secret) for secret in secrets)]
    async with ClientSession() as web, web.post(house.origin + HOOK, data=BytesIO(raw), headers=headers) as answer:
        return Reply(answer.status, answer.headers.copy(), await answer.read())


async def chat_of(house: House, user: ZaloBotUser) -> Chat:
    """Her chat, which is made if she never wrote."""
    vault_of, now = house.service.opened.office.master, house.clock.now()

    def arrive(unit: Unit) -> Chat:
        vault = Vault(unit, vault_of)
        return chats.arrive(unit, vault, "zalo_bot", vault.look_up("zalo_bot chat", user.id), now, platform=user.id)

    return await house.database.write(arrive)


async def queue(house: House, user: ZaloBotUser, *words: str, kind: str = "notice", **body: object) -> list[int]:
    """Put messages to her in the outbox; returns their numbers."""
    chat, now, master = await chat_of(house, user), house.clock.now(), house.service.opened.office.master

    def put(unit: Unit) -> list[int]:
        keys = [f"{chat.address_id}/{kind}/{number}/{one[:30]}" for number, one in enumerate(words)]
        for key, one in zip(keys, words, strict=True):
            said = {"text": one, "key": "plain", **body}
            outbox.put(unit, Vault(unit, master), chat, key, kind, said, "test", now)
        found = select(OutboxRow.id).where(col(OutboxRow.key).in_(keys)).order_by(col(OutboxRow.id))
        return [int(number) for number in unit.scalars(found) if number is not None]

    numbers = await house.database.write(put)
    house.service.platforms[0].sender.wake()
    return numbers


async def until(house: House, number: int, *states: str) -> OutboxRow:
    """Wait until a message stands in one of these states; returns its row. Raises NeverCame."""
    return await waiting.until(
        f"message {number} is {' or '.join(states)}",
        lambda: house.database.read(lambda unit: unit.get_one(OutboxRow, number)),
        lambda row: row.state in states,
    )


async def greeted(user: ZaloBotUser) -> None:
    """She begins, and chooses her language by its number."""
    before = len(user.heard)
    user.says("/start")
    await user.hears_more(before)
    user.says("1")
    await user.hears("Ông/bà cần việc gì?")


async def answered(user: ZaloBotUser, words: str) -> str:
    """She writes; returns the first text that comes back."""
    before = len(user.heard)
    user.says(words)
    return (await user.hears_more(before))[0].text
