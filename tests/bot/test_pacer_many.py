"""What whoever has many messages is told by the pacer, and tells it: how long nothing leaves, and that more comes."""

import pytest

from bot.delivery.rate_limiter import CATCH_UP_S, TOGETHER_S, RateLimiter
from tests.kit.hours import Hours, Senders


@pytest.mark.parametrize("more", [True, False])
async def test_turns_that_pass_while_more_is_to_come_are_made_up_for_and_others_are_not(*, more: bool) -> None:
    hours = Hours()
    pacer = RateLimiter(100, hours)
    senders = Senders(pacer, hours)
    pacer.expect(more=more)
    for number in range(100):
        senders.ask(f"chat {number}")
    await hours.until(1.5)  # half a second in which nobody asks
    for number in range(100, 3100):
        senders.ask(f"chat {number}")
    await hours.until(31.0)

    within = sum(at <= 31.0 for at in senders.times())
    await senders.close()
    assert within >= 3095 if more else within <= 3060


async def test_what_passes_while_a_process_begins_is_not_made_up_for_in_its_first_second() -> None:
    hours = Hours()
    pacer = RateLimiter(300, hours)
    senders = Senders(pacer, hours)
    pacer.expect(more=True)
    await hours.until(0.5)
    for number in range(2000):
        senders.ask(f"chat {number}")
    await hours.until(5.0)

    times = senders.times()
    await senders.close()
    for after_s in (0.5, 1.0):
        assert sum(at <= 0.5 + after_s for at in times) <= 1.02 * 300 * (after_s + CATCH_UP_S)
    assert len(times) >= 0.99 * 300 * 4.5


async def test_a_pause_is_known_for_the_account_and_for_a_chat() -> None:
    pacer = RateLimiter(10, Hours())
    before = pacer.pause(), pacer.pause("lan")

    pacer.hold_chat("lan", 5)
    pacer.hold_all(2)

    assert before == (0.0, 0.0)
    assert (pacer.pause(), pacer.pause("lan"), pacer.pause("mai")) == (2.0, 5.0, 2.0)


async def test_turns_of_a_quick_account_are_given_some_at_a_time() -> None:
    hours = Hours()
    senders = Senders(RateLimiter(1000, hours), hours)
    for number in range(1000):
        senders.ask(f"chat {number}")

    await hours.until(0.5)

    moments = {round(at, 6) for at in senders.times() if at <= 0.5}
    await senders.close()
    assert len(moments) <= 0.5 / TOGETHER_S + 2
