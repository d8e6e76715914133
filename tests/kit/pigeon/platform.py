"""Pigeons, wired: poller and sender."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta

from aiohttp import web

from bot.channels.contract import Unreadable
from bot.channels.payload import read_update
from bot.clock import Clock
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.sender import Sender
from bot.lease import Lease
from bot.receiving.inbox import Inbox
from bot.receiving.intake import Intake
from bot.receiving.poller import Poller
from bot.setup import OpenedOffice
from tests.kit.pigeon import updates
from tests.kit.pigeon.channel import Pigeons, Sky


class PigeonPlatform:
    """One loft of ours."""

    name = "pigeon"
    rate = 1000.0

    def __init__(self, opened: OpenedOffice, clock: Clock, inbox: Inbox) -> None:
        database, office = opened.database, opened.office
        alone = database.dialect == "sqlite"
        self.fetcher = self.channel = Pigeons(Sky())
        self.sender = Sender(
            database=database, master=office.master, channel=self.channel, limiter=RateLimiter(self.rate), clock=clock,
            alone=alone,
        )  # fmt: skip
        self._intake = Intake(
            database=database, office=office, clock=clock, inbox=inbox, channel=self.name, real=False
        )  # fmt: skip
        lease = Lease(
            database=database, clock=clock, name="poller:pigeon", length=timedelta(seconds=20), alone=alone
        )  # fmt: skip
        self._poller = Poller(self.channel, lease, self._keep, self._intake.is_open)

    @property
    def parts(self) -> Sequence[Callable[[], Coroutine[object, object, None]]]:
        return (self.sender.run, self._poller.run)

    def add_to(self, app: web.Application) -> None:
        """Nobody knocks."""

    async def start(self) -> None:
        """The sky is open."""

    async def stop(self, grace_s: float) -> None:
        await asyncio.gather(self.sender.stop(grace_s), self._poller.stop())

    async def close(self) -> None:
        """The sky stays open."""

    def reasons(self) -> list[str]:
        return [*self.sender.reasons(), *self._poller.reasons()]

    def rejected(self) -> int:
        return 0

    async def _keep(self, raw: bytes) -> None:
        try:
            received = updates.read(read_update(raw))
        except Unreadable as unreadable:
            await self._intake.set_aside(raw, str(unreadable))
            return
        await self._intake.take_or_set_aside(received, raw)
