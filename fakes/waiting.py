"""Waiting that always ends: what never came is said in words, together with what was there instead.

Why it looks again and again, where a bell could ring: most of what tests wait for is a row, a page or another process,
and what was true before anybody listened is found as well.
"""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import TypeVar, overload

T = TypeVar("T")
Pauses = tuple[float, float]  # seconds between two looks at first, and when it takes longer

PATIENT_S = 40.0  # for whatever takes a moment, also on a machine that is busy with all else
QUICKLY: Pauses = (0.01, 0.1)
SLOWLY: Pauses = (0.1, 0.1)  # where each look moves a clock, so that what is under way comes to its end in between
MOST_LETTERS = 2000  # of what was there instead


class NeverCame(AssertionError):
    """What was waited for, for how long, and what was there instead."""

    def __init__(self, what: str, within_s: float, instead: object) -> None:
        there = "" if instead is None or isinstance(instead, bool) else f"; there was {repr(instead)[-MOST_LETTERS:]}"
        super().__init__(f"waited {within_s:g} s in vain until {what}{there}")


@overload
async def until(
    what: str, look: Callable[[], Awaitable[T]], so: Callable[[T], object] = bool, *, within_s: float = PATIENT_S,
    pauses: Pauses = QUICKLY,
) -> T: ...  # fmt: skip


@overload
async def until(
    what: str, look: Callable[[], T], so: Callable[[T], object] = bool, *, within_s: float = PATIENT_S,
    pauses: Pauses = QUICKLY,
) -> T: ...  # fmt: skip


async def until(
    what: str, look: Callable[[], object], so: Callable[..., object] = bool, *, within_s: float = PATIENT_S,
    pauses: Pauses = QUICKLY,
) -> object:  # fmt: skip
    """Look until what is found is so; returns it. what: the fact, in words. Raises NeverCame, with what was found."""
    found: object = None

    async def watch() -> None:
        nonlocal found
        pause, longest = pauses
        while True:
            seen = look()
            found = await seen if isawaitable(seen) else seen
            if so(found):
                return
            await asyncio.sleep(pause)
            pause = min(pause * 1.2, longest)

    await comes(what, watch(), lambda: found, within_s=within_s)
    return found


async def comes(
    what: str, awaited: Awaitable[T], instead: Callable[[], object] = bool, *, within_s: float = PATIENT_S
) -> T:
    """Await something; returns what it does. instead: tells what was there if it never came. Raises NeverCame."""
    try:
        async with asyncio.timeout(within_s) as limit:
            return await awaited
    except TimeoutError:
        if not limit.expired():
            raise
        raise NeverCame(what, within_s, instead()) from None
