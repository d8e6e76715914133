"""Writes what became of messages that were being sent: one by one with all that follows, or many at once.

Why it tries until it is kept: what we know must not be lost because the database is away for a moment.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.channels.contract import Sends
from bot.clock import Clock
from bot.delivery.calls import SendResult
from bot.delivery.rate_limiter import RateLimiter
from bot.lease import Lease
from storage.crypto import MasterKey
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries.incoming import chats
from storage.queries.outgoing import sending, sending_many
from storage.queries.outgoing.sending import Claimed, Ready
from storage.queries.outgoing.sending import Leader as Leader
from storage.queries.outgoing.windows import Windows
from storage.vault import KeyGone, Vault

log = logging.getLogger(__name__)
T = TypeVar("T")

# What follows when nobody knows whether a message arrived: one copy after so long; kinds not named get none, for
# twice is worse there than never, and a person decides.
COPY_AFTER: Mapping[str, timedelta] = {
    "question": timedelta(seconds=10),
    "receipt": timedelta(seconds=10),
    "group": timedelta(seconds=10),
    "talk": timedelta(seconds=10),
    "notice": timedelta(minutes=2),
    "alert": timedelta(minutes=2),
    "urgent": timedelta(0),
    "warning": timedelta(0),
}
ROW_LEASE = timedelta(seconds=30)  # longer than a call takes that is neither refused nor answered
TRY_AGAIN_S = 0.25


@dataclass(slots=True, kw_only=True)
class SenderState:
    """What the parts of one channel's sender share in this process.

    lease: the right to send for it. windows: when the platform takes what. at_work: who is at each chat. again: chats
    at work for which something was committed since their last look.
    """

    database: Database
    master: MasterKey
    channel: Sends
    limiter: RateLimiter
    clock: Clock
    lease: Lease
    windows: Windows | None
    stopping: bool = False
    at_work: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    again: dict[str, Ready] = field(default_factory=dict)
    _leader: Leader | None = None

    @property
    def leader(self) -> Leader | None:
        """Who sends, if that is this process. Asked several times a message, so that it is made once an epoch."""
        epoch = self.lease.epoch
        if epoch is None:
            return None
        if self._leader is None or self._leader.epoch != epoch:
            self._leader = Leader(self.channel.name, self.lease.name, self.lease.holder, epoch)
        return self._leader


class Settling:
    """Writes down, for one channel, what became of its calls."""

    def __init__(self, state: SenderState) -> None:
        self._state = state

    async def one(self, leader: Leader, claimed: Claimed, result: SendResult) -> Ready | None:
        """Write what became of a message; returns what may follow in its chat."""
        # What else is written is seen by nobody who decides by it, but for these.
        simple = result.state in ("sent", "queued") and not result.chat

        def work(unit: Unit, further: Collection[str]) -> Ready | None:
            return self._write(unit, leader, claimed, result, further=bool(further))

        further = claimed.more or result.state == "queued"
        return await self._keep(work, {claimed.leaving.address_id: further}, marks=simple)

    async def many(self, sent: Sequence[tuple[Leader, Claimed, SendResult]]) -> Mapping[str, Ready]:
        """Write that messages were sent, in one go; returns what may follow, by chat."""

        def work(unit: Unit, further: Collection[str]) -> Mapping[str, Ready]:
            return self._write_many(unit, sent, further)

        return await self._keep(work, {claimed.leaving.address_id: claimed.more for _, claimed, _ in sent}, marks=True)

    async def back(self, unused: Sequence[tuple[Leader, Claimed]]) -> None:
        """Queue messages again for which no call was made."""
        rows = [sending_many.marked(claimed, leader) for leader, claimed in unused]

        def work(unit: Unit, _: Collection[str]) -> int:
            return sending_many.give_back(unit, rows, self._state.clock.now())

        await self._keep(work, {}, marks=True)

    async def write_off(self, leader: Leader, *, alone: bool) -> None:
        """Write off what nobody will settle. alone: nobody else can still be at it."""
        state, now = self._state, self._state.clock.now()
        at_work = frozenset(state.at_work)

        def work(unit: Unit) -> int:
            vault = Vault(unit, state.master)
            found = sending_many.lost(unit, leader, now, at_work=at_work, alone=alone)
            for outbox_id, kind in found:
                self._copy(unit, vault, outbox_id, kind, now)
            return len(found)

        if count := await state.database.write(work):
            log.warning("messages were interrupted: nobody knows whether they arrived", extra={"count": count})

    async def _keep(
        self, work: Callable[[Unit, Collection[str]], T], behind: Mapping[str, bool], *, marks: bool
    ) -> T:  # fmt: skip
        """Write until it is kept. behind: whether something stands there, by chat. marks: it is compare-and-set."""
        state = self._state
        keep = state.database.mark if marks else state.database.write
        further = {chat for chat, more in behind.items() if more}
        while True:
            # Nothing else can stand behind it than what stood there before, or we were told of.
            further |= {chat for chat in behind if state.again.pop(chat, None)}
            try:
                return await keep(partial(_with, work, frozenset(further)))
            except (DatabaseAway, UnclearCommit) as error:
                log.warning("what was sent waits to be noted", extra={"reason": type(error).__name__})
                await asyncio.sleep(TRY_AGAIN_S)

    def _write_many(
        self, unit: Unit, sent: Sequence[tuple[Leader, Claimed, SendResult]], further: Collection[str]
    ) -> Mapping[str, Ready]:  # fmt: skip
        now = self._state.clock.now()
        rows = [sending_many.sent(claimed, leader, result.part, result.platform_id) for leader, claimed, result in sent]
        if len(sending_many.settle(unit, rows, now)) < len(sent):
            log.warning("messages were written off before their answers came")
        found = (sending.more(unit, chat, now) for chat in further)
        return {ready.address_id: ready for ready in found if ready is not None}

    def _write(
        self, unit: Unit, leader: Leader, claimed: Claimed, result: SendResult, *, further: bool
    ) -> Ready | None:  # fmt: skip
        now, leaving = self._state.clock.now(), claimed.leaving
        values: dict[str, object] = {"reason": result.reason}
        if result.again is not None:
            values |= {"attempt": leaving.attempt + 1, "not_before": now + result.again}
        if result.part is not None:
            values["part"] = result.part
        if result.platform_id:
            values["platform_id"] = result.platform_id
        tried_at = sending.marked_at(unit, leaving.id) if result.closed else now
        if not sending.settle(unit, leader, claimed, result.state, now, **values):
            log.warning("a message was written off before its answer came")
            return None
        vault = Vault(unit, self._state.master)
        if result.state == "unknown":
            self._copy(unit, vault, leaving.id, leaving.kind, now)
        if result.gone:
            sending_many.give_up_chat(unit, leaving.address_id, str(result.reason), now)
        if result.chat and not self._follow(unit, vault, leaving.address_id, result.chat):
            sending_many.give_up_chat(unit, leaving.address_id, str(result.reason), now)
        if result.closed:
            chats.close_window(unit, leaving.address_id, tried_at)
        if result.state == "sent" and claimed.way == "template":
            sending.hold_words(unit, vault, leaving.id, now)
        return sending.more(unit, leaving.address_id, now) if further else None

    def _follow(self, unit: Unit, vault: Vault, address_id: str, chat: str) -> bool:
        """Note where a chat is now. False if it is one that we have already, or its person was erased."""
        external = vault.look_up(f"{self._state.channel.name} chat", chat)
        try:
            return chats.move_platform_chat(unit, vault, address_id, external, chat)
        except KeyGone:
            return False

    @staticmethod
    def _copy(unit: Unit, vault: Vault, outbox_id: int, kind: str, now: datetime) -> None:
        delay = COPY_AFTER.get(kind)
        if delay is not None:
            sending.copy(unit, vault, outbox_id, now + delay, now)


def _with(work: Callable[[Unit, Collection[str]], T], further: Collection[str], unit: Unit) -> T:
    return work(unit, further)
