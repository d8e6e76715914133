"""Delivers what was committed. A message leaves only as a row that is marked; nothing is sent from a turn."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.channels.contract import Keeps
from bot.channels.fit import fit
from bot.clock import Clock
from storage.crypto import MasterKey, WrongKey
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries.outgoing import outbox, states
from storage.vault import KeyGone, Vault

log = logging.getLogger(__name__)
LOOK_AGAIN_S = 1.0
FOUND, AT_ONCE = 200, 16  # chats
WORKERS = 4


class WebchatDelivery:
    """Hands the messages of one channel over, those of one chat strictly in order.

    Why who was just answered goes before all that is found by looking: an announcement to thousands, or those who write
    without end, would stand before her.
    """

    def __init__(
        self, database: Database, master: MasterKey, channel: Keeps, clock: Clock, arrived: Callable[[str], None]
    ) -> None:
        self._database, self._master, self._channel, self._clock = database, master, channel, clock
        self._arrived = arrived
        self._wake = asyncio.Event()
        self._begun = asyncio.Queue[str]()

    def wake(self) -> None:
        """Look now: something was committed."""
        self._wake.set()

    def begin(self, address_id: str) -> None:
        """Deliver what was committed for a chat, before all that is found by looking."""
        self._begun.put_nowait(address_id)

    async def run(self) -> None:
        """Deliver until cancelled. While the database is away, wait for it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look())
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _look(self) -> None:
        while True:
            self._wake.clear()
            if not await self._unless_away(self.drain()):
                await _wait(self._wake, LOOK_AGAIN_S)

    async def _work(self) -> None:
        while True:
            await self._unless_away(self._chat(await self._begun.get()))  # what fails is found by looking

    async def _unless_away(self, work: Awaitable[bool]) -> bool:
        """Do something; False where the database is away or it fails, which must not end the delivery of all others."""
        try:
            return await work
        except (DatabaseAway, UnclearCommit) as error:
            log.warning("the outbox waits for the database", extra={"reason": type(error).__name__})
        except Exception:
            log.exception("the outbox stumbled")
        return False

    async def drain(self) -> bool:
        """Deliver what is ready; True if anything was."""
        now, kept = self._clock.now(), False
        ready = await self._database.read(lambda unit: outbox.ready(unit, self._channel.name, now, FOUND))
        for start in range(0, len(ready), AT_ONCE):
            kept |= any(await asyncio.gather(*(self._chat(address) for address in ready[start : start + AT_ONCE])))
        return kept

    async def _chat(self, address_id: str) -> bool:
        """Deliver all that one chat has waiting, in one transaction."""
        count = await self._database.write(lambda unit: self._keep_all(unit, address_id))
        if count:
            self._arrived(address_id)
        return count > 0

    def _keep_all(self, unit: Unit, address_id: str) -> int:
        vault, now, count = Vault(unit, self._master), self._clock.now(), 0
        while (row := outbox.next_of(unit, address_id, now)) is not None:
            count += 1
            if row.deadline is not None and row.deadline < now:
                states.move(unit, row, "expired", now, reason="deadline")
                continue
            if row.is_stopped:
                states.move(unit, row, "cancelled", now, reason="stopped")
                continue
            try:
                leaving = outbox.opened(vault, row)
                fitted = fit(leaving.body, self._channel.limits)
            except (KeyGone, WrongKey, KeyError, TypeError, AssertionError) as error:
                log.warning("a message can't be delivered", extra={"reason": type(error).__name__})
                states.move(unit, row, "failed", now, reason=type(error).__name__)
                continue
            number = self._channel.keep(unit, vault, leaving, fitted, now)
            states.move(unit, row, "sent", now, platform_id=str(number))
        return count


async def _wait(event: asyncio.Event, most_s: float) -> None:
    try:
        async with asyncio.timeout(most_s):
            await event.wait()
    except TimeoutError:
        return
