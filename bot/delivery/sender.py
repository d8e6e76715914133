"""Sends what was committed through a platform, each message marked before its call and settled after it.

Why one process sends for a channel, by a lease: the platform counts per account, and so must we. Why "unknown" is a
state: a call without an answer may have delivered; whether it is repeated depends on what it says, never on luck.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import cast

from bot.channels.contract import Sends
from bot.clock import Clock
from bot.delivery.bulk import Bulk
from bot.delivery.calls import PlatformCalls
from bot.delivery.rate_limiter import Lane, RateLimiter
from bot.delivery.results import ROW_LEASE, SenderState, Settling
from bot.lease import Lease
from handlers.desk import Told
from storage.crypto import MasterKey
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries.outgoing import sending
from storage.queries.outgoing.sending import Claimed, NotLeading, Ready
from storage.queries.outgoing.sending import Leader as Leader
from storage.queries.outgoing.windows import Windows
from storage.vault import Vault

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
WRITE_OFF_S = 3.0
LOOK_AGAIN_S = 0.5
AT_ONCE = 500


class Sender:
    """Sends for one channel while this process leads.

    alone: no other process can serve this database. windows: when the platform takes what.
    """

    def __init__(
        self,
        *,
        database: Database,
        master: MasterKey,
        channel: Sends,
        limiter: RateLimiter,
        clock: Clock,
        alone: bool,
        windows: Windows | None = None,
    ) -> None:
        lease = Lease(database=database, clock=clock, name=f"sender:{channel.name}", length=LEASE, alone=alone)
        self._state = SenderState(
            database=database,
            master=master,
            channel=channel,
            limiter=limiter,
            clock=clock,
            lease=lease,
            windows=windows,
        )
        self._calls, self._settling = PlatformCalls(channel, limiter), Settling(self._state)
        self._bulk = Bulk(self._state, self._calls, self._settling, self._begin)
        self._alone = alone
        self._wake = asyncio.Event()
        self._begun: int | None = None  # the epoch in which what was left on its way was written off

    @property
    def _at_work(self) -> dict[str, asyncio.Task[None]]:
        return self._state.at_work

    @property
    def _leader(self) -> Leader | None:
        return self._state.leader

    def wake(self) -> None:
        """Look now: something was committed."""
        self._wake.set()
        self._bulk.wake()

    def begin(self, told: Sequence[Told]) -> None:
        """Begin with these chats: something was committed there. Those of other channels are left alone."""
        if self._leader is None or self._calls.are_stopped:
            return
        for one in told:
            if one.channel == self._state.channel.name:
                self._begin(Ready(one.address_id, "reply", one.kind))

    def reasons(self) -> list[str]:
        """What is wrong with sending, in codes."""
        return self._calls.reasons()

    async def run(self) -> None:
        """Send until cancelled. While the database is away, or another process leads, wait."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._bulk.run())
            parts.create_task(self._recover())
            await self._run()

    async def _recover(self) -> None:
        """Ask the platform where nothing is sent; beside all else, for its answer may take longer than our lease."""
        while not self._state.stopping:
            self._calls.in_doubt.clear()
            try:
                if self._leader is not None and await self._calls.recover():
                    self.wake()
            except (DatabaseAway, UnclearCommit) as error:
                log.warning("the platform is asked later", extra={"reason": type(error).__name__})
            except Exception:
                log.exception("the platform could not be asked")
            await _wait(self._calls.in_doubt, LOOK_AGAIN_S)

    async def _run(self) -> None:
        written_off = float("-inf")
        while not self._state.stopping:
            self._wake.clear()
            try:
                leader = await self._lead()
                if leader is not None and (leader.epoch != self._begun or time.monotonic() - written_off > WRITE_OFF_S):
                    await self._write_off(leader)
                    written_off = time.monotonic()
                if self._leader is not None and not self._calls.are_stopped:
                    await self._begin_chats()
            except (DatabaseAway, UnclearCommit) as error:
                log.warning("sending waits for the database", extra={"reason": type(error).__name__})
            except Exception:
                log.exception("sending stumbled")
            await _wait(self._wake, LOOK_AGAIN_S)

    async def stop(self, grace_s: float) -> None:
        """Begin nothing more, and wait for the answers to what is on its way, as long as may be."""
        self._state.stopping = True
        self.wake()
        for task in self._at_work.values():
            if task.get_name() == "waiting":
                task.cancel()
        self._bulk.recall()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                # What is being marked now is given back by tasks that are not there yet.
                while at_work := [task for task in self._at_work.values() if not task.done()]:
                    await asyncio.wait(at_work)
        for task in self._at_work.values():
            task.cancel()
        await self._state.lease.release()

    # Leading

    async def _lead(self) -> Leader | None:
        """Take or renew the lease; returns who sends, if that is this process."""
        before = self._leader
        await self._state.lease.keep()
        if before is None and self._leader is not None:
            self._bulk.wake()
        return self._leader

    async def _write_off(self, leader: Leader) -> None:
        """Write off what nobody will settle; after a change of hands, all that the one before left on its way."""
        first = leader.epoch != self._begun
        await self._settling.write_off(leader, alone=self._alone and first)
        self._begun = leader.epoch

    # Sending

    async def _begin_chats(self) -> None:
        """Give every chat with something to say a task of its own, so that none waits for another."""
        now, name = self._state.clock.now(), self._state.channel.name
        for found in await self._state.database.read(lambda unit: sending.ready(unit, name, now, AT_ONCE, "reply")):
            if found.address_id not in self._at_work:
                self._begin(found)

    def _begin(self, found: Ready) -> None:
        if found.address_id in self._at_work:
            self._state.again[found.address_id] = found
        elif not self._state.stopping:
            self._at_work[found.address_id] = asyncio.create_task(self._chat(found), name="waiting")

    async def _chat(self, found: Ready) -> None:
        """Send what one chat has waiting, one by one."""
        here, limiter = asyncio.current_task(), self._state.limiter
        assert here is not None  # noqa: S101  # a coroutine runs in a task
        following: Ready | None = found
        try:
            while following is not None and not self._state.stopping:
                here.set_name("waiting")
                await limiter.turn(following.address_id, cast("Lane", following.lane), group=following.kind == "group")
                try:
                    here.set_name("sending")
                    following = await self._send_next(following.address_id)
                finally:
                    limiter.ended()
        except NotLeading:
            self._state.lease.forget()
        except (DatabaseAway, UnclearCommit) as error:
            log.warning("a chat waits", extra={"reason": type(error).__name__})
        except Exception:
            log.exception("sending to one chat stumbled")
        finally:
            del self._at_work[found.address_id]
        if again := self._state.again.pop(found.address_id, None):
            self._begin(again)

    async def _send_next(self, address_id: str) -> Ready | None:
        """Mark the next message, send it, settle it; returns what may follow."""
        leader = self._leader
        if leader is None or self._state.stopping or self._calls.are_stopped:
            return None
        claimed = await self._state.database.mark(lambda unit: self._claim(unit, leader, address_id))
        if claimed is None:
            return None
        result = await self._calls.make(claimed)
        return await self._settling.one(leader, claimed, result)

    def _claim(self, unit: Unit, leader: Leader, address_id: str) -> Claimed | None:
        state, now = self._state, self._state.clock.now()
        vault = Vault(unit, state.master)
        return sending.claim(unit, vault, leader, address_id, now, now + ROW_LEASE, state.windows)


async def _wait(event: asyncio.Event, most_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(most_s):
            await event.wait()
