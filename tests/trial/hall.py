"""A hall in which something is announced: a serving process that is killed and started again, and people who write."""

import asyncio
import math
import re
import time
from bisect import bisect_left
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from sqlalchemy import update
from sqlmodel import col, select

from benchmarks.sides import p95
from bot.clock import Clock
from bot.setup import CannotStart
from handlers.desk import Desk
from handlers.desk.announcing import BROADCAST_PREFIX
from storage.database import DatabaseAway, UnclearCommit
from storage.tables import Broadcast, LeaseRow, OutboxRow, Recipient
from tests.kit.postgres import PostgresServer
from tests.kit.process import Process
from tests.kit.waiting import comes, until
from tests.trial.crowd import together
from tests.trial.ledger import is_quiet

MOST = 1.05  # of the rate, within any second
TICK_S, JITTER_S = 0.01, 0.02  # two calls that left a second apart may arrive within one
SECOND, CATCH_UP = timedelta(seconds=1), timedelta(seconds=0.1)
ANNOUNCED = re.compile(rf"\b{BROADCAST_PREFIX}-")  # other codes may hold the same letters
SAYS = ("xin chào", "tôi muốn hỏi", "menu", "cảm ơn", "giúp tôi với", "1")
Spans = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Sent:
    """A call that was to show somebody something. chat: as the platform names it; accepted: whether it did."""

    chat: str
    words: str
    at: datetime
    accepted: bool


class Platform(Protocol):
    """One of our own platforms, by its record of calls."""

    @property
    def clock(self) -> Clock: ...

    def sent(self, since: int = 0) -> Sequence[Sent | None]:
        """Every call from a number on, in order; None for one that shows nobody anything."""


class Line(Protocol):
    """What stands on a screen. mine: she wrote it."""

    @property
    def mine(self) -> bool: ...

    @property
    def text(self) -> str: ...


class User(Protocol):
    """Somebody on one of our own platforms. sees: all that stands on her screen, oldest first."""

    @property
    def id(self) -> str | int: ...

    @property
    def sees(self) -> Sequence[Line]: ...

    def says(self, text: str) -> object: ...


@dataclass(slots=True, repr=False)
class Hall:
    """A serving process, what our platform was sent by it, and the code of what is announced, once there is one.

    away: from when until when the service, or its database, could answer nobody. stalls: when our platform stood still.
    """

    process: Process
    platform: Platform
    code: str = ""
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    stalls: list[tuple[datetime, datetime]] = field(default_factory=list)
    _looked: int = 0
    _found: int = 0

    def now(self) -> datetime:
        """The moment, as our platform dates calls."""
        return self.platform.clock.now()

    def calls(self) -> list[Sent]:
        """Every time the announcement was sent, whatever came of it."""
        return [one for one in self.platform.sent() if one is not None and self.code in one.words]

    async def until_sent(self, count: int) -> None:
        """Wait until it went out so often, whatever came of it; for how long is up to who waits."""

        def look() -> int:
            calls = self.platform.sent(self._looked)
            self._looked += len(calls)
            self._found += sum(one is not None and self.code in one.words for one in calls)
            return self._found

        await until(f"it went out {count} times", look, lambda found: found >= count, within_s=math.inf)

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

        async def look() -> bool | str:
            try:
                return await asyncio.to_thread(self.process.at_desk, is_over)
            except (CannotStart, DatabaseAway, UnclearCommit) as error:  # PostgreSQL may be away
                return repr(error)

        await until("it is over", look, lambda found: found is True, within_s=within_s)

    async def watches(self, over: asyncio.Event) -> None:
        """Note when our platform, which is busy here with all else, dates late what came in meanwhile."""
        while not over.is_set():
            began = self.now()
            await asyncio.sleep(TICK_S)
            ended = self.now()
            if (ended - began).total_seconds() > TICK_S + JITTER_S:
                self.stalls.append((began, ended + CATCH_UP))

    def worst_second(self) -> int:
        """The most messages of all kinds that our platform was sent within any second."""
        return max(count for _, count in self._seconds(0.0))

    def worst_dated(self) -> tuple[int, float]:
        """The most in any second that was dated well, and of how many calls, as a share, that can be told."""
        seconds = self._seconds(JITTER_S)
        well = [
            count for at, count in seconds if not any(begin < at + SECOND and at < end for begin, end in self.stalls)
        ]
        return max(well), len(well) / len(seconds)

    def pace(self, rate: int) -> str:
        """Assert that the rate was never passed by more than is allowed; how near it came."""
        worst, share = self.worst_dated()
        assert worst <= rate * MOST, worst
        return f"worst second {self.worst_second()}, of the {share:.0%} that were dated well {worst}; limit {rate}"

    def _seconds(self, jitter_s: float) -> list[tuple[datetime, int]]:
        """When each was sent, and how many within a second from then, less what arrivals may be off."""
        at = [one.at for one in self.platform.sent() if one is not None]
        second = SECOND - timedelta(seconds=jitter_s)
        return [(one, bisect_left(at, one + second) - n) for n, one in enumerate(at)]


