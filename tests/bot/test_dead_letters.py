"""A message that fails is tried again three times, then set aside; its sender hears of it, and is answered on."""

from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlmodel import col

from storage.queries.incoming import inbox
from storage.tables import InboxRow
from storage.verify import broken
from tests.kit.town import Town
from tests.kit.trap import Trap, arrives, rows, said, until_done


@pytest.fixture
def trap(town: Town) -> Trap:
    """A town whose reception knows a conversation that may raise."""
    made = Trap(town)
    town.service = replace(town.service, inbox=made.inbox())
    return made


async def letters(town: Town) -> list[tuple[str, str]]:
    """(id, state) of each dead letter, the oldest first."""
    found = await town.database.read(inbox.dead_letters)
    return [(letter, state) for letter, _, _, state, _ in reversed(found)]


async def gives_up(town: Town, person_id: str) -> None:
    """Let all the tries of a message pass."""
    for wait in (0, 1, 5, 30):
        town.clock.move(seconds=wait)
        await town.service.inbox.handle(person_id)


async def test_a_message_that_fails_is_tried_again_after_1_5_and_30_seconds(town: Town, trap: Trap) -> None:
    trap.error = ValueError("a bug")
    person_id = await arrives(town, "Lan", "/trap one")
    handle = town.service.inbox.handle

    tried = [await handle(person_id) is not None]
    for wait in (1, 5, 30):
        town.clock.move(seconds=wait - 0.001)
        tried.append(await handle(person_id) is not None)
        town.clock.move(seconds=0.001)
        tried.append(await handle(person_id) is not None)

    assert tried == [True, False, True, False, True, False, True]
    assert [(row.state, row.attempt) for row in await rows(town)] == [("dead", 3)]
    assert [state for _, state in await letters(town)] == ["open"]


async def test_a_message_given_up_is_apologised_for_and_the_next_is_answered(town: Town, trap: Trap) -> None:
    lan = town.citizen("Lan")
    await lan.says("/trap works")
    trap.error = ValueError("a bug")
    person_id = await arrives(town, "Lan", "/trap fails", "/menu")

    await gives_up(town, person_id)
    await town.service.inbox.handle(person_id)
    await town.service.outbox.drain()
    await lan.listens(1)

    lan.hears("apology", "menu")


async def test_a_message_that_can_not_be_opened_becomes_a_dead_letter(town: Town, trap: Trap) -> None:
    person_id = await arrives(town, "Lan", "/trap spoiled", "/trap whole")
    first = (await rows(town))[0].id
    await town.database.write(
        lambda unit: unit.execute(update(InboxRow).where(col(InboxRow.id) == first).values(body=b"?"))
    )

    await gives_up(town, person_id)
    await until_done(town.service.inbox, person_id)

    assert [row.state for row in await rows(town)] == ["dead", "done"]
    assert [words == "whole" for words in await said(town, "Lan")] == [False, True]


async def test_a_dead_letter_is_answered_when_it_is_replayed(town: Town, trap: Trap) -> None:
    trap.error = ValueError("a bug")
    person_id = await arrives(town, "Lan", "/trap at last")
    await gives_up(town, person_id)
    [(letter, _)] = await letters(town)
    trap.error = None

    replayed = await town.database.write(lambda unit: inbox.replay(unit, letter, town.clock.now()))
    await until_done(town.service.inbox, person_id)

    assert replayed
    assert (await said(town, "Lan"))[-1] == "at last"
    assert await letters(town) == [(letter, "replayed")]
    assert not await town.database.write(lambda unit: inbox.replay(unit, letter, town.clock.now()))


async def test_a_dead_letter_replayed_in_vain_is_a_dead_letter_again(town: Town, trap: Trap) -> None:
    trap.error = ValueError("a bug")
    person_id = await arrives(town, "Lan", "/trap never")
    await gives_up(town, person_id)
    [(letter, _)] = await letters(town)
    await town.database.write(lambda unit: inbox.replay(unit, letter, town.clock.now()))

    await gives_up(town, person_id)

    assert [state for _, state in await letters(town)] == ["replayed", "open"]
    assert len(await said(town, "Lan")) == 2


async def test_whatever_failed_the_data_stays_whole(town: Town, trap: Trap) -> None:
    trap.error = ValueError("a bug")
    person_id = await arrives(town, "Lan", "/trap one", "/menu", "/trap two")

    for _ in range(3):
        await gives_up(town, person_id)

    assert [row.state for row in await rows(town)] == ["dead", "done", "dead"]
    assert await town.database.read(lambda unit: list(broken(unit, town.clock.now()))) == []
