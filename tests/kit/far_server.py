"""A PostgreSQL that stands far away: a line to it on which every byte takes its time, and round trips are counted."""

import asyncio
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

SOCKET = ".s.PGSQL.5432"


@dataclass
class FarServer:
    """The line to it. one_way_s: how long a byte is under way; trips: since it was last set, by connection."""

    url: str
    one_way_s: float = 0.0
    trips: dict[int, int] = field(default_factory=dict)

    async def carry(self, here: asyncio.StreamReader, back: asyncio.StreamWriter, real: Path) -> None:
        """Carry one connection there and back until either end leaves."""
        there, forth = await asyncio.open_unix_connection(real)
        spoke, which = asyncio.Event(), id(back)

        async def ask() -> None:
            while sent := await here.read(1 << 16):
                if not spoke.is_set():
                    self.trips[which] = self.trips.get(which, 0) + 1
                spoke.set()
                await pipes[0].put((asyncio.get_running_loop().time() + self.one_way_s, sent))

        async def answer() -> None:
            while said := await there.read(1 << 16):
                spoke.clear()
                await pipes[1].put((asyncio.get_running_loop().time() + self.one_way_s, said))

        async def bring(pipe: asyncio.Queue[tuple[float, bytes]], to: asyncio.StreamWriter) -> None:
            while True:
                due, sent = await pipe.get()
                await asyncio.sleep(due - asyncio.get_running_loop().time())
                to.write(sent)

        pipes: tuple[asyncio.Queue[tuple[float, bytes]], ...] = (asyncio.Queue(), asyncio.Queue())
        tasks = [asyncio.create_task(one) for one in (ask(), answer(), bring(pipes[0], forth), bring(pipes[1], back))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            forth.close()
            back.close()


@asynccontextmanager
async def far_server(database_url: str) -> AsyncIterator[FarServer]:
    """Lead to a server by a line of our own, which is carried apart from the test's loop: who connects may block it."""
    near = make_url(database_url)
    real = Path(str(near.query["host"])) / SOCKET
    with tempfile.TemporaryDirectory(prefix="chungtay-far-") as folder:
        far = FarServer(near.update_query_dict({"host": folder}).render_as_string(hide_password=False))
        loop, ready = asyncio.new_event_loop(), threading.Event()

        async def serve() -> None:
            async def carry(here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
                carrying.append(asyncio.current_task())
                await far.carry(here, back, real)

            carrying = list[asyncio.Task[None] | None]()
            async with await asyncio.start_unix_server(carry, Path(folder) / SOCKET):
                ready.set()
                await over.wait()
                await asyncio.gather(*filter(None, carrying), return_exceptions=True)

        over = asyncio.Event()
        thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
        thread.start()
        await asyncio.to_thread(ready.wait)
        try:
            yield far
        finally:
            loop.call_soon_threadsafe(over.set)
            await asyncio.to_thread(thread.join)
            loop.close()
