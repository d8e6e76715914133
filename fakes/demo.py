"""A demonstration on the command line: it opens, says where everything is, and runs until it is stopped."""

import argparse
import asyncio
import signal
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress


def arguments(program: str, about: str) -> argparse.ArgumentParser:
    """What every demonstration understands."""
    parser = argparse.ArgumentParser(prog=program, description=about)
    parser.add_argument("--port", type=int, default=0, help="of the page; a free one unless given")
    return parser


def run(demonstration: AbstractAsyncContextManager[Mapping[str, str]]) -> None:
    """Run until Ctrl+C. It gives what is said of it, by a name for each line."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(demonstration))


async def _run(demonstration: AbstractAsyncContextManager[Mapping[str, str]]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print("Đang mở…", flush=True)
    async with demonstration as said:
        for name, what in said.items():
            print(f"{name:<13} {what}")
        print(f"{'Dừng':<13} Ctrl+C", flush=True)
        await stop.wait()
