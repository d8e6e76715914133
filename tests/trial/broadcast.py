"""An announcement to thousands on our own Telegram while the service is killed and people write: all is counted."""

import asyncio
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import update
from sqlmodel import col, select

from benchmarks.sides import p95
from bot.opening import CannotStart
from handlers.desk import Desk
from handlers.desk.broadcast_rows import PREFIX
from storage.database import DatabaseAway, Unclear
from storage.tables import Broadcast, Lease, OutboxRow, Recipient
from tests.kit.postgres import PostgresServer
from tests.kit.process import Process
from tests.kit.telegram.server import fake_telegram
from tests.kit.telegram.user import TelegramUser
from tests.kit.telegram.world import SENDS
from tests.trial.ledger import is_quiet
from tests.trial.listeners import Listeners, Reckoning
from tests.trial.telegram import PACE, settings

LOOK_S = 0.05
SAYS = ("xin chào", "tôi muốn hỏi", "menu", "cảm ơn", "giúp tôi với", "1")
STOPPED_WITHIN_S = 2.0


@dataclass(slots=True)
class Hall:
    """A serving process, everybody who gets the announcement, and its code once there is one.

    away: from when until when the service, or its database, could answer nobody.
    """

    process: Process
    listeners: Listeners
    rate: int
    code: str = ""
    away: list[tuple[datetime, datetime]] = field(default_factory=list)

    def now(self) -> datetime:
        """The moment, as our Telegram dates calls."""
        return self.listeners.telegram.world.clock.now()

    async def until_sent(self, count: int) -> None:
        """Wait until it went out so often, whatever came of it."""
        telegram, found, looked = self.listeners.telegram, 0, 0
        while found < count:
            calls = telegram.calls[looked:]
            looked += len(calls)
            found += sum(call.method in SENDS and self.code in call.arguments.get("text", "") for call in calls)
            await asyncio.sleep(LOOK_S)

    async def kill(self, *, wait_for_leases: bool = True) -> None:
        """Kill -9 and start again. wait_for_leases: or else what the dead one held is taken from it at once."""
        began = self.now()
        await self.process.kill()
        if not wait_for_leases:
            await asyncio.to_thread(self.process.at_desk, _end_leases)
        await self.process.start()
        self.away.append((began, self.now()))

    async def restart(self, server: PostgresServer, lasts_s: float) -> None:
        """Stop PostgreSQL as by a crash, and start it again."""
        began = self.now()
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(lasts_s)  # the fault itself takes time
        await asyncio.to_thread(server.start)
        self.away.append((began, self.now()))

    async def ends(self, within_s: float) -> None:
        """Wait until it is over and nothing is under way."""

        def is_over(desk: Desk) -> bool:
            state = desk.unit.scalar(select(Broadcast.state).where(col(Broadcast.code) == self.code))
            planned = select(Recipient.address_id).where(col(Recipient.state) == "planned").limit(1)
            return state in ("done", "cancelled") and is_quiet(desk) and desk.unit.scalar(planned) is None

        over = False
        async with asyncio.timeout(within_s):
            while not over:
                await asyncio.sleep(0.5)
                with suppress(CannotStart, DatabaseAway, Unclear):  # PostgreSQL may be away
                    over = await asyncio.to_thread(self.process.at_desk, is_over)

    async def settle(self) -> Reckoning:
        """End the service and lay all side by side."""
        assert await self.process.stop() == 0
        return await asyncio.to_thread(self.listeners.reckon, self.code)

    def worst_second(self) -> int:
        """The most messages of all kinds that our Telegram was sent within any second."""
        at = [call.at for call in self.listeners.telegram.calls if call.method in SENDS]
        return max(bisect_left(at, one + timedelta(seconds=1)) - n for n, one in enumerate(at))


@asynccontextmanager
async def hall(database_url: str, folder: Path, *, listeners: int, rate: int) -> AsyncIterator[Hall]:
    """A service that serves until left, with so many who subscribed."""
    async with fake_telegram(pace=PACE) as telegram:
        given = settings(telegram, "webhook") | {"TELEGRAM_RATE": str(rate)}
        process = Process.on(database_url, folder, **given)
        process.settings["PUBLIC_URL"] = process.url
        await process.prepare()
        try:
            everybody = await asyncio.to_thread(Listeners.of, process, telegram, listeners)
            await process.start()
            yield Hall(process, everybody, rate)
        finally:
            await process.close()


@dataclass(slots=True)
class Resident:
    """Somebody who writes and waits for the answer, again and again."""

    user: TelegramUser
    chance: Random
    wrote_at: list[datetime] = field(default_factory=list)

    async def chats(self, over: asyncio.Event, within_s: float) -> None:
        """Write until it is over. Raises TimeoutError if an answer does not come."""
        while not over.is_set():
            self.wrote_at.append(self.user.world.clock.now())
            await says(self.user, self.chance.choice(SAYS), within_s)
            await asyncio.sleep(self.chance.uniform(1.5, 3))  # she reads it

    def waited(self, answers: Sequence[datetime]) -> list[tuple[datetime, float]]:
        """When she wrote and how many seconds she waited, each time."""
        after = (answers[bisect_left(answers, at)] for at in self.wrote_at)
        return [(at, (answer - at).total_seconds()) for at, answer in zip(self.wrote_at, after, strict=True)]


async def says(user: TelegramUser, text: str, within_s: float) -> None:
    """Write, and wait for an answer that is no announcement."""
    number = len(user.chat.messages)
    user.says(text)
    async with asyncio.timeout(within_s):
        while not any(PREFIX not in one.text for one in user.chat.messages[number:] if not one.mine):  # noqa: ASYNC110  # fifty people at one bell would wake each other all the time
            await asyncio.sleep(LOOK_S)


