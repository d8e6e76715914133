"""Says when the next message may leave through one account of a platform, so that the platform never has to.

Why evenly spaced and not in bursts: a platform counts in windows that we can't see, and what is spread evenly fits
every one of them. Why turns and calls apart: in between a message is marked, and all who had to wait for the database
would call at once.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Literal, Protocol

Lane = Literal["reply", "bulk"]
LANES: tuple[Lane, ...] = ("reply", "bulk")  # whoever wrote to us goes before what we send unasked

# core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: one a second to a chat, 20 a minute to a
# group.
CHAT_S = 1.0
GROUP_S = 3.0
# A reply may be this early: of two that belong together, a greeting and a menu, the second need not wait.
AHEAD_S = 1.0
# What was missed is made up for within a second, a little faster than the rate, and never so that a second holds more
# than one and 1 % too many, nor 4 %: a timer is late by a millisecond or more, and calls that leave evenly arrive some
# milliseconds closer together.
MISSED_S, FASTER, MORE, MOST = 1.0, 1.25, 1.01, 1.04
CATCH_UP_S = 0.03
# Turns go on while the calls are at most so late.
CALLS_LATE_S = 0.05
# Turns that are so close are given together: at a thousand a second, to wake up for each costs as much as to send it.
TOGETHER_S = 0.005
# On their way at once: what leaves in half a second, so that answers which are late, or never come, cost no turns.
FEWEST_ON_THE_WAY, ON_THE_WAY_S = 30, 0.5
# When so many chats are told to wait in so many seconds, it is the account that is too fast; never for longer than this
# without asking again, as it may have been three chats after all.
TOLD, TOLD_S, LONGEST_S = 3, 10.0, 60.0
FEW = 1000


class Time(Protocol):
    """Tells the time in seconds and calls back at one; an event loop is one."""

    def time(self) -> float: ...

    def call_at(self, when: float, callback: Callable[[], None], /) -> asyncio.TimerHandle: ...


@dataclass(slots=True)
class _Chat:
    """spent_until: when what it had is spread out evenly. held_until: before then nothing is written to it."""

    spent_until: float
    held_until: float
    spacing_s: float = CHAT_S
    ahead_s: float = AHEAD_S
    waiting: dict[Lane, deque[asyncio.Future[None]]] = field(default_factory=lambda: {lane: deque() for lane in LANES})

    def free_at(self, lane: Lane) -> float:
        """When it may have its next message of a lane."""
        return max(self.held_until, self.spent_until - (self.ahead_s if lane == "reply" else 0.0))

    def is_idle(self, now: float) -> bool:
        return max(self.held_until, self.spent_until) <= now and not any(self.waiting.values())

    def spend(self, now: float) -> None:
        self.spent_until = max(self.spent_until, now) + self.spacing_s


@dataclass(slots=True)
class _Spaced:
    """Moments so far apart. late_s: how late one may be and the next still keep its time."""

    spacing_s: float
    late_s: float
    next_at: float = float("-inf")

    def forget(self, before: float) -> None:
        """Make nothing up for that was missed before then."""
        self.next_at = max(self.next_at, before)

    def take(self, now: float) -> None:
        """Use the next moment."""
        self.forget(now - self.late_s)
        self.next_at += self.spacing_s


class _Calls:
    """Lets calls be made so far apart that no second holds more than so many; who is first comes first.

    It begins as if the second before had been full: another process may have used the account until it was killed, and
    what this one missed while it began is not made up for when the machine is busiest.
    """

    def __init__(self, spacing_s: float, most: int) -> None:
        self._spaced = _Spaced(spacing_s, CATCH_UP_S)
        self._made: deque[float] = deque(maxlen=most)
        self._waiting: deque[asyncio.Future[None]] = deque()

    def next_at(self) -> float:
        """The earliest moment of one more."""
        full = len(self._made) == self._made.maxlen
        free = max(self._spaced.next_at, self._made[0] + 1.0 if full else float("-inf"))
        return free + len(self._waiting) * self._spaced.spacing_s

    async def turn(self, time: Time) -> None:
        """Wait until a call may be made; at once, unless many come late together."""
        if self._waiting or self.next_at() > time.time():
            call = asyncio.get_running_loop().create_future()
            self._waiting.append(call)
            if len(self._waiting) == 1:
                time.call_at(self._first_at(), partial(self._release, time))
            await call
        else:
            self._make(time.time())

    def _first_at(self) -> float:
        return self.next_at() - len(self._waiting) * self._spaced.spacing_s

    def _make(self, now: float) -> None:
        if not self._made and (most := self._made.maxlen):
            self._made.extend(now - 1.0 - CATCH_UP_S + n / most for n in range(most))
        self._spaced.take(now)
        self._made.append(now)

    def _release(self, time: Time) -> None:
        now = time.time()
        while self._waiting and self._first_at() <= now:
            call = self._waiting.popleft()
            if not call.done():  # who waited may have given up
                self._make(now)
                call.set_result(None)
        if self._waiting:
            time.call_at(self._first_at(), partial(self._release, time))


class RateLimiter:
    """Gives the turns of one account. A reply that may leave goes before any bulk; a slow chat holds up nobody else.

    Whoever had a turn says `leaves` right before the call, and `ended` when it is over.
    """

    def __init__(self, rate: float, time: Time | None = None) -> None:
        """rate: messages a second over the whole account. time: the running event loop's if not given."""
        self.rate = rate
        self._mean, self._turns = _Spaced(1 / rate, MISSED_S), _Spaced(1 / (FASTER * rate), CATCH_UP_S)
        self._calls = _Calls(1 / (FASTER * rate), max(1, min(int(rate * MORE) + 1, int(rate * MOST))))
        self._room = max(FEWEST_ON_THE_WAY, int(rate * ON_THE_WAY_S))
        self._given_time = time
        self._held_until = float("-inf")
        self._chats: dict[str, _Chat] = {}
        self._many = FEW
        # Of each lane (when, order, chat), one entry for a chat that waits there. A chat that was used or held since is
        # later than its entry says; that is put right when its entry comes up.
        self._queues: dict[Lane, list[tuple[float, int, _Chat]]] = {lane: [] for lane in LANES}
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None
        self._woke = float("-inf")
        self._more_comes = False
        self._told: dict[str, tuple[float, float]] = {}  # when each chat had to wait and for how long, oldest first
        self._on_trial = self._tried = False  # after a pause one leaves alone, to hear whether the account may go on

    @property
    def remembered(self) -> int:
        """How many chats are held in memory: those of the last seconds, and as many again at most."""
        return len(self._chats)

    def time(self) -> float:
        """The time by which turns are given, in seconds."""
        return self._time.time()

    def pause(self, chat: str = "") -> float:
        """Seconds for which surely nothing of the bulk leaves: at all, or to one chat."""
        here, now = self._chats.get(chat), self._time.time()
        free_at = max(self._held_until, here.free_at("bulk")) if here else self._held_until
        return max(0.0, free_at - now)

    async def turn(self, chat: str, lane: Lane, *, group: bool = False) -> None:
        """Wait until a message to this chat may leave; in the order of asking within a lane."""
        now, turn = self._time.time(), asyncio.get_running_loop().create_future()
        here = self._chat(chat, now)
        self._begin(now, CATCH_UP_S)
        here.spacing_s, here.ahead_s = (GROUP_S, 0.0) if group else (CHAT_S, AHEAD_S)
        if not here.waiting[lane]:
            self._enter(here, lane, max(here.free_at(lane), now))
        here.waiting[lane].append(turn)
        if self._timer is None:
            self._release()
        else:
            # Turns given while the loop is busy would all be taken at once, after it.
            self._come_back()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.ended()
            raise

    def expect(self, *, more: bool) -> None:
        """Say whether more turns are wanted than are asked for yet; those that pass meanwhile are made up for."""
        if more:
            self._begin(self._time.time(), 0.0)  # many at once need no credit
        self._more_comes = more

    async def leaves(self) -> None:
        """Wait until the call of one that had its turn may be made: at once, unless many come late together."""
        await self._calls.turn(self._time)

    def ended(self) -> None:
        """What left in one turn is no longer on its way."""
        self._room += 1
        self._tried = False
        if self._timer is None:
            self._release()

    def accepted(self) -> None:
        """The platform took a message: once the pause is over, the account may go on as before."""
        if self._on_trial and self._held_until <= self._time.time():
            self._on_trial = False
            self._told.clear()

    def hold_chat(self, chat: str, seconds: float) -> None:
        """Let nothing leave to one chat for so long."""
        now = self._time.time()
        here = self._chat(chat, now)
        here.held_until = max(here.held_until, now + seconds)

    def hold_all(self, seconds: float) -> None:
        """Let nothing leave at all for so long."""
        self._held_until = max(self._held_until, self._time.time() + seconds)

    def told_to_wait(self, chat: str, seconds: float) -> None:
        """Hold the chat the platform told us to wait for; the account, when it was said of three within ten seconds.

        From then on every further one holds it, until a message is taken.
        """
        now = self._time.time()
        self.hold_chat(chat, seconds)
        self._told.pop(chat, None)
        self._told[chat] = (now, seconds)
        while now - next(iter(self._told.values()))[0] > TOLD_S:
            del self._told[next(iter(self._told))]
        if self._on_trial or len(self._told) >= TOLD:
            longest = seconds if self._on_trial else max(wait for _, wait in self._told.values())
            self.hold_all(min(longest, LONGEST_S))
            self._on_trial, self._tried = True, False

    @property
    def _has_room(self) -> bool:
        """Whether one more may be on its way."""
        return self._room > 0 and not (self._on_trial and self._tried)

    @property
    def _time(self) -> Time:
        return self._given_time or asyncio.get_running_loop()

    def _chat(self, name: str, now: float) -> _Chat:
        if name not in self._chats:
            if len(self._chats) >= self._many:
                self._chats = {name: chat for name, chat in self._chats.items() if not chat.is_idle(now)}
                self._many = 2 * len(self._chats) + FEW
            self._chats[name] = _Chat(now, now)
        return self._chats[name]

    def _begin(self, now: float, late_s: float) -> None:
        """Note that somebody wants a turn: what nobody wanted until now was not missed, but for the last moment."""
        if not self._more_comes and not any(self._queues.values()):
            self._mean.forget(now - late_s)

    def _enter(self, chat: _Chat, lane: Lane, when: float) -> None:
        heappush(self._queues[lane], (when, next(self._order), chat))

    def _release(self) -> None:
        """Give the turns that are due, and come back for the next."""
        now = self._time.time()
        while self._has_room and self._free_at() <= now and (turn := self._first(now)):
            self._room -= 1
            self._tried = self._on_trial
            self._mean.take(now)
            self._turns.take(now)
            turn.set_result(None)
        self._come_back()

    def _free_at(self) -> float:
        """When the account may have its next turn."""
        return max(self._held_until, self._mean.next_at, self._turns.next_at, self._calls.next_at() - CALLS_LATE_S)

    def _first(self, now: float) -> asyncio.Future[None] | None:
        """Take the turn that is first now, if any is."""
        for lane in LANES:
            queue = self._queues[lane]
            while queue and queue[0][0] <= now:
                chat = heappop(queue)[2]
                waiting = chat.waiting[lane]
                while waiting and waiting[0].done():
                    waiting.popleft()  # who waited has given up
                if not waiting:
                    continue
                if chat.free_at(lane) > now:
                    self._enter(chat, lane, chat.free_at(lane))
                    continue
                turn = waiting.popleft()
                chat.spend(now)
                if waiting:
                    self._enter(chat, lane, chat.free_at(lane))
                return turn
        return None

    def _come_back(self) -> None:
        starts = [queue[0][0] for queue in self._queues.values() if queue]
        if not starts or not self._has_room:
            return
        when = max(self._free_at(), min(starts), self._woke + TOGETHER_S)
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = self._time.call_at(when, self._wake)

    def _wake(self) -> None:
        self._timer, self._woke = None, self._time.time()
        self._release()
