"""Whose turn it is: of the networks that wait the one that had least lately, and of its people one after the other.

Why by network: whoever writes without end, or as somebody new each time, then only holds up those of her own network.
Why by what it had: who writes now and then goes before all who write without end, and those share evenly what is left.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count

LATELY_S = 60.0  # what was had so long ago counts as little more than a third
ANEW_S = 10 * LATELY_S  # between two clearings away of what counts no more
LEAST = 0.001
FOUND = "found"  # the line of those whom nobody woke us for; who is woken leaves it for her own


class Turns:
    """People who wait in lines: all of a network in one, and whoever comes from none that we know in one of her own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._since = clock, clock()
        self._lines: dict[str, deque[str]] = {}  # in which somebody waits
        self._next: list[tuple[float, int, str]] = []  # of each of those: what it had, and since when it waits
        self._order = count()
        # By line, the turns that it had. Each counts as much more than one of before as the one of before would have
        # faded until then: so nothing need be done while they all fade alike.
        self._had: dict[str, float] = {}
        self._line_of: dict[str, str] = {}
        self._busy: set[str] = set()

    def __len__(self) -> int:
        """How many lines are remembered."""
        return len(self._lines.keys() | self._had.keys())

    def wait(self, person_id: str, network: str = "") -> None:
        """Let a person wait at the end of a line, unless she waits already."""
        line, waits_in = network or person_id, self._line_of.get(person_id)
        if waits_in is not None:
            if waits_in != FOUND or line == FOUND:
                return
            self._lines[FOUND].remove(person_id)
        self._line_of[person_id] = line
        if line not in self._lines:
            self._lines[line] = deque()
            heappush(self._next, (self._had.get(line, 0.0), next(self._order), line))
        self._lines[line].append(person_id)

    def has(self, person_id: str) -> bool:
        """Whether a person waits, or has a turn now."""
        return person_id in self._line_of or person_id in self._busy

    def begin(self) -> tuple[str, str] | None:
        """Begin the next turn: whose it is, and the line she stood in; None if nobody may have one now."""
        busy = []
        try:
            while self._next:
                first = heappop(self._next)
                line = first[2]
                if not self._lines[line]:
                    del self._lines[line]
                    continue
                person_id = next((one for one in self._lines[line] if one not in self._busy), None)
                if person_id is not None:
                    self._take(person_id, line)
                    return person_id, line
                busy.append(first)
            return None
        finally:
            for one in busy:
                heappush(self._next, one)

    def end(self, person_id: str) -> None:
        """End a person's turn: she may have another."""
        self._busy.discard(person_id)

    def _take(self, person_id: str, line: str) -> None:
        self._busy.add(person_id)
        del self._line_of[person_id]
        people = self._lines[line]
        people.remove(person_id)
        had = self._had[line] = self._had.get(line, 0.0) + self._weight()
        if people:
            heappush(self._next, (had, next(self._order), line))
        else:
            del self._lines[line]

    def _weight(self) -> float:
        """What a turn of now counts."""
        now = self._clock()
        if now - self._since > ANEW_S:
            faded = math.exp((self._since - now) / LATELY_S)
            self._since = now
            self._had = {line: had * faded for line, had in self._had.items() if had * faded > LEAST}
            self._next = [(self._had.get(line, 0.0), order, line) for _, order, line in self._next]
            heapify(self._next)
        return math.exp((now - self._since) / LATELY_S)
