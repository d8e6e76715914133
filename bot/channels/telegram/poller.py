"""Asks Telegram for updates, where no webhook can reach us. What was kept is confirmed with the next question.

Why the offset is not stored: Telegram keeps it, and an update that comes twice has one effect.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import orjson

from bot.channels.contract import Misconfigured, SendError, TryLater, Unreadable
from bot.channels.telegram import updates
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.errors import PolledElsewhere
from bot.clock import Clock
from storage.database import Database, DatabaseAway, Unclear
from storage.queries import machine

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=20)  # how long nobody is heard after a kill, so that one question must be short beside it
LONG_POLL_S = 10
PAUSE_S = 1.0
LONG_PAUSE_S = 30.0


class Poller:
    """The one process that asks, by a lease. keep: keeps one update. is_open: whether the channel may take anything."""

    def __init__(
        self, database: Database, channel: Telegram, clock: Clock, keep: Callable[[bytes], Awaitable[None]],
        is_open: Callable[[], Awaitable[bool]], *, alone: bool,
    ) -> None:  # fmt: skip
        self._database, self._channel, self._clock = database, channel, clock
        self._keep, self._is_open, self._alone = keep, is_open, alone
        self._holder = database.holder()
        self._leads = self._conflict = self._stopping = False
        self._offset = 0

    def reasons(self) -> list[str]:
        """What is wrong, in codes: somebody else asks with our token."""
        return ["telegram_conflict"] if self._conflict else []

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
        """Ask no more, and let another process ask at once."""
        self._stopping = True
        await self._hand_over()

    async def _hand_over(self) -> None:
        with suppress(DatabaseAway, Unclear):
            now, name = self._clock.now(), "poller:telegram"
            await self._database.write(lambda unit: machine.release(unit, name, self._holder, now), deadline_s=2)

    async def _round(self) -> float:
        """Ask once; returns how long to wait before the next time, in seconds."""
        if not await self._is_open() or not await self._lead():
            return PAUSE_S * 5
        try:
            found = await self._channel.updates(self._offset, LONG_POLL_S)
        except PolledElsewhere:
            self._conflict = True
            log.error("another process asks Telegram with our token, or a webhook is set")
            await self._hand_over()
            return LONG_PAUSE_S
        except TryLater as later:
            return later.after_s
        except Misconfigured:
            return LONG_PAUSE_S
        except SendError as error:
            log.warning("Telegram can't be asked", extra={"reason": error.reason})
            return PAUSE_S
        self._conflict = False
        for update in found:
            await self._keep(orjson.dumps(update))
            with suppress(Unreadable):
                self._offset = max(self._offset, updates.update_id(update) + 1)
        return 0.0

    async def _lead(self) -> bool:
        now, seize = self._clock.now(), self._alone and not self._leads
        epoch = await self._database.write(
            lambda unit: machine.lease(unit, "poller:telegram", self._holder, now, LEASE, seize=seize)
        )
        self._leads = epoch is not None
        return self._leads
