"""Try the service on Telegram without Telegram: phones in a browser, our own fake, and the product beside it.

Everything is thrown away at the end; nothing leaves this machine.
"""

import argparse
import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fakes.telegram.echo import Echo
from fakes.telegram.page import Page
from fakes.telegram.server import FakeTelegram
from tests.kit.process import Process

SECRET = "demo-secret-of-nothing-at-all-0000"
OWNER = ("--body", "UBND phường Mẫu", "--contact", "0236 0000", "--data-contact", "du-lieu@example.test")


def main() -> None:
    """Run until Ctrl+C."""
    parser = argparse.ArgumentParser(prog="telegram-demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the page; a free one unless given")
    parser.add_argument("--polling", action="store_true", help="let the product ask for updates")
    parser.add_argument("--without-product", action="store_true", help="a bot of a few lines in its place")
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(parser.parse_args()))


async def _run(given: argparse.Namespace) -> None:
    telegram, stop = FakeTelegram(port=given.port, pace=1.0), asyncio.Event()
    Page(telegram).mount()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await telegram.open()
    print("Đang mở…", flush=True)
    try:
        async with _echo(telegram) if given.without_product else _product(telegram, polling=given.polling) as about:
            print(f"Điện thoại    {telegram.origin}/", flush=True)
            print(about, flush=True)
            print("Dừng          Ctrl+C", flush=True)
            await stop.wait()
    finally:
        await telegram.close()


@asynccontextmanager
async def _echo(telegram: FakeTelegram) -> AsyncIterator[str]:
    task = asyncio.create_task(Echo(telegram).run())
    try:
        yield "Sản phẩm      (không chạy)"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _product(telegram: FakeTelegram, *, polling: bool) -> AsyncIterator[str]:
    """The product as an operator runs it, on a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        process = Process(
            Path(folder),
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_API_BASE=telegram.origin,
            TELEGRAM_FILE_BASE=telegram.origin,
            TELEGRAM_MODE="polling" if polling else "webhook",
            TELEGRAM_WEBHOOK_SECRET=SECRET,
        )
        process.settings["PUBLIC_URL"] = process.url
        await process.succeed("owner", "set", *OWNER)
        try:
            await process.start(from_nothing=True)
            yield f"Trò chuyện    {process.url}/chat\nNhật ký       {process.log}"
            await process.stop()
        finally:
            await process.close()


if __name__ == "__main__":
    main()
