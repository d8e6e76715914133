"""What was committed to be said leaves once and in order; what can't leave says why and holds up nobody."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Row, update
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.flow.message import Say
from storage.database import DatabaseAway, Unit
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox
from storage.queries.outgoing import states as outgoing
from storage.tables import OutboxRow
from storage.vault import Vault
from tests.kit.town import Citizen, Town
from tests.kit.waiting import comes


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody who wrote before."""
    citizen = town.citizen("Lan")
    await citizen.says("/menu")
    return citizen


async def queues(citizen: Citizen, *texts: str, **values: object) -> list[int]:
    """Put messages to a citizen into the outbox without delivering them; returns their ids."""
    town, chat = citizen.town, await citizen.chat()

    def put(unit: Unit) -> list[int]:
        desk = town.office.desk(unit, Actor("clock"), "queue", town.clock, chat)
        for words in texts:
            desk.messages.say(chat, Say("plain", words=words), place=words)
        keys = [f"queue/{words}" for words in texts]
        if values:
            unit.execute(update(OutboxRow).where(col(OutboxRow.key).in_(keys)).values(**values))
        return [unit.execute(select(OutboxRow.id).where(OutboxRow.key == key)).scalar_one() for key in keys]

    return await town.database.write(put)


async def row(town: Town, outbox_id: int) -> OutboxRow:
    return await town.database.read(lambda unit: unit.get_one(OutboxRow, outbox_id))


async def states(town: Town, ids: list[int]) -> list[str]:
    return [(await row(town, outbox_id)).state for outbox_id in ids]


async def lines(citizen: Citizen) -> list[str]:
    """The texts of her chat, oldest first, without the first answer."""
    chat = await citizen.chat()
    found = await citizen.town.read(lambda unit, vault: chats.lines(unit, vault, chat, 1, 1000))
    return [str(line.body["text"]) for line in found]


async def change(town: Town, outbox_id: int, **values: object) -> None:
    await town.database.write(
        lambda unit: unit.execute(update(OutboxRow).where(col(OutboxRow.id) == outbox_id).values(**values))
    )


async def test_a_message_is_sent_with_the_number_of_its_line(town: Town, lan: Citizen) -> None:
    [first] = await queues(lan, "xin chào")
    before = await states(town, [first])

    await town.service.outbox.drain()

    kept = await row(town, first)
    assert (before, kept.state, kept.platform_id) == (["queued"], "sent", "2")
    assert await lines(lan) == ["xin chào"]


async def test_what_is_queued_together_arrives_in_order_and_once_whoever_delivers(town: Town, lan: Citizen) -> None:
    texts = [f"tin {n}" for n in range(30)]
    ids = await queues(lan, *texts)

    async def deliver() -> None:
        while True:
            try:
                if not await town.service.outbox.drain():
                    return
            except DatabaseAway:  # collided on every try
                continue

    await asyncio.gather(*(deliver() for _ in range(5)))

    assert await lines(lan) == texts
    assert set(await states(town, ids)) == {"sent"}


async def test_many_chats_each_get_their_own(town: Town) -> None:
    people = [town.citizen(f"người {n}") for n in range(12)]
    for person in people:
        await person.says("/menu")
        await queues(person, f"cho {person.name}")

    await town.service.outbox.drain()

    assert [await lines(person) for person in people] == [[f"cho {person.name}"] for person in people]


async def test_replies_leave_before_announcements(town: Town, lan: Citizen) -> None:
    await queues(lan, "thông báo", lane="bulk")
    await queues(lan, "trả lời")

    await town.service.outbox.drain()

    assert await lines(lan) == ["trả lời", "thông báo"]


async def test_what_waits_for_its_time_keeps_nothing_else_of_its_chat_waiting(town: Town, lan: Citizen) -> None:
    later = town.clock.now() + timedelta(minutes=1)
    ids = [*await queues(lan, "một", not_before=later), *await queues(lan, "hai")]

    delivered = await town.service.outbox.drain()
    waiting = await states(town, ids)
    town.clock.move(minutes=1)
    await town.service.outbox.drain()

    assert (delivered, waiting) == (True, ["queued", "sent"])
    assert await lines(lan) == ["hai", "một"]


async def test_a_message_nobody_can_open_fails_and_the_next_one_arrives(town: Town, lan: Citizen) -> None:
    ids = await queues(lan, "hỏng", "lành")
    await change(town, ids[0], body=b"\x01 not what was sealed")

    await town.service.outbox.drain()

    assert await states(town, ids) == ["failed", "sent"]
    assert (await row(town, ids[0])).reason == "WrongKey"
    assert await lines(lan) == ["lành"]


