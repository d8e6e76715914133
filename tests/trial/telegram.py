"""Residents register on Telegram, our own, while something goes wrong; in the end each message is accounted for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from fakes.bot_api import Arguments, BotFaults
from fakes.faults import HANG, Fault, slow
from fakes.telegram.server import FakeTelegram, fake_telegram
from tests.kit.handset import Handset
from tests.kit.process import Process
from tests.kit.resident import Resident
from tests.kit.telegram_house import SECRET
from tests.kit.waiting import until
from tests.trial import crash as killing
from tests.trial import leaving
from tests.trial.crowd import Crowd
from tests.trial.ledger import Balance, balance, is_quiet

Mode = Literal["webhook", "polling"]
SHOWS = ("sendMessage", "sendPhoto", "editMessageText")
IN_FLIGHT = 30  # the most that one sender has on its way at once
PACE = 0.05  # what a second lasts between tries of the webhook


class Sluggish(BotFaults):
    """What is shown is shown at once, and confirmed late."""

    def __init__(self, seed: int, least_s: float = 0.05, most_s: float = 0.3) -> None:
        super().__init__()
        self._chance, self._least_s, self._most_s = Random(seed), least_s, most_s  # noqa: S311  # the same again

    def take(self, method: str, given: Arguments) -> Fault | None:
        """What was planned; else a late answer."""
        late = slow(round(self._chance.uniform(self._least_s, self._most_s), 3))
        return super().take(method, given) or (late if method in SHOWS else None)


@dataclass(slots=True)
class Town:
    """A serving process, our own Telegram, and people with handsets."""

    process: Process
    telegram: FakeTelegram
    people: Crowd

    async def quiets(self, within_s: float) -> None:
        """Wait until nothing is under way."""
        await until(
            "nothing is under way", lambda: asyncio.to_thread(self.process.at_desk, is_quiet), within_s=within_s
        )

    async def settle(self, within_s: float) -> Balance:
        """Wait until nothing is under way, end the service and lay all side by side."""
        await self.quiets(within_s)
        await self.people.judge(self.process)
        return await asyncio.to_thread(balance, self.process, self.telegram, self.people.people)


@asynccontextmanager
async def town(database_url: str, folder: Path, mode: Mode, *, residents: int, seed: int) -> AsyncIterator[Town]:
    """A service that serves until left."""
    async with fake_telegram(pace=PACE) as telegram:
        telegram.faults = Sluggish(seed)
        process = Process.on(database_url, folder, **settings(telegram, mode))
        process.settings["PUBLIC_URL"] = process.url
        await process.prepare()
        taken = asyncio.Semaphore(0)
        handsets = [Handset(telegram.user(f"người {number}"), taken) for number in range(residents)]
        people = [Resident(handset, seed * 10_000 + number) for number, handset in enumerate(handsets)]
        try:
            await process.start()
            yield Town(process, telegram, Crowd(people, taken))
        finally:
            await process.close()


def settings(telegram: FakeTelegram, mode: Mode) -> dict[str, str]:
    """How a process reaches our own Telegram."""
    return {
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE": telegram.origin,
        "TELEGRAM_FILE_BASE": telegram.origin,
        "TELEGRAM_MODE": mode,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }


async def crash(
    database_url: str, folder: Path, mode: Mode, *, residents: int, kills: int, hangs: int, seed: int, within_s: float
) -> None:
    """Kill -9 so many times while some receipts are shown and never confirmed; print how it went."""
    async with town(database_url, folder, mode, residents=residents, seed=seed) as here:
        for _ in range(hangs):
            here.telegram.faults.add(HANG, method="sendPhoto")
        took = await here.people.walk(
            killing.kill(here.process, here.people, kills, seed, late_s=0.5), within_s=within_s
        )
        found = await here.settle(within_s)
    assert found.extra <= kills * min(IN_FLIGHT, residents) + hangs, found
    print(f"\n{residents} residents, {mode}, {kills} kills, {hangs} hangs, {took:.1f} s, {found}")


async def leave(database_url: str, folder: Path, mode: Mode, *, residents: int, times: int, within_s: float) -> None:
    """Ask it to end so many times; each ends in time, and of every message it is known what became of it."""
    took: list[float] = []
    async with town(database_url, folder, mode, residents=residents, seed=7) as here:
        await here.people.walk(leaving.ask_to_end(here.process, here.people, times, took), within_s=within_s)
        found = await here.settle(within_s)
    assert (found.unknown, found.extra) == (0, 0), found
    print(f"\n{residents} residents, {mode}, ended {times} times, slowest {max(took):.1f} s, {found}")
