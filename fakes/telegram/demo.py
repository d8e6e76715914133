"""Try the service on Telegram without Telegram: phones in a browser, our own fake, and the product beside it.

Everything is thrown away at the end; nothing leaves this machine.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fakes import demo, product
from fakes.product import MovedClock
from fakes.telegram.echo import Echo
from fakes.telegram.page import TelegramPage
from fakes.telegram.server import FakeTelegram

SECRET = "demo-secret-of-nothing-at-all-0000"


def main() -> None:
    """Run until Ctrl+C."""
    parser = demo.arguments("telegram-demo", __doc__)
    parser.add_argument("--polling", action="store_true", help="let the product ask for updates")
    parser.add_argument("--without-product", action="store_true", help="a bot of a few lines in its place")
    demo.run(demonstration(parser.parse_args()))


@asynccontextmanager
async def demonstration(given: argparse.Namespace) -> AsyncIterator[Mapping[str, str]]:
    """The bot, the page of phones, and the product or an echo."""
    clock = MovedClock(datetime.now(UTC))
    async with FakeTelegram(clock=clock, pace=1.0).opened() as telegram:
        serving = _echo(telegram) if given.without_product else _product(telegram, clock, polling=given.polling)
        async with TelegramPage(telegram, port=given.port).opened() as page, serving as said:
            yield {"Điện thoại": f"{page.origin}/", **said}


@asynccontextmanager
async def _echo(telegram: FakeTelegram) -> AsyncIterator[Mapping[str, str]]:
    task = asyncio.create_task(Echo(telegram).run())
    try:
        yield {"Sản phẩm": "(không chạy)"}
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _product(telegram: FakeTelegram, clock: MovedClock, *, polling: bool) -> AsyncIterator[Mapping[str, str]]:
    mode = {"TELEGRAM_MODE": "polling" if polling else "webhook", "TELEGRAM_WEBHOOK_SECRET": SECRET}
    with tempfile.TemporaryDirectory() as folder:
        async with product.serving(Path(folder), telegram.settings | mode, clock) as served:
            yield {"Trò chuyện": f"{served.origin}/chat"}


if __name__ == "__main__":
    main()
