"""S3, B4: whether the rate of an announcement is held, what that costs, and how soon people who write are answered.

S3 is all of the product, with nobody writing: handed out, claimed, sent and marked. The seconds are counted where the
calls arrive. The peer of B4 is a plain loop with python-telegram-bot's AIORateLimiter: chat after chat, or all asked
for at once. It keeps nothing; ours keeps, seals and marks each message.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp import ClientSession, web

from benchmarks.fake_telegram import BOT, SENT, TOKEN, TRUE
from benchmarks.peers import PYTHON, ROOT
from benchmarks.product import settings, started
from benchmarks.pusher import HEADERS, SECRET, update
from benchmarks.rounds import MEASURED, REST, cpu_s, pin
from benchmarks.sides import NAMES, p95
from tests.kit.postgres import PostgresServer
from tests.kit.process import Process, free_port
from tests.trial.listeners import announce, open_any_day, subscribe

RATE, CHATS, FIRST, WRITERS = 300, 3_000, 7_000_000_001, 8_000_000_001
RATES, SECONDS, AT_ONCE = (30, 300, 1_000), 10, 1_000
WRITES_EVERY_S = 0.1
WAIT_S, PATIENCE_S = 0.02, 120.0
ME = json.dumps({"ok": True, "result": BOT}).encode()


@dataclass(slots=True)
class Ledger:
    """Telegram's end in this process: when each chat was sent its first message, in seconds of the loop."""

    sent: dict[int, float]
    port: int = 0
    chats: int = CHATS

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def call(self, request: web.Request) -> web.Response:
        """Any method."""
        method = request.match_info["method"]
        if method == "sendMessage":
            given = await (request.json() if request.content_type == "application/json" else request.post())
            self.sent.setdefault(int(str(given["chat_id"])), asyncio.get_running_loop().time())
        body = {"sendMessage": SENT, "getMe": ME}.get(method, TRUE)
        return web.Response(body=body, content_type="application/json")

    async def announced(self) -> list[float]:
        """Wait until everybody got it; returns when, in order. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.sent) < self.chats or len(self._announced()) < self.chats:  # noqa: ASYNC110  # nobody tells us
                await asyncio.sleep(WAIT_S)
        return sorted(self._announced())

    async def until_begun(self) -> None:
        """Wait for the first. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.sent:  # noqa: ASYNC110  # nobody tells us
                await asyncio.sleep(WAIT_S)

    def _announced(self) -> list[float]:
        return [at for chat, at in self.sent.items() if chat < WRITERS]


async def measured(ledger: Ledger, hook: str, pid: int) -> str:
    """Have somebody new write ten times a second while it goes out; returns the figures."""
    wrote: dict[int, float] = {}
    loop, before = asyncio.get_running_loop(), cpu_s(pid)

    async def write(session: ClientSession) -> None:
        number = WRITERS
        while True:
            number += 1
            wrote[number] = loop.time()
            async with session.post(hook, data=update(number, number, "/start"), headers=HEADERS) as answer:
                assert answer.status == 200, answer.status
            await asyncio.sleep(WRITES_EVERY_S)

    async with ClientSession() as session:
        await ledger.until_begun()
        writing = asyncio.create_task(write(session))
        at = await ledger.announced()
        cpu_us = (cpu_s(pid) - before) / CHATS * 1e6
        writing.cancel()
        await asyncio.sleep(2)  # the last answers may still come
    waits = [(ledger.sent.get(number, loop.time()) - begun) * 1000 for number, begun in wrote.items()]
    return (
        f"{held(at, RATE)}, answers p95 "
        f"{p95(waits):.0f} ms, most {max(waits):.0f} ms of {len(waits)}, {cpu_us:.0f} µs of processor a message"
    )


def held(at: list[float], rate: int) -> str:
    """What was held of a rate, by when each call arrived."""
    worst = max(bisect_left(at, one + 1) - n for n, one in enumerate(at))
    return f"{(len(at) - 1) / (at[-1] - at[0]) / rate:.1%} of {rate}/s held, worst second {worst / rate:.1%}"


