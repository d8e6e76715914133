"""Sends what was committed through a platform, each message marked before its call and settled after it.

Why one process sends for a channel, by a lease: the platform counts per account, and so must we. Why "unknown" is a
state: a call without an answer may have delivered; whether it is repeated depends on what it says, never on luck.
"""

import asyncio
import logging
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from bot.channels.contract import (
    Fitted,
    Misconfigured,
    Moved,
    NotSent,
    PersonGone,
    Refused,
    SendError,
    Sends,
    TryLater,
)
from bot.channels.contract import Unclear as NobodyKnows
from bot.channels.fit import fit
from bot.clock import Clock
from bot.pacer import Lane, Pacer
from handlers.desk import Told
from storage.crypto import MasterKey
from storage.database import Database, DatabaseAway, Unclear, Unit
from storage.queries import chats, machine, sending
from storage.queries.sending import Claimed, NotLeading, Ready
from storage.queries.sending import Sender as Leader
from storage.vault import KeyGone, Vault

log = logging.getLogger(__name__)

# What follows when nobody knows whether a message arrived: one copy after so long; kinds not named get none, for
# twice is worse there than never, and a person decides.
COPY_AFTER: Mapping[str, timedelta] = {
    "question": timedelta(seconds=10),
    "receipt": timedelta(seconds=10),
    "group": timedelta(seconds=10),
    "talk": timedelta(seconds=10),
    "notice": timedelta(minutes=2),
    "urgent": timedelta(0),
    "warning": timedelta(0),
}
LEASE = timedelta(seconds=10)
RENEW_S = 3.0
ROW_LEASE = timedelta(seconds=30)  # longer than a call takes that is neither refused nor answered
LOOK_AGAIN_S = 1.0
AT_ONCE = 500
FAILURES_BEFORE_A_PAUSE = 5
LONGEST_PAUSE_S = 60.0
REFUSALS_OF_OUR_ACCOUNT = 3
PROBE_S = 30.0
PLAIN = "plain"  # the reason of a message that was refused as it is: it goes out once more in words alone


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one call.

    state: of the message now. part: pieces that are out. again: whether this was a failed try, and after how long there
    may be another. chat: where the platform has it now. gone: the person can't be reached there.
    """

    state: str
    reason: str | None = None
    platform_id: str | None = None
    part: int | None = None
    again: timedelta | None = None
    chat: str = ""
    gone: bool = False


class Sender:
    """Sends for one channel while this process leads.

    alone: no other process can serve this database.
    """

    def __init__(
        self, database: Database, master: MasterKey, channel: Sends, pacer: Pacer, clock: Clock, *, alone: bool
    ) -> None:
        self._database, self._master, self._channel = database, master, channel
        self._pacer, self._clock, self._alone = pacer, clock, alone
        self._wake = asyncio.Event()
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()  # chats at work for which something was committed since their last look
        self._holder = database.holder()
        self._leader: Leader | None = None
        self._stopping = False
        self._failures = self._refusals = 0
        self._probed = float("-inf")
        self._refused_messages = False

    def wake(self) -> None:
        """Look now: something was committed."""
        self._wake.set()

    def begin(self, told: Sequence[Told]) -> None:
        """Begin with these chats: something was committed there. Those of other channels are left alone."""
        if self._leader is None or self._refusals >= REFUSALS_OF_OUR_ACCOUNT:
            return
        for one in told:
            if one.channel == self._channel.name:
                self._begin(Ready(one.address_id, "reply", one.kind))

    def reasons(self) -> list[str]:
        """What is wrong with sending, in codes."""
        name = self._channel.name
        wrong = {
            f"{name}_account_refused": self._refusals >= REFUSALS_OF_OUR_ACCOUNT,
            f"{name}_unreachable": self._failures >= FAILURES_BEFORE_A_PAUSE,
            f"{name}_refuses_messages": self._refused_messages,
        }
        return [reason for reason, is_so in wrong.items() if is_so]

    async def run(self) -> None:
        """Send until cancelled. While the database is away, or another process leads, wait."""
        renewed = float("-inf")
        while not self._stopping:
            self._wake.clear()
            try:
                if time.monotonic() - renewed > RENEW_S or self._leader is None:
                    await self._lead()
                    renewed = time.monotonic()
                if self._leader is not None and await self._account_is_taken():
                    await self._begin_chats()
            except (DatabaseAway, Unclear) as error:
                log.warning("sending waits for the database", extra={"reason": type(error).__name__})
            except Exception:
                log.exception("sending stumbled")
            await _wait(self._wake, LOOK_AGAIN_S)

    async def stop(self, grace_s: float) -> None:
        """Begin nothing more, and wait for the answers to what is on its way, as long as may be."""
        self._stopping = True
        self._wake.set()
        for task in self._at_work.values():
            if task.get_name() == "waiting":
                task.cancel()
        if self._at_work:
            await asyncio.wait(self._at_work.values(), timeout=grace_s)
        for task in self._at_work.values():
            task.cancel()
        if self._leader is not None:
            with suppress(DatabaseAway, Unclear):
                now, name = self._clock.now(), self._leader.lease
                await self._database.write(lambda u: machine.release(u, name, self._holder, now), deadline_s=2)

    # Leading

    async def _lead(self) -> None:
        """Take or renew the lease; at a change of hands, write off what the one before left on its way."""
        name, now = f"sender:{self._channel.name}", self._clock.now()

        first = self._leader is None

        def work(unit: Unit) -> int | None:
            return machine.lease(unit, name, self._holder, now, LEASE, seize=self._alone and first)

        epoch = await self._database.write(work)
        before = self._leader
        self._leader = Leader(self._channel.name, name, self._holder, epoch) if epoch is not None else None
        if self._leader is not None:
            first = before is None or before.epoch != self._leader.epoch
            await self._write_off(self._leader, alone=self._alone and first)

    async def _write_off(self, leader: Leader, *, alone: bool) -> None:
        now, at_work = self._clock.now(), frozenset(self._at_work)

        def work(unit: Unit) -> int:
            vault = Vault(unit, self._master)
            found = sending.lost(unit, leader, now, at_work=at_work, alone=alone)
            for outbox_id, kind in found:
                self._copy(unit, vault, outbox_id, kind, now)
            return len(found)

        if count := await self._database.write(work):
            log.warning("messages were interrupted: nobody knows whether they arrived", extra={"count": count})

    async def _account_is_taken(self) -> bool:
        """False while the platform refuses our account; asked again now and then, without any message."""
        if self._refusals < REFUSALS_OF_OUR_ACCOUNT:
            return True
        if time.monotonic() - self._probed < PROBE_S:
            return False
        self._probed = time.monotonic()
        try:
            await self._channel.probe()
        except SendError:
            return False
        self._refusals = 0
        return True

    # Sending

    async def _begin_chats(self) -> None:
        """Give every chat with something to say a task of its own, so that none waits for another."""
        now, name = self._clock.now(), self._channel.name
        for found in await self._database.read(lambda unit: sending.ready(unit, name, now, AT_ONCE)):
            if found.address_id not in self._at_work:
                self._begin(found)

    def _begin(self, found: Ready) -> None:
        if found.address_id in self._at_work:
            self._again.add(found.address_id)
        elif not self._stopping:
            self._at_work[found.address_id] = asyncio.create_task(self._chat(found), name="waiting")

    async def _chat(self, found: Ready) -> None:
        """Send what one chat has waiting, one by one."""
        here = asyncio.current_task()
        assert here is not None  # noqa: S101  # a coroutine runs in a task
        following: Ready | None = found
        try:
            while following is not None and not self._stopping:
                here.set_name("waiting")
                await self._pacer.turn(
                    following.address_id, cast("Lane", following.lane), group=following.kind == "group"
                )
                try:
                    here.set_name("sending")
                    following = await self._send_next(following.address_id)
                finally:
                    self._pacer.ended()
        except NotLeading:
            self._leader = None
        except (DatabaseAway, Unclear) as error:
            log.warning("a chat waits", extra={"reason": type(error).__name__})
        except Exception:
            log.exception("sending to one chat stumbled")
        finally:
            del self._at_work[found.address_id]
        if found.address_id in self._again:
            self._again.remove(found.address_id)
            self._begin(found)

    async def _send_next(self, address_id: str) -> Ready | None:
        """Mark the next message, send it, settle it; returns what may follow."""
        leader = self._leader
        if leader is None or self._stopping or self._refusals >= REFUSALS_OF_OUR_ACCOUNT:
            return None
        claimed = await self._database.mark(lambda unit: self._claim(unit, leader, address_id))
        if claimed is None:
            return None
        fate = await self._send(claimed)
        return await self._settle(leader, claimed, fate)

    def _claim(self, unit: Unit, leader: Leader, address_id: str) -> Claimed | None:
        now = self._clock.now()
        return sending.claim(unit, Vault(unit, self._master), leader, address_id, now, now + ROW_LEASE)

    async def _send(self, claimed: Claimed) -> Fate:
        """Make the call for the next piece, and say what became of it. Never raises."""
        try:
            pieces = self._pieces(claimed)
        except Exception as error:
            log.exception("nothing can be made of a message")
            return Fate("failed", type(error).__name__)
        await self._pacer.leaves()
        try:
            platform_id = await self._channel.send(claimed.chat, pieces[min(claimed.part, len(pieces) - 1)])
        except SendError as error:
            return self._fate(claimed, error)
        except Exception as error:
            log.exception("a call failed in a way nobody thought of")
            return self._fate(claimed, NobodyKnows(type(error).__name__))
        self._failures = self._refusals = 0
        if claimed.part + 1 < len(pieces):
            return Fate("queued", claimed.reason, platform_id=platform_id, part=claimed.part + 1)
        return Fate("sent", platform_id=platform_id, part=claimed.part + 1)

    def _pieces(self, claimed: Claimed) -> tuple[Fitted, ...]:
        limits, body = self._channel.limits, claimed.leaving.body
        if claimed.reason != PLAIN:
            return tuple(_numbered(piece, claimed.leaving.id) for piece in fit(body, limits))
        return fit({name: body[name] for name in body if name != "card"}, replace(limits, buttons=0))

    def _fate(self, claimed: Claimed, error: SendError) -> Fate:
        reason = PLAIN if claimed.reason == PLAIN else error.reason
        match error:
            case TryLater():
                self._pacer.told_to_wait(claimed.leaving.address_id, error.after_s)
                return Fate("queued", reason, again=timedelta(seconds=error.after_s))
            case NotSent():
                self._count_a_failure()
                return Fate("queued", reason, again=_backoff(claimed.leaving.attempt))
            case Moved():
                return Fate("queued", reason, again=timedelta(0), chat=error.chat)
            case PersonGone():
                return Fate("failed", error.reason, gone=True)
            case Refused():
                log.error("a message was refused", extra={"channel": self._channel.name, "reason": error.reason})
                self._refused_messages = True
                if claimed.reason == PLAIN:
                    return Fate("failed", error.reason)
                return Fate("queued", PLAIN, again=timedelta(0))
            case Misconfigured():
                self._refusals += 1
                return Fate("queued", reason, again=timedelta(seconds=1))
        self._count_a_failure()
        return Fate("unknown", error.reason)

    def _count_a_failure(self) -> None:
        """After some failures in a row the whole account pauses, longer each time."""
        self._failures += 1
        over = self._failures - FAILURES_BEFORE_A_PAUSE
        if over >= 0:
            self._pacer.hold_all(min(LONGEST_PAUSE_S, 2.0 ** min(over, 6)))

    async def _settle(self, leader: Leader, claimed: Claimed, fate: Fate) -> Ready | None:
        """Write what became of it; what we know must not be lost because the database is away for a moment."""
        address_id = claimed.leaving.address_id
        simple = fate.state in ("sent", "queued") and not fate.chat
        keep = self._database.mark if simple else self._database.write
        further = claimed.more or fate.state == "queued"
        while True:
            # Nothing else can stand behind it than what stood there before, or we were told of.
            further = further or address_id in self._again
            self._again.discard(address_id)
            work = partial(self._write_fate, leader=leader, claimed=claimed, fate=fate, further=further)
            try:
                return await keep(work)
            except (DatabaseAway, Unclear) as error:
                log.warning("what was sent waits to be noted", extra={"reason": type(error).__name__})
                await asyncio.sleep(LOOK_AGAIN_S)

    def _write_fate(
        self, unit: Unit, leader: Leader, claimed: Claimed, fate: Fate, *, further: bool
    ) -> Ready | None:  # fmt: skip
        now, leaving = self._clock.now(), claimed.leaving
        values: dict[str, object] = {"reason": fate.reason}
        if fate.again is not None:
            values |= {"attempt": leaving.attempt + 1, "not_before": now + fate.again}
        if fate.part is not None:
            values |= {"part": fate.part, "platform_id": fate.platform_id}
        if not sending.settle(unit, leader, claimed, fate.state, now, **values):
            log.warning("a message was written off before its answer came")
            return None
        vault = Vault(unit, self._master)
        if fate.state == "unknown":
            self._copy(unit, vault, leaving.id, leaving.kind, now)
        if fate.gone:
            sending.give_up_chat(unit, leaving.address_id, str(fate.reason), now)
        if fate.chat and not self._follow(unit, vault, leaving.address_id, fate.chat):
            sending.give_up_chat(unit, leaving.address_id, str(fate.reason), now)
        return sending.more(unit, leaving.address_id, now) if further else None

    def _follow(self, unit: Unit, vault: Vault, address_id: str, chat: str) -> bool:
        """Note where a chat is now. False if it is one that we have already, or its person was erased."""
        external = vault.look_up(f"{self._channel.name} chat", chat)
        try:
            return chats.move_platform_chat(unit, vault, address_id, external, chat)
        except KeyGone:
            return False

    def _copy(self, unit: Unit, vault: Vault, outbox_id: int, kind: str, now: datetime) -> None:
        delay = COPY_AFTER.get(kind)
        if delay is not None:
            sending.copy(unit, vault, outbox_id, now + delay, now)


def _numbered(piece: Fitted, outbox_id: int) -> Fitted:
    return replace(piece, card=replace(piece.card, row=outbox_id)) if piece.card else piece


def _backoff(attempt: int) -> timedelta:
    """Full jitter from one second up to a minute."""
    return timedelta(seconds=random.uniform(0.5, min(60.0, 2.0 ** min(attempt, 6))))  # noqa: S311  # no secret


async def _wait(event: asyncio.Event, most_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(most_s):
            await event.wait()
