"""A crowd of residents who register at once, and what must be true of each of them in the end."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from tests.kit.process import Process
from tests.kit.resident import Resident
from tests.kit.visitor import Attempt, Visitor
from tests.kit.waiting import comes

FEWEST_MESSAGES = 12  # of anybody's walk


@dataclass(slots=True)
class Crowd:
    """Residents of one service. taken: released for each message of theirs that was taken in."""

    people: list[Resident]
    taken: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    @property
    def attempts(self) -> list[Attempt]:
        """Every try of everybody in a browser to hand a message in."""
        visitors = (person.visitor for person in self.people)
        return [attempt for visitor in visitors if isinstance(visitor, Visitor) for attempt in visitor.attempts]

    async def takes(self, count: int) -> None:
        """Wait until so many more messages were taken in; for how long is up to the walk."""
        for _ in range(count):
            await self.taken.acquire()

    async def walk(self, *meanwhile: Coroutine[object, object, object], within_s: float) -> float:
        """Let everybody register while something else happens; returns the seconds it took."""
        began = time.monotonic()
        works = together(*(person.register() for person in self.people), *meanwhile)
        await comes("everybody is registered", works, self._progress, within_s=within_s)
        return time.monotonic() - began

    def _progress(self) -> list[int]:
        """How many messages each has handed in."""
        return [len(person.visitor.sent) for person in self.people]

    async def judge(self, process: Process) -> int:
        """Assert that everybody has one case which says what she answered, and a chat without gap or repetition.

        Returns how many cases there are; the process is stopped by it, and its data verified.
        """
        quarrels = {n: p.quarrel(await p.visitor.lines()) for n, p in enumerate(self.people)}
        assert not any(quarrels.values()), {n: wrong for n, wrong in quarrels.items() if wrong}
        assert await process.stop() == 0
        kept = await asyncio.to_thread(process.cases)
        told = {person.code: person.expected() for person in self.people}
        assert kept.keys() == told.keys(), {"lost": told.keys() - kept.keys(), "of nobody": kept.keys() - told.keys()}
        wrong = [(told[code], kept[code]) for code in told if told[code] != kept[code]]
        assert not wrong, wrong[0]
        await process.succeed("verify")
        return len(kept)


@asynccontextmanager
async def crowd(size: int, seed: int, *urls: str) -> AsyncIterator[Crowd]:
    """Gather some residents; the same seed gathers the same."""
    taken = asyncio.Semaphore(0)
    async with AsyncExitStack() as stack:
        # How long they try is up to the walk.
        visitors = [
            await stack.enter_async_context(Visitor(*urls, taken=taken, patience_s=math.inf)) for _ in range(size)
        ]
        yield Crowd([Resident(visitor, seed * 10_000 + n) for n, visitor in enumerate(visitors)], taken)


async def together(*works: Coroutine[object, object, object]) -> None:
    """Do all of it at once."""
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(_as_task(work))


async def _as_task(work: Coroutine[object, object, object]) -> None:
    await work


def slowest(attempts: Sequence[Attempt], status: int) -> float:
    """The longest wait for an answer of this status, in seconds."""
    return max((attempt.took_s for attempt in attempts if attempt.status == status), default=0.0)
