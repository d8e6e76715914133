"""Time held in the hand for what waits in a pacer, and tasks that wait there."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from heapq import heappop, heappush

from bot.delivery.rate_limiter import Lane, RateLimiter


class Hours:
    """Time held in the hand: it goes on only in `until`, from one timer to the next. late: what each timer adds."""

    def __init__(self, late: float = 0.0) -> None:
        self.now, self.late = 1000.0, late
        self._timers: list[asyncio.TimerHandle] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], None], /) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, (), asyncio.get_running_loop())
        heappush(self._timers, timer)
        return timer

    async def until(self, seconds: float) -> None:
        """Go on to so many seconds after the beginning."""
        await asyncio.sleep(0)
        while self._timers and self._timers[0].when() + self.late <= 1000.0 + seconds:
            timer = heappop(self._timers)
            if not timer.cancelled():
                self.now = max(self.now, timer.when() + self.late)
                timer._run()
                await asyncio.sleep(0)
        self.now = 1000.0 + seconds


class Senders:
    """Tasks that ask for turns, and what left when: (seconds after the beginning, chat, lane)."""

    def __init__(self, pacer: RateLimiter, hours: Hours) -> None:
        self.pacer, self.hours = pacer, hours
        self.left: list[tuple[float, str, str]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def ask(self, chat: str, lane: Lane = "bulk", *, group: bool = False) -> asyncio.Task[None]:
        """Begin a task that waits for one turn."""

        async def send() -> None:
            await self.pacer.turn(chat, lane, group=group)
            await self.pacer.leaves()
            self.left.append((round(self.hours.now - 1000.0, 6), chat, lane))
            self.pacer.ended()

        self._tasks.append(asyncio.create_task(send()))
        return self._tasks[-1]

    def times(self, chat: str = "") -> list[float]:
        """When each message left, to one chat or to all."""
        return [at for at, whose, _ in self.left if chat in ("", whose)]

    async def close(self) -> None:
        """End the tasks that still wait."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
