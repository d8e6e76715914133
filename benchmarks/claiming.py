"""B3: releasing an announcement into the outbox and marking its messages, and that no two claim the same.

The peer runs the very statements that ours ran, as the driver had them, on a copy of the same rows, without our code
between them.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import event
from sqlmodel import col, func, select

from benchmarks.rounds import ROUNDS, Spread, own_cpu_s, ratios
from benchmarks.sides import NAMES, connect
from benchmarks.subscribers import FIRST_CHAT, TOPIC, Subscribers, subscribers
from handlers.desk import audience
from handlers.desk.audience import Audience
from storage.database import Unit
from storage.queries import broadcasts, machine, sending
from storage.queries.sending import Claimed, Sender
from storage.tables import Broadcast, OutboxRow
from storage.vault import Vault

SENT, A_SLICE, READY = 1_000, 100, 500
CLAIMERS = (1, 2, 4)
LEASE, ROW_LEASE, A_DAY = "sender:telegram", timedelta(seconds=30), timedelta(days=1)
Given = list[tuple[str, Any, bool]]  # statement, values, whether these are many


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of this process's processor, and by the clock, of ours and of the statements alone."""

    ours: tuple[float, float]
    alone: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One announcement on its way through a database, and who sends."""

    here: Subscribers
    which: int
    leader: Sender

    @classmethod
    def begin(cls, here: Subscribers) -> "Line":
        """One that everybody is frozen for."""
        which, now = here.announcement(), here.town.clock.now()
        here.at_desk(
            lambda desk: broadcasts.freeze(
                desk.unit, which, audience.recipients(desk, "news", TOPIC, Audience())
            )
        )  # fmt: skip
        epoch = here.at_desk(lambda desk: machine.lease(desk.unit, LEASE, "bench", now, A_DAY))
        assert epoch is not None
        return cls(here, which, Sender("telegram", LEASE, "bench", epoch))

    def release(self, unit: Unit) -> int:
        """Hand out a slice."""
        desk = self.here.desk(unit)
        row, wants = unit.get_one(Broadcast, self.which), audience.agrees("news", TOPIC)
        return broadcasts.release(unit, desk.vault, row, "telegram", wants, A_SLICE, desk.now)

    def ready(self, unit: Unit) -> list[str]:
        """The chats that something waits for."""
        now = self.here.town.clock.now()
        return [one.address_id for one in sending.ready(unit, "telegram", now, READY)]

    def claim(self, address_id: str, unit: Unit) -> Claimed | None:
        """Mark what waits for a chat as being sent."""
        now = self.here.town.clock.now()
        vault = Vault(unit, self.here.town.office.master)
        return sending.claim(unit, vault, self.leader, address_id, now, now + ROW_LEASE)

    def sent(self, claimed: Claimed, unit: Unit) -> bool:
        """Mark it as sent."""
        return sending.settle(unit, self.leader, claimed, "sent", self.here.town.clock.now())

    def drain(self) -> None:
        """Hand out everything, and mark all of it."""
        database, sent = self.here.database, 0
        while database.write_now(self.release):
            for address_id in database.read_now(self.ready):
                claimed = database.write_now(partial(self.claim, address_id))
                assert claimed is not None
                assert database.write_now(partial(self.sent, claimed))
                sent += 1
        assert sent == SENT, sent


def one_round(here: Subscribers) -> Round:
    """Ours on the database, and its statements on a copy that was made before."""
    line, twin, given = Line.begin(here), here.twin(), Given()
    with recording(here, given):
        ours = _spent(line.drain)
    with closing(connect(twin)[0]) as connection:
        alone = _spent(partial(replay, connection, given))
        query = f"SELECT count(*) FROM outbox WHERE cause = '{broadcasts.cause(line.which)}' AND state = 'sent'"  # noqa: S608  # a number of ours
        assert connection.execute(query).fetchone()[0] == SENT
    return Round(ours, alone)


def _spent(work: Callable[[], None]) -> tuple[float, float]:
    used, begun = own_cpu_s(), time.perf_counter()
    work()
    return own_cpu_s() - used, time.perf_counter() - begun


@contextmanager
def recording(here: Subscribers, given: Given) -> Iterator[None]:
    """Note what the driver is given. PostgreSQL's driver begins and commits by itself."""

    def note(
        _: object, __: object, statement: str, values: object, ___: object, many: bool
    ) -> None:  # as SQLAlchemy calls it
        given.append((statement, values, many))

    def began(_: object) -> None:
        given.append(("BEGIN", None, False))

    def ended(_: object) -> None:
        given.append(("COMMIT", None, False))

    heard: list[tuple[str, Callable[..., None]]] = [("before_cursor_execute", note)]
    if here.server is not None:
        heard += [("begin", began), ("commit", ended), ("rollback", ended)]
    for name, function in heard:
        event.listen(here.database.engine, name, function)
    try:
        yield
    finally:
        for name, function in heard:
            event.remove(here.database.engine, name, function)


def replay(connection: Any, given: Given) -> None:
    """Run statements by the driver alone."""
    if hasattr(connection, "isolation_level") and not hasattr(connection, "pgconn"):
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = FULL")
    cursor = connection.cursor()
    for statement, values, many in given:
        if many and isinstance(values, list):  # else many rows in one statement
            cursor.executemany(statement, values)
        else:
            cursor.execute(statement, *([values] if values else []))
        if cursor.description is not None:
            cursor.fetchall()


async def together(here: Subscribers, claimers: int) -> tuple[float, int]:
    """Have some release and claim the same; returns messages a second, and how many were claimed twice."""
    line, database = Line.begin(here), here.database
    claimed: Counter[int] = Counter()

    async def work() -> None:
        while await database.write(line.release) or await database.read(line.ready):
            for address_id in await database.read(line.ready):
                one = await database.mark(partial(line.claim, address_id))
                if one is not None:
                    claimed[one.leaving.id] += 1
                    await database.mark(partial(line.sent, one))

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(claimers)))
    took = time.perf_counter() - begun
    kept = select(func.count()).where(col(OutboxRow.cause) == broadcasts.cause(line.which), OutboxRow.state == "sent")
    assert (len(claimed), here.at_desk(lambda desk: desk.unit.scalar(kept))) == (SENT, SENT)
    return SENT / took, sum(count > 1 for count in claimed.values())


def told(kind: str) -> None:
    """Print what one database gives."""
    with subscribers(kind) as here:
        here.add(range(FIRST_CHAT, FIRST_CHAT + SENT))
        one_round(here)  # what is made at first use is made
        rounds = [one_round(here) for _ in range(ROUNDS)]
        cpu, wall = (ratios([r.alone[n] for r in rounds], [r.ours[n] for r in rounds]) for n in (0, 1))
        us = Spread.of([r.ours[0] / SENT * 1e6 for r in rounds])
        print(
            f"B3  {NAMES[kind]}: released, claimed and marked one by one, {us.told()} µs of processor a message; "
            f"the same statements by hand take {cpu.told(2)} of that, {wall.told(2)} by the clock (bar: at least 0.5)",
            flush=True,
        )
        for claimers in CLAIMERS:
            rate, twice = asyncio.run(together(here, claimers))
            print(f"B3  {NAMES[kind]}, {claimers} at once: {rate:.0f} messages/s, {twice} claimed twice (bar: 0)")


if __name__ == "__main__":
    for name in sys.argv[1:] or NAMES:
        told(name)
