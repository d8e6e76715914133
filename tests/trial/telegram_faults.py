"""The line to Telegram, or the database, fails while residents write there: all kept is answered once it is back."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from tests.kit.postgres import PostgresServer
from tests.kit.waiting import until
from tests.trial.faults import begin, fill_up, small_disk
from tests.trial.telegram import IN_FLIGHT, Mode, Town, town

Step = Callable[[], Awaitable[object]]
BEFORE = 3  # messages of each before it begins


async def suffer(here: Town, fault: Step, heal: Step, *, lasts_s: float, within_s: float) -> None:
    """Let everybody register with a fault in the midst of it, and lay all side by side."""

    async def break_and_mend() -> None:
        await here.people.takes(BEFORE * len(here.people.people))
        await fault()
        await asyncio.sleep(lasts_s)  # the fault itself takes time
        await heal()
        healed, shown = time.monotonic(), len(here.telegram.accepted())
        await until("more is shown", lambda: len(here.telegram.accepted()), lambda n: n > shown, within_s=within_s)
        silent.append(time.monotonic() - healed)

    silent: list[float] = []
    took = await here.people.walk(break_and_mend(), within_s=within_s)
    found = await here.settle(within_s)
    assert found.extra <= IN_FLIGHT
    print(
        f"\n{len(here.people.people)} residents, a fault of {lasts_s} s and {silent[0]:.1f} s until the next answer, "
        f"{took:.1f} s, {found}"
    )


async def no_telegram(database_url: str, folder: Path, mode: Mode, *, residents: int, lasts_s: float) -> None:
    """Telegram takes no connection for a while; by webhook it still brings what people write."""
    async with town(database_url, folder, mode, residents=residents, seed=11) as here, AsyncExitStack() as stack:

        async def leave() -> None:
            await stack.enter_async_context(here.telegram.away())

        await suffer(here, leave, stack.aclose, lasts_s=lasts_s, within_s=lasts_s + 400)


async def killed_postgres(server: PostgresServer, folder: Path, mode: Mode, *, residents: int, lasts_s: float) -> None:
    """PostgreSQL stopped as by a crash, and started again."""
    async with town(server.url(server.create()), folder, mode, residents=residents, seed=12) as here:

        async def kill() -> None:
            await asyncio.to_thread(server.kill)

        async def start() -> None:
            await asyncio.to_thread(server.start)

        await suffer(here, kill, start, lasts_s=lasts_s, within_s=lasts_s + 400)


async def locked(folder: Path, mode: Mode, *, residents: int, lasts_s: float) -> None:
    """SQLite while another process holds its write lock."""
    held: list[sqlite3.Connection] = []
    async with town("sqlite", folder, mode, residents=residents, seed=13) as here:

        async def lock() -> None:
            await asyncio.to_thread(begin, here.process.data / "chungtay.db", held)

        async def unlock() -> None:
            held.pop().close()

        await suffer(here, lock, unlock, lasts_s=lasts_s, within_s=lasts_s + 400)


async def full_disk(folder: Path, mode: Mode, *, residents: int, lasts_s: float) -> None:
    """SQLite on a disk that a file fills to the last byte. Skips where no disk can be mounted."""
    async with small_disk(folder / "data") as disk, town("sqlite", folder, mode, residents=residents, seed=14) as here:
        filler = disk / "filler"

        async def fill() -> None:
            await asyncio.to_thread(fill_up, filler)

        async def free() -> None:
            filler.unlink()

        await suffer(here, fill, free, lasts_s=lasts_s, within_s=lasts_s + 400)
