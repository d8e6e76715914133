"""Asks Zalo for updates, where no webhook can reach us: one a call, each kept before the next is asked for.

Why an update is held until it is kept, whatever the database does: there is no offset, so nobody brings it again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import orjson

from bot.channels.contract import Misconfigured, Refused, SendError, TryLater
from bot.channels.zalo_bot.channel import ZaloBot
from bot.channels.zalo_bot.errors import NothingThere, Shaken
from bot.clock import Clock
from storage.database import Database, DatabaseAway, Unclear
from storage.queries import machine

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=40)  # longer than one question may take, so that nobody else asks meanwhile
RENEW = timedelta(seconds=5)
LONG_POLL_S = 10
PAUSE_S = 1.0
LONG_PAUSE_S = 30.0
KEEPING_S = 8.0
NAME = "poller:zalo_bot"


class Poller:
    """The one process that asks, by a lease. keep: keeps one update. is_open: whether the channel may take anything."""

    def __init__(
        self, database: Database, channel: ZaloBot, clock: Clock, keep: Callable[[bytes], Awaitable[None]],
        is_open: Callable[[], Awaitable[bool]], *, alone: bool,
    ) -> None:  # fmt: skip
        self._database, self._channel, self._clock = database, channel, clock
        self._keep, self._is_open, self._alone = keep, is_open, alone
        self._holder = database.holder()
        self._renewed: datetime | None = None
        self._held: bytes | None = None
        self._conflict = self._stopping = False
        self._idle = asyncio.Event()
        self._idle.set()

    def reasons(self) -> list[str]:
        """What is wrong, in codes: a webhook was set with our token."""
        return ["zalo_bot_conflict"] if self._conflict else []

    async def run(self) -> None:
        """Ask until stopped or cancelled."""
        while not self._stopping:
            try:
                pause = await self._round()
            except (DatabaseAway, Unclear) as error:
                log.warning("polling waits for the database", extra={"reason": type(error).__name__})
                pause = PAUSE_S
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        """Ask no more, keep what was handed to us, and let another process ask at once."""
        self._stopping = True
        with suppress(TimeoutError):
            async with asyncio.timeout(KEEPING_S):
                await self._idle.wait()
                while self._held is not None:
                    with suppress(DatabaseAway, Unclear):
                        await self._keep_held()
                    await asyncio.sleep(0 if self._held is None else PAUSE_S / 4)
        with suppress(DatabaseAway, Unclear):
            now = self._clock.now()
            await self._database.write(lambda unit: machine.release(unit, NAME, self._holder, now), deadline_s=2)

    async def _round(self) -> float:
        """Ask once; returns how long to wait before the next time, in seconds."""
        await self._keep_held()
        if not await self._is_open() or not await self._lead():
            return PAUSE_S * 5
        try:
            found = await self._channel.update(LONG_POLL_S)
        except (NothingThere, Refused, Shaken):
            self._conflict = True
            log.error("Zalo gives no updates: a webhook is set with our token")
            return LONG_PAUSE_S
        except TryLater as later:
            return later.after_s
        except Misconfigured:
            return LONG_PAUSE_S
        except SendError as error:
            log.warning("Zalo can't be asked", extra={"channel": self._channel.name, "reason": error.reason})
            return PAUSE_S
        self._conflict = False
        if found is not None:
            self._held = orjson.dumps(found)
            await self._keep_held()
        return 0.0

    async def _keep_held(self) -> None:
        """Keep the update in hand. Raises DatabaseAway, Unclear, and then it stays in hand."""
        if self._held is None:
            return
        self._idle.clear()
        try:
            await self._keep(self._held)
            self._held = None
        finally:
            self._idle.set()

    async def _lead(self) -> bool:
        now = self._clock.now()
        if self._renewed is not None and now - self._renewed < RENEW:
            return True
        seize = self._alone and self._renewed is None
        epoch = await self._database.write(
            lambda unit: machine.lease(unit, NAME, self._holder, now, LEASE, seize=seize)
        )
        self._renewed = now if epoch is not None else None
        return self._renewed is not None
