"""Senders that end, die or are replaced: nothing is sent twice that need not be, and nothing is left on its way."""

import asyncio
from dataclasses import replace

import pytest

from bot.delivery.results import ROW_LEASE
from fakes.faults import HANG
from fakes.telegram.user import TelegramUser
from tests.kit.asked import asked_again
from tests.kit.clock import HandClock
from tests.kit.sending import Held, PostOffice
from tests.kit.waiting import PATIENT_S, comes, until

DEAF = replace(HANG, name="no answer and no effect", accepts=False)
ONLY_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"])


def texts(user: TelegramUser) -> list[str]:
    return [message.text for message in user.heard]


async def called(office: PostOffice, user: TelegramUser) -> None:
    """Wait until a message to somebody reached Telegram."""
    await until("a message to her is there", lambda: any(call.chat_id == user.id for call in office.telegram.calls))


async def until_leads(office: PostOffice, first: int) -> None:
    """Let the lease of a sender that is gone run out, and what it was sending with it."""
    office.town.clock.move(seconds=61)
    await office.until([first], "unknown")


@pytest.mark.parametrize(
    ("kind", "copied"), [("question", True), ("receipt", True), ("notice", True), ("group", True), ("link", False)]
)
async def test_what_a_killed_sender_was_sending_is_unknown_and_copied_where_twice_is_better_than_never(
    office: PostOffice, kind: str, *, copied: bool
) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(HANG, chat=lan.id)
    first, second = await office.queue(await office.chat(lan), "một", "hai", kind=kind)
    killed = office.start()
    await called(office, lan)

    await office.kill(killed)
    assert await office.states([first, second]) == ["sending", "queued"]
    office.start()
    await until_leads(office, first)
    office.town.clock.move(minutes=2)
    await office.until([second], "sent")

    copy = await office.copy_of(first)
    if copied:
        assert copy is not None
        assert copy.id is not None
        await office.until([copy.id], "sent")
    assert (await office.row(first)).reason == "interrupted"
    assert (copy is not None) == copied
    assert texts(lan) == (["một", "một", "hai"] if copied else ["một", "hai"])


