"""The clock's rounds, done by hand: everybody whom a reminder may concern is looked at once."""

from collections.abc import Callable
from typing import Protocol

from handlers.desk import Actor, Desk
from tests.kit.town import Town


class Rounds(Protocol):
    """Looks at so many of them; returns where to go on, empty at the end."""

    def run(self, after: str, most: int) -> str: ...


async def goes_round(town: Town, noun: Callable[[Desk], Rounds], *, times: int = 1, most: int = 50) -> None:
    """Look at everybody, as the job does, so many times."""
    for _ in range(times):
        after = await _some(town, noun, "", most)
        while after:
            after = await _some(town, noun, after, most)


async def _some(town: Town, noun: Callable[[Desk], Rounds], after: str, most: int) -> str:
    return await town.at_desk(Actor("clock"), lambda desk: noun(desk).run(after, most))
