"""What the figures share: the processor's time of a process, who runs on which core, rounds, and how they are told."""

import os
import resource
import statistics
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ROUNDS = 5
MEASURED, REST = 0, 1  # cores: what is measured has one, and all that it needs around it has the other
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, and the least and most of them."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        return cls(statistics.median(values), min(values), max(values))

    def told(self, digits: int = 0) -> str:
        """As `140 (131-162)`."""
        return f"{self.median:.{digits}f} ({self.least:.{digits}f}-{self.most:.{digits}f})"


def interleaved(sides: Mapping[str, Callable[[], T]], rounds: int = ROUNDS) -> dict[str, list[T]]:
    """Measure each side once a round, so that a busy minute of the machine hits all of them."""
    found: dict[str, list[T]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, measure in sides.items():
            found[name].append(measure())
    return found


def ratios(one: list[float], other: list[float]) -> Spread:
    """One side by the other, round by round."""
    return Spread.of([a / b for a, b in zip(one, other, strict=True)])


def own_cpu_s() -> float:
    """Seconds of processor that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cpu_s(pid: int) -> float:
    """Seconds of processor that a process and all below it have used, those that ended included."""
    total, parents = 0.0, {pid}
    times: dict[int, tuple[int, float]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            times[int(folder.name)] = int(fields[1]), sum(map(int, fields[11:15])) * _TICK_S
    while parents:
        total += sum(times[one][1] for one in parents if one in times)
        parents = {one for one, (parent, _) in times.items() if parent in parents}
    return total


def pin(core: int) -> None:
    """Keep this process, and what it starts from now on, on one core, where the system can."""
    with suppress(AttributeError, OSError):
        os.sched_setaffinity(0, {core})
