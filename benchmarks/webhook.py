"""R1: an update verified and parsed by our webhook, before it is kept, against a bare aiohttp + orjson handler."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import orjson
from aiohttp import web

from benchmarks.pusher import SCRIPT, SECRET, Walk, push
from benchmarks.rounds import MEASURED, Spread, cpu_s, interleaved, pin, ratios
from bot.channels.contract import Received
from bot.platforms.telegram_hook import TelegramHook
from bot.receiving.intake import Intake

CHATS = 800
SIDES = ("bare", "ours")


class Nowhere(Intake):
    """Keeps no update."""

    def __init__(self) -> None:
        pass

    async def is_open(self) -> bool:
        return True

    async def take(self, received: Received) -> None:
        return

    async def set_aside(self, raw: bytes, reason: str) -> None:
        raise AssertionError(reason)


async def _heard(callback: str) -> None:
    return


async def bare(request: web.Request) -> web.Response:
    """What any handler of JSON does."""
    orjson.loads(await request.read())
    return web.Response()


def application(side: str) -> web.Application:
    """One side alone, on aiohttp's own listener."""
    app = web.Application()
    if side == "ours":
        TelegramHook(Nowhere(), (SECRET,), lambda: (1, "bot"), _heard).add_to(app)
    else:
        app.router.add_post("/hooks/telegram", bare)
    return app


async def _serve(side: str) -> None:
    runner = web.AppRunner(application(side), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


@contextmanager
def serving(side: str) -> Iterator[tuple[int, str]]:
    """(process id, url of the webhook) of one side in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.webhook", side]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            yield child.pid, f"http://127.0.0.1:{child.stdout.readline().strip()}/hooks/telegram"
        finally:
            child.terminate()


def cpu_us(pid: int, url: str, chats: int = CHATS) -> float:
    """CPU microseconds an update."""
    before = cpu_s(pid)
    push(Walk(url, 5_000_000_001, chats))
    return (cpu_s(pid) - before) / (chats * len(SCRIPT)) * 1e6


def main() -> None:
    """Print the medians of interleaved rounds."""
    with ExitStack() as stack:
        served = {side: stack.enter_context(serving(side)) for side in SIDES}
        for pid, url in served.values():
            cpu_us(pid, url, 20)
        found = interleaved({side: partial(cpu_us, *at) for side, at in served.items()})
    ratio = ratios(found["bare"], found["ours"])
    told = {side: Spread.of(values).told() for side, values in found.items()}
    print(
        f"R1  {told['ours']} µs an update verified and parsed, bare handler {told['bare']} µs, "
        f"ratio {ratio.told(2)} (bar: at least 0.70)"
    )


if __name__ == "__main__":
    if sys.argv[1:]:
        pin(MEASURED)
        asyncio.run(_serve(sys.argv[1]))
    else:
        main()
