"""Whoever leads marks a message once; who leads no more marks none, and settles only what it marked itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import Row
from sqlmodel import select

from storage.database import Unit
from storage.queries.outgoing import outbox, sending, sending_many, states
from storage.queries.outgoing.sending import NotLeading
from storage.tables import OutboxRow
from tests.kit.town import Town
from tests.storage.test_sending_many import A_DAY, A_MINUTE, Line

Claims = Callable[[Line, Unit], object]
OTHERS: Mapping[str, Mapping[str, object]] = {
    "another holder": {"holder": "other"},
    "an earlier epoch": {"epoch": 0},
    "another channel": {"lease": "sender:zalo_oa"},
}


def one_by_one(line: Line, unit: Unit) -> object:
    return [line.one(unit, name) for name in line.names]


def all_at_once(line: Line, unit: Unit) -> object:
    return line.many(unit)


def rows(unit: Unit) -> list[tuple[object, ...]]:
    """The whole outbox."""
    columns = OutboxRow.__table__.c  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    return [tuple(row) for row in unit.execute(select(*columns).order_by(columns.id))]


async def two_waiting(town: Town) -> Line:
    line = await Line.of(town, 2)
    for chat in line.chats:
        await line.put(chat)
    return line


async def test_what_another_claimed_since_it_was_read_is_not_claimed_again(town: Town) -> None:
    line, now = await two_waiting(town), town.clock.now()

    def read(unit: Unit) -> list[Row[tuple[object, ...]]]:
        return [row for name in line.names if (row := outbox.next_of(unit, name, now)) is not None]

    def claims_again(unit: Unit) -> tuple[list[bool], list[int]]:
        leads = line.sender.leads()
        given = [{"id": row.id, "tried": row.attempt, "whose": row.person_id} for row in before]
        singly = [states.mark(unit, row, leads, now, lease_owner="again") for row in before]
        return singly, list(states.mark_each(unit, given, leads, now, lease_owner="again"))

    before = await town.database.read(read)
    await town.database.mark(line.many)
    claimed = await town.database.read(rows)
    again = await town.database.mark(claims_again)

    assert len(before) == 2
    assert again == ([False, False], [])
    assert await town.database.read(rows) == claimed


@pytest.mark.parametrize("claims", [one_by_one, all_at_once])
@pytest.mark.parametrize("other", OTHERS)
async def test_who_does_not_lead_marks_nothing(town: Town, other: str, claims: Claims) -> None:
    line = await two_waiting(town)
    before = await town.database.read(rows)
    stranger = replace(line, sender=replace(line.sender, **OTHERS[other]))  # type: ignore[arg-type]  # each its type

    with pytest.raises(NotLeading):
        await town.database.mark(lambda unit: claims(stranger, unit))

    assert await town.database.read(rows) == before


@pytest.mark.parametrize("claims", [one_by_one, all_at_once])
async def test_who_did_not_renew_its_lease_marks_nothing(town: Town, claims: Claims) -> None:
    line = await two_waiting(town)
    before = await town.database.read(rows)

    town.clock.move(seconds=A_DAY.total_seconds() + 1)
    with pytest.raises(NotLeading):
        await town.database.mark(lambda unit: claims(line, unit))

    assert await town.database.read(rows) == before


@pytest.mark.parametrize("change", ["epoch", "attempt"])
async def test_what_was_marked_under_another_epoch_or_try_is_neither_settled_nor_given_back(
    town: Town, change: str
) -> None:
    line, now = await two_waiting(town), town.clock.now()
    claimed = (await town.database.mark(line.many)).claimed
    later = replace(line.sender, epoch=line.sender.epoch + 1) if change == "epoch" else line.sender
    if change == "attempt":
        claimed = [one._replace(leaving=one.leaving._replace(attempt=one.leaving.attempt + 1)) for one in claimed]
    before = await town.database.read(rows)

    def settles(unit: Unit) -> object:
        singly = [sending.settle(unit, later, one, "sent", now + A_MINUTE, reason=None) for one in claimed]
        sent = [sending_many.sent(one, later, 1, "m") for one in claimed]
        back = [sending_many.marked(one, later) for one in claimed]
        return singly, sending_many.settle(unit, sent, now), sending_many.give_back(unit, back, now)

    settled = await town.database.mark(settles)

    assert settled == ([False, False], set(), 0)
    assert await town.database.read(rows) == before
