"""Sends what is for many people: marked some at a time just before their turns, and settled some at a time.

Why what is not simple is left to the path of one chat (`sender`): it marks after the turn and has all the rules.
Why no more than a tenth of a second is marked ahead: whoever is killed leaves what he marked as "unknown", and that is
sent once more only if two officials want it. Why what has waited for a second is given back: the account pauses then,
or the chat, and a mark must not be older than the lease under which it was made.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

from bot.delivery.calls import PlatformCalls, SendResult
from bot.delivery.results import ROW_LEASE, SenderState, Settling
from storage.database import DatabaseAway, UnclearCommit, Unit
from storage.queries.outgoing import sending, sending_many
from storage.queries.outgoing.sending import Claimed, NotLeading, Ready
from storage.queries.outgoing.sending import Leader as Leader
from storage.queries.outgoing.sending_many import Together
from storage.vault import Vault

log = logging.getLogger(__name__)
A = TypeVar("A")

AHEAD_S, MOST = 0.1, 100
FAR_S = 1.0  # a turn that is so far away is none to wait for with a mark
NEAR_S = 0.3  # so soon a chat has to be free for one of its messages to be marked
LOOK_AGAIN_S = 1.0
AT_ONCE = 500
WITHIN_S = 0.02  # what is through within it is settled together


class Gathered(Generic[A]):
    """Groups the calls that come within 20 ms, 100 at most, into one; the first caller makes it for all."""

    def __init__(self, do: Callable[[Sequence[A]], Awaitable[Mapping[str, Ready]]]) -> None:
        self._do = do
        self._open: _Batch[A] | None = None

    async def join(self, one: A) -> Mapping[str, Ready]:
        """Add one to the group that is open now; returns the group's result, an empty one if it failed."""
        batch = self._open
        if batch is not None and len(batch.items) < MOST:
            batch.items.append(one)
            await batch.over.wait()
            return batch.answer
        batch = self._open = _Batch(one)
        try:
            await asyncio.sleep(WITHIN_S)
            self._close(batch)
            batch.answer = await self._do(batch.items)
        finally:
            self._close(batch)
            batch.over.set()
        return batch.answer

    def _close(self, batch: "_Batch[A]") -> None:
        if self._open is batch:
            self._open = None


class _Batch(Generic[A]):
    def __init__(self, first: A) -> None:
        self.items = [first]
        self.over = asyncio.Event()
        self.answer: Mapping[str, Ready] = {}


