"""B1: how long it takes to freeze who gets an announcement, and how much room it takes.

The peer is an INSERT ... SELECT of the same rows that asks nothing of anybody.
"""

import sys
import time
from dataclasses import dataclass
from functools import partial

from sqlalchemy import text

from benchmarks.rounds import Spread, cpu_s, interleaved, own_cpu_s, ratios
from benchmarks.sides import NAMES
from benchmarks.subscribers import TOPIC, Subscribers, subscribers
from handlers.desk.announcing import Audience
from storage.database import Unit
from storage.queries.announcing import broadcasts

COUNTS = (100_000, 1_000_000)
BARE = (
    "INSERT INTO recipient (broadcast_id, address_id, channel, state) "
    "SELECT :which, id, channel, 'planned' FROM address WHERE channel = 'telegram'"
)


@dataclass(frozen=True, slots=True)
class Planned:
    """us: microseconds of processor a row; wall_us: by the clock. size: bytes a row, 0 if it was not looked at."""

    us: float
    wall_us: float
    size: float = 0.0


def plan(here: Subscribers, count: int, *, bare: bool) -> Planned:
    """Freeze everybody once, and let them go again."""
    which, before = here.announcement(), _size(here)

    def work(unit: Unit) -> tuple[int, float, float]:
        pid = 0 if unit.on_sqlite else int(unit.scalar(text("SELECT pg_backend_pid()")) or 0)
        used, begun = _used(pid), time.perf_counter()
        if bare:
            rows = unit.execute(text(BARE), {"which": which}).rowcount  # type: ignore[attr-defined]  # of an INSERT
        else:
            found = here.desk(unit).audiences.recipients("news", TOPIC, Audience(), here.town.clock.now())
            rows = broadcasts.freeze(unit, which, found)
        return int(rows), _used(pid) - used, time.perf_counter() - begun

    rows, used, took = here.database.write_now(work)
    assert rows == count, rows
    size = (_size(here) - before) / count
    forget = "DELETE FROM recipient" if here.database.dialect == "sqlite" else "TRUNCATE recipient"
    here.database.write_now(lambda unit: unit.execute(text(forget)) and None)
    return Planned(used / count * 1e6, took / count * 1e6, size)


def _used(pid: int) -> float:
    """Seconds of processor: of a server's process, or of our own, in which SQLite works."""
    return cpu_s(pid) if pid else own_cpu_s()


def _size(here: Subscribers) -> float:
    """Bytes that recipients take, or, of a file, all that is in use."""
    pages = "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
    sqlite = f"SELECT (page_count - freelist_count) * page_size {pages}"  # no words of others
    query = sqlite if here.database.dialect == "sqlite" else "SELECT pg_total_relation_size('recipient')"
    return float(here.database.read_now(lambda unit: unit.scalar(text(query))) or 0)


def told(kind: str, counts: tuple[int, ...]) -> None:
    """Print what one database gives."""
    per_row: dict[int, Spread] = {}
    for count in counts:
        with subscribers(kind) as here:
            here.multiply(count)
            sides = {"ours": partial(plan, here, count, bare=False), "bare": partial(plan, here, count, bare=True)}
            found = interleaved(sides)
        per_row[count] = Spread.of([one.us for one in found["ours"]])
        us, wall = (
            ratios(*([getattr(one, name) for one in found[side]] for side in ("ours", "bare")))
            for name in ("us", "wall_us")
        )
        whole = Spread.of([one.wall_us * count / 1e6 for one in found["ours"]])
        print(
            f"B1  {NAMES[kind]}, {count:,} subscribers: {per_row[count].told(2)} µs of processor a row, "
            f"{whole.told(1)} s in all, ratio to a bare INSERT ... SELECT {us.told(2)}, by the clock {wall.told(2)} "
            f"(bar: at most 2); {max(one.size for one in found['ours']):.0f} bytes a row (bar: at most 160)",
            flush=True,
        )
    if len(counts) > 1:
        grown = per_row[counts[-1]].median / per_row[counts[0]].median
        print(f"B1  {NAMES[kind]}: a row costs {grown:.2f} of what it costs at {counts[0]:,} (bar: at most 1.35)")


if __name__ == "__main__":
    given = tuple(int(one) for one in sys.argv[1:] if one.isdigit())
    for kind in [one for one in sys.argv[1:] if one in NAMES] or list(NAMES):
        told(kind, given or COUNTS)
