"""The limiter lets through what Telegram lets through, and says how long to wait."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from fakes.telegram.server import FakeTelegram, fake_telegram
from tests.fakes.telegram.conftest import open_bot
from tests.kit.clock import HandClock


@dataclass
class Limited:
    """A Telegram that counts, its clock in hand."""

    telegram: FakeTelegram
    bot: Bot
    clock: HandClock

    async def send(self, *chats: int) -> list[int]:
        """Send to each; for every message the seconds to wait, 0 where it was taken."""
        waits = []
        for chat in chats:
            try:
                await self.bot.send_message(chat, "x")
                waits.append(0)
            except RetryAfter as refusal:
                waits.append(_seconds(refusal.retry_after))
        return waits

    def people(self, count: int) -> list[int]:
        """So many people who wrote."""
        users = [self.telegram.user(f"Người {number}") for number in range(count)]
        for user in users:
            user.says("/start")
        return [user.id for user in users]


def _seconds(wait: int | timedelta) -> int:
    return wait // timedelta(seconds=1) if isinstance(wait, timedelta) else wait


@pytest.fixture
async def limited() -> AsyncIterator[Limited]:
    clock = HandClock()
    async with fake_telegram(clock=clock, limited=True) as telegram, open_bot(telegram) as bot:
        yield Limited(telegram, bot, clock)


async def test_a_chat_takes_a_small_burst_and_then_one_a_second(limited: Limited) -> None:
    (lan,) = limited.people(1)

    at_once = await limited.send(lan, lan, lan, lan)
    limited.clock.move(seconds=1)
    later = await limited.send(lan, lan)

    assert (at_once, later) == ([0, 0, 0, 1], [0, 1])
    assert len(limited.telegram.accepted(lan)) == 4


async def test_all_chats_together_take_30_a_second(limited: Limited) -> None:
    people = limited.people(40)

    at_once = await limited.send(*people)
    limited.clock.move(seconds=1)
    later = await limited.send(*people)

    assert (at_once.count(0), later.count(0)) == (30, 30)
    assert set(at_once) == {0, 1}


async def test_a_group_takes_20_a_minute(limited: Limited) -> None:
    lan = limited.telegram.user("Lan")
    group = lan.makes_group("Tổ dân phố 5")

    waits = []
    for _ in range(60):
        waits += await limited.send(group.id)
        limited.clock.move(seconds=1)

    # Twenty are there at once, and one more every three seconds.
    assert waits.count(0) == 20 + 19
    assert max(waits) <= 3


async def test_what_was_too_much_is_not_shown(limited: Limited) -> None:
    lan = limited.telegram.user("Lan")
    lan.says("/start")

    await limited.send(*[lan.id] * 10)

    assert len(lan.heard) == len(limited.telegram.accepted(lan)) == 3


async def test_without_it_everything_is_taken(limited: Limited) -> None:
    limited.telegram.world.limiter.on = False
    (lan,) = limited.people(1)

    assert await limited.send(*[lan] * 50) == [0] * 50
