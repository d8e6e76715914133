"""Tells those who follow a chat that a line has arrived. Only a hint: the line itself is read from the database.

Why one look for all on PostgreSQL: another process may add lines, and thousands of followers must not each ask. Before
her first message a visitor has no chat yet, and is followed by the look-up value of her cookie.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries.incoming import chats

log = logging.getLogger(__name__)
LOOK_S = 0.5


class ChatLines:
    """Followers by chat, and small writes that nobody waits for."""

    def __init__(self) -> None:
        self._followers: defaultdict[str | bytes, set[asyncio.Event]] = defaultdict(set)
        self._tasks: set[asyncio.Task[object]] = set()

    def arrived(self, chat: str | bytes) -> None:
        """Wake those who follow a chat: an address, or a visitor who has none yet."""
        for event in self._followers.get(chat, ()):
            event.set()

    @contextmanager
    def following(self, chat: str | bytes) -> Iterator[asyncio.Event]:
        """Follow a chat for a while."""
        event = asyncio.Event()
        self._followers[chat].add(event)
        try:
            yield event
        finally:
            self._followers[chat].discard(event)
            if not self._followers[chat]:
                del self._followers[chat]

    async def watch(self, database: Database) -> None:
        """Look for lines that other processes added, until cancelled."""
        known: dict[str | bytes, int] = {}
        while True:
            try:
                last = await database.read(self._last) if self._followers else {}
            except (DatabaseAway, UnclearCommit):
                last = known
            for chat, number in last.items():
                if known.get(chat) != number:
                    self.arrived(chat)
            known = last
            await asyncio.sleep(LOOK_S)

    def _last(self, unit: Unit) -> dict[str | bytes, int]:
        """How far each followed chat has come."""
        followed = list(self._followers)
        found: dict[str | bytes, int] = {}
        found.update(chats.last_lines(unit, [key for key in followed if isinstance(key, str)]))
        found.update(dict.fromkeys(chats.found_visitors(unit, [key for key in followed if isinstance(key, bytes)]), 1))
        return found

    def later(self, work: Coroutine[object, object, object]) -> None:
        """Do something small in the background; it may be lost when the database is away."""
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Coroutine[object, object, object]) -> object:
    try:
        return await work
    except (DatabaseAway, UnclearCommit):
        return None
    except Exception:
        log.exception("a mark failed")
        return None
