"""Fills a database with made-up people who want a topic of news, each with a chat; a million of them by SQL alone."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from storage.database import Database, Unit
from storage.ids import new_code
from storage.queries.announcing import subscriptions
from storage.queries.incoming import chats
from storage.tables import Address, Broadcast, Person, Subscription
from tests.kit.postgres import PostgresServer
from tests.kit.town import Town

T = TypeVar("T")

TOPIC = "health"
FIRST_CHAT = 7_000_000_001
A_BATCH = 1_000
# Each number as eight hexadecimal letters, in place of the last eight of a real id.
_NUMBERS = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many), "
        "made(i, id) AS (SELECT i, printf('%08x', i) FROM n)"
    ),
    "postgresql": (
        "WITH made(i, id) AS (SELECT i, lpad(to_hex(i), 8, '0') FROM generate_series(1, CAST(:many AS integer)) i)"
    ),
}
_BYTES = {"sqlite": "CAST(made.id AS BLOB)", "postgresql": "convert_to(made.id, 'UTF8')"}


@dataclass(slots=True)
class Subscribers:
    """A database with people who want a topic. url: where it is."""

    town: Town
    url: str
    server: PostgresServer | None = None

    @property
    def database(self) -> Database:
        return self.town.database

    def at_desk(self, work: Callable[[Desk], T]) -> T:
        """Do something at the desk in the clock's name, in a transaction of its own."""
        return self.database.write_now(lambda unit: work(self.desk(unit)))

    def desk(self, unit: Unit) -> Desk:
        return self.town.office.desk(unit, Actor("clock"), "bench", self.town.clock)

    def announcement(self) -> int:
        """An announcement that is being sent to nobody yet; its number."""

        def write(desk: Desk) -> int:
            row = Broadcast(
                code=new_code("TB"), kind="news", topic=TOPIC,
                title={"vi": "Lịch trạm y tế"}, words={"vi": "Mở cửa sáng thứ bảy."}, audience={}, state="sending",
                rendered={"vi": "Lịch trạm y tế\n\nMở cửa sáng thứ bảy."}, began_at=desk.now, created_at=desk.now,
                changed_at=desk.now,
            )  # fmt: skip
            desk.unit.add(row)
            desk.unit.flush()
            assert row.id is not None
            return row.id

        return self.at_desk(write)

    def add(self, numbers: Sequence[int]) -> None:
        """Add people as they arrive, each with a key of her own."""

        def subscribe(desk: Desk, some: Sequence[int]) -> None:
            for number in some:
                external = desk.vault.look_up("telegram chat", str(number))
                chat = chats.arrive(desk.unit, desk.vault, "telegram", external, desk.now, platform=str(number))
                subscriptions.want(desk.unit, chat.person_id, TOPIC, "", "at_once", desk.now)

        for first in range(0, len(numbers), A_BATCH):
            some = numbers[first : first + A_BATCH]
            self.at_desk(lambda desk, some=some: subscribe(desk, some))  # type: ignore[misc]  # bound at once
        self.settle()

    def multiply(self, count: int) -> None:
        """Add so many who are alike but for their ids; nothing can be sealed for them, as they have no key."""
        self.add([FIRST_CHAT])
        kind = self.database.dialect
        first = self.at_desk(_first)
        with self.database.engine.begin() as connection:
            for statement in _copies(kind):
                connection.execute(text(statement), {"many": count - 1, **first})
        self.settle()

    def twin(self) -> str:
        """The address of a copy as it is now."""
        if self.server is not None:
            self.database.engine.dispose()
            return self.server.url(self.server.create(str(self.database.engine.url.database)))
        twin = f"{self.url}.twin"
        Path(twin.removeprefix("sqlite:///")).unlink(missing_ok=True)
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as file:
            file.execute("VACUUM INTO ?", (twin.removeprefix("sqlite:///"),))
        return twin

    def settle(self) -> None:
        """Let the database count what it has, as a server does by itself a minute later."""
        self.database.write_now(lambda unit: unit.execute(text("ANALYZE")) and None)


def _first(desk: Desk) -> dict[str, str]:
    """The ids of the one who is copied, without their last eight letters."""
    row = desk.unit.execute(select(col(Address.id), col(Address.person_id))).one()
    return {"address": str(row[0])[:-8], "person": str(row[1])[:-8]}


def _copies(kind: str) -> list[str]:
    """Statements that copy the one person, her chat and what she wants."""
    person = "CAST(:person AS text) || made.id"
    made = {
        Person: {"id": person},
        Address: {"id": "CAST(:address AS text) || made.id", "external": _BYTES[kind], "person_id": person},
        Subscription: {"person_id": person},
    }
    found = []
    for table, values in made.items():
        made_of = table.__table__  # type: ignore[attr-defined]  # SQLModel adds it
        names, name = [column.name for column in made_of.columns], made_of.name
        columns = ", ".join(values.get(one, f"one.{one}") for one in names)
        one = f"(SELECT * FROM {name} LIMIT 1)"  # noqa: S608  # a name of ours
        found.append(
            f"INSERT INTO {name} ({', '.join(names)}) {_NUMBERS[kind]} "  # noqa: S608  # names of ours
            f"SELECT {columns} FROM made CROSS JOIN {one} AS one"
        )
    return found


@contextmanager
def subscribers(kind: str) -> Iterator[Subscribers]:
    """An empty database of a kind, with our tables."""
    server = PostgresServer() if kind == "postgresql" else None
    with tempfile.TemporaryDirectory(prefix="chungtay-bench-") as folder:
        url = server.url(server.create()) if server else f"sqlite:///{Path(folder) / 'bench.db'}"
        database = Database.open(url)
        try:
            yield Subscribers(Town(database), url, server)
        finally:
            database.close_now()
            if server:
                server.close()
