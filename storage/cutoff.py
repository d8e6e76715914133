"""Cuts off a function that takes the processor for too long: one message made to be slow must not hold up all others.

Why the time of its thread and not the clock's: a slow database is no fault of the message. Why from outside: whatever
takes long is somewhere nobody thought of. What is raised arrives between two steps of Python, so no single step of ours
may be long; see `tests/attacks`.
"""

import ctypes
import os
import threading
import time
from types import TracebackType

LOOK_S = 0.1
_TELLS_OF_THREADS = hasattr(time, "pthread_getcpuclockid")


class TookTooLong(Exception):
    """A function took the processor for longer than it may. Nothing was kept."""


class CutOff:
    """Raises TookTooLong inside its block, in the thread that entered it, after so many seconds of processor time."""

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s

    def __enter__(self) -> None:
        _watch.begin(threading.get_ident(), self._after_s)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _watch.end(threading.get_ident())


class _Watch:
    """One thread that looks at all others that are in a block."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._ends: dict[int, tuple[int, float]] = {}  # by thread: its clock, and when it is cut off
        self._some = threading.Event()
        self._begun = False

    def begin(self, thread: int, after_s: float) -> None:
        # Where a system has no clock for another's thread, such as macOS, the one on the wall has to do.
        clock = time.pthread_getcpuclockid(thread) if _TELLS_OF_THREADS else time.CLOCK_MONOTONIC
        with self._gate:
            self._ends[thread] = clock, time.clock_gettime(clock) + after_s
            if not self._begun:
                threading.Thread(target=self._look, name="cut-off", daemon=True).start()
                self._begun = True
        self._some.set()

    def end(self, thread: int) -> None:
        with self._gate:
            self._ends.pop(thread, None)
            # What was raised and has not arrived must not arrive later, in something else.
            _raise_in(thread, None)

    def _look(self) -> None:
        while self._some.wait():
            time.sleep(LOOK_S)
            with self._gate:
                for thread, (clock, end_s) in list(self._ends.items()):
                    if time.clock_gettime(clock) > end_s:
                        del self._ends[thread]
                        _raise_in(thread, TookTooLong)
                if not self._ends:
                    self._some.clear()


def _raise_in(thread: int, error: type[Exception] | None) -> None:
    raised = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


def _anew() -> None:
    global _watch  # a child has none of its parent's threads
    _watch = _Watch()


_watch = _Watch()
os.register_at_fork(after_in_child=_anew)
