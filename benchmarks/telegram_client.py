"""S2: python-telegram-bot's Bot over our HTTP, against the same Bot as shipped, each message answered by a fake."""

import asyncio
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import orjson
from aiohttp import web

TOKEN = "123456789:AAEabcdefghijklmnopqrstuvwxyz_0123-4"  # noqa: S105  # made up
COUNT, ROUNDS, IN_FLIGHT, WARM_UP = 1000, 5, 30, 60
TEXT = "Ông/bà đã gửi yêu cầu. Mã của ông/bà: CT-2026-000123. Tôi sẽ báo khi có tin mới 🌾"
CHAT = {"id": 5000100001, "type": "private", "first_name": "Lan"}
BOT = {"id": 123456789, "is_bot": True, "first_name": "Chung Tay", "username": "chungtay_bot"}
ANSWER = orjson.dumps(
    {"ok": True, "result": {"message_id": 7, "date": 1_790_000_000, "chat": CHAT, "from": BOT, "text": TEXT}}
)


def fake() -> None:
    """Answer each call as Telegram does a message, on a port that is printed, until ended."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=ANSWER, content_type="application/json")

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/{rest:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()

    _pin(1)
    asyncio.run(serve())


@contextmanager
def answering() -> Iterator[str]:
    """The fake in a process of its own; its origin."""
    child = subprocess.Popen([sys.executable, "-m", __spec__.name, "fake"], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield f"http://127.0.0.1:{child.stdout.readline().strip()}"
    finally:
        child.terminate()
        child.wait()


async def cpu_us(origin: str, *, shipped: bool) -> float:
    """CPU microseconds a message, so many in flight."""
    from telegram import Bot
    from telegram.request import HTTPXRequest

    from bot.channels.telegram.client import AiohttpRequest, open_bot

    async with HTTPXRequest() if shipped else AiohttpRequest() as request:
        if isinstance(request, AiohttpRequest):
            bot = open_bot(TOKEN, origin, origin, request)
        else:
            bot = Bot(TOKEN, f"{origin}/bot", request=request, get_updates_request=request)
        await _send(bot.send_message, WARM_UP)
        before = _cpu_s()
        await _send(bot.send_message, COUNT)
        return (_cpu_s() - before) / COUNT * 1e6


async def _send(send_message: object, count: int) -> None:
    assert callable(send_message)
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await send_message(CHAT["id"], f"{TEXT} {number}")

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _pin(core: int) -> None:
    """Keep one side off the other's core, where the system can."""
    with suppress(AttributeError, OSError):
        os.sched_setaffinity(0, {core})


def main() -> None:
    """Print the medians of interleaved rounds."""
    _pin(0)
    ours_us, shipped_us = [], []
    with answering() as origin:
        for _ in range(ROUNDS):
            ours_us.append(asyncio.run(cpu_us(origin, shipped=False)))
            shipped_us.append(asyncio.run(cpu_us(origin, shipped=True)))
    one, other = statistics.median(ours_us), statistics.median(shipped_us)
    print(f"S2  {one:.0f} µs a message, as shipped {other:.0f} µs, ratio {other / one:.1f} (bar: at least 6)")


if __name__ == "__main__":
    fake() if sys.argv[1:] == ["fake"] else main()
