"""How much one visitor and one network may take of what all share: streams at once, and new persons, photos and bytes.

Why in memory: a stranger must be refused before the database is asked anything. So each process counts for itself.
Why a network and not an address: whoever has one address of a network mostly has the others too. Programs of this
machine, behind no proxy, count as no network.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from handlers.desk.messages import MOST_WAITING_BYTES

HERE = "127.0.0.0/24"
MOST_UPLOADS = 64  # each may fill the memory with as much as a message may weigh
NETWORKS = 20_000  # remembered at most; the one that was quiet longest is forgotten


class Full(Exception):
    """No more for now. retry_after_s: when to try again; whose: visitor, network or all."""

    def __init__(self, whose: str, retry_after_s: int) -> None:
        super().__init__(whose)
        self.whose, self.retry_after_s = whose, retry_after_s


@dataclass(slots=True, kw_only=True)
class ConcurrencyLimit:
    """Things held at once."""

    a_visitor: int
    a_network: int
    in_all: int
    _held: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def place(self, visitor: str, network: str) -> Iterator[None]:
        """Hold one place. Raises Full."""
        caps = [("visitor", f"v/{visitor}", self.a_visitor), ("all", "", self.in_all)]
        if network != HERE:
            caps.append(("network", f"n/{network}", self.a_network))
        for whose, key, most in caps:
            if self._held[key] >= most:
                raise Full(whose, 15)
        for _, key, _ in caps:
            self._held[key] += 1
        try:
            yield
        finally:
            for _, key, _ in caps:
                self._held[key] -= 1
                if not self._held[key]:
                    del self._held[key]


@dataclass(slots=True, kw_only=True)
class Quota:
    """So much a network may take in a window, counted from its first taking on."""

    most: int
    window_s: int = 600
    clock: Callable[[], float] = time.monotonic
    _taken: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    def look(self, network: str) -> None:
        """See whether anything is left, and take nothing. Raises Full."""
        now = self.clock()
        since, taken = self._standing(network, now)
        if taken >= self.most:
            raise Full("network", max(1, round(since + self.window_s - now)))

    def _standing(self, network: str, now: float) -> tuple[float, int]:
        since, taken = self._taken.get(network, (now, 0))
        return (since, taken) if now - since < self.window_s else (now, 0)

    def take(self, network: str, amount: int = 1) -> None:
        """Take some of it. Raises Full, and then nothing is taken."""
        if network == HERE:
            return
        now = self.clock()
        since, taken = self._standing(network, now)
        fits = taken + amount <= self.most
        self._taken[network] = since, taken + amount if fits else taken
        self._taken.move_to_end(network)
        if len(self._taken) > NETWORKS:
            self._taken.popitem(last=False)
        if not fits:
            raise Full("network", max(1, round(since + self.window_s - now)))


@dataclass(slots=True, kw_only=True)
class Queues:
    """A queue for each network: so much of it goes on at once, and all else of it waits."""

    at_once: int = 1
    longest_s: float = 1.5
    _rooms: WeakValueDictionary[str, asyncio.Semaphore] = field(default_factory=WeakValueDictionary)

    @asynccontextmanager
    async def turn(self, network: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it until left. Raises Full after longest_s."""
        if network == HERE:
            yield
            return
        room = self._rooms.get(network) or asyncio.Semaphore(self.at_once)
        self._rooms[network] = room
        try:
            async with asyncio.timeout(self.longest_s):
                await room.acquire()
        except TimeoutError:
            raise Full("network", 2) from None
        try:
            yield
        finally:
            room.release()


@dataclass(slots=True, kw_only=True)
class Pace:
    """So many a second of each network, after a first few at once; who comes faster waits."""

    first: int = 20
    a_second: float = 2.0
    longest_s: float = 5.0
    clock: Callable[[], float] = time.monotonic
    _next_at: OrderedDict[str, float] = field(default_factory=OrderedDict)

    async def turn(self, network: str) -> bool:
        """Wait for a turn; False at once where that would take longer than longest_s."""
        if network == HERE:
            return True
        now = self.clock()
        at = max(self._next_at.get(network, 0.0), now - (self.first - 1) / self.a_second)
        if at - now > self.longest_s:
            return False
        self._next_at[network] = at + 1 / self.a_second
        self._next_at.move_to_end(network)
        if len(self._next_at) > NETWORKS:
            self._next_at.popitem(last=False)
        await asyncio.sleep(max(0.0, at - now))
        return True


@dataclass(slots=True)
class Crowd:
    """What the web chat gives to strangers. stream_s: after so long a stream ends, and is asked for anew.

    uploads: photos on their way to us. keeping: what is written into the database. waiting_bytes: of photos that wait
    to be cleaned, all of them together; above it only a network of which none waits is given more, up to twice as much.
    """

    streams: ConcurrencyLimit
    uploads: ConcurrencyLimit = field(
        default_factory=lambda: ConcurrencyLimit(a_visitor=3, a_network=3, in_all=MOST_UPLOADS)
    )
    keeping: Queues = field(default_factory=Queues)
    stream_s: float = 300.0
    waiting_bytes: int = MOST_WAITING_BYTES
    persons: Quota = field(default_factory=lambda: Quota(most=300))
    photos: Quota = field(default_factory=lambda: Quota(most=200))
    photo_bytes: Quota = field(default_factory=lambda: Quota(most=300 << 20))

    @classmethod
    def of(cls, descriptors: int) -> "Crowd":
        """For a process that may have so many files open, half of them for streams."""
        return cls(
            ConcurrencyLimit(a_visitor=8, a_network=min(300, descriptors // 8), in_all=min(20_000, descriptors // 2))
        )
