"""Asks a platform for updates where no webhook can reach us, and keeps each before it is confirmed.

Why an update that can't be kept now stays in hand where the platform brings nothing twice: nobody else has it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.channels.contract import Misconfigured, PolledElsewhere, Polls, SendError, TryLater
from bot.lease import Lease
from storage.database import DatabaseAway, UnclearCommit

log = logging.getLogger(__name__)
LONG_POLL_S = 10
PAUSE_S = 1.0
CLOSED_S = 5.0  # between looks whether the channel is open and nobody else asks
LONG_PAUSE_S = 30.0
DATABASE_S = 0.25
KEEPING_S = 8.0


class Poller:
    """The one process that asks, by a lease.

    keep: keeps one update, and raises DatabaseAway or Unclear if it can't. is_open: whether the channel may take
    anything.
    """

    def __init__(
        self,
        channel: Polls,
        lease: Lease,
        keep: Callable[[bytes], Awaitable[None]],
        is_open: Callable[[], Awaitable[bool]],
    ) -> None:
        self._channel, self._lease, self._keep, self._is_open = channel, lease, keep, is_open
        self._in_hand: deque[bytes] = deque()
        self._one_keeps = asyncio.Lock()
        self._conflict = self._stopping = False

    def reasons(self) -> list[str]:
        """What is wrong, in codes: somebody else gets the updates of our account."""
        return [f"{self._channel.name}_conflict"] if self._conflict else []

    async def run(self) -> None:
        """Ask until stopped or cancelled, once no webhook of ours stands in the way."""
        await self._drop_webhook()
        while not self._stopping:
            try:
                pause = await self._round()
            except (DatabaseAway, UnclearCommit) as error:
                log.warning("polling waits for the database", extra=self._about(type(error).__name__))
                pause = PAUSE_S
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        """Ask no more, keep what nobody would bring again, and let another process ask at once."""
        self._stopping = True
        with suppress(TimeoutError):
            async with asyncio.timeout(KEEPING_S):
                while self._in_hand:
                    with suppress(DatabaseAway, UnclearCommit):
                        await self._keep_in_hand()
                    if self._in_hand:
                        await asyncio.sleep(DATABASE_S)
        await self._lease.release()

    async def _drop_webhook(self) -> None:
        while not self._stopping:
            try:
                await self._channel.set_webhook("", "")
                return
            except SendError as error:
                log.warning("the platform can't be asked", extra=self._about(error.reason))
                await asyncio.sleep(CLOSED_S)

    async def _round(self) -> float:
        """Ask once, and keep what came; returns how long to wait before the next time, in seconds."""
        await self._keep_in_hand()
        if not await self._is_open() or not await self._lease.keep():
            return CLOSED_S
        try:
            found = await self._channel.next_updates(LONG_POLL_S)
        except PolledElsewhere as error:
            self._conflict = True
            log.error("another process or a webhook gets our updates", extra=self._about(error.reason))
            await self._lease.release()
            return LONG_PAUSE_S
        except TryLater as later:
            return later.after_s
        except Misconfigured:
            return LONG_PAUSE_S
        except SendError as error:
            log.warning("the platform can't be asked", extra=self._about(error.reason))
            return PAUSE_S
        self._conflict = False
        self._in_hand.extend(found)
        await self._keep_in_hand()
        return 0.0

    async def _keep_in_hand(self) -> None:
        """Keep what is in hand, in order. Raises DatabaseAway, Unclear."""
        async with self._one_keeps:
            try:
                while self._in_hand:
                    await self._keep(self._in_hand[0])
                    self._channel.confirm(self._in_hand.popleft())
            finally:
                if self._channel.brings_again:
                    self._in_hand.clear()

    def _about(self, reason: str) -> dict[str, str]:
        return {"channel": self._channel.name, "reason": reason}
