"""Two services on one PostgreSQL with one bot: one sends and one asks at a time, and when it dies the other goes on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlmodel import col, select

from handlers.desk import Desk
from storage.tables import LeaseRow
from tests.kit.process import Process
from tests.kit.waiting import until
from tests.trial.telegram import IN_FLIGHT, Mode, Town, town

CONFLICT = "409"
TAKEN_OVER_S = 30.0


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
    assert (found.unknown, found.extra) == (0, 0), found
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


async def stands_still(database_url: str, folder: Path, *, residents: int, stands_s: float, within_s: float) -> None:
    """Who sends, and who does the jobs, is stopped like a machine that is suspended, while the other lives, and wakes.

    The other takes over within half a minute. What the first one had on its way is shown as unknown, and when it wakes
    it neither sends again nor writes over what became of it; two who sealed at once would have broken the chain.
    """
    async with pair(database_url, folder, "polling", residents=residents, seed=23) as (here, other):
        both = {process.pid: process for process in (here.process, other)}
        waited: dict[str, float] = {}

        async def suspend() -> None:
            await here.people.takes(3 * residents)
            leader = both[await _leader(here.process, set(both))]
            began = asyncio.get_running_loop().time()
            os.killpg(leader.pid, signal.SIGSTOP)
            rest = set(both) - {leader.pid}
            try:
                for lease in ("sender:telegram", "jobs"):
                    await _leader(here.process, rest, lease)
                    waited[lease] = asyncio.get_running_loop().time() - began
                await asyncio.sleep(stands_s - (asyncio.get_running_loop().time() - began))  # so long it is away
            finally:
                os.killpg(leader.pid, signal.SIGCONT)

        took = await here.people.walk(suspend(), within_s=within_s)
        found = await here.settle(within_s)
        assert await other.stop() == 0
    assert max(waited.values()) <= TAKEN_OVER_S, waited
    assert found.extra <= found.unknown
    after = ", ".join(f"{lease} {seconds:.1f} s" for lease, seconds in waited.items())
    print(f"\n{residents} residents, {stands_s:.0f} s stood still, taken over: {after}; {took:.1f} s, {found}")


async def _leader(process: Process, among: set[int], lease: str = "sender:telegram") -> int:
    """Wait until one of these processes holds a lease; returns which."""

    def holder(desk: Desk) -> str:
        return desk.unit.scalar(select(LeaseRow.holder).where(col(LeaseRow.name) == lease)) or "chungtay-0-"

    async def pid() -> int:
        return int((await asyncio.to_thread(process.at_desk, holder)).split("-")[1])

    return await until(f"one of {among} holds {lease}", pid, lambda found: found in among)
