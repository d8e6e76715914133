"""Waiting that always ends, as the fakes wait too, and what tests need of it besides."""

import asyncio
import sys
import threading

from fakes.waiting import PATIENT_S, QUICKLY, SLOWLY, NeverCame, comes, until

__all__ = ["PATIENT_S", "QUICKLY", "SLOWLY", "NeverCame", "comes", "passes", "print_tasks", "until"]


def passes(what: str, event: threading.Event) -> None:
    """Let this thread wait for an event. Raises NeverCame."""
    if not event.wait(PATIENT_S):
        raise NeverCame(what, PATIENT_S, None)


def print_tasks() -> None:
    """Print where each task of the running loop stands; nothing where there is no loop."""
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:
        return
    for task in sorted(tasks, key=lambda task: task.get_name()):
        task.print_stack(file=sys.stdout)
