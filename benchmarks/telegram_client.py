"""S2: python-telegram-bot's Bot over our HTTP, against the same Bot as shipped, each message answered by a fake."""

import asyncio
import statistics

from benchmarks.fake_telegram import CHAT, TOKEN, answering
from benchmarks.rounds import MEASURED, own_cpu_s, pin

COUNT, ROUNDS, IN_FLIGHT, WARM_UP = 1000, 5, 30, 60
TEXT = "Ông/bà đã gửi yêu cầu. Mã của ông/bà: CT-2026-000123. Tôi sẽ báo khi có tin mới 🌾"


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
        before = own_cpu_s()
        await _send(bot.send_message, COUNT)
        return (own_cpu_s() - before) / COUNT * 1e6


async def _send(send_message: object, count: int) -> None:
    assert callable(send_message)
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await send_message(CHAT["id"], f"{TEXT} {number}")

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def main() -> None:
    """Print the medians of interleaved rounds."""
    pin(MEASURED)
    ours_us, shipped_us = [], []
    with answering() as origin:
        for _ in range(ROUNDS):
            ours_us.append(asyncio.run(cpu_us(origin, shipped=False)))
            shipped_us.append(asyncio.run(cpu_us(origin, shipped=True)))
    one, other = statistics.median(ours_us), statistics.median(shipped_us)
    print(f"S2  {one:.0f} µs a message, as shipped {other:.0f} µs, ratio {other / one:.1f} (bar: at least 6)")


if __name__ == "__main__":
    main()
