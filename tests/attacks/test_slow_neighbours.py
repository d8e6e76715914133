"""A neighbour who is slow or refuses silences only himself: his calls fail, and everybody else is answered.

Attacks: an account that is told to wait, and gets worse by asking three times a pause; three groups that are told to
wait for an hour.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.delivery.rate_limiter import LONGEST_S, RateLimiter
from tests.kit.hours import Hours, Senders

# Told to wait


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
async def senders(hours: Hours) -> AsyncIterator[Senders]:
    """Senders of an account that takes thirty messages a second."""
    made = Senders(RateLimiter(30, hours), hours)
    yield made
    await made.close()


async def test_an_account_that_is_told_to_wait_asks_once_a_pause_and_then_goes_on(hours: Hours) -> None:
    pacer, calls, taken = RateLimiter(30, hours), list[float](), list[str]()

    async def sends(chat: str) -> None:
        while chat not in taken:
            await pacer.turn(chat, "reply")
            await pacer.leaves()
            now = hours.now - 1000.0
            calls.append(now)
            if now < 60:
                pacer.told_to_wait(chat, 5)
            else:
                pacer.accepted()
                taken.append(chat)
            pacer.ended()

    chats = [asyncio.create_task(sends(f"chat {number}")) for number in range(20)]
    await hours.until(58)
    refused = list(calls)
    await hours.until(70)
    await asyncio.gather(*chats)

    after = [at for at in refused if at >= 5]
    assert len(refused) - len(after) == 3
    assert len(after) == 11
    assert len(taken) == 20
    assert calls[-1] - 60 < 6


async def test_a_trial_that_ends_without_an_answer_is_followed_by_the_next(senders: Senders) -> None:
    for chat in ("lan", "minh", "hoa"):
        senders.pacer.told_to_wait(chat, 5)

    for number in range(6):
        senders.ask(f"chat {number}")
    for seconds in range(5, 20):  # a turn that is given where another ended waits for no timer
        await senders.hours.until(seconds)

    assert len(senders.times()) == 6


async def test_three_who_are_told_to_wait_for_an_hour_silence_nobody_else_for_it(senders: Senders) -> None:
    for chat in ("lan", "minh", "hoa"):
        senders.pacer.told_to_wait(chat, 3600)
    senders.ask("lan")
    senders.ask("tam")

    await senders.hours.until(3600)

    assert senders.left == [(LONGEST_S, "tam", "bulk"), (3600.0, "lan", "bulk")]
