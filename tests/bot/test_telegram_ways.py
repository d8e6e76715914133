"""The ways in: a database that is away loses nothing, by webhook or by asking; asking confirms only what is kept."""

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, cast

import pytest

from fakes.telegram.faults import CONFLICT
from fakes.telegram.server import FakeTelegram
from storage.tables import InboxRow
from tests.kit.house import House, visit
from tests.kit.logbook import logged
from tests.kit.postgres import PostgresServer
from tests.kit.telegram_house import SECRET, answered, counted, greeted, knock, telegram_house
from tests.kit.waiting import until

# As the channel has it; pytest sets its own filters before each test.
Mode = Literal["webhook", "polling"]
BOTH: tuple[Mode, ...] = ("webhook", "polling")


@asynccontextmanager
async def locked(folder: Path) -> AsyncIterator[None]:
    """Another process holds the file's lock until left."""
    other = sqlite3.connect(folder / "chungtay.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def until_it_waits(log: Sequence[str]) -> None:
    """Wait until who asks for updates could not keep one."""
    await until("polling waits for the database", lambda: log, lambda said: "polling waits for the database" in said)


async def reasons(house: House) -> list[str]:
    async with visit(house) as machine:
        return cast("list[str]", (await machine.gets("/health/ready")).json["reasons"])


async def refused(telegram: FakeTelegram) -> None:
    """Wait until the webhook asked to bring something again."""
    statuses = telegram.pusher.pushed
    await until("the webhook answers 503", lambda: [push.status for push in statuses], lambda found: 503 in found)


async def test_while_the_file_is_locked_telegram_is_asked_to_bring_it_again(tmp_path: Path) -> None:
    async with telegram_house(tmp_path) as (house, telegram):
        lan = telegram.user("Lan")
        await greeted(lan)
        before = len(lan.heard)
        async with locked(tmp_path):
            lan.says("/menu")
            await refused(telegram)
            body = json.dumps({"update_id": 1, "message": {"message_id": 1, "chat": {"id": 7, "type": "private"}}})
            answer = await knock(house, body.encode(), SECRET)
        await lan.hears_more(before)

        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert await counted(house, InboxRow) == 3


@pytest.mark.parametrize("mode", BOTH)
async def test_a_killed_postgresql_loses_nothing_that_came_in_meanwhile(
    tmp_path: Path, postgres_server: PostgresServer, mode: Mode
) -> None:
    name = postgres_server.create()
    async with telegram_house(tmp_path, database_url=postgres_server.url(name), mode=mode) as (house, telegram):
        lan = telegram.user("Lan")
        await greeted(lan)
        before = len(lan.heard)
        postgres_server.kill()
        try:
            with logged("bot.receiving.poller") as log:
                lan.says("/menu")
                await (refused(telegram) if mode == "webhook" else until_it_waits(log))
        finally:
            postgres_server.start()
        await lan.hears_more(before)

        assert await counted(house, InboxRow) == 3
    postgres_server.drop(name)


async def test_asking_confirms_an_update_only_once_it_is_kept(tmp_path: Path) -> None:
    async with telegram_house(tmp_path, mode="polling") as (house, telegram):
        lan = telegram.user("Lan")
        await greeted(lan)
        before = len(lan.heard)
        async with locked(tmp_path):
            with logged("bot.receiving.poller") as log:
                lan.says("/menu")
                await until_it_waits(log)
            waiting = len(telegram.world.updates.waiting())
        await lan.hears_more(before)

        assert waiting == 1
        assert await counted(house, InboxRow) == 3


async def test_by_asking_she_is_answered_and_everything_is_confirmed(tmp_path: Path, database_url: str) -> None:
    async with telegram_house(tmp_path, database_url=database_url, mode="polling") as (house, telegram):
        lan = telegram.user("Lan")
        await greeted(lan)
        await answered(lan, "/trogiup")
        await telegram.settles()

        assert telegram.world.webhook.url == ""
        assert await reasons(house) == []


async def test_what_comes_twice_by_asking_has_one_effect(tmp_path: Path) -> None:
    async with telegram_house(tmp_path, mode="polling") as (house, telegram):
        lan = telegram.user("Lan")
        await greeted(lan)
        updates = telegram.world.updates
        before = len(lan.heard)
        lan.says("/menu")
        again = updates.waiting()[-1]
        await lan.hears_more(before)
        updates._waiting[again.id] = again
        telegram.world.bell.ring()
        await lan.hears_more(before)
        await answered(lan, "/trogiup")

        assert sum(call.method == "getUpdates" for call in telegram.calls) >= 4
        assert await counted(house, InboxRow) == 4


async def test_somebody_else_asking_with_our_token_is_told_to_the_operator(tmp_path: Path) -> None:
    async with telegram_house(tmp_path, mode="polling") as (house, telegram):
        telegram.faults.add(CONFLICT, method="getUpdates")
        telegram.world.updates.stop_poll("terminated by other getUpdates request")

        assert await until("something is wrong", lambda: reasons(house)) == ["telegram_conflict"]


async def test_the_webhook_is_set_with_our_address_and_secret(tmp_path: Path) -> None:
    async with telegram_house(tmp_path) as (house, telegram):
        hook = telegram.world.webhook

        assert (hook.url, hook.secret) == (f"{house.origin}/hooks/telegram", SECRET)
        assert await reasons(house) == []
