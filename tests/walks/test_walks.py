"""All walks at once over one service, for each way people write to it and each database it may have."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal, cast

import pytest

from tests.kit.house import open_house
from tests.kit.phones import Phone, web_phone
from tests.kit.postgres import PostgresServer
from tests.kit.sealed import in_the_open
from tests.kit.telegram_house import telegram_house
from tests.kit.telegram_phone import telegram_phone
from tests.kit.zalo_bot_house import zalo_bot_house
from tests.kit.zalo_bot_phone import zalo_bot_phone
from tests.kit.zalo_oa_house import zalo_oa_house
from tests.kit.zalo_oa_phone import zalo_oa_phone
from tests.walks.giving import GIVING
from tests.walks.news import NEWS
from tests.walks.steps import CHANNELS, Walk
from tests.walks.table import WALKS

# Where updates are asked for without reading them, the library warns; the product says so once, pytest forgets it.

AT_ONCE = 24  # walks; more only wait for each other
SOME = 6  # walks of so many one

Phones = Callable[[], AbstractAsyncContextManager[Phone]]
PAIRS = [
    pytest.param(way, database, 1, marks=[] if (way, database) == ("webchat", "sqlite") else pytest.mark.trial)
    for way in ("webchat", "webhook", "polling")
    for database in ("sqlite", "postgresql")
]
# Every day all are walked in one way, and some in each of the others.
PAIRS += [
    pytest.param("webhook", "postgresql", 2, id="webhook-postgresql-half"),
    pytest.param("polling", "sqlite", SOME, id="polling-sqlite-some"),
    pytest.param("zalo_bot webhook", "sqlite", SOME, id="zalo_bot-webhook-sqlite-some"),
    *(
        pytest.param(f"zalo_bot {mode}", database, 1, id=f"zalo_bot-{mode}-{database}", marks=pytest.mark.trial)
        for mode in ("webhook", "polling")
        for database in ("sqlite", "postgresql")
    ),
    pytest.param("zalo_oa", "postgresql", SOME, id="zalo_oa-postgresql-some"),
    *(
        pytest.param("zalo_oa", database, 1, id=f"zalo_oa-{database}", marks=pytest.mark.trial)
        for database in ("sqlite", "postgresql")
    ),
]


@asynccontextmanager
async def opened(way: str, folder: Path, database_url: str) -> AsyncIterator[Phones]:
    """The service, and new phones on one way to it."""
    async with AsyncExitStack() as stack:
        if way == "webchat":
            house = await stack.enter_async_context(open_house(folder, database_url=database_url))
            yield lambda: web_phone(house)
            return
        if way == "zalo_oa":
            house, account = await stack.enter_async_context(zalo_oa_house(folder, database_url=database_url))

            @asynccontextmanager
            async def on_zalo_oa() -> AsyncIterator[Phone]:
                yield zalo_oa_phone(house, account)

            yield on_zalo_oa
            return
        mode = cast("Literal['webhook', 'polling']", way.split()[-1])
        if way.startswith("zalo_bot"):
            house, zalo = await stack.enter_async_context(zalo_bot_house(folder, database_url=database_url, mode=mode))

            @asynccontextmanager
            async def on_zalo_bot() -> AsyncIterator[Phone]:
                yield zalo_bot_phone(house, zalo)

            yield on_zalo_bot
            return
        house, telegram = await stack.enter_async_context(telegram_house(folder, database_url=database_url, mode=mode))

        @asynccontextmanager
        async def on_telegram() -> AsyncIterator[Phone]:
            yield telegram_phone(house, telegram)

        yield on_telegram


async def walked(walk: Walk, phones: Phones, room: asyncio.Semaphore) -> str:
    """Walk with a new phone; returns what went wrong."""
    try:
        async with room, phones() as phone:
            await walk.walked_by(phone)
            if plain := await phone.house.database.read(in_the_open):
                return f"{walk.name}: can be read by whoever has the database: {plain}"
    except Exception as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("way", "engine_name", "each"), PAIRS)
async def test_every_walk_ends_where_it_should(
    way: str, engine_name: str, each: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """each: of so many walks one is walked."""
    database_url = ""
    if engine_name == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        database_url = server.url(server.create(request.getfixturevalue("shaped_database")))
    channel = way.split()[0] if way.split()[0] in CHANNELS else "telegram"
    walks = [walk for walk in (*WALKS, *GIVING, *NEWS) if channel in walk.on][::each]

    room = asyncio.Semaphore(AT_ONCE)
    async with opened(way, tmp_path, database_url) as phones:
        wrong = await asyncio.gather(*(walked(walk, phones, room) for walk in walks))

    if told := "\n\n".join(filter(None, wrong)):
        pytest.fail(told, pytrace=False)