async def test_what_a_killed_sender_had_not_marked_yet_is_sent_as_if_nothing_had_been(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    killed = office.start()
    await office.until(await office.queue(await office.chat(lan), "một"), "sent")

    await office.kill(killed)
    ids = await office.queue(await office.chat(lan), "hai", "ba")
    office.start()
    office.town.clock.move(seconds=11)
    await office.until(ids, "sent")

    assert texts(lan) == ["một", "hai", "ba"]


async def test_a_message_that_can_not_be_copied_does_not_stop_the_others(office: PostOffice) -> None:
    lan, mai = office.telegram.user("Lan"), office.telegram.user("Mai")
    office.telegram.faults.add(DEAF, chat=lan.id)
    [first] = await office.queue(await office.chat(lan), "hỏng")
    killed = office.start()
    await called(office, lan)
    await office.kill(killed)
    await office.change(first, body=b"\x01 not what was sealed")

    others = await office.queue(await office.chat(mai), "cho Mai")
    office.start()
    await until_leads(office, first)
    await office.until(others, "sent")

    assert texts(mai) == ["cho Mai"]


async def test_a_stop_under_load_waits_for_every_answer(office: PostOffice) -> None:
    people = [office.telegram.user(f"người {number}") for number in range(60)]
    ids = [outbox_id for user in people for outbox_id in await office.queue(await office.chat(user), "một")]
    held = Held(office.channel)
    stopped = office.start(office.sender(held))
    await until("five are accepted", lambda: len(office.telegram.accepted()) >= 5)

    await asyncio.gather(stopped.stop(PATIENT_S), held.let_through())
    states = await office.states(ids)
    accepted = len(office.telegram.accepted())
    office.start()
    await office.until(ids, "sent")

    assert set(states) == {"sent", "queued"}
    assert states.count("sent") == accepted
    assert [texts(user) for user in people] == [["một"]] * 60


async def test_a_stop_that_can_not_wait_leaves_no_more_than_what_the_next_sender_writes_off(
    office: PostOffice,
) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(DEAF, chat=lan.id)
    [first] = await office.queue(await office.chat(lan), "một", kind="question")
    stopped = office.start()
    await called(office, lan)

    await stopped.stop(0.05)
    office.start()
    await until_leads(office, first)
    office.town.clock.move(seconds=10)
    copy = await office.number_of_copy(first)
    await office.until([copy], "sent")
    assert texts(lan) == ["một"]


@ONLY_POSTGRESQL
async def test_two_senders_send_nothing_twice(office: PostOffice) -> None:
    people = [office.telegram.user(f"người {number}") for number in range(20)]
    words = ["một", "hai", "ba"]

    office.start()
    office.start()
    ids = [outbox_id for user in people for outbox_id in await office.queue(await office.chat(user), *words)]
    await office.until(ids, "sent")

    assert [texts(user) for user in people] == [words] * 20


@ONLY_POSTGRESQL
async def test_a_sender_that_ends_hands_over_at_once(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    ended = office.start()
    await office.until(await office.queue(await office.chat(lan), "một"), "sent")
    office.start()

    await ended.stop(5.0)
    await office.until(await office.queue(await office.chat(lan), "hai"), "sent")

    assert texts(lan) == ["một", "hai"]


@ONLY_POSTGRESQL
async def test_when_the_leader_dies_the_other_goes_on_after_its_lease_and_not_before(office: PostOffice) -> None:
    lan, mai = office.telegram.user("Lan"), office.telegram.user("Mai")
    office.telegram.faults.add(HANG, chat=lan.id)
    [first] = await office.queue(await office.chat(lan), "cho Lan", kind="question")
    dead = office.start()
    await called(office, lan)
    office.start()
    await office.kill(dead)
    [second] = await office.queue(await office.chat(mai), "cho Mai")

    await asked_again("FROM lease")
    assert await office.states([first, second]) == ["sending", "queued"]
    office.town.clock.move(seconds=11)
    await office.until([first, second], "sending", "sent")
    office.town.clock.move(seconds=50)
    await office.until([first], "unknown")
    office.town.clock.move(seconds=10)
    copy = await office.number_of_copy(first)
    await office.until([copy], "sent")
    assert (texts(lan), texts(mai)) == (["cho Lan"] * 2, ["cho Mai"])


@ONLY_POSTGRESQL
async def test_an_answer_that_comes_after_its_message_was_written_off_changes_nothing(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    [first] = await office.queue(await office.chat(lan), "liên kết", kind="link")
    held = Held(office.channel)
    # Its clock stands still, so that it still believes in its lease when the other takes it.
    late = office.start(office.sender(held, clock=HandClock(office.town.clock.at)))
    await called(office, lan)

    office.town.clock.move(seconds=61)
    office.start()
    await office.until([first], "unknown")
    await held.let_through()
    await comes("the late one is done", asyncio.gather(*late._at_work.values()))

    assert await office.steps(first) == ["sending", "unknown"]
    assert texts(lan) == ["liên kết"]


async def test_its_own_mark_that_it_is_not_at_is_written_off_in_time(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    chat, sender = await office.chat(lan), office.start()
    [first] = await office.queue(chat, "một")
    await office.until([first], "sent")
    assert sender._leader is not None

    # What a COMMIT leaves that was kept although its answer was lost.
    await office.change(
        first, state="sending", epoch=sender._leader.epoch, lease_until=office.town.clock.now() + ROW_LEASE
    )
    [second] = await office.queue(chat, "hai")
    assert await office.states([first, second]) == ["sending", "queued"]
    await until_leads(office, first)
    office.town.clock.move(seconds=11)
    await office.until([second], "sent")

    assert texts(lan) == ["một", "hai"]
