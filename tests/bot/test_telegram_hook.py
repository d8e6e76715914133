"""The webhook: only with our secret, never a fault of ours whatever it holds, and the person is answered on."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from fakes.telegram.server import FakeTelegram
from storage.database import Unit
from storage.queries.incoming import inbox
from storage.tables import DeadLetter, InboxRow
from storage.vault import Vault
from tests.bot.channels.reading import every_kind
from tests.kit import poison
from tests.kit.house import House, visit
from tests.kit.telegram_house import SECRET, counted, greeted, knock, said, telegram_house

OLD_SECRET = "a-secret-of-yesterday-0123456789-abc"
Place = tuple[House, FakeTelegram]
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"])
# Reading what came is the same on both; the trial tries both.
EVERY_DAY_ON_ONE = pytest.mark.parametrize(
    "engine_name", ["postgresql", pytest.param("sqlite", marks=pytest.mark.trial)]
)


@pytest.fixture
async def place(tmp_path: Path, database_url: str) -> AsyncIterator[Place]:
    """The service by webhook, with a secret of yesterday that is still good."""
    async with telegram_house(
        tmp_path, database_url=database_url, mode="webhook", owner=True, TELEGRAM_WEBHOOK_SECRET_PREVIOUS=OLD_SECRET
    ) as place:
        yield place


async def metrics(house: House) -> str:
    async with visit(house) as machine:
        return (await machine.gets("/metrics")).body.decode()


@ON_SQLITE
@pytest.mark.parametrize(
    "secrets",
    [(), ("",), ("wrong",), (SECRET[:-1],), (SECRET, SECRET), (SECRET, "wrong"), (f"{SECRET} ",), ("bí-mật",)],
    ids=["none", "empty", "wrong", "nearly", "twice", "ours and another", "with a space", "not ASCII"],
)
async def test_without_our_secret_alone_nothing_is_taken(place: Place, secrets: tuple[str, ...]) -> None:
    house, _ = place

    answer = await knock(house, json.dumps(said("/start", 1)).encode(), *secrets)

    stripped = secrets == (f"{SECRET} ",)  # a header's value ends before its spaces
    assert answer.status == (200 if stripped else 401)
    assert await counted(house, InboxRow) == stripped
    assert await counted(house, DeadLetter) == 0
    assert f'chungtay_webhook_rejected_total{{channel="telegram"}} {1 - stripped}.0' in await metrics(house)


@ON_SQLITE
async def test_the_secret_of_yesterday_is_still_good(place: Place) -> None:
    house, _ = place

    answer = await knock(house, json.dumps(said("/start", 1)).encode(), OLD_SECRET)

    assert (answer.status, await counted(house, InboxRow)) == (200, 1)


@EVERY_DAY_ON_ONE
async def test_no_poison_is_answered_as_a_fault_of_ours_and_she_is_answered_after_it(place: Place) -> None:
    house, telegram = place
    lan = telegram.user("Lan", id=77)
    await greeted(lan)

    statuses = {name: (await knock(house, body, SECRET)).status for name, body in poison.bodies().items()}
    for _ in range(4):
        house.clock.move(seconds=31)
    before = len(lan.heard)
    lan.says("/menu")
    await lan.hears_more(before)

    assert {name: status for name, status in statuses.items() if status != 200} == {"too long": 413}
    await letters_can_be_read(house)


async def letters_can_be_read(house: House) -> None:
    """Every dead letter opens, and says why it is one."""
    master = house.service.opened.office.master

    def read(unit: Unit) -> list[tuple[str, object]]:
        letters = unit.scalars(select(DeadLetter)).all()
        return [(letter.reason, inbox.unread(unit, Vault(unit, master), letter.id)) for letter in letters]

    found = await house.database.read(read)
    assert found
    assert all(reason not in ("", "intake failed") and (opened or reason == "turn failed") for reason, opened in found)


@EVERY_DAY_ON_ONE
async def test_no_update_spoiled_at_random_is_answered_as_a_fault_of_ours(place: Place) -> None:
    house, telegram = place
    lan = telegram.user("Lan", id=77)
    await greeted(lan)

    spoiled = list(poison.mutations(list(every_kind().values()), 11, 500))
    statuses = set()
    for start in range(0, len(spoiled), 20):
        answers = await asyncio.gather(*(knock(house, body, SECRET) for body in spoiled[start : start + 20]))
        statuses |= {answer.status for answer in answers}
    house.clock.move(minutes=2)
    before = len(lan.heard)
    lan.says("/menu")
    await lan.hears_more(before)

    assert statuses == {200}
    await letters_can_be_read(house)