@dataclass(slots=True)
class Resident:
    """Somebody who writes and waits for the answer, again and again."""

    user: User
    clock: Clock
    chance: Random
    wrote_at: list[datetime] = field(default_factory=list)

    async def chats(self, over: asyncio.Event, within_s: float) -> None:
        """Write until it is over. Raises NeverCame if an answer does not come."""
        while not over.is_set():
            self.wrote_at.append(self.clock.now())
            await says(self.user, self.chance.choice(SAYS), within_s)
            await asyncio.sleep(self.chance.uniform(1.5, 3))  # she reads it

    def waited(self, answers: Sequence[datetime]) -> list[tuple[datetime, float]]:
        """When she wrote and how many seconds she waited, each time."""
        after = (answers[bisect_left(answers, at)] for at in self.wrote_at)
        return [(at, (answer - at).total_seconds()) for at, answer in zip(self.wrote_at, after, strict=True)]


async def says(user: User, text: str, within_s: float) -> None:
    """Write, and wait for an answer that is no announcement."""
    number = len(user.sees)
    user.says(text)
    await until(
        f"{text!r} is answered",
        lambda: [one.text for one in user.sees[number:] if not one.mine],
        lambda told: any(ANNOUNCED.search(one) is None for one in told),
        within_s=within_s,
    )


@dataclass(slots=True, repr=False)
class Fire:
    """What goes wrong, and who writes, while something is announced.

    residents: who write all the while. leavers: who write DỪNG, each after so many were sent; left: when they had the
    answer. server: PostgreSQL's, to be killed in the middle. sends: about so often it will be sent. over: once it is.
    """

    residents: Sequence[Resident]
    leavers: Sequence[tuple[User, int]]
    server: PostgresServer | None
    kills: int
    sends: int
    chance: Random
    within_s: float
    left: dict[str, datetime] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def burn(self, here: Hall, *besides: Coroutine[object, object, object]) -> float:
        """Let it all happen, and some more besides, until the announcement is over; returns the seconds it took."""

        async def announce() -> None:
            await here.ends(self.within_s)
            self.over.set()

        async def leave(user: User, moment: int) -> None:
            await here.until_sent(moment)
            await self.leave(here, user)

        began = time.monotonic()
        works = [announce(), self._trouble(here), *(one.chats(self.over, self.within_s) for one in self.residents)]
        works += [leave(user, moment) for user, moment in self.leavers]
        all_of_it = together(*works, *besides, here.watches(self.over))
        await comes("all of it has happened", all_of_it, lambda: here.code, within_s=self.within_s)
        return time.monotonic() - began

    async def leave(self, here: Hall, user: User) -> None:
        """Let somebody write DỪNG, and be answered."""
        await says(user, "DỪNG", self.within_s)
        self.left[str(user.id)] = here.now()

    def judge(self, here: Hall) -> str:
        """Assert that nothing of it reached those who wrote DỪNG after they were answered; how many they are."""
        late = [one for one in here.calls() if one.accepted and one.at > self.left.get(one.chat, one.at)]
        assert not late, late
        return f"{len(self.left)} said DỪNG, none got it after the answer"

    async def _trouble(self, here: Hall) -> None:
        """Kill the service so many times, and in the middle PostgreSQL, if there is one."""
        moments = sorted(self.chance.sample(range(self.sends // 20, self.sends * 9 // 10), self.kills))
        middle = [self.sends // 2] if self.server else []
        for moment in sorted([*moments, *middle]):
            await here.until_sent(moment)
            await (here.restart(self.server, 2.0) if self.server and moment in middle else here.kill())


def replies(here: Hall, people: Sequence[Resident], paused: Spans = ()) -> str:
    """How long residents waited, in all and apart from when the service or its database was away.

    paused: when the platform let nothing leave, which counts as away.
    """
    answers: dict[str, list[datetime]] = {}
    for one in here.platform.sent():
        if one is not None and one.accepted and here.code not in one.words:
            answers.setdefault(one.chat, []).append(one.at)
    waits = [one for person in people for one in person.waited(answers[str(person.user.id)])]
    away = (*here.away, *paused)
    calm = [waited for at, waited in waits if not any(begin - timedelta(seconds=5) < at < end for begin, end in away)]
    every = [waited for _, waited in waits]
    return (
        f"{len(every)} answers, p95 {p95(every):.2f} s, most {max(every):.2f} s; while it served p95 {p95(calm):.2f} s"
    )


def _end_leases(desk: Desk) -> None:
    """The dead one's time is over."""
    desk.unit.execute(update(LeaseRow).values(until=desk.now))
    desk.unit.execute(update(OutboxRow).where(col(OutboxRow.state) == "sending").values(lease_until=desk.now))
