"""The poller: one process asks, and an update is confirmed only once it is kept."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.channels.contract import PolledElsewhere
from bot.lease import Lease
from bot.receiving.poller import Poller
from storage.database import Database, DatabaseAway
from tests.kit.clock import HandClock
from tests.kit.waiting import until


@dataclass
class Asked:
    """A platform that is asked. brought: what it has; refuses: what it answers instead."""

    brings_again: bool = True
    name: str = "asked"
    brought: deque[bytes] = field(default_factory=deque)
    refuses: PolledElsewhere | None = None
    confirmed: list[bytes] = field(default_factory=list)
    questions: int = 0
    webhook: str = "https://of.another.release"

    async def next_updates(self, wait_s: int) -> Sequence[bytes]:
        self.questions += 1
        await asyncio.sleep(0.01)
        if self.refuses is not None:
            raise self.refuses
        found = tuple(self.brought)
        if not self.brings_again:
            self.brought.clear()
        return found

    def confirm(self, update: bytes) -> None:
        self.confirmed.append(update)
        if self.brings_again:
            self.brought.remove(update)

    async def set_webhook(self, url: str, secret: str) -> None:
        self.webhook = url


@dataclass
class Shelf:
    """Where updates are kept, unless the database is away."""

    kept: list[bytes] = field(default_factory=list)
    is_away: bool = False
    tried: int = 0

    async def keep(self, update: bytes) -> None:
        self.tried += 1
        if self.is_away:
            raise DatabaseAway("away")
        self.kept.append(update)

    async def is_open(self) -> bool:
        return True


@pytest.fixture
def kept(shaped: Database) -> Database:
    """A database with the product's tables."""
    return shaped


def poller(kept: Database, channel: Asked, shelf: Shelf) -> Poller:
    lease = Lease(database=kept, clock=HandClock(), name="poller:asked", length=timedelta(seconds=20))
    return Poller(channel, lease, shelf.keep, shelf.is_open)


@asynccontextmanager
async def asking(one: Poller) -> AsyncIterator[None]:
    """It asks until left."""
    task = asyncio.create_task(one.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def becomes(so: Callable[[], bool]) -> None:
    await until("the poller has come so far", so)


async def test_what_came_is_kept_in_order_and_then_confirmed(kept: Database) -> None:
    channel, shelf = Asked(brought=deque([b"1", b"2", b"3"])), Shelf()

    async with asking(poller(kept, channel, shelf)):
        await becomes(lambda: len(channel.confirmed) == 3)

    assert shelf.kept == channel.confirmed == [b"1", b"2", b"3"]
    assert channel.webhook == ""


@pytest.mark.parametrize("brings_again", [True, False])
async def test_nothing_is_lost_or_confirmed_while_the_database_is_away(kept: Database, *, brings_again: bool) -> None:
    channel, shelf = Asked(brings_again, brought=deque([b"1", b"2"])), Shelf(is_away=True)

    async with asking(poller(kept, channel, shelf)):
        await becomes(lambda: shelf.tried > 0)
        meanwhile = list(channel.confirmed)
        shelf.is_away = False
        await becomes(lambda: len(channel.confirmed) == 2)

    assert meanwhile == []
    assert shelf.kept == channel.confirmed == [b"1", b"2"]


async def test_a_stop_keeps_what_nobody_would_bring_again(kept: Database) -> None:
    channel, shelf = Asked(brings_again=False, brought=deque([b"1"])), Shelf(is_away=True)
    stopped = poller(kept, channel, shelf)

    async with asking(stopped):
        await becomes(lambda: shelf.tried > 0)
        stopping = asyncio.create_task(stopped.stop())
        await asyncio.sleep(0)
        shelf.is_away = False
        await stopping

    assert shelf.kept == [b"1"]


async def test_of_two_processes_one_asks_and_the_other_follows_after_a_stop(kept: Database) -> None:
    channels, shelf = (Asked(), Asked()), Shelf()
    first, second = (poller(kept, channel, shelf) for channel in channels)

    async with asking(first):
        await becomes(lambda: channels[0].questions > 0)
        async with asking(second):
            asked = channels[0].questions
            await becomes(lambda: channels[0].questions > asked + 10)
            meanwhile = channels[1].questions
            await first.stop()
            await becomes(lambda: channels[1].questions > 0)

    assert meanwhile == 0


async def test_that_another_gets_our_updates_is_told_and_another_may_ask(kept: Database) -> None:
    channel, shelf = Asked(refuses=PolledElsewhere("conflict")), Shelf()
    refused, other = poller(kept, channel, shelf), Asked()

    async with asking(refused):
        await becomes(lambda: refused.reasons() == ["asked_conflict"])
        async with asking(poller(kept, other, shelf)):
            await becomes(lambda: other.questions > 0)
