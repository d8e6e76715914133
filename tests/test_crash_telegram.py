"""The Telegram channel killed, ended, crowded and asked twice: what was taken in is kept, and every effect is known."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlmodel import func, select

from fakes.telegram.user import TelegramUser
from fakes.wire import Json
from handlers.desk import Desk
from storage.tables import InboxRow, OutboxRow, Person
from tests.kit.process import Process
from tests.kit.telegram_house import HOOK, SECRET, SECRET_HEADER
from tests.kit.waiting import PATIENT_S, until
from tests.trial import telegram, telegram_load, telegram_pair

ONLY_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"])
ONLY_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"])


@ONLY_SQLITE
async def test_residents_end_with_what_they_answered_though_the_service_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    await telegram.crash(database_url, tmp_path, "webhook", residents=6, kills=1, hangs=1, seed=1, within_s=300)


@ONLY_SQLITE
async def test_a_chat_that_is_told_to_wait_holds_up_nobody(database_url: str, tmp_path: Path) -> None:
    await telegram_load.told_to_wait(database_url, tmp_path, others=20, within_s=300)


@pytest.fixture
async def two(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[telegram.Town, Process]]:
    """Two services by webhook; Telegram knows the first."""
    async with telegram_pair.pair(database_url, tmp_path, "webhook", residents=0, seed=5) as found:
        yield found


async def bring(updates: list[Json], *processes: Process) -> None:
    """Bring all at once, turn by turn to each service, as Telegram does: again until it is taken."""
    async with aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as web:

        async def until_taken(number: int, update: Json) -> None:
            url = processes[number % len(processes)].url + HOOK

            async def knocks() -> int:
                async with web.post(url, json=update) as answer:
                    return answer.status

            assert await until("it is taken", knocks, lambda status: status != 503) == 200

        await asyncio.gather(*(until_taken(number, update) for number, update in enumerate(updates)))


def count(desk: Desk) -> list[int]:
    """How many rows the inbox, the outbox and the persons have."""
    tables = (InboxRow, OutboxRow, Person)
    return [desk.unit.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def start(user: TelegramUser) -> Json:
    """The update of her first message."""
    user.chat.status = "open"
    about = {"id": user.id, "type": "private"}
    message = {"message_id": 1, "date": user.world.date(), "chat": about, "from": user.about, "text": "/start"}
    return {"update_id": 1, "message": message}


def presses(user: TelegramUser, label: str, times: int) -> list[Json]:
    """Updates of one press that her phone sent again and again, each a new one to Telegram."""
    message = user.heard[-1]
    data = next(b["callback_data"] for row in message.rows for b in row if b["text"] == label)
    press = {"from": user.about, "message": message.json(), "chat_instance": "1", "data": data}
    return [{"update_id": 100 + n, "callback_query": press | {"id": str(n)}} for n in range(times)]


@ONLY_POSTGRESQL
async def test_the_same_update_fifty_times_over_two_services_has_one_effect(
    two: tuple[telegram.Town, Process],
) -> None:
    here, other = two
    lan = here.telegram.user("Lan")

    await bring([start(lan)] * 50, here.process, other)
    await lan.hears_more(0)
    await bring([start(lan)] * 2, here.process, other)

    assert await asyncio.to_thread(here.process.at_desk, count) == [1, 1, 1]
    assert len(lan.heard) == 1, [message.text for message in lan.heard]


@ONLY_POSTGRESQL
async def test_the_same_press_under_five_ids_over_two_services_has_one_effect(
    two: tuple[telegram.Town, Process],
) -> None:
    here, other = two
    lan = here.telegram.user("Lan")
    await bring([start(lan)], here.process)
    await lan.hears_more(0)

    await bring(presses(lan, "Tiếng Việt", 5), here.process, other)
    await lan.hears("Ông/bà cần việc gì?")
    await here.quiets(PATIENT_S)

    assert (await asyncio.to_thread(here.process.at_desk, count))[0] == 6
    heard = [message.text for message in lan.heard]
    assert sum("Ông/bà cần việc gì?" in text for text in heard) == 1, heard
