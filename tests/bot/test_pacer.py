"""Turns to send: evenly spaced, replies first, nobody behind a slow chat, and nothing kept of who is done."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from bot.delivery.rate_limiter import Lane, RateLimiter
from tests.kit.hours import Hours, Senders


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
async def senders(hours: Hours) -> AsyncIterator[Senders]:
    """Senders of an account that takes ten messages a second."""
    made = Senders(RateLimiter(10, hours), hours)
    yield made
    await made.close()


def worst_second(times: list[float]) -> int:
    """The most messages in any second that begins with one."""
    return max(bisect_left(times, at + 1.0) - index for index, at in enumerate(times))


async def test_a_first_message_leaves_at_once(senders: Senders) -> None:
    senders.ask("lan", "reply")

    await senders.hours.until(0)

    assert senders.times() == [0.0]


async def test_messages_of_an_account_are_evenly_spaced(senders: Senders) -> None:
    for number in range(20):
        senders.ask(f"chat {number}")

    await senders.hours.until(10)

    gaps = [after - before for before, after in zip(senders.times()[1:], senders.times()[2:], strict=False)]
    assert len(senders.times()) == 20
    assert gaps == pytest.approx([0.1] * 18, abs=0.031)
    assert worst_second(senders.times()) == 10


@pytest.mark.parametrize("rate", [30, 300, 1000])
@pytest.mark.parametrize("late", [0.0, 0.0011, 0.025])
async def test_the_rate_is_held_and_never_passed_even_when_every_timer_is_late(rate: int, late: float) -> None:
    hours = Hours(late)
    senders = Senders(RateLimiter(rate, hours), hours)
    for number in range(rate * 4):
        senders.ask(f"chat {number}")

    await hours.until(3)

    times = senders.times()
    await senders.close()
    assert len([at for at in times if at <= 3.0]) >= 0.99 * rate * 3
    assert worst_second(times) <= 1.05 * rate


async def test_calls_that_come_late_together_are_spaced_again(hours: Hours) -> None:
    pacer, made = RateLimiter(100, hours), []

    async def call() -> None:
        await pacer.leaves()
        made.append(hours.now - 1000.0)

    calls = [asyncio.create_task(call()) for _ in range(40)]
    await hours.until(5)

    await asyncio.gather(*calls)
    assert min(after - before for before, after in pairwise(made[5:])) >= 0.0079


async def test_no_more_are_on_their_way_than_there_is_room_for_and_a_reply_gets_the_next_place(hours: Hours) -> None:
    pacer, begun = RateLimiter(10, hours), []

    async def send(chat: str, lane: Lane) -> None:
        await pacer.turn(chat, lane)
        begun.append(chat)

    waiting = [asyncio.create_task(send(f"chat {number}", "bulk")) for number in range(40)]
    await hours.until(20)
    waiting.append(asyncio.create_task(send("lan", "reply")))
    await hours.until(21)
    assert len(begun) == 30

    pacer.ended()
    await hours.until(22)

    assert begun[30:] == ["lan"]
    for task in waiting:
        task.cancel()


async def test_time_in_which_nobody_sent_is_not_made_up_for(senders: Senders) -> None:
    senders.ask("first")
    await senders.hours.until(60)
    for number in range(30):
        senders.ask(f"chat {number}")

    await senders.hours.until(70)

    assert worst_second(senders.times()) <= 11


async def test_one_chat_gets_one_message_a_second_in_the_order_of_asking(senders: Senders) -> None:
    tasks = [senders.ask("lan") for _ in range(4)]

    await senders.hours.until(1.5)

    assert senders.times("lan") == [0.0, 1.0]
    assert [task.done() for task in tasks] == [True, True, False, False]


async def test_a_second_reply_follows_at_once_and_the_rest_a_second_apart(senders: Senders) -> None:
    for _ in range(5):
        senders.ask("lan", "reply")

    await senders.hours.until(10)

    assert senders.times("lan") == pytest.approx([0.0, 0.07, 1.0, 2.0, 3.0], abs=0.001)


async def test_a_group_gets_twenty_messages_a_minute(senders: Senders) -> None:
    for _ in range(30):
        senders.ask("village", group=True)

    await senders.hours.until(59.9)

    assert len(senders.times("village")) == 20
    assert worst_second(senders.times("village")) == 1


async def test_a_slow_chat_does_not_hold_up_the_others(senders: Senders) -> None:
    for _ in range(5):
        senders.ask("lan")
    senders.ask("minh")
    senders.ask("hoa")

    await senders.hours.until(0.5)

    assert [chat for _, chat, _ in senders.left] == ["lan", "minh", "hoa"]


async def test_a_reply_goes_before_all_bulk_that_waits(senders: Senders) -> None:
    for number in range(50):
        senders.ask(f"chat {number}")
    await senders.hours.until(1.0)
    before = len(senders.left)
    senders.ask("lan", "reply")

    await senders.hours.until(1.2)

    assert senders.left[before][1:] == ("lan", "reply")


async def test_a_reply_goes_before_bulk_to_the_same_chat(senders: Senders) -> None:
    senders.ask("lan")
    senders.ask("lan")
    await senders.hours.until(0.5)
    senders.ask("lan", "reply")

    await senders.hours.until(5)

    assert senders.left == [(0.0, "lan", "bulk"), (0.5, "lan", "reply"), (2.0, "lan", "bulk")]


async def test_bulk_goes_on_while_a_reply_waits_for_its_own_chat(senders: Senders) -> None:
    for _ in range(3):
        senders.ask("lan", "reply")
    senders.ask("minh")

    await senders.hours.until(2)

    assert [chat for _, chat, _ in senders.left] == ["lan", "lan", "minh", "lan"]


async def test_who_gives_up_waiting_uses_no_turn(senders: Senders) -> None:
    senders.ask("lan")
    given_up = senders.ask("lan")
    senders.ask("lan")
    await senders.hours.until(0.5)
    given_up.cancel()

    await senders.hours.until(5)

    assert senders.times("lan") == [0.0, 1.0]


async def test_a_chat_whose_only_message_was_given_up_gets_its_next(senders: Senders) -> None:
    senders.pacer.hold_chat("lan", 2)
    given_up = senders.ask("lan")
    await senders.hours.until(1)
    given_up.cancel()
    senders.ask("lan")

    await senders.hours.until(5)

    assert senders.times("lan") == [2.0]


async def test_a_held_chat_waits_and_the_others_do_not(senders: Senders) -> None:
    senders.ask("lan")
    senders.ask("lan")
    await senders.hours.until(0.5)
    senders.pacer.hold_chat("lan", 7)
    senders.ask("minh")

    await senders.hours.until(20)

    assert senders.times("lan") == [0.0, 7.5]
    assert senders.times("minh") == [0.5]


async def test_a_held_account_sends_nothing_and_then_goes_on_evenly(senders: Senders) -> None:
    for number in range(20):
        senders.ask(f"chat {number}")
    await senders.hours.until(0.55)
    before = len(senders.times())
    senders.pacer.hold_all(5)

    await senders.hours.until(20)

    after = senders.times()[before:]
    assert after[0] == 5.55
    assert worst_second(after) <= 10


async def test_a_shorter_hold_does_not_end_a_longer_one(senders: Senders) -> None:
    senders.pacer.hold_all(9)
    senders.pacer.hold_chat("lan", 20)
    senders.pacer.hold_all(1)
    senders.pacer.hold_chat("lan", 1)
    senders.ask("lan")
    senders.ask("minh")

    await senders.hours.until(30)

    assert senders.left == [(9.0, "minh", "bulk"), (20.0, "lan", "bulk")]


async def test_two_chats_told_to_wait_hold_only_themselves(senders: Senders) -> None:
    senders.pacer.told_to_wait("lan", 30)
    senders.pacer.told_to_wait("minh", 40)
    senders.pacer.told_to_wait("minh", 40)
    senders.ask("lan")
    senders.ask("minh")
    senders.ask("hoa")

    await senders.hours.until(60)

    assert senders.left == [(0.0, "hoa", "bulk"), (30.0, "lan", "bulk"), (40.0, "minh", "bulk")]


async def test_three_chats_told_to_wait_within_ten_seconds_hold_the_account_for_the_longest(senders: Senders) -> None:
    senders.pacer.told_to_wait("lan", 30)
    await senders.hours.until(4)
    senders.pacer.told_to_wait("minh", 5)
    await senders.hours.until(9)
    senders.pacer.told_to_wait("hoa", 5)
    senders.ask("tam")

    await senders.hours.until(60)

    assert senders.times("tam") == [39.0]


async def test_three_chats_told_to_wait_over_a_longer_time_do_not_hold_the_account(senders: Senders) -> None:
    senders.pacer.told_to_wait("lan", 1)
    await senders.hours.until(6)
    senders.pacer.told_to_wait("minh", 1)
    await senders.hours.until(12)
    senders.pacer.told_to_wait("hoa", 1)
    senders.ask("tam")

    await senders.hours.until(60)

    assert senders.times("tam") == [12.0]


async def test_chats_that_had_their_message_are_forgotten(hours: Hours) -> None:
    pacer, most = RateLimiter(1000, hours), 0

    for number in range(100_000):
        hours.now += 0.001
        await pacer.turn(str(number), "bulk")
        pacer.ended()
        most = max(most, pacer.remembered)

    assert most < 5000


async def test_chats_that_were_told_to_wait_are_forgotten(hours: Hours) -> None:
    pacer, most = RateLimiter(1000, hours), 0

    for number in range(100_000):
        hours.now += 0.001
        pacer.told_to_wait(str(number), 1)
        most = max(most, pacer.remembered)

    assert most < 5000


async def test_a_chat_that_still_waits_is_not_forgotten(senders: Senders) -> None:
    senders.pacer.hold_all(3600)
    senders.ask("lan")
    await senders.hours.until(0)
    for number in range(10_000):
        senders.pacer.hold_chat(str(number), 0)
    senders.ask("lan")

    await senders.hours.until(4000)

    assert senders.times("lan") == [3600.0, 3601.0]


async def test_a_held_chat_is_not_forgotten(senders: Senders) -> None:
    senders.pacer.hold_chat("lan", 3600)
    for number in range(10_000):
        senders.pacer.hold_chat(str(number), 0)
    senders.ask("lan")

    await senders.hours.until(4000)

    assert senders.times("lan") == [3600.0]


async def test_on_the_event_loop_itself_turns_come_in_order() -> None:
    pacer, left = RateLimiter(200), []

    async def send(number: int) -> None:
        await pacer.turn(str(number), "bulk")
        left.append(number)
        pacer.ended()

    await asyncio.gather(*(send(number) for number in range(40)))

    assert left == list(range(40))
