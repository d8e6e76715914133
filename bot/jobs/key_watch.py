"""Has this process learn a master key that takes over, sign its anchors with it, and say that it knows it.

Why no job of the table: those are done by one process for all, and each has to know the key for itself.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from bot.jobs import anchors
from storage import bridge, rotation
from storage.crypto import MasterKey
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries import machine
from storage.vault import REMEMBERED_S

log = logging.getLogger(__name__)
LOOK_S = 3.0
FORGET_S = 2 * REMEMBERED_S  # until nothing that the key before wrapped is remembered, or read by a transaction


class KeyWatch:
    """Watches the bridge from one master key to the next.

    file: the anchors of this process. alarm: told in a code that this process has no key of its database any more.
    forget_s: seconds after the end for which the key before still opens here.
    """

    def __init__(
        self, database: Database, master: MasterKey, file: Path, alarm: Callable[[str], None],
        *, forget_s: float = FORGET_S,
    ) -> None:  # fmt: skip
        self._database, self._master, self._file, self._alarm = database, master, file, alarm
        self._forget_s = forget_s
        self._told, self._locked_out = "", False
        self._over_since: float | None = None

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            try:
                await self.look()
            except (DatabaseAway, UnclearCommit):
                log.warning("the look at the master key waits for the database")
            except (anchors.BadAnchors, OSError) as error:
                log.error("the anchors can't be signed with the new key", extra={"reason": str(error)})
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Learn what there is to learn. Raises BadAnchors, OSError, and then has not said that it knows the key."""
        fits, stands = await self._database.read(lambda unit: (bridge.fit(unit, self._master), bridge.stands(unit)))
        if not fits:
            if not self._locked_out:
                log.error("the master key was replaced, and this process does not have it: start it with the new one")
                self._alarm("key_replaced")
            self._locked_out = True
        elif stands:
            self._over_since = None
            await self._tell()
        elif len(self._master.keys) > 1:
            self._over_since = self._over_since or time.monotonic()
            if time.monotonic() - self._over_since >= self._forget_s:
                self._master.forget_before()

    async def _tell(self) -> None:
        name, process = self._master.name, self._database.process
        if self._told == name:
            return
        await asyncio.to_thread(sign, self._database, self._file, self._master)
        await self._database.write(lambda unit: rotation.tell_known(unit, process, self._master))
        self._told = name
        log.warning("a new master key takes over, and is known here", extra={"key": name})


def sign(database: Database, file: Path, master: MasterKey) -> None:
    """Sign the anchors of this machine with the newest key. Raises BadAnchors, OSError, DatabaseAway."""

    def keep(unit: Unit) -> bool:
        name = anchors.end_fact(unit, file)
        if machine.fact(unit, name) != before:
            return False
        if end is not None:
            machine.set_fact(unit, name, end)
        return True

    kept = False
    while not kept:  # an anchor may have been written meanwhile
        before = database.read_now(lambda unit: machine.fact(unit, anchors.end_fact(unit, file)))
        end = anchors.sign_anew(file, master, before)
        kept = end == before or database.write_now(keep)
