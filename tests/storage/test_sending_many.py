"""Messages that are marked, settled and given back many at a time, beside the same one by one, on both databases."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from storage.database import Database, Unit
from storage.queries import machine
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox, sending, sending_many
from storage.queries.outgoing.sending import Leader, NotLeading
from storage.queries.outgoing.sending_many import Together
from storage.queries.outgoing.windows import Windows
from storage.tables import Address, OutboxRow, Person
from storage.vault import Vault
from tests.kit.town import Town

T = TypeVar("T")
States = dict[int, tuple[str, str | None]]
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Undone(Exception):
    """Nothing of it is to be kept."""


@dataclass
class Line:
    """Chats of a town, and who sends there."""

    town: Town
    sender: Leader
    chats: list[Chat]

    @classmethod
    async def of(cls, town: Town, count: int) -> "Line":
        now, found = town.clock.now(), list[Chat]()

        def arrive(unit: Unit) -> int | None:
            vault = Vault(unit, town.office.master)
            for number in range(count):
                external = vault.look_up("telegram chat", str(number))
                found.append(chats.arrive(unit, vault, "telegram", external, now, platform=str(number)))
            return machine.lease(unit, "sender:telegram", "us", now, A_DAY)

        epoch = await town.database.write(arrive)
        assert epoch is not None
        return cls(town, Leader("telegram", "sender:telegram", "us", epoch), found[-count:])

    @property
    def names(self) -> list[str]:
        return [chat.address_id for chat in self.chats]

    async def put(self, chat: Chat, lane: str = "bulk", **values: object) -> int:
        """Queue a message; values: as its row is to have them."""

        def put(unit: Unit) -> int:
            vault, now = Vault(unit, self.town.office.master), self.town.clock.now()
            count = len(unit.scalars(select(OutboxRow.id)).all())
            outbox.put(unit, vault, chat, f"test/{count}", "notice", {"text": "tin"}, "test", now, lane=lane)
            made = unit.scalars(select(OutboxRow.id).where(OutboxRow.key == f"test/{count}")).one()
            if values:
                unit.execute(update(OutboxRow).where(col(OutboxRow.id) == made).values(**values))
            return int(made or 0)

        return await self.town.database.write(put)

    def many(self, unit: Unit, names: Sequence[str] = (), windows: Windows | None = None) -> Together:
        vault, now = Vault(unit, self.town.office.master), self.town.clock.now()
        return sending_many.claim(unit, vault, self.sender, names or self.names, now, now + A_MINUTE, windows)

    def one(self, unit: Unit, name: str, windows: Windows | None = None) -> int | None:
        vault, now = Vault(unit, self.town.office.master), self.town.clock.now()
        found = sending.claim(unit, vault, self.sender, name, now, now + A_MINUTE, windows)
        return found.leaving.id if found else None

    async def undone(self, work: Callable[[Unit], T]) -> T:
        """Do something of which nothing is kept."""
        found: list[T] = []

        def run(unit: Unit) -> None:
            found.append(work(unit))
            raise Undone

        with pytest.raises(Undone):
            await self.town.database.write(run)
        return found[-1]


def states(unit: Unit) -> States:
    rows = unit.execute(select(OutboxRow.id, OutboxRow.state, OutboxRow.reason)).all()
    return {int(number or 0): (state, reason) for number, state, reason in rows}


async def any_history(line: Line, chance: Random) -> None:
    """Put a few messages in each chat, in any states they may have come to."""
    now = line.town.clock.now()
    kinds: tuple[dict[str, object], ...] = (
        {}, {}, {}, {"not_before": now + A_MINUTE}, {"not_before": now + A_MINUTE, "attempt": 1}, {"state": "sending"},
        {"state": "unknown", "changed_at": now}, {"state": "unknown", "changed_at": now - A_MINUTE},
        {"deadline": now - A_MINUTE}, {"deadline": now + A_MINUTE}, {"body": b"\x01 not what was sealed"},
        {"state": "sent"}, {"attempt": 2, "reason": "plain", "part": 1},
    )  # fmt: skip
    for chat in line.chats:
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
            await line.put(chat, "reply" if chance.random() < 0.15 else "bulk", **chance.choice(kinds))


@pytest.mark.parametrize("seed", range(6))
async def test_together_the_same_are_marked_as_one_by_one(town: Town, seed: int) -> None:
    line = await Line.of(town, 25)
    await any_history(line, Random(seed))  # noqa: S311  # the same again
    names = line.names
    Random(seed + 100).shuffle(names)  # noqa: S311  # as above

    def singly(unit: Unit) -> tuple[list[int], States]:
        found = [line.one(unit, name) for name in names]
        return [number for number in found if number is not None], states(unit)

    def together(unit: Unit) -> tuple[Together, list[int], States]:
        found = line.many(unit, names)
        by_name = {one.leaving.address_id: one.leaving.id for one in found.claimed}
        by_name |= {one.address_id: line.one(unit, one.address_id) or 0 for one in found.apart}
        return found, [by_name[name] for name in names if by_name.get(name)], states(unit)

    one_by_one, then = await line.undone(singly)
    found, all_at_once, thereafter = await line.undone(together)

    assert all_at_once == one_by_one
    assert thereafter == then
    assert found.claimed


async def test_a_message_is_as_it_is_when_it_is_marked_alone(town: Town) -> None:
    line = await Line.of(town, 1)
    await line.put(line.chats[0], attempt=2, reason="plain", part=1)
    await line.put(line.chats[0])

    def alone(unit: Unit) -> object:
        vault, now = Vault(unit, town.office.master), town.clock.now()
        return sending.claim(unit, vault, line.sender, line.names[0], now, now + A_MINUTE)

    single = await line.undone(alone)
    found = await line.undone(line.many)

    assert found.claimed == [single]


async def test_those_who_claim_at_once_never_get_the_same(town: Town) -> None:
    line = await Line.of(town, 40)
    ids = [await line.put(chat) for chat in line.chats]

    found = await asyncio.gather(*(town.database.mark(line.many) for _ in range(4)))

    claimed = [one.leaving.id for together in found for one in together.claimed]
    again = await town.database.mark(line.many)
    assert sorted(claimed + [one.leaving.id for one in again.claimed]) == ids


async def test_who_leads_no_more_marks_nothing(town: Town) -> None:
    line = await Line.of(town, 3)
    for chat in line.chats:
        await line.put(chat)
    await town.database.write(lambda unit: machine.release(unit, "sender:telegram", "us", town.clock.now()))
    town.clock.move(seconds=1)

    with pytest.raises(NotLeading):
        await town.database.mark(line.many)

    assert {state for state, _ in (await town.database.read(states)).values()} == {"queued"}


async def test_a_message_that_becomes_another_persons_meanwhile_is_not_marked(shaped: Database) -> None:
    town = Town(shaped)
    line = await Line.of(town, 2)
    first, second = [await line.put(chat) for chat in line.chats]

    def joined(unit: Unit) -> set[int]:
        found = [one.leaving.id for one in line.many(unit).claimed]
        sending_many.give_back(
            unit, [{"id": n, "tried": 0, "under": line.sender.epoch} for n in found], town.clock.now()
        )
        claimed = line.many(unit).claimed
        unit.execute(update(OutboxRow).values(state="queued"))
        person = select(Person.id).where(Person.id != line.chats[0].person_id).limit(1).scalar_subquery()
        unit.execute(update(OutboxRow).where(col(OutboxRow.id) == first).values(person_id=person))
        return set(sending_many._mark(unit, line.sender, claimed, town.clock.now(), town.clock.now(), {}))

    assert await line.undone(joined) == {second}


@pytest.mark.parametrize(
    ("hours", "paid_most", "state", "apart"), [(1, 0, "sending", 0), (50, 0, "held", 0), (50, 5, "queued", 1)]
)
async def test_what_fits_no_window_is_held_and_what_is_paid_for_is_left_to_its_chat(
    town: Town, hours: int, paid_most: int, state: str, apart: int
) -> None:
    windows = Windows(
        channel="telegram",
        free=timedelta(hours=48),
        paid=timedelta(days=7),
        paid_most=paid_most,
        by_template=frozenset(),
        zone=ZONE,
    )
    line = await Line.of(town, 1)
    number = await line.put(line.chats[0])
    wrote = update(Address).values(interacted_at=town.clock.now() - timedelta(hours=hours))
    await town.database.write(lambda unit: unit.execute(wrote) and None)

    found = await town.database.mark(lambda unit: line.many(unit, windows=windows))

    assert len(found.apart) == apart
    assert (await town.database.read(states))[number][0] == state


async def test_what_was_written_off_is_not_settled_and_the_rest_is(town: Town) -> None:
    line = await Line.of(town, 3)
    ids = [await line.put(chat) for chat in line.chats]
    claimed = (await town.database.mark(line.many)).claimed
    lost = update(OutboxRow).where(col(OutboxRow.id) == ids[1]).values(state="unknown")
    await town.database.write(lambda unit: unit.execute(lost) and None)

    rows = [sending_many.sent(one, line.sender, 1, f"m{one.leaving.id}") for one in claimed]
    kept = await town.database.mark(lambda unit: sending_many.settle(unit, rows, town.clock.now()))
    again = await town.database.mark(lambda unit: sending_many.settle(unit, rows, town.clock.now()))

    found = await town.database.read(lambda unit: [unit.get_one(OutboxRow, number) for number in ids])
    assert (set(kept), set(again)) == ({ids[0], ids[2]}, set())
    assert [row.state for row in found] == ["sent", "unknown", "sent"]
    assert [(row.part, row.platform_id) for row in found[::2]] == [(1, f"m{ids[0]}"), (1, f"m{ids[2]}")]


async def test_what_is_given_back_is_as_if_it_had_not_been_marked(town: Town) -> None:
    line = await Line.of(town, 3)
    ids = [await line.put(chat, attempt=1, reason="http_429") for chat in line.chats]
    claimed = (await town.database.mark(line.many)).claimed
    settled = [sending_many.sent(claimed[0], line.sender, 1, "m")]
    await town.database.mark(lambda unit: sending_many.settle(unit, settled, town.clock.now()))

    rows = [sending_many.marked(one, line.sender) for one in claimed]
    back = await town.database.mark(lambda unit: sending_many.give_back(unit, rows, town.clock.now()))
    found = await town.database.read(lambda unit: [unit.get_one(OutboxRow, number) for number in ids])
    again = await town.database.mark(line.many)

    assert back == 2
    assert [(row.state, row.attempt, row.reason) for row in found[1:]] == [("queued", 1, "http_429")] * 2
    assert found[0].state == "sent"
    assert [one.leaving.id for one in again.claimed] == ids[1:]
