"""S3: what the pacer lets through at each rate, its worst second, what it costs, and what a million chats leave."""

import asyncio
import resource
import statistics
from bisect import bisect_left
from dataclasses import dataclass

from bot.delivery.rate_limiter import Lane, RateLimiter

RATES, ROUNDS, SECONDS = (30, 300, 1000), 5, 4.0
CHATS = 1_000_000


@dataclass(frozen=True, slots=True)
class Round:
    """held, worst: share of the rate over all and in the worst second. core: share of one."""

    held: float
    worst: float
    core: float


async def one(rate: int) -> Round:
    """Twice as many chats as may have a message each second, a tenth of them replies, each with a task of its own."""
    pacer, left = RateLimiter(rate), []
    loop = asyncio.get_running_loop()

    async def send(number: int) -> None:
        lane: Lane = "bulk" if number % 10 else "reply"
        while True:
            await pacer.turn(str(number), lane)
            await pacer.leaves()
            left.append(loop.time())
            pacer.ended()

    before, begun = _cpu_s(), loop.time()
    tasks = [asyncio.create_task(send(number)) for number in range(2 * rate)]
    await asyncio.sleep(SECONDS)
    cpu, end = _cpu_s() - before, loop.time()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    worst = max(bisect_left(left, at + 1.0) - index for index, at in enumerate(left))
    return Round(len(left) / (end - begun) / rate, worst / rate, cpu / (end - begun))


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Hand:
    """Time in the hand, for years in a minute."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def call_at(self, *_: object) -> asyncio.TimerHandle:
        raise AssertionError("nobody waits")


async def million() -> tuple[int, float]:
    """A message to each of a million chats: the most remembered at once, and what the process grew by, in MB."""
    hand = Hand()
    pacer, most = RateLimiter(1000, hand), 0
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(CHATS):
        hand.now += 0.001
        await pacer.turn(str(number), "bulk")
        await pacer.leaves()
        pacer.ended()
        most = max(most, pacer.remembered)
    return most, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown) / 1024


def main() -> None:
    """Print the medians of interleaved rounds, and the worst second of all of them."""
    found: dict[int, list[Round]] = {rate: [] for rate in RATES}
    for _ in range(ROUNDS):
        for rate in RATES:
            found[rate].append(asyncio.run(one(rate)))
    for rate, rounds in found.items():
        held, core = (statistics.median(getattr(r, name) for r in rounds) for name in ("held", "core"))
        least, worst = min(r.held for r in rounds), max(r.worst for r in rounds)
        print(
            f"S3  the pacer alone, {rate}/s: held {held:.1%} (least {least:.1%}, bar: at least 99 %), "
            f"worst second {worst:.1%} (bar: at most 105 %), {core:.1%} of a core"
        )
    most, grown = asyncio.run(million())
    print(f"M1  a million chats: {most} remembered at once, {grown:.1f} MB more (bar: at most 10)")


if __name__ == "__main__":
    main()
