"""T3: how soon the webhook is answered, after its commit, at half of what the product can do at most.

The peer is a bare aiohttp handler that commits one row in SQLite, likewise with WAL and synchronous FULL, brought the
same updates at the same rate. Ours meanwhile also understands, answers and sends what came before.
"""

import asyncio
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from aiohttp import web

from benchmarks.fake_telegram import answering
from benchmarks.product import product
from benchmarks.pusher import SCRIPT, Walk, push
from benchmarks.rounds import MEASURED, Spread, interleaved, pin, ratios
from benchmarks.whole_message import REPLIES, WARMING, enough, sent, wait_until_marked, walk

SECONDS = 5.0
_firsts = count(6_000_000_001, 10_000)


@dataclass(frozen=True, slots=True)
class Round:
    """Milliseconds from when an update was due to its answer."""

    p50: float
    p99: float


async def _serve(path: Path) -> None:
    """The bare handler."""
    file = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        file.execute(f"PRAGMA {pragma}")
    file.execute("CREATE TABLE inbox (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")

    async def take(request: web.Request) -> web.Response:
        file.execute("INSERT INTO inbox (body) VALUES (?)", (await request.read(),))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hooks/telegram", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


@contextmanager
def bare() -> Iterator[str]:
    """The bare handler in a process of its own; its url."""
    with tempfile.TemporaryDirectory(prefix="chungtay-bench-") as folder:
        command = [sys.executable, "-m", "benchmarks.answers", f"{folder}/bare.db"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            try:
                assert child.stdout is not None
                yield f"http://127.0.0.1:{child.stdout.readline().strip()}/hooks/telegram"
            finally:
                child.terminate()


def timed(url: str, rate: float, chats: int) -> Round:
    """New chats that write at a rate."""
    walked = push(Walk(url, next(_firsts), chats, rate))
    assert not walked.refused, f"{walked.refused} refused"
    percents = statistics.quantiles(walked.took_s, n=100)
    return Round(percents[49] * 1000, percents[98] * 1000)


def main() -> None:
    """Print the medians of interleaved rounds."""
    with answering() as telegram, product(telegram) as server, bare() as peer:
        rate = walk(server, telegram, enough(walk(server, telegram, WARMING))).a_second / 2
        chats = int(rate * SECONDS / len(SCRIPT))

        def ours() -> Round:
            expected = sent(telegram) + chats * sum(REPLIES)
            found = timed(server.url, rate, chats)
            wait_until_marked(server, telegram, expected)
            return found

        found = interleaved({"ours": ours, "bare": lambda: timed(peer, rate, chats)})
    for name in ("p50", "p99"):
        us, other = ([getattr(r, name) for r in found[side]] for side in ("ours", "bare"))
        print(
            f"T3  {name} of the answer at {rate:.0f} updates/s: {Spread.of(us).told(1)} ms, bare handler with a commit "
            f"{Spread.of(other).told(1)} ms, ratio {ratios(us, other).told(1)}"
            + (" (aim: at most 3)" if name == "p99" else "")
        )


if __name__ == "__main__":
    if sys.argv[1:]:
        pin(MEASURED)
        asyncio.run(_serve(Path(sys.argv[1])))
    else:
        main()
