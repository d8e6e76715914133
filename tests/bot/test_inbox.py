"""Each accepted message is handled once and in order, and one that can't be handled stands in nobody's way."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.receiving.inbox import WORKERS
from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import Say
from storage.database import DatabaseAway, Unit
from storage.queries.incoming import inbox
from storage.tables import Talk
from storage.vault import Vault
from tests.kit.town import Town
from tests.kit.trap import Trap, arrives, rows, said, until_done
from tests.kit.waiting import passes, until


@pytest.fixture
def trap(town: Town) -> Trap:
    """A town whose reception knows a conversation that may raise."""
    made = Trap(town)
    town.service = replace(town.service, inbox=made.inbox())
    return made


async def runs_until(trap: Trap, done: Callable[[], Awaitable[bool]]) -> None:
    """Run the inbox as the service does until something is so."""
    running = asyncio.create_task(trap.town.service.inbox.run())
    await until("the inbox has done it", done)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_same_message_fifty_times_at_once_is_kept_once(town: Town) -> None:
    def keep(unit: Unit) -> bool:
        vault, now = Vault(unit, town.office.master), town.clock.now()
        chat = inbox.arrive(unit, vault, "telegram", b"Lan", "update 7", now, platform="77")
        if chat is not None:
            inbox.accept(unit, vault, chat, "update 7", "text", {"text": "xin chào"}, now)
        return chat is not None

    async def bring() -> bool:
        while True:
            try:
                return await town.database.write(keep)
            except DatabaseAway:  # a platform brings it again
                continue

    kept = await asyncio.gather(*(bring() for _ in range(50)))

    assert kept.count(True) == 1
    assert len(await rows(town)) == 1


async def test_the_first_messages_of_many_people_at_once_are_all_kept(town: Town) -> None:
    people = await asyncio.gather(*(arrives(town, f"người {n}", "xin chào") for n in range(30)))

    assert len(set(people)) == 30
    assert {row.person_id for row in await rows(town)} == set(people)


async def test_twenty_messages_of_one_person_stay_in_order_whoever_handles_them(town: Town, trap: Trap) -> None:
    person_id = await arrives(town, "Lan", *(f"/trap {n}" for n in range(20)))

    await asyncio.gather(*(until_done(town.service.inbox, person_id) for _ in range(8)))

    assert await said(town, "Lan") == [str(n) for n in range(20)]
    assert {row.state for row in await rows(town)} == {"done"}


async def test_many_people_at_once_are_each_answered_in_order(town: Town, trap: Trap) -> None:
    names = [f"người {n}" for n in range(6)]
    people = [await arrives(town, name, *(f"/trap {name}, {n}" for n in range(5))) for name in names]

    await asyncio.gather(*(until_done(town.service.inbox, person_id) for person_id in people for _ in range(2)))

    for name in names:
        assert await said(town, name) == [f"{name}, {n}" for n in range(5)]


@pytest.mark.parametrize("engine_name", ["postgresql"])  # SQLite has one writer at a time
async def test_one_persons_turn_does_not_hold_another(town: Town, trap: Trap) -> None:
    inside = {"Lan": threading.Event(), "Mai": threading.Event()}

    def meet(a: Answers, desk: Desk) -> Done:
        mine, other = ("Lan", "Mai") if a.given("typed") == "Lan" else ("Mai", "Lan")
        inside[mine].set()
        passes(f"{other} is at her turn too", inside[other])
        return Done(Say("plain", words="met"))

    incoming = trap.inbox(Conversation("meet", (), meet, opens_with=("/meet",)))
    people = [await arrives(town, name, f"/meet {name}") for name in inside]

    await asyncio.gather(*(until_done(incoming, person_id) for person_id in people))

    assert (await said(town, "Lan"), await said(town, "Mai")) == (["met"], ["met"])


async def test_messages_nobody_woke_us_for_are_found(town: Town, trap: Trap) -> None:
    await arrives(town, "Lan", "/trap a", "/trap b")
    await arrives(town, "Mai", "/trap c")

    async def all_done() -> bool:
        return {row.state for row in await rows(town)} == {"done"}

    await runs_until(trap, all_done)

    assert (await said(town, "Lan"), await said(town, "Mai")) == (["a", "b"], ["c"])


async def test_what_comes_after_a_message_that_fails_waits_for_it(town: Town, trap: Trap) -> None:
    trap.error = ValueError("a bug")
    person_id = await arrives(town, "Lan", "/trap fails", "/menu")

    await town.service.inbox.handle(person_id)
    again = await town.service.inbox.handle(person_id)

    assert again is None
    assert [row.state for row in await rows(town)] == ["new", "new"]


async def test_a_failed_try_leaves_nothing_behind(town: Town, trap: Trap) -> None:
    def half(a: Answers, desk: Desk) -> Done:
        desk.talks.wish()
        desk.unit.flush()
        raise ValueError("a bug after the wish")

    incoming = trap.inbox(Conversation("half", (), half, opens_with=("/half",)))
    person_id = await arrives(town, "Lan", "/half")

    await incoming.handle(person_id)

    assert await said(town, "Lan") == []
    assert await town.database.read(lambda unit: unit.query(Talk).count()) == 0


async def test_one_persons_poison_does_not_keep_others_waiting(town: Town, trap: Trap) -> None:
    trap.error = ValueError("a bug")
    await arrives(town, "Lan", "/trap fails")
    await arrives(town, "Mai", "/menu")

    async def mai_is_answered() -> bool:
        return len(await said(town, "Mai")) == 1

    await runs_until(trap, mai_is_answered)

    assert [row.state for row in await rows(town)] == ["new", "done"]


async def test_a_database_that_is_away_counts_no_attempt(town: Town, trap: Trap) -> None:
    trap.error = DatabaseAway("gone for a moment")
    person_id = await arrives(town, "Lan", "/trap later")
    for _ in range(10):
        with pytest.raises(DatabaseAway):
            await town.service.inbox.handle(person_id)

    trap.error = None
    await until_done(town.service.inbox, person_id)

    assert [(row.state, row.attempt) for row in await rows(town)] == [("done", 0)]
    assert await said(town, "Lan") == ["later"]


async def test_who_writes_without_end_holds_up_nobody(town: Town, trap: Trap) -> None:
    flood = [await arrives(town, f"người {n}", *(f"/trap {n}, {m}" for m in range(10))) for n in range(WORKERS)]
    lan = await arrives(town, "Lan", "/trap Lan")
    for person_id in (*flood, lan):
        await town.service.inbox.wake(person_id)

    async def all_done() -> bool:
        return {row.state for row in await rows(town)} == {"done"}

    await runs_until(trap, all_done)

    # The order in which turns begin is what was chosen; one that collides is run again and ends later.
    assert list(dict.fromkeys(trap.begun)).index("Lan") <= 2 * WORKERS
