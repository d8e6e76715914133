"""Ready means ready: while what comes in is refused for a reason of ours, no machine is told to send us more.

Attack: a disk that has room for one small row and for no message, and a table that somebody else holds. The probe of
the database is kept both times.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from tests.kit import telegram_house, zalo_oa_house
from tests.kit.house import House, Json, open_house, visit

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"])

Brings = Callable[[], Awaitable[int]]
Opened = Callable[[Path, str], "AsyncIterator[tuple[House, Brings]]"]
FULL = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END$$;
    CREATE TRIGGER full_disk BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION full_disk()"""


async def by_web_chat(folder: Path, database_url: str) -> AsyncIterator[tuple[House, Brings]]:
    async with open_house(folder, database_url=database_url) as house, visit(house) as lan:

        async def brings() -> int:
            return (await lan.posts({"text": "/start"})).status

        yield house, brings


async def by_telegram(folder: Path, database_url: str) -> AsyncIterator[tuple[House, Brings]]:
    async with telegram_house.telegram_house(folder, database_url=database_url) as (house, _):

        async def brings() -> int:
            body = json.dumps(telegram_house.said("/start", 1)).encode()
            return (await telegram_house.knock(house, body, telegram_house.SECRET)).status

        yield house, brings


async def by_zalo(folder: Path, database_url: str) -> AsyncIterator[tuple[House, Brings]]:
    async with zalo_oa_house.zalo_oa_house(folder, database_url=database_url) as (house, zalo):
        zalo.pusher.holding = True
        event = zalo.user("Lan").says("/start").body
        zalo.world.waiting.clear()

        async def brings() -> int:
            return (await zalo_oa_house.knock(house, zalo, event)).status

        yield house, brings


WAYS = pytest.mark.parametrize("opened", [by_web_chat, by_telegram, by_zalo])


async def ready(house: House) -> tuple[int, Json]:
    async with visit(house) as machine:
        found = await machine.gets("/health/ready")
    return found.status, found.json


@WAYS
async def test_an_intake_refused_on_a_full_disk_is_not_ready_until_one_is_kept(
    opened: Opened, tmp_path: Path, database_url: str
) -> None:
    async with (
        asynccontextmanager(opened)(tmp_path, database_url) as (house, brings),
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as operator,
    ):
        before = await ready(house)
        await operator.execute(FULL)
        refused, meanwhile = await brings(), await ready(house)
        await operator.execute("DROP TRIGGER full_disk ON inbox")
        kept, after = await brings(), await ready(house)

    assert (refused, kept) in ((503, 202), (503, 200))
    assert meanwhile == (503, {"status": "unavailable", "reasons": ["intake_refused"]})
    assert before == after
    assert before[0] == 200


async def test_an_intake_past_its_deadline_is_not_ready_for_half_a_minute_without_another(
    tmp_path: Path, database_url: str
) -> None:
    async with (
        asynccontextmanager(by_zalo)(tmp_path, database_url) as (house, brings),
        await psycopg.AsyncConnection.connect(database_url) as other,
    ):
        await other.execute("LOCK TABLE inbox IN EXCLUSIVE MODE")
        refused, at_once = await brings(), await ready(house)
        await other.rollback()
        house.clock.move(seconds=29)
        late = await ready(house)
        house.clock.move(seconds=1)
        healed = await ready(house)

    assert refused == 503
    assert at_once[0] == late[0] == 503
    assert at_once[1]["reasons"] == ["intake_refused"]
    assert healed[0] == 200