async def test_a_message_whose_key_is_gone_fails_and_others_get_theirs(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")
    await mai.says("/menu")
    ids = [*await queues(lan, "cho Lan"), *await queues(mai, "cho Mai")]
    gone = (await lan.chat()).person_id
    await town.database.write(lambda unit: Vault(unit, town.office.master).forget(f"person:{gone}"))

    await town.service.outbox.drain()

    assert await states(town, ids) == ["failed", "sent"]
    assert (await row(town, ids[0])).reason == "KeyGone"
    assert await lines(mai) == ["cho Mai"]


async def test_what_waits_for_a_person_who_erases_herself_is_cancelled(town: Town, lan: Citizen) -> None:
    ids = [*await queues(lan, "xếp hàng"), *await queues(lan, "giữ lại", state="held")]

    await lan.at_desk(lambda desk: desk.people.erase())

    assert await states(town, ids) == ["cancelled", "cancelled"]
    assert [(await row(town, i)).body for i in ids] == [None, None]
    assert await lines(lan) == []


async def test_sent_is_delivered_once_its_line_was_read_out(town: Town, lan: Citizen) -> None:
    ids = await queues(lan, "đọc rồi", "chưa đọc", "đang chờ")
    await town.service.outbox.drain()
    await change(town, ids[2], state="queued")

    marked = await town.database.mark(lambda unit: outbox.handed_out(unit, [ids[0], ids[2]], town.clock.now()))

    assert marked == 1
    assert await states(town, ids) == ["delivered", "sent", "queued"]


@pytest.mark.parametrize("state", ["failed", "expired"])
async def test_a_message_that_stopped_can_be_sent_again(town: Town, lan: Citizen, state: str) -> None:
    [first] = await queues(lan, "lần nữa", state=state)

    again = await town.database.write(lambda unit: outbox.retry(unit, first, town.clock.now()))
    await town.service.outbox.drain()

    kept = await row(town, first)
    assert (again, kept.state, kept.attempt) == (True, "sent", 1)
    assert await lines(lan) == ["lần nữa"]


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "delivered", "unknown", "cancelled", "held"])
async def test_no_other_message_can_be_sent_again(town: Town, lan: Citizen, state: str) -> None:
    [first] = await queues(lan, "một lần", state=state)

    again = await town.database.write(lambda unit: outbox.retry(unit, first, town.clock.now()))

    assert (again, await states(town, [first])) == (False, [state])


async def test_a_message_whose_words_were_forgotten_can_not_be_sent_again(town: Town, lan: Citizen) -> None:
    [first] = await queues(lan, "quên rồi", state="failed", body=None)

    assert not await town.database.write(lambda unit: outbox.retry(unit, first, town.clock.now()))


@pytest.mark.parametrize(
    ("attempt", "old"),
    [pytest.param(1, "queued", id="another attempt"), pytest.param(0, "sending", id="another state")],
)
async def test_a_step_that_comes_too_late_changes_nothing(town: Town, lan: Citizen, attempt: int, old: str) -> None:
    [first] = await queues(lan, "một bước")
    now = town.clock.now()

    def move(unit: Unit) -> bool:
        row = unit.get_one(OutboxRow, first)
        as_read = SimpleNamespace(id=first, person_id=row.person_id, attempt=attempt, state=old)
        return outgoing.move(unit, cast("Row[Any]", as_read), "sent", now)

    moved = await town.database.mark(move)

    assert (moved, await states(town, [first])) == (False, ["queued"])


async def test_the_same_message_is_never_put_twice(town: Town, lan: Citizen) -> None:
    def twice(desk: Desk) -> None:
        chat: Chat = desk.here()
        for _ in range(2):
            outbox.put(desk.unit, desk.vault, chat, "one key", "notice", {"text": "một"}, "test", desk.now)

    with pytest.raises(Exception, match=r"(?i)unique"):
        await lan.at_desk(twice)


async def test_the_service_delivers_when_it_is_woken(town: Town, lan: Citizen) -> None:
    address = (await lan.chat()).address_id
    running = asyncio.create_task(town.service.outbox.run())

    with town.service.lines.following(address) as arrival:
        arrival.clear()
        await queues(lan, "đến ngay")
        town.service.outbox.wake()
        await comes("it is delivered", arrival.wait())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert await lines(lan) == ["đến ngay"]


async def test_the_counts_of_all_states_add_up(town: Town, lan: Citizen) -> None:
    await queues(lan, "a", "b")
    await town.service.outbox.drain()
    await queues(lan, "c", state="failed")

    counts = await town.database.read(outbox.counts)

    assert counts == {("webchat", "sent"): 3, ("webchat", "failed"): 1}


async def test_a_message_nothing_can_be_made_of_fails_alone_and_the_next_is_delivered(lan: Citizen) -> None:
    town, chat = lan.town, await lan.chat()

    def put(unit: Unit) -> None:
        vault = Vault(unit, town.office.master)
        outbox.put(unit, vault, chat, "broken", "notice", {"words": "no text"}, "test", town.clock.now())

    await town.database.write(put)
    [after] = await queues(lan, "after")

    await town.service.outbox.drain()

    broken = await town.database.read(
        lambda unit: unit.scalars(select(OutboxRow).where(OutboxRow.key == "broken")).one()
    )
    assert (broken.state, broken.reason) == ("failed", "KeyError")
    assert await states(town, [after]) == ["sent"]