class Bulk:
    """Sends the bulk lane of one channel. begin: starts sending to one chat on the path of single messages."""

    def __init__(
        self, state: SenderState, calls: PlatformCalls, settling: Settling, begin: Callable[[Ready], None]
    ) -> None:
        self._state, self._calls, self._settling, self._begin = state, calls, settling, begin
        self._wake = asyncio.Event()
        self._is_new, self._looked = True, float("-inf")
        self._found: deque[Ready] = deque()
        self._ahead = 0  # marked and without a turn
        self._waiting: dict[asyncio.Task[None], float] = {}  # the same, once they wait, and since when
        self._recalled: set[asyncio.Task[None]] = set()
        self._sent, self._unused = Gathered(settling.many), Gathered(self._back)
        self._most = max(1, min(MOST, int(state.limiter.rate * AHEAD_S)))

    def wake(self) -> None:
        """Look now: something was committed."""
        self._is_new = True
        self._wake.set()

    def recall(self, waited_s: float = 0.0) -> None:
        """Give back what has waited so long for its turn."""
        before = _time() - waited_s
        for task, since in list(self._waiting.items()):
            if since > before:
                break
            if task not in self._recalled:
                self._recalled.add(task)
                task.cancel()

    async def run(self) -> None:
        """Send until it is stopped."""
        while not self._state.stopping:
            self._wake.clear()
            try:
                self.recall(FAR_S)
                await self._feed()
            except NotLeading:
                self._state.lease.forget()
            except (DatabaseAway, UnclearCommit) as error:
                log.warning("the bulk waits for the database", extra={"reason": type(error).__name__})
            except Exception:
                log.exception("the bulk stumbled")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await self._wake.wait()

    # Marking

    async def _feed(self) -> None:
        """Mark as many as may be ahead."""
        state = self._state
        if self._may_mark() is None:
            state.limiter.expect(more=False)
        while (leader := self._may_mark()) and self._ahead <= self._most // 2:
            room = self._most - self._ahead
            if len(self._found) < room and (self._is_new or _time() - self._looked >= LOOK_AGAIN_S):
                await self._look()
            chats = self._take(room)
            state.limiter.expect(more=bool(chats))  # while the database marks them turns may pass
            if not chats:
                return
            for one in await self._mark(leader, chats):
                self._ahead += 1
                state.at_work[one.leaving.address_id] = asyncio.create_task(self._message(leader, one))

    def _may_mark(self) -> Leader | None:
        state = self._state
        may = not state.stopping and not self._calls.are_stopped and state.limiter.pause() <= FAR_S
        return state.leader if may else None

    async def _look(self) -> None:
        self._is_new, self._looked = False, _time()
        state, known = self._state, {one.address_id for one in self._found}
        now, name = state.clock.now(), state.channel.name
        found = await state.database.read(lambda unit: sending.ready(unit, name, now, AT_ONCE, "bulk"))
        self._is_new = self._is_new or len(found) == AT_ONCE
        self._found.extend(one for one in found if one.address_id not in known)

    def _take(self, room: int) -> list[str]:
        """The chats that are next; one that has to wait by itself does so without a mark."""
        chats: list[str] = []
        while self._found and len(chats) < room:
            one = self._found.popleft()
            if one.address_id in self._state.at_work:
                continue
            if self._state.limiter.pause(one.address_id) > NEAR_S + self._state.limiter.pause():
                self._begin(one)
            else:
                chats.append(one.address_id)
        return chats

    async def _mark(self, leader: Leader, chats: Sequence[str]) -> list[Claimed]:
        """Mark what is next in some chats; what is not simple there is left to the path of one chat."""
        state, here = self._state, asyncio.current_task()
        assert here is not None  # noqa: S101  # a coroutine runs in a task
        state.at_work.update(dict.fromkeys(chats, here))
        try:
            found = await state.database.mark(partial(self._claim, leader, chats))
        except BaseException:
            self._is_new = True  # they are to be found again
            raise
        finally:
            for chat in chats:
                del state.at_work[chat]
        apart = {one.address_id: one for one in found.apart}
        marked = {one.leaving.address_id for one in found.claimed}
        for chat in chats:
            told = state.again.pop(chat, None) if chat not in marked else None
            if one := apart.get(chat, told):
                self._begin(one)
        return found.claimed

    def _claim(self, leader: Leader, chats: Sequence[str], unit: Unit) -> Together:
        state, now = self._state, self._state.clock.now()
        vault = Vault(unit, state.master)
        return sending_many.claim(unit, vault, leader, chats, now, now + ROW_LEASE, state.windows)

    # Sending

    async def _message(self, leader: Leader, claimed: Claimed) -> None:
        """Send one message that is marked, or give it back."""
        state, chat = self._state, claimed.leaving.address_id
        following: Ready | None = None
        try:
            if await self._turn(leader, claimed):
                try:
                    following = await self._send(leader, claimed)
                finally:
                    state.limiter.ended()
            else:
                await self._unused.join((leader, claimed))
        except Exception:
            log.exception("sending one of many stumbled")
        finally:
            del state.at_work[chat]
        if begins := following or state.again.pop(chat, None):
            self._begin(begins)

    async def _turn(self, leader: Leader, claimed: Claimed) -> bool:
        """Wait for its turn; False if there is none for it."""
        state, here = self._state, asyncio.current_task()
        assert here is not None  # noqa: S101  # a coroutine runs in a task
        since = self._waiting[here] = _time()
        try:
            if state.stopping:
                return False
            await state.limiter.turn(claimed.leaving.address_id, "bulk", group=claimed.leaving.kind == "group")
        except asyncio.CancelledError:
            if here not in self._recalled:
                raise
            here.uncancel()
            return False
        finally:
            del self._waiting[here]
            self._recalled.discard(here)
            self._ahead -= 1
            if self._ahead <= self._most // 2:
                self._wake.set()
        # A process that stood still may wake up here, long after another one wrote this off.
        if self._may_mark() == leader and _time() - since <= 2 * FAR_S:
            return True
        state.limiter.ended()
        return False

    async def _send(self, leader: Leader, claimed: Claimed) -> Ready | None:
        result: SendResult = await self._calls.make(claimed)
        if result.state == "sent":
            return (await self._sent.join((leader, claimed, result))).get(claimed.leaving.address_id)
        return await self._settling.one(leader, claimed, result)

    async def _back(self, unused: Sequence[tuple[Leader, Claimed]]) -> Mapping[str, Ready]:
        await self._settling.back(unused)
        self.wake()
        return {}


def _time() -> float:
    return asyncio.get_running_loop().time()
