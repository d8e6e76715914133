"""What every platform's wire has: objects of JSON, files that are sent along, and a bell for whoever waits."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

# A platform's own objects, as its pages describe them: the fakes pass them on as they go over the wire.
Json = dict[str, Any]
T = TypeVar("T")
HERE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart body."""

    name: str
    content: bytes


def units(text: str) -> int:
    """How long a text is in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class Bell:
    """Wakes everybody who waits for something to change."""

    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def ring(self) -> None:
        """Something changed."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def wait(self) -> None:
        """Wait for the next change."""
        one = asyncio.get_running_loop().create_future()
        self._waiting.append(one)
        await one

    async def until(self, what: Callable[[], T | None], within_s: float = 10.0) -> T:
        """Wait until something is found; returns it. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not (found := what()):
                await self.wait()
        return found
