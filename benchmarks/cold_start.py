"""M1: how soon the product is alive and what that costs, against the bare import of its packages; what memory it keeps.

Memory is what no other process shares. Pages of a mapped database file count as such too, although the system takes
them back whenever it likes; so the growth is told without them, and with them beside it.
"""

import asyncio
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fake_telegram import answering
from benchmarks.product import Server, settings, started
from benchmarks.rounds import MEASURED, Spread, cpu_s, interleaved, pin, ratios
from benchmarks.whole_message import walk
from tests.kit.process import Process

IMPORTS = "import telegram, aiohttp.web, sqlmodel, apscheduler.schedulers.asyncio"
FEW, MANY = 100_000, 1_000_000
WALKING = 60
IDLE_S = 3.0
KEY = "printf('%024x', n)"
# Of each table, what differs from row to row; all else is copied from one row.
FILLED = {
    "person": {"id": KEY},
    "data_key": {"name": f"'person:' || {KEY}"},
    "address": {"id": KEY, "external": "randomblob(32)", "person_id": KEY},
    "session": {"person_id": KEY},
}


@dataclass(frozen=True, slots=True)
class Start:
    """Until it answers, or until the imports are through."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes: all that is private, and of it what no file is behind."""

    private: float
    anonymous: float


def ours(process: Process) -> Start:
    """Start until /health/live answers."""
    begun = time.monotonic()
    with started(process) as pid:
        return Start(time.monotonic() - begun, cpu_s(pid))


def bare() -> Start:
    """Import the packages and nothing else."""
    begun, before = time.monotonic(), _children_s()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True, preexec_fn=lambda: pin(MEASURED))
    return Start(time.monotonic() - begun, _children_s() - before)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory(pid: int) -> Memory:
    """What a process keeps now."""
    rows = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    kilobytes = {row[0]: int(row[1]) for row in rows}
    private = kilobytes["Private_Clean:"] + kilobytes["Private_Dirty:"]
    return Memory(private / 1024, kilobytes["Anonymous:"] / 1024)


def fill(path: Path, first: int, last: int) -> None:
    """Put so many chats into the database, with a row of each in the tables that have one for a person."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA synchronous = OFF")
        for table, differs in FILLED.items():
            names = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(differs.get(name, f"one.{name}") for name in names)
            file.execute(
                "WITH RECURSIVE numbers(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM numbers WHERE n < ?) "  # noqa: S608  # names of ours
                f"INSERT INTO {table} SELECT {values} FROM numbers, (SELECT * FROM {table} LIMIT 1) AS one",
                (first, last),
            )
        file.commit()
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def after_work(process: Process, telegram: str) -> Memory:
    """What it keeps once some chats have walked the script, on the database as it is."""
    with started(process) as pid:
        walk(Server(pid, f"{process.url}/hooks/telegram", f"sqlite:///{_file(process)}"), telegram, WALKING)
        time.sleep(IDLE_S)
        return memory(pid)


def _file(process: Process) -> Path:
    return process.data / "chungtay.db"


def main() -> None:
    """Print the medians of interleaved rounds, then the memory."""
    with answering() as telegram, tempfile.TemporaryDirectory(prefix="chungtay-bench-") as folder:
        process = Process(Path(folder), **settings(telegram))
        process.settings["PUBLIC_URL"] = process.url
        asyncio.run(process.prepare())
        found = interleaved({"ours": lambda: ours(process), "bare": bare})
        with started(process) as pid:
            time.sleep(IDLE_S)
            idle = memory(pid)
        after_work(process, telegram)
        fill(_file(process), 1, FEW)
        few = after_work(process, telegram)
        fill(_file(process), FEW + 1, MANY)
        many = after_work(process, telegram)
    for name, unit in (("cpu_s", "of CPU"), ("wall_s", "by the clock")):
        us, other = ([getattr(start, name) for start in found[side]] for side in ("ours", "bare"))
        print(
            f"M1  alive after {Spread.of(us).told(2)} s {unit}, bare import {Spread.of(other).told(2)} s, "
            f"ratio {ratios(us, other).told(2)} (bar: at most 1.3)"
        )
    print(f"M1  {idle.private:.0f} MB private after start (bar: at most 130)")
    print(
        f"M1  {many.anonymous - few.anonymous:.1f} MB more with {MANY:,} chats than with {FEW:,} (bar: at most 10); "
        f"with pages of the database {many.private - few.private:.1f} MB"
    )


if __name__ == "__main__":
    main()
