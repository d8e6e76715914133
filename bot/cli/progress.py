"""How far long work has come: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

WIDTH = 30
BETWEEN_S = 5.0  # seconds from line to line


class Progress:
    """One piece of long work. Short work says nothing where there is no terminal."""

    def __init__(self, doing: str, out: TextIO | None = None, seconds: Callable[[], float] = time.monotonic) -> None:
        self._doing, self._out, self._seconds = doing, out or sys.stdout, seconds
        self._drawn = -1
        self._next = seconds() + BETWEEN_S

    def __call__(self, done: int, total: int) -> None:
        """Say that so much of it is done."""
        percent = 100 * done // total if total else 100
        if percent == self._drawn:
            return
        if self._out.isatty():
            bar = ("#" * (WIDTH * percent // 100)).ljust(WIDTH)
            self._say(f"\r{self._doing} [{bar}] {percent:3} %" + "\n" * (percent == 100), percent)
        elif self._seconds() >= self._next:
            self._next = self._seconds() + BETWEEN_S
            self._say(f"{self._doing}: {percent} %\n", percent)

    def _say(self, words: str, percent: int) -> None:
        self._drawn = percent
        self._out.write(words)
        self._out.flush()
