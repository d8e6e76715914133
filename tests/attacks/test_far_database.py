"""A slow database silences nobody: however far away it is, what a platform brings is kept and answered in time.

Attack: 200 ms to the database and back. Zalo turns a webhook off that answers late or with 503.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.channels.contract import Received
from bot.receiving import intake
from storage.database import Database
from storage.queries import machine
from storage.tables import InboxRow
from tests.kit import telegram_house, zalo_bot_house, zalo_oa_house
from tests.kit.far_server import FarServer, far_server
from tests.kit.house import House
from tests.kit.telegram_house import counted
from tests.kit.town import Town
from tests.kit.waiting import until

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"])

Brings = Callable[[int, int], Awaitable[int]]
Opened = Callable[[Path, str], "AsyncIterator[tuple[House, Brings]]"]


async def by_telegram(folder: Path, database_url: str) -> AsyncIterator[tuple[House, Brings]]:
    async with telegram_house.telegram_house(folder, database_url=database_url) as (house, _):

        async def brings(who: int, number: int) -> int:
            body = json.dumps(telegram_house.said("xin chào", number, who)).encode()
            return (await telegram_house.knock(house, body, telegram_house.SECRET)).status

        yield house, brings


async def by_zalo_bot(folder: Path, database_url: str) -> AsyncIterator[tuple[House, Brings]]:
    async with zalo_bot_house.zalo_bot_house(folder, database_url=database_url) as (house, zalo):

        async def brings(who: int, number: int) -> int:
            zalo.user(f"Lan {who}").says("xin chào")
            await until("its first try has ended", lambda: zalo.pusher.pushed[number - 1 :])
            return zalo.pusher.pushed[number - 1].status

        yield house, brings


async def by_zalo_oa(folder: Path, database_url: str) -> AsyncIterator[tuple[House, Brings]]:
    async with zalo_oa_house.zalo_oa_house(folder, database_url=database_url) as (house, zalo):
        zalo.pusher.holding = True

        async def brings(who: int, number: int) -> int:
            event = zalo.user(f"Lan {who}").says("xin chào").body
            zalo.world.waiting.clear()
            return (await zalo_oa_house.knock(house, zalo, event)).status

        yield house, brings


WAYS = pytest.mark.parametrize("opened", [by_telegram, by_zalo_bot, by_zalo_oa])


@WAYS
async def test_what_a_platform_brings_is_kept_in_time_though_the_database_is_far(
    opened: Opened, tmp_path: Path, database_url: str
) -> None:
    async with far_server(database_url) as far, asynccontextmanager(opened)(tmp_path, far.url) as (house, brings):
        await asyncio.to_thread(house.database.hold)  # as `chungtay serve` does
        assert await brings(1, 1) == 200
        far.one_way_s = 0.1
        statuses = [await brings(who, number) for number, who in enumerate([2, 2, 3, 3], 2)]  # 503 after INTAKE_S
        far.one_way_s = 0.0
        kept = await counted(house, InboxRow)

    assert (statuses, kept) == ([200] * 4, 5)


@pytest.mark.parametrize("day_has_begun", [False, True])
async def test_intake_takes_two_round_trips(*, day_has_begun: bool, database_url: str) -> None:
    async with far_server(database_url) as far:
        town = Town(Database.open(far.url))
        try:
            await town.database.read(machine.owner)  # connects
            if day_has_begun:
                await brought(town, far, "Mai")
            first, again = await brought(town, far, "Lan"), await brought(town, far, "Lan")
            town.clock.move(days=1)
            tomorrow = await brought(town, far, "Lan")
        finally:
            await town.database.close()

    assert (first, again, tomorrow) == (2, 2, 2)


async def brought(town: Town, far: FarServer, who: str) -> int:
    """Keep a message that a platform brings; how many round trips that took."""
    received = Received(update_id=secrets.token_hex(8), chat=who, kind="text", body={"text": "xin chào"})
    far.trips.clear()
    assert await town.database.mark(lambda unit: intake.keep(unit, town.office, town.clock, "telegram", received))
    return sum(far.trips.values())
