"""T1: a whole message over HTTP, from the first POST to the last reply marked as sent, against what most projects do.

Ours is the product as it is: kept, understood, sealed, answered, marked; SQLite at synchronous FULL. The peer is
`benchmarks/peer.py`. Both walk the same script and say the same to the same fake.
"""

import json
import sqlite3
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count

import psycopg

from benchmarks.fake_telegram import answering
from benchmarks.peers import Said, missing, peer
from benchmarks.product import Server, product
from benchmarks.pusher import SCRIPT, Walk, push
from benchmarks.rounds import ROUNDS, Spread, cpu_s, interleaved, ratios
from tests.kit.postgres import PostgresServer

REPLIES = (1, 2, 1, 1, 1)  # of the product, for each step of the script
WARMING = 60
# Each step of a walk is to last so long: a chat has one message a second, and must not be what we wait for.
STEP_S = 1.5
PATIENCE_S = 60.0
UNSENT = "SELECT count(*) FROM outbox WHERE state <> 'sent'"
_firsts = count(5_000_000_001, 10_000)


@dataclass(frozen=True, slots=True)
class Round:
    """a_second: messages. cpu_us: of the serving process a message. server_us: of the database's server.

    refused: how often the webhook said that it can't keep an update now, and was brought it again.
    """

    a_second: float
    cpu_us: float
    server_us: float
    refused: int


def walk(side: Server, telegram: str, chats: int, server_pid: int = 0) -> Round:
    """Have so many new chats walk the script, and wait until the last reply is marked. Raises TimeoutError."""
    expected = sent(telegram) + chats * sum(REPLIES)
    before, server = cpu_s(side.pid), cpu_s(server_pid) if server_pid else 0.0
    walked = push(Walk(side.url, next(_firsts), chats))
    wait_until_marked(side, telegram, expected)
    took_s, messages = time.monotonic() - walked.begun, chats * len(SCRIPT)
    server = cpu_s(server_pid) - server if server_pid else 0.0
    cpu_us = (cpu_s(side.pid) - before) / messages * 1e6
    return Round(messages / took_s, cpu_us, server / messages * 1e6, walked.refused)


def enough(warming: Round) -> int:
    """How many chats keep a side busy, if it has one core, so that each step lasts STEP_S."""
    return int(1e6 / warming.cpu_us * STEP_S)


def wait_until_marked(side: Server, telegram: str, expected: int) -> None:
    """Wait until so many replies left, and all are marked. Raises TimeoutError."""
    until = time.monotonic() + PATIENCE_S
    while sent(telegram) < expected or unsent(side.database):
        if time.monotonic() > until:
            raise TimeoutError(f"{sent(telegram)} of {expected} sent, {unsent(side.database)} not marked")
        time.sleep(0.05)


def sent(telegram: str) -> int:
    """How many messages the fake has had."""
    with urllib.request.urlopen(f"{telegram}/count") as answer:  # noqa: S310  # ours
        return int(answer.read())


def unsent(database: str) -> int:
    """How many replies are not marked as sent."""
    if database.startswith("sqlite"):
        path = database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as file:
            return int(file.execute(UNSENT).fetchone()[0])
    with psycopg.connect(database, autocommit=True) as connection:
        row = connection.execute(UNSENT).fetchone()
        return int(row[0]) if row else 0


def said(telegram: str) -> Said:
    """What the product said to the first chat of all, by the steps of the script."""
    with urllib.request.urlopen(f"{telegram}/first") as answer:  # noqa: S310  # ours
        first = iter(json.loads(answer.read()))
    return [
        [{"text": one["text"], "keyboard": json.dumps(one.get("reply_markup") or "").strip('"')} for one in replies]
        for replies in ([next(first) for _ in range(many)] for many in REPLIES)
    ]


def on(database: str, rounds: int = ROUNDS) -> dict[str, list[Round]]:
    """Measure both on one database, interleaved; each with as many chats as keep it busy for some seconds."""
    with (
        answering() as telegram,
        databases(database) as (ours_url, peer_url, server_pid),
        product(telegram, ours_url) as ours,
    ):
        walk(ours, telegram, 1)
        with peer(telegram, said(telegram), peer_url) as theirs:
            sides = {"ours": ours, "peer": theirs}
            chats = {name: enough(walk(side, telegram, WARMING)) for name, side in sides.items()}
            walks = {name: partial(walk, side, telegram, chats[name], server_pid) for name, side in sides.items()}
            return interleaved(walks, rounds)


@contextmanager
def databases(kind: str) -> Iterator[tuple[str, str, int]]:
    """One for each side, and the process id of the server that has them, if any."""
    if kind == "sqlite":
        yield "sqlite", "sqlite", 0
        return
    server = PostgresServer()
    try:
        yield server.url(server.create()), server.url(server.create()), make_durable(server.url())
    finally:
        server.close()


def make_durable(url: str) -> int:
    """Have a server of tests sync what it commits, as one of an operator does; its process id."""
    with psycopg.connect(url, autocommit=True) as admin:
        for name in ("fsync", "full_page_writes"):
            admin.execute(f"ALTER SYSTEM SET {name} = on")
        admin.execute("SELECT pg_reload_conf()")
        row = admin.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        assert row is not None
        return int(str(row[0]).split()[0])


def tell(database: str, found: dict[str, list[Round]], bar: str) -> None:
    """Print both sides and how they compare."""
    for name, rounds in found.items():
        a_second, cpu, server = (
            Spread.of([getattr(r, field) for r in rounds]) for field in ("a_second", "cpu_us", "server_us")
        )
        beside = f", PostgreSQL {server.told()} µs beside" if server.median else ""
        if refused := sum(r.refused for r in rounds):
            beside += f"; {refused} refused and brought again"
        print(f"T1  {database}, {name}: {a_second.told()} messages/s, CPU {cpu.told()} µs a message{beside}")
    ours, theirs = found["ours"], found["peer"]
    wall = ratios([r.a_second for r in ours], [r.a_second for r in theirs])
    cpu = ratios([r.cpu_us for r in theirs], [r.cpu_us for r in ours])
    print(f"T1  {database}: ratio by CPU {cpu.told(2)}, by messages/s {wall.told(2)} (bar: {bar})")


def main() -> None:
    """Print the medians of interleaved rounds on both databases."""
    if why := missing():
        print(f"T1  not measured: {why}")
        return
    kinds = {"sqlite": ("SQLite", "at least 4"), "postgresql": ("PostgreSQL", "at least 1, aim at 2")}
    for kind in sys.argv[1:] or kinds:
        tell(kinds[kind][0], on(kind), kinds[kind][1])


if __name__ == "__main__":
    main()
