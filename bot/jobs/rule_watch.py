"""Has this process go by the rows of law that are in force: read at its start, and again when they changed.

Why no job of the table: those are done by one process for all, and each has to know the rows for itself. What was
confirmed here is seen before its click is answered; what was confirmed in another process, within `LOOK_S`.
"""

import asyncio
import logging

from handlers.desk.law import book_in_force
from handlers.rules import book
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries import rule_overrides

log = logging.getLogger(__name__)
LOOK_S = 10.0


class RuleWatch:
    """Watches what is in force in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self) -> None:
        """Go by what is in force as the process starts. Raises DatabaseAway."""
        self._use(self._database.read_now(book_in_force))

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except (DatabaseAway, UnclearCommit):
                log.warning("the look at the rows of law waits for the database")

    async def look(self) -> None:
        """Go by what is in force now, if that is another than before; turns in hand end as they began."""
        found = await self._database.read(_another)
        if found is not None:
            self._use(found)

    def _use(self, found: book.Book) -> None:
        book.use(found)
        for one, why in found.left_out:
            log.warning("an entry over the rows of law fits no more", extra={"kind": one.row_id, "reason": why})


def _another(unit: Unit) -> book.Book | None:
    """The book in force, if another is in use; otherwise one look at one fact."""
    return None if rule_overrides.version(unit) == book.in_hand().version else book_in_force(unit)
