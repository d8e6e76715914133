"""Two services on one PostgreSQL with one bot: one sends and one asks at a time, and when it dies the other goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlmodel import col, select

from handlers.desk import Desk
from storage.tables import Lease
from tests.kit.process import Process
from tests.trial.telegram import IN_FLIGHT, Mode, Town, town

CONFLICT = "409"


@asynccontextmanager
async def pair(
    database_url: str, folder: Path, mode: Mode, *, residents: int, seed: int
) -> AsyncIterator[tuple[Town, Process]]:
    """A town whose service has another beside it."""
    async with town(database_url, folder, mode, residents=residents, seed=seed) as here:
        other = here.process.beside()
        try:
            await other.start()
            yield here, other
        finally:
            await other.close()


async def quiet(database_url: str, folder: Path, *, residents: int, within_s: float) -> None:
    """Nothing goes wrong: nothing is sent twice, and the two never ask at once."""
    async with pair(database_url, folder, "polling", residents=residents, seed=21) as (here, other):
        took = await here.people.walk(within_s=within_s)
        asked = [call.outcome for call in here.telegram.calls if call.method == "getUpdates"]
        found = await here.settle(within_s)
        assert await other.stop() == 0
    assert not [outcome for outcome in asked if outcome.startswith(CONFLICT)]
    assert (found.unknown, found.extra) == (0, 0)
    print(f"\n{residents} residents, two services, {took:.1f} s, {len(asked)} times asked, {found}")


async def killed(database_url: str, folder: Path, *, residents: int, kills: int, within_s: float) -> None:
    """Who sends is killed again and again, while the other lives, and is started again once the other leads."""
    async with pair(database_url, folder, "polling", residents=residents, seed=22) as (here, other):
        both = {process.pid: process for process in (here.process, other)}
        waited: list[float] = []

        async def kill() -> None:
            each = 10 * residents // (kills + 1)
            for _ in range(kills):
                await here.people.takes(each)
                leader = both.pop(await _leader(here.process, set(both)))
                began = asyncio.get_running_loop().time()
                await leader.kill()
                await _leader(here.process, set(both))
                waited.append(asyncio.get_running_loop().time() - began)
                await leader.start()
                both[leader.pid] = leader

        took = await here.people.walk(kill(), within_s=within_s)
        found = await here.settle(within_s)
        assert await other.stop() == 0
    assert found.extra <= kills * min(IN_FLIGHT, residents)
    print(
        f"\n{residents} residents, two services, {kills} times who sent was killed, the other sent after at most "
        f"{max(waited):.1f} s, {took:.1f} s, {found}"
    )


async def _leader(process: Process, among: set[int]) -> int:
    """Wait until one of these processes sends; returns which."""

    def holder(desk: Desk) -> str:
        return desk.unit.scalar(select(Lease.holder).where(col(Lease.name) == "sender:telegram")) or "0-"

    while True:
        pid = int((await asyncio.to_thread(process.at_desk, holder)).split("-")[0])
        if pid in among:
            return pid
        await asyncio.sleep(0.2)