async def alone(ledger: Ledger, _: str, pid: int) -> str:
    """Let it go out while nobody writes; returns the figures."""
    await ledger.until_begun()
    before, begun = cpu_s(pid), time.perf_counter()
    at = await ledger.announced()
    cpu, took = cpu_s(pid) - before, time.perf_counter() - begun
    return (
        f"{held(at, ledger.chats // SECONDS)}, {cpu / took:.1%} of a core, {cpu / ledger.chats * 1e6:.0f} µs a message"
    )


async def ours(
    ledger: Ledger, kind: str, rate: int = RATE, measure: Callable[[Ledger, str, int], Awaitable[str]] = measured
) -> str:
    """The product, on a database with everybody in it."""
    server = PostgresServer() if kind == "postgresql" else None
    try:
        with tempfile.TemporaryDirectory(prefix="chungtay-bench-") as folder:
            url = server.url(server.create()) if server else "sqlite"
            given = settings(ledger.origin) | {"TELEGRAM_RATE": str(rate)}
            process = Process.on(url, Path(folder), **given)
            process.settings["PUBLIC_URL"] = process.url
            await process.prepare()
            for first in range(FIRST, FIRST + ledger.chats, AT_ONCE):
                process.at_desk(partial(subscribe, ids=range(first, min(first + AT_ONCE, FIRST + ledger.chats))))
            process.at_desk(open_any_day)
            with started(process) as pid:
                process.at_desk(announce)
                return await measure(ledger, f"{process.url}/hooks/telegram", pid)
    finally:
        if server:
            server.close()


async def loop(ledger: Ledger, *, at_once: bool) -> str:
    """The peer."""
    with looping(ledger.origin, at_once=at_once) as (pid, hook):
        return await measured(ledger, hook, pid)


@contextmanager
def looping(telegram: str, *, at_once: bool) -> Iterator[tuple[int, str]]:
    """The peer in a process of its own: its id and its webhook."""
    port = free_port()
    given = {
        "port": port, "secret": SECRET, "telegram": telegram, "token": TOKEN, "rate": RATE, "first": FIRST,
        "chats": CHATS, "at_once": at_once,
    }  # fmt: skip
    with subprocess.Popen(
        [PYTHON, "-m", "benchmarks.peer_loop"], cwd=ROOT, env={"PATH": os.environ["PATH"]}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, preexec_fn=lambda: pin(MEASURED),
    ) as child:  # fmt: skip
        assert child.stdin is not None
        child.stdin.write(json.dumps(given))
        child.stdin.close()
        try:
            yield child.pid, f"http://127.0.0.1:{port}/hook"
        finally:
            child.terminate()


async def run(name: str, side: Callable[[Ledger], Awaitable[str]], chats: int = CHATS) -> None:
    """Measure one side and print it."""
    ledger, app = Ledger({}, chats=chats), web.Application()
    app.router.add_post("/{bot}/{method}", ledger.call)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ledger.port = int(runner.addresses[0][1])
    try:
        print(f"{name}: {await side(ledger)}", flush=True)
    finally:
        await runner.cleanup()


def main() -> None:
    """Print ours on both databases, and the peer in both ways."""
    pin(REST)
    kinds = [one for one in sys.argv[1:] if one in NAMES] or list(NAMES)
    for kind in kinds:
        for rate in RATES:
            side = partial(ours, kind=kind, rate=rate, measure=alone)
            asyncio.run(run(f"S3  {NAMES[kind]}, all of the product", side, rate * SECONDS))
    print("S3  bars: at least 99 % held, at most 105 % in any second, at most 60 % of a core at 1,000/s", flush=True)
    for kind in kinds:
        asyncio.run(run(f"B4  ours, {NAMES[kind]}", partial(ours, kind=kind)))
    needed = [str(PYTHON), "-c", "import aiolimiter, telegram, tornado"]
    if not PYTHON.exists() or subprocess.run(needed, capture_output=True, check=False).returncode:
        print("B4  the peer is not measured: its environment could not be built")
        return
    for name, at_once in (("a plain loop", False), ("all asked for at once", True)):
        asyncio.run(run(f"B4  python-telegram-bot's AIORateLimiter, {name}", partial(loop, at_once=at_once)))


if __name__ == "__main__":
    main()
