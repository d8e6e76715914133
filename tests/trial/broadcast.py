"""An announcement to thousands on our own Telegram while the service is killed and people write: all is counted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from fakes.telegram.server import fake_telegram
from tests.kit.postgres import PostgresServer
from tests.kit.process import Process
from tests.trial.hall import Fire, Hall, Resident, replies
from tests.trial.listeners import Listeners, Reckoning
from tests.trial.telegram import PACE, settings

STOPPED_WITHIN_S = 2.0


@asynccontextmanager
async def hall(database_url: str, folder: Path, *, listeners: int, rate: int) -> AsyncIterator[tuple[Hall, Listeners]]:
    """A service that serves until left, with so many who subscribed."""
    async with fake_telegram(pace=PACE) as telegram:
        given = settings(telegram, "webhook") | {"TELEGRAM_RATE": str(rate)}
        process = Process.on(database_url, folder, **given)
        process.settings["PUBLIC_URL"] = process.url
        await process.prepare()
        try:
            everybody = await asyncio.to_thread(Listeners.of, process, telegram, listeners)
            await process.start()
            yield Hall(process, everybody), everybody
        finally:
            await process.close()


async def under_fire(
    database_url: str, folder: Path, server: PostgresServer | None, *,
    listeners: int, rate: int, kills: int, residents: int, leavers: int, seed: int, within_s: float,
) -> None:  # fmt: skip
    """Announce while all goes wrong, and count. server: PostgreSQL's, to be killed in the middle."""
    chance = Random(seed)  # noqa: S311  # the same again
    async with hall(database_url, folder, listeners=listeners, rate=rate) as (here, everybody):
        everybody.meet(0.03, 0.01, 0.01, seed)
        users = [everybody.telegram.user(f"người {n}") for n in range(residents)]
        people = [Resident(user, everybody.clock, Random(seed + n)) for n, user in enumerate(users)]  # noqa: S311  # as above
        gone = [(user, chance.randrange(listeners * 9 // 10)) for user in chance.sample(everybody.calm, leavers)]
        fire = Fire(people, gone, server, kills, listeners, chance, within_s)
        here.code = await asyncio.to_thread(everybody.announce)
        took = await fire.burn(here)
        found = await _settle(here, everybody)
        await here.process.succeed("verify")
    print(f"\n{listeners} recipients at {rate}/s, {kills} kills, {took:.1f} s: {_told(found, here)}")
    print(f"{here.pace(rate)}; {residents} residents: {replies(here, people)}; {fire.judge(here)}")


async def killed(
    database_url: str, folder: Path, *, listeners: int, rate: int, after: int, hangs: int, seed: int
) -> None:  # fmt: skip
    """Kill -9 once in the middle, while some were accepted and never confirmed, and count."""
    async with hall(database_url, folder, listeners=listeners, rate=rate) as (here, everybody):
        everybody.meet(0.03, 0.01, hangs / listeners, seed)
        here.code = await asyncio.to_thread(everybody.announce)
        await here.until_sent(after)
        await here.kill(wait_for_leases=False)
        everybody.fates.once.clear()  # who would hang from now on would do so for twenty seconds
        await here.ends(60)
        found = await _settle(here, everybody)
    assert found.accepted + found.unseen + found.states["failed"] == listeners
    print(f"\n{listeners} recipients at {rate}/s, killed after {after}: {_told(found, here)}")


async def stopped(
    database_url: str, folder: Path, *, listeners: int, rate: int, after: int, seed: int
) -> None:  # fmt: skip
    """Stop it in the middle: two seconds later nothing of it is accepted any more, and all is counted."""
    async with hall(database_url, folder, listeners=listeners, rate=rate) as (here, everybody):
        everybody.meet(0.03, 0.01, 0.0, seed)
        here.code = await asyncio.to_thread(everybody.announce)
        await here.until_sent(after)
        asked = here.now()
        await asyncio.to_thread(everybody.stop, here.code)
        kept = here.now()
        await asyncio.sleep(STOPPED_WITHIN_S + 1)  # what is looked for is that nothing comes
        await here.ends(60)
        found = await _settle(here, everybody)
    accepted = [call.at for call in everybody.calls(here.code)]
    late = [at for at in accepted if (at - kept).total_seconds() > STOPPED_WITHIN_S]
    assert not late, late
    assert 0 < found.accepted < listeners
    print(
        f"\nstopped after {after} of {listeners} at {rate}/s: kept {(kept - asked).total_seconds():.2f} s after it was "
        f"asked, the last accepted {(accepted[-1] - asked).total_seconds():+.2f} s from then: {_told(found, here)}"
    )


async def _settle(here: Hall, everybody: Listeners) -> Reckoning:
    """End the service and lay all side by side."""
    assert await here.process.stop() == 0
    return await asyncio.to_thread(everybody.reckon, here.code)


def _told(found: Reckoning, here: Hall) -> str:
    states = ", ".join(f"{count} {state}" for state, count in sorted(found.states.items()))
    return (
        f"{states}; {found.accepted} accepted, {found.unseen} of the unknown never arrived, "
        f"worst second {here.worst_second()}"
    )
