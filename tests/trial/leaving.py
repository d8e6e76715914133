"""The service is asked to end while residents write, and started again: it ends well, and what it took in is there."""

import signal
import time
from pathlib import Path

from tests.kit.process import Process, serving
from tests.trial.crowd import FEWEST_MESSAGES, Crowd, crowd

WITHIN_S = 15.0


async def leave(database_url: str, folder: Path, *, residents: int, times: int, within_s: float) -> None:
    """Ask it to end so many times, by SIGTERM and SIGINT in turn, spread over the walks."""
    took: list[float] = []
    async with serving(database_url, folder) as process, crowd(residents, 6, process.url) as people:
        await people.walk(ask_to_end(process, people, times, took), within_s=within_s)
        cases = await people.judge(process)
    print(f"\n{residents} residents, ended {times} times, slowest {max(took):.1f} s, {cases} cases, all right")


async def ask_to_end(process: Process, people: Crowd, times: int, took: list[float]) -> None:
    """Ask it to end so many times and start it again; `took` gets the seconds of each ending."""
    each = FEWEST_MESSAGES * len(people.people) // (times + 1)
    for turn in range(times):
        await people.takes(each)
        began = time.monotonic()
        assert await process.stop(signal.SIGINT if turn % 2 else signal.SIGTERM, WITHIN_S) == 0, (
            process.log.read_text()[-2000:]
        )
        took.append(time.monotonic() - began)
        await process.start()
