"""Residents register while the service is killed again and again: nobody loses an answer, nobody is asked twice."""

import asyncio
from pathlib import Path
from random import Random

from tests.kit.process import Process, serving
from tests.trial.crowd import FEWEST_MESSAGES, Crowd, crowd


async def crash(database_url: str, folder: Path, *, residents: int, kills: int, seed: int, within_s: float) -> None:
    """Kill -9 so many times, at moments spread over the walks, and print how it went."""
    async with serving(database_url, folder) as process, crowd(residents, seed, process.url) as people:
        took = await people.walk(kill(process, people, kills, seed), within_s=within_s)
        broken = sum(attempt.status == 0 for attempt in people.attempts)
        cases = await people.judge(process)
    print(f"\n{residents} residents, {kills} kills, {broken} broken posts, {took:.1f} s, {cases} cases, all right")


async def kill(process: Process, people: Crowd, kills: int, seed: int, *, late_s: float = 0.1) -> None:
    """Kill -9 so many times and start again, each time up to `late_s` after a message was taken in."""
    chance = Random(seed)  # noqa: S311  # it only has to be the same again for the same seed
    moments = sorted(chance.sample(range(1, FEWEST_MESSAGES * len(people.people)), kills))
    for last, moment in zip([0, *moments], moments, strict=False):
        await people.takes(moment - last)
        # Right after an answer is one moment of a turn; a little later are all the others.
        await asyncio.sleep(chance.uniform(0, late_s))
        await process.kill()
        await process.start()
