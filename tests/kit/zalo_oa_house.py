"""A house with our own Official Account of Zalo beside it; the office's clock is both of theirs.

Why calls are not counted by the minute here unless a test says so: the clock in hand stands still, and so would the
minute.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import orjson
from aiohttp import ClientSession
from sqlmodel import col, select

from bot.channels.registry import CHANNELS
from fakes.wire import Json
from fakes.zalo_oa.pusher import SIGNATURE
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from fakes.zalo_oa.tokens import ACCESS_LIFE
from fakes.zalo_oa.user import ZaloUser
from storage.database import Unit
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox, tokens
from storage.tables import OutboxRow
from storage.vault import Vault
from tests.kit import waiting
from tests.kit.clock import HandClock
from tests.kit.house import House, Reply, open_house
from tests.kit.process import free_port

HOOK = "/hooks/zalo-oa"
UNCOUNTED = 1_000_000


@asynccontextmanager
async def zalo_oa_house(
    folder: Path, *, database_url: str = "", owner: bool = True, seeded: bool = True, **settings: str
) -> AsyncIterator[tuple[House, FakeZaloOa]]:
    """Serve until left, with a fast account whose webhook is saved. seeded: the house has the first tokens.

    settings: an empty one is not given.
    """
    async with (
        fake_zalo_oa(clock=HandClock()) as zalo,
        house_of(zalo, folder, database_url=database_url, owner=owner, seeded=seeded, **settings) as house,
    ):
        yield house, zalo


@asynccontextmanager
async def house_of(
    zalo: FakeZaloOa, folder: Path, *, database_url: str = "", owner: bool = True, seeded: bool = True, **settings: str
) -> AsyncIterator[House]:
    """Serve an account that is there already, perhaps once more; the clock goes on from where the account's is."""
    zalo.world.limiter.limit = UNCOUNTED

    async def prepare(house: House) -> None:
        house.clock.at = zalo.world.now()
        zalo.world.clock = house.clock
        if seeded:
            await seed(house, zalo)

    port = str(free_port())
    given = zalo.settings | {
        "PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ZALO_OA_RATE": "1000",
        "MEDIA_HOSTS": zalo.openapi.removeprefix("http://"),
    }
    given = {name: value for name, value in (given | settings).items() if value}
    async with open_house(
        folder, database_url=database_url, owner=owner, demo=False, prepare=prepare, channels=CHANNELS, **given
    ) as house:
        assert await zalo.save_webhook(house.origin + HOOK), "the probe was not answered with 200"
        yield house


async def seed(house: House, zalo: FakeZaloOa) -> None:
    """Give the house the first pair, as the operator's command does."""
    master, now = house.service.opened.office.master, house.clock.now()
    access, refresh, until = zalo.seed.access, zalo.seed.refresh, now + ACCESS_LIFE
    await house.database.write(
        lambda unit: tokens.give(unit, Vault(unit, master), "zalo_oa", access, refresh, now, expires_at=until)
    )


async def knock(house: House, zalo: FakeZaloOa, event: bytes | Json, *, mac: str | None = None) -> Reply:
    """Bring an event to the webhook, signed as Zalo does. mac: a header to bring instead, empty for none."""
    raw = event if isinstance(event, bytes) else orjson.dumps(event)
    stamp = "" if isinstance(event, bytes) else str(event.get("timestamp", ""))
    given = f"mac={zalo.pusher.sign(raw, stamp)}" if mac is None else mac
    headers = {"Content-Type": "application/json"} | ({SIGNATURE: given} if given else {})
    async with ClientSession() as web, web.post(house.origin + HOOK, data=BytesIO(raw), headers=headers) as answer:
        return Reply(answer.status, answer.headers.copy(), await answer.read())


async def greeted(user: ZaloUser) -> None:
    """She begins, and chooses her language."""
    before = len(user.heard)
    user.says("/start")
    await user.hears_more(before)
    user.presses("Tiếng Việt")
    await user.hears("Ông/bà cần việc gì?")


async def answered(user: ZaloUser, words: str) -> str:
    """She writes; returns the first text that comes back."""
    before = len(user.heard)
    user.says(words)
    return (await user.hears_more(before))[0].text


async def chat_of(house: House, user: ZaloUser) -> Chat:
    """The chat of somebody who wrote before."""
    external = house.service.opened.office.master.look_up("zalo_oa chat", user.id)
    found = await house.database.read(lambda unit: chats.find(unit, "zalo_oa", external))
    assert found is not None, f"{user.person.name} never wrote"
    return found


async def queue(house: House, user: ZaloUser, *words: str, kind: str = "notice", **body: object) -> list[int]:
    """Put messages to somebody who wrote before in the outbox; returns their numbers."""
    chat, now, master = await chat_of(house, user), house.clock.now(), house.service.opened.office.master

    def put(unit: Unit) -> list[int]:
        keys = [f"{chat.address_id}/{kind}/{now.timestamp()}/{number}/{one[:30]}" for number, one in enumerate(words)]
        for key, one in zip(keys, words, strict=True):
            outbox.put(unit, Vault(unit, master), chat, key, kind, {"text": one, "key": "plain", **body}, "test", now)
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


async def knows(house: House, user: ZaloUser) -> None:
    """She wrote once and was answered, so that she can be written to."""
    await greeted(user)
    chat = await chat_of(house, user)
    over = select(OutboxRow.id).where(
        col(OutboxRow.address_id) == chat.address_id, col(OutboxRow.state).in_(("queued", "sending"))
    )
    await waiting.until(
        "all that was said to her is sent",
        lambda: house.database.read(lambda unit: list(unit.scalars(over))),
        lambda waits: not waits,
    )