async def under_fire(
    database_url: str, folder: Path, server: PostgresServer | None, *,
    listeners: int, rate: int, kills: int, residents: int, leavers: int, seed: int, within_s: float,
) -> None:  # fmt: skip
    """Announce while all goes wrong, and count. server: PostgreSQL's, to be killed in the middle."""
    chance = Random(seed)  # noqa: S311  # the same again
    async with hall(database_url, folder, listeners=listeners, rate=rate) as here:
        telegram, everybody = here.listeners.telegram, here.listeners
        everybody.meet(0.03, 0.01, 0.01, seed)
        people = [Resident(telegram.user(f"người {n}"), Random(seed + n)) for n in range(residents)]  # noqa: S311  # as above
        gone = chance.sample(everybody.calm, leavers)
        left: dict[int, datetime] = {}
        over = asyncio.Event()

        async def leave(user: TelegramUser, moment: int) -> None:
            await here.until_sent(moment)
            await says(user, "DỪNG", within_s)
            left[user.id] = here.now()

        async def trouble() -> None:
            moments = sorted(chance.sample(range(listeners // 20, listeners * 9 // 10), kills))
            middle = [listeners // 2] if server else []
            for moment in sorted([*moments, *middle]):
                await here.until_sent(moment)
                await (here.restart(server, 2.0) if server and moment in middle else here.kill())

        async def announce() -> None:
            await here.ends(within_s)
            over.set()

        here.code = await asyncio.to_thread(everybody.announce)
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for work in (announce(), trouble(), *(one.chats(over, within_s) for one in people)):
                group.create_task(work)
            for user in gone:
                group.create_task(leave(user, chance.randrange(listeners * 9 // 10)))
        took = time.monotonic() - began
        found = await here.settle()
        await here.process.succeed("verify")

    late = [call for call in everybody.calls(here.code) if call.chat_id in left and call.at > left[call.chat_id]]
    assert not late, late
    print(f"\n{listeners} recipients at {rate}/s, {kills} kills, {took:.1f} s: {_told(found, here)}")
    print(f"{residents} residents: {_replies(here, people)}; {len(left)} said DỪNG, none got it after the answer")


async def killed(
    database_url: str, folder: Path, *, listeners: int, rate: int, after: int, hangs: int, seed: int
) -> None:  # fmt: skip
    """Kill -9 once in the middle, while some were accepted and never confirmed, and count."""
    async with hall(database_url, folder, listeners=listeners, rate=rate) as here:
        here.listeners.meet(0.03, 0.01, hangs / listeners, seed)
        here.code = await asyncio.to_thread(here.listeners.announce)
        await here.until_sent(after)
        await here.kill(wait_for_leases=False)
        here.listeners.fates.once.clear()  # who would hang from now on would do so for twenty seconds
        await here.ends(60)
        found = await here.settle()
    assert found.accepted + found.unseen + found.states["failed"] == listeners
    print(f"\n{listeners} recipients at {rate}/s, killed after {after}: {_told(found, here)}")


async def stopped(
    database_url: str, folder: Path, *, listeners: int, rate: int, after: int, seed: int
) -> None:  # fmt: skip
    """Stop it in the middle: two seconds later nothing of it is accepted any more, and all is counted."""
    async with hall(database_url, folder, listeners=listeners, rate=rate) as here:
        here.listeners.meet(0.03, 0.01, 0.0, seed)
        here.code = await asyncio.to_thread(here.listeners.announce)
        await here.until_sent(after)
        asked = here.now()
        await asyncio.to_thread(here.listeners.stop, here.code)
        kept = here.now()
        await asyncio.sleep(STOPPED_WITHIN_S + 1)  # what is looked for is that nothing comes
        await here.ends(60)
        found = await here.settle()
    accepted = [call.at for call in here.listeners.calls(here.code)]
    late = [at for at in accepted if (at - kept).total_seconds() > STOPPED_WITHIN_S]
    assert not late, late
    assert 0 < found.accepted < listeners
    print(
        f"\nstopped after {after} of {listeners} at {rate}/s: kept {(kept - asked).total_seconds():.2f} s after it was "
        f"asked, the last accepted {(accepted[-1] - asked).total_seconds():+.2f} s from then: {_told(found, here)}"
    )


def _end_leases(desk: Desk) -> None:
    """The dead one's time is over."""
    desk.unit.execute(update(Lease).values(until=desk.now))
    desk.unit.execute(update(OutboxRow).where(col(OutboxRow.state) == "sending").values(lease_until=desk.now))


def _told(found: Reckoning, here: Hall) -> str:
    states = ", ".join(f"{count} {state}" for state, count in sorted(found.states.items()))
    return (
        f"{states}; {found.accepted} accepted, {found.unseen} of the unknown never arrived, "
        f"worst second {here.worst_second()}"
    )


def _replies(here: Hall, people: Sequence[Resident]) -> str:
    """How long residents waited, in all and apart from when the service or its database was away."""
    answers: dict[int, list[datetime]] = {}
    for call in here.listeners.telegram.calls:
        if call.accepted and here.code not in call.arguments.get("text", ""):
            answers.setdefault(call.chat_id, []).append(call.at)
    waits = [one for person in people for one in person.waited(answers[person.user.id])]
    calm = [
        waited for at, waited in waits if not any(begin - timedelta(seconds=5) < at < end for begin, end in here.away)
    ]
    every = [waited for _, waited in waits]
    return (
        f"{len(every)} answers, p95 {p95(every):.2f} s, most {max(every):.2f} s; while it served p95 {p95(calm):.2f} s"
    )
