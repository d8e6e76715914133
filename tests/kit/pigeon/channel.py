"""Pigeons as a channel, and the sky they fly in, where tests see who was brought what."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import orjson

from bot.channels.contract import Fitted, Limits, Misconfigured, NotSent, Refused, SendError
from tests.kit.waiting import comes


@dataclass
class Sky:
    """The other end. waiting: slips for us. brought: (loft, text) of ours that arrived. fails: for the next calls."""

    waiting: list[bytes] = field(default_factory=list)
    brought: list[tuple[str, str]] = field(default_factory=list)
    fails: list[SendError] = field(default_factory=list)
    bell: asyncio.Condition = field(default_factory=asyncio.Condition)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def says(self, loft: str, text: str, *, times: int = 1) -> None:
        """Somebody writes; a slip may be brought several times."""
        slip = orjson.dumps({"number": next(self.numbers), "loft": loft, "text": text})
        await self.lets_fly(*[slip] * times)

    async def lets_fly(self, *slips: bytes) -> None:
        async with self.bell:
            self.waiting += slips
            self.bell.notify_all()

    async def hears(self, loft: str, most: int) -> list[str]:
        """What somebody was brought, once it is so many. Raises NeverCame."""
        async with self.bell:
            many = self.bell.wait_for(lambda: sum(to == loft for to, _ in self.brought) >= most)
            await comes(f"{loft} has {most}", many, lambda: self.brought)
        return [text for to, text in self.brought if to == loft]


class Pigeons:
    """Our own pigeons."""

    name = "pigeon"
    limits = Limits(text=500, buttons=0, label=0, caption=0)
    abroad = True
    brings_again = True

    def __init__(self, sky: Sky) -> None:
        self.sky = sky

    async def send(self, chat: str, message: Fitted) -> str:
        """Send one slip; returns its number. Raises SendError."""
        if not message.text:
            raise Refused("no_text")
        if self.sky.fails:
            raise self.sky.fails.pop(0)
        async with self.sky.bell:
            self.sky.brought.append((chat, message.text))
            self.sky.bell.notify_all()
        return str(len(self.sky.brought))

    async def probe(self) -> None:
        """Ask whether there are pigeons. Raises SendError."""
        if any(isinstance(error, Misconfigured) for error in self.sky.fails):
            raise Misconfigured("no_pigeons")

    async def fetch(self, file: str, most: int) -> bytes:
        """Pigeons carry no photos."""
        raise NotSent("no_photos")

    async def next_updates(self, wait_s: int) -> Sequence[bytes]:
        """The slips that are there, waiting for one."""
        async with self.sky.bell:
            await self.sky.bell.wait_for(lambda: bool(self.sky.waiting))
            return list(self.sky.waiting)

    def confirm(self, update: bytes) -> None:
        """Throw away a slip that is kept."""
        self.sky.waiting.remove(update)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Nobody knocks."""
