"""B3: marking the messages of an announcement and settling them, and that no two claim the same.

The peer runs the very statements that ours ran, as the driver had them, with the same batches and the same settings, on
a copy of the same rows, without our code between them, and reads no column as more than the driver gives. Ours also
opens the chat and the words, which are sealed: what was claimed can't leave otherwise. So the rate is told with what
opening them alone takes on both sides, and beside it as it is without. What is released before is measured apart.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine, event, text
from sqlmodel import col, func, select

from benchmarks.rounds import ROUNDS, Spread, cpu_s, own_cpu_s, ratios
from benchmarks.sides import NAMES, connect
from benchmarks.subscribers import FIRST_CHAT, TOPIC, Subscribers, subscribers
from handlers.desk.announcing import Audience, audiences
from storage.database import Unit
from storage.queries import machine
from storage.queries.announcing import broadcasts
from storage.queries.outgoing import sending, sending_many
from storage.queries.outgoing.sending import Claimed, Leader, open_row
from storage.sqlite import WRITER_PRAGMAS
from storage.tables import Broadcast, OutboxRow
from storage.vault import Vault

SENT, A_SLICE, READY, A_BATCH = 1_000, 100, 500, 50
MANY_ROUNDS = 3 * ROUNDS  # each is short
CLAIMERS = (1, 2, 4)
LEASE, ROW_LEASE, A_DAY = "sender:telegram", timedelta(seconds=30), timedelta(days=1)
Given = list[tuple[str, Any, bool]]  # statement, values, whether these are many


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of this process's processor, of the server's beside it, and by the clock.

    release, ours: of ours; opened: of opening alone what ours opens; alone: of the statements of the second.
    """

    release: tuple[float, float, float]
    ours: tuple[float, float, float]
    opened: tuple[float, float, float]
    alone: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One announcement on its way through a database, and who sends."""

    here: Subscribers
    which: int
    leader: Leader

    @classmethod
    def begin(cls, here: Subscribers) -> "Line":
        """One that everybody is frozen for."""
        which, now = here.announcement(), here.town.clock.now()
        here.at_desk(
            lambda desk: broadcasts.freeze(
                desk.unit, which, desk.audiences.recipients("news", TOPIC, Audience(), now)
            )
        )  # fmt: skip
        epoch = here.at_desk(lambda desk: machine.lease(desk.unit, LEASE, "bench", now, A_DAY))
        assert epoch is not None
        return cls(here, which, Leader("telegram", LEASE, "bench", epoch))

    def release(self, unit: Unit) -> int:
        """Hand out a slice."""
        desk = self.here.desk(unit)
        row, wants = unit.get_one(Broadcast, self.which), audiences.agrees("news", TOPIC)
        return broadcasts.release(unit, desk.vault, row, "telegram", wants, A_SLICE, desk.now)

    def ready(self, unit: Unit) -> list[str]:
        """The chats that something waits for."""
        now = self.here.town.clock.now()
        return [one.address_id for one in sending.ready(unit, "telegram", now, READY, "bulk")]

    def claim(self, chats: Sequence[str], unit: Unit) -> list[Claimed]:
        """Mark what waits for some chats as being sent."""
        now = self.here.town.clock.now()
        vault = Vault(unit, self.here.town.office.master)
        return sending_many.claim(unit, vault, self.leader, chats, now, now + ROW_LEASE).claimed

    def sent(self, claimed: Sequence[Claimed], unit: Unit) -> int:
        """Mark them as sent; returns how many it was so for."""
        rows = [sending_many.sent(one, self.leader, 1, str(one.leaving.id)) for one in claimed]
        return len(sending_many.settle(unit, rows, self.here.town.clock.now()))

    def release_all(self) -> None:
        """Hand out everything."""
        while self.here.database.write_now(self.release):
            pass

    def open(self, unit: Unit) -> tuple[float, float, float]:
        """Open what waits, as it is opened when it is claimed: her key, her chat and the words; the time it took."""
        now, vault = self.here.town.clock.now(), Vault(unit, self.here.town.office.master)
        chats = [one.address_id for one in sending.ready(unit, "telegram", now, SENT, "bulk")]
        rows = sending_many.waiting(unit, chats, now)
        assert len(rows) == SENT
        return _spent(lambda: [open_row(vault, row) for row in rows].clear(), 0)

    def drain(self) -> None:
        """Mark all of it, as many at once as the product does at a thousand a second."""
        database, sent = self.here.database, 0
        while chats := database.read_now(self.ready):
            for first in range(0, len(chats), A_BATCH):
                some = chats[first : first + A_BATCH]
                claimed = database.write_now(partial(self.claim, some))
                sent += database.write_now(partial(self.sent, claimed))
        assert sent == SENT, sent


def one_round(here: Subscribers) -> Round:
    """Ours on the database, and the statements of another such round on a copy that was made before that."""
    pid = server_pid(here)
    line = Line.begin(here)
    release, ours = _spent(line.release_all, pid), _spent(line.drain, pid)
    line = Line.begin(here)
    line.release_all()
    opened = here.database.read_now(line.open)
    twin, given = here.twin(), Given()
    with recording(here, given):
        line.drain()
    with closing(connect(twin)[0]) as connection:
        alone = _spent(partial(replay, connection, given), pid)
        query = f"SELECT count(*) FROM outbox WHERE cause = '{broadcasts.cause(line.which)}' AND state = 'sent'"  # noqa: S608  # a number of ours
        assert connection.execute(query).fetchone()[0] == SENT
    return Round(release, ours, opened, alone)


def server_pid(here: Subscribers) -> int:
    """The process of the server that all of PostgreSQL runs under; 0 where there is none."""
    if here.server is None:
        return 0
    query = text("SELECT pg_read_file('postmaster.pid')")
    return int(str(here.database.read_now(lambda unit: unit.scalar(query))).split()[0])


def _spent(work: Callable[[], None], pid: int) -> tuple[float, float, float]:
    used, server, begun = own_cpu_s(), cpu_s(pid) if pid else 0.0, time.perf_counter()
    work()
    took, used = time.perf_counter() - begun, own_cpu_s() - used
    return used, cpu_s(pid) - server if pid else 0.0, took


@contextmanager
def recording(here: Subscribers, given: Given) -> Iterator[None]:
    """Note what the driver is given, by whoever reads too. How a transaction begins and ends is in the statements of
    SQLite alone, but for one that is undone.
    """

    def note(
        _: object, __: object, statement: str, values: object, ___: object, many: bool
    ) -> None:  # as SQLAlchemy calls it
        given.append((statement, values, many))

    def began(_: object) -> None:
        given.append(("BEGIN", None, False))

    def ended(_: object) -> None:
        given.append(("COMMIT", None, False))

    heard: list[tuple[str, Callable[..., None]]] = [("before_cursor_execute", note), ("rollback", ended)]
    if here.server is not None:
        heard += [("begin", began), ("commit", ended)]
    for name, function in heard:
        event.listen(Engine, name, function)
    try:
        yield
    finally:
        for name, function in heard:
            event.remove(Engine, name, function)


def replay(connection: Any, given: Given) -> None:
    """Run statements by the driver alone."""
    if hasattr(connection, "isolation_level") and not hasattr(connection, "pgconn"):
        connection.isolation_level = None
        for pragma in WRITER_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
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
        while len(await database.read(line.ready)) or await database.write(line.release):
            mine = await database.mark(partial(line.claim, await database.read(line.ready)))
            claimed.update(one.leaving.id for one in mine)
            if mine:
                await database.mark(partial(line.sent, mine))

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
        rounds = [one_round(here) for _ in range(MANY_ROUNDS)]
        cpu, wall = (ratios([r.alone[n] for r in rounds], [r.ours[n] for r in rounds]) for n in (0, 2))
        both = ratios([sum(r.alone[:2]) for r in rounds], [sum(r.ours[:2]) for r in rounds])
        opened = ratios([r.alone[2] + r.opened[2] for r in rounds], [r.ours[2] for r in rounds])
        release = Spread.of([r.release[0] / SENT * 1e6 for r in rounds])
        us, server = (Spread.of([r.ours[n] / SENT * 1e6 for r in rounds]) for n in (0, 1))
        beside = f" and {server.told()} µs of the server's" if here.server else ""
        alone = f", {both.told(2)} with the server's" if here.server else ""
        print(
            f"B3  {NAMES[kind]}: claimed and marked by {A_BATCH}, {us.told()} µs of processor a message"
            f"{beside}; by the clock the same statements by hand and opening what is sealed take {opened.told(2)} of "
            f"that (bar: at least 0.5), the statements alone {wall.told(2)}; of processor {cpu.told(2)}{alone}; "
            f"released in {release.told()} µs",
            flush=True,
        )
        for claimers in CLAIMERS:
            rate, twice = asyncio.run(together(here, claimers))
            print(f"B3  {NAMES[kind]}, {claimers} at once: {rate:.0f} messages/s, {twice} claimed twice (bar: 0)")


if __name__ == "__main__":
    for name in sys.argv[1:] or NAMES:
        told(name)
