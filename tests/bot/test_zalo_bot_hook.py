"""The bot's webhook: only with our secret, each message once, and what nobody can read is set aside."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from sqlmodel import select

from bot.receiving import intake
from fakes.zalo_bot.server import FakeZaloBot
from storage.database import Unit
from storage.queries.incoming import inbox
from storage.tables import DeadLetter, InboxRow
from storage.vault import Vault
from tests.kit import poison
from tests.kit.house import House, visit
from tests.kit.telegram_house import counted
from tests.kit.zalo_bot_house import SECRET, answered, greeted, knock, zalo_bot_house

TEXT = "message.text.received"
Place = tuple[House, FakeZaloBot]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with zalo_bot_house(tmp_path) as place:
        yield place


@pytest.mark.parametrize(
    "secrets",
    [(), ("",), ("wrong",), (SECRET[:-1],), (SECRET, SECRET), (SECRET, "wrong"), ("bí-mật",)],
    ids=["none", "empty", "wrong", "nearly", "twice", "ours and another", "not ASCII"],
)
async def test_without_our_secret_alone_nothing_is_taken(place: Place, secrets: tuple[str, ...]) -> None:
    house, zalo = place

    answer = await knock(house, zalo.user("Lan").says("/start"), *secrets)
    async with visit(house) as machine:
        metrics = (await machine.gets("/metrics")).body.decode()

    assert answer.status == 401
    assert 'chungtay_webhook_rejected_total{channel="zalo_bot"} 1.0' in metrics


@pytest.mark.parametrize("body", [b"", b"{}", b" \n"])
async def test_an_empty_call_is_answered_and_has_no_effect(place: Place, body: bytes) -> None:
    house, _ = place

    answer = await knock(house, body)

    assert (answer.status, house.service.platforms[0].rejected()) == (200, 0)
    assert (await counted(house, InboxRow), await counted(house, DeadLetter)) == (0, 0)


@pytest.mark.parametrize("wrapped", [False, True])
async def test_what_is_brought_twice_has_one_effect(place: Place, wrapped: bool) -> None:
    house, zalo = place
    zalo.world.wrapped, zalo.pusher.twice = wrapped, True
    lan = zalo.user("Lan")

    await greeted(lan)
    await zalo.settles()

    assert await counted(house, InboxRow) == 2
    assert len(zalo.pusher.pushed) == 4


async def test_what_nobody_can_read_is_set_aside_and_she_is_answered_after_it(place: Place) -> None:
    house, zalo = place
    lan = zalo.user("Lan")
    await greeted(lan)

    broken = lan.says("/menu")
    bodies = (b"[]", b"\xff", b'{"result":7}', orjson.dumps({"event_name": "message.text.received", "message": {}}))
    statuses = {(await knock(house, body, SECRET)).status for body in bodies}
    odd = {**broken, "event_name": "message.something.received"}
    statuses |= {(await knock(house, odd, SECRET)).status}

    assert statuses == {200}
    assert await counted(house, DeadLetter) == len(bodies)
    assert "Ông/bà" in await answered(lan, "/menu")


async def test_a_letter_that_nobody_could_read_is_read_by_a_release_that_can(place: Place) -> None:
    house, zalo = place
    lan = zalo.user("Lan")
    await greeted(lan)
    await zalo.settles()
    office, raw = house.service.opened.office, orjson.dumps(lan.says("/menu") | {"event_name": TEXT})

    def replay(unit: Unit) -> bool:
        inbox.bury_unread(unit, Vault(unit, office.master), "zalo_bot", "test", raw, house.clock.now())
        letter = unit.scalars(select(DeadLetter)).one()
        return intake.replay(unit, office, house.clock, letter.id)

    assert await house.database.write(replay)


async def test_no_poison_is_answered_as_a_fault_of_ours(place: Place) -> None:
    house, _ = place

    statuses = {name: (await knock(house, body, SECRET)).status for name, body in poison.bodies().items()}

    assert {name: status for name, status in statuses.items() if status != 200} == {"too long": 413}
