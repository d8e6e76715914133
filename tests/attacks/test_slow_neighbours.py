"""A neighbour who is slow or refuses silences only himself: his calls fail, and everybody else is answered.

Attacks: twenty new chats whose first call fails; an account that is told to wait, and gets worse by asking three times
a pause; three groups that are told to wait for an hour.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.delivery.rate_limiter import LONGEST_S, RateLimiter
from fakes.faults import HANG, RESET, RESET_BEFORE, Fault
from fakes.telegram.server import fake_telegram
from tests.kit.hours import Hours, Senders
from tests.kit.sending import PostOffice, post_office
from tests.kit.town import Town
from tests.kit.waiting import until

# Calls that fail


@pytest.fixture
async def office(town: Town) -> AsyncIterator[PostOffice]:
    """A post office with our own Telegram at the other end; nobody sends there yet."""
    async with fake_telegram(clock=town.clock) as telegram, post_office(town, telegram) as office:
        yield office


def asked(office: PostOffice) -> int:
    """How often Telegram was asked who we are, which is no message."""
    return sum(call.method == "getMe" for call in office.telegram.calls)


async def fail_in_turn(office: PostOffice, *names: str) -> None:
    """Let the calls to new chats fail, one after the other."""
    for name in names:
        mallory = office.telegram.user(name)
        office.telegram.faults.add(RESET, method="sendMessage", chat=mallory.id)
        await office.until(await office.queue(await office.chat(mallory), "một", kind="link"), "unknown")


@pytest.mark.parametrize("fault", [RESET, HANG], ids=lambda fault: fault.name)
async def test_twenty_new_chats_whose_call_fails_silence_nobody_else(office: PostOffice, fault: Fault) -> None:
    failing = list[int]()
    for number in range(20):
        mallory = office.telegram.user(f"Mallory {number}")
        office.telegram.faults.add(fault, chat=mallory.id)
        failing += await office.queue(await office.chat(mallory), "một", kind="link")
    lan = office.telegram.user("Lan")

    office.start(office.sender(times=1))
    await office.until(failing, "unknown")
    hers = await office.queue(await office.chat(lan), "cho Lan", kind="link")
    await office.until(hers, "sent")

    assert [message.text for message in lan.heard] == ["cho Lan"]


async def test_chats_whose_calls_fail_one_after_the_other_silence_only_themselves(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")

    sender = office.start(office.sender(times=1))
    await fail_in_turn(office, *(f"Mallory {number}" for number in range(7)))
    hers = await office.queue(await office.chat(lan), "cho Lan", kind="link")
    await office.until(hers, "sent")

    assert asked(office) >= 1
    assert sender.reasons() == []


async def test_whether_the_platform_is_back_is_not_learnt_from_somebodys_only_answer(office: PostOffice) -> None:
    sender = office.start()
    await fail_in_turn(office, "Mallory", "Minh", "Mạnh", "Mười")
    office.telegram.faults.add(RESET_BEFORE, method="getMe", times=None)
    office.telegram.faults.add(RESET_BEFORE, times=None)
    await fail_in_turn(office, "Mỹ")

    people = [office.telegram.user(f"Lan {number}") for number in range(10)]
    waiting = [number for lan in people for number in await office.queue(await office.chat(lan), "một", kind="link")]
    await until("it was asked three times more", lambda: asked(office), lambda times: times >= 4)
    meanwhile, reasons = await office.states(waiting), sender.reasons()
    office.telegram.faults.clear()
    await office.until(waiting, "sent")

    assert meanwhile == ["queued"] * 10
    assert reasons == ["telegram_unreachable"]
    assert sender.reasons() == []


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
