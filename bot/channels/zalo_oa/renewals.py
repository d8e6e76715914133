"""One renewal of the tokens: under a lease, counted before it is made, kept before anybody uses what it brought.

Why the count comes first, in a commit of its own: a refresh token can be used once, and who does not know how a renewal
ended may ask once more at most, also after a crash between the answer and the commit.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Protocol

from bot.channels.contract import NeedsToken, NotSent, SendError, TryLater
from bot.channels.zalo_oa.client import LONGEST_CALL_S, FreshPair, RefreshRefused
from bot.clock import Clock
from bot.lease import Lease
from storage.crypto import MasterKey
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries.outgoing import tokens
from storage.queries.outgoing.tokens import MOST_PRESENTATIONS, Pair
from storage.vault import Vault

log = logging.getLogger(__name__)
CHANNEL = "zalo_oa"
REAUTH = "needs_reauth"
REFRESHING, DATABASE_AWAY = "token_refreshing", "token_database"
LEASE_NAME = f"token:{CHANNEL}"
LEASE = timedelta(seconds=LONGEST_CALL_S + 15)
AGAIN = timedelta(seconds=10)
LOOK_AGAIN_S = 0.5
WAIT_S = 10.0  # that a call waits for a renewal; then its message waits in its place


class Gives(Protocol):
    """Who exchanges a refresh token for a new pair."""

    async def renew(self, refresh: str) -> FreshPair: ...


class Renewals:
    """Makes the renewals of one account, one at a time over all processes.

    alone: no other process can serve this database. tried_at: when the last one began that brought nothing.
    """

    def __init__(self, database: Database, master: MasterKey, clock: Clock, client: Gives, *, alone: bool) -> None:
        self._database, self._master, self._clock, self._client = database, master, clock, client
        self._lease = Lease(database=database, clock=clock, name=LEASE_NAME, length=LEASE, alone=alone)
        self.tried_at: datetime | None = None

    async def make(self, pair: Pair) -> None:
        """Take the lease, count, present, and keep what came of it; where another process does so, wait for it.

        Raises NeedsToken after a refusal, TryLater where nobody knows, NotSent where it surely was not presented.
        """
        until = time.monotonic() + WAIT_S
        while (turn := await self._begun(pair)) == "theirs":
            if time.monotonic() > until or await self._has_changed(pair):
                return
            await asyncio.sleep(LOOK_AGAIN_S)
        try:
            if turn == "ours":
                await self._present(pair)
                self.tried_at = None
        finally:
            await self._lease.release()

    async def _begun(self, pair: Pair) -> Literal["ours", "theirs", "changed"]:
        try:
            return await self._database.write(partial(self._take, pair=pair))
        except (DatabaseAway, UnclearCommit):
            raise NotSent(DATABASE_AWAY) from None

    async def _has_changed(self, pair: Pair) -> bool:
        try:
            found = await self._database.read(lambda unit: tokens.find(unit, Vault(unit, self._master), CHANNEL))
        except (DatabaseAway, UnclearCommit):
            raise NotSent(DATABASE_AWAY) from None
        return found is None or found.number != pair.number

    def _take(self, unit: Unit, pair: Pair) -> Literal["ours", "theirs", "changed"]:
        """Take the lease and count the presentation, both or neither."""
        now = self._clock.now()
        if not self._lease.take(unit):
            return "theirs"
        if pair.presented < MOST_PRESENTATIONS and tokens.present(unit, CHANNEL, pair, now):
            return "ours"
        return "changed"

    async def _present(self, pair: Pair) -> None:
        self.tried_at = self._clock.now()
        try:
            fresh = await self._client.renew(pair.refresh)
        except RefreshRefused as error:
            reason = error.reason
            log.error("Zalo refuses to renew the tokens", extra={"channel": CHANNEL, "reason": reason})
            await self._note(lambda unit: tokens.spend(unit, CHANNEL, pair.number, reason))
            raise NeedsToken(REAUTH) from None
        except NotSent:
            await self._note(lambda unit: tokens.take_back(unit, CHANNEL, pair))
            raise
        except Exception as error:
            reason = error.reason if isinstance(error, SendError) else type(error).__name__
            log.error("nobody knows whether the tokens were renewed", extra={"channel": CHANNEL, "reason": reason})
            if pair.presented + 1 >= MOST_PRESENTATIONS:
                await self._note(lambda unit: tokens.spend(unit, CHANNEL, pair.number, "unclear"))
            raise TryLater(REFRESHING, AGAIN.total_seconds()) from None
        await self._keep(pair, fresh)
        log.info("the tokens are renewed", extra={"channel": CHANNEL})

    async def _keep(self, pair: Pair, fresh: FreshPair) -> None:
        """Commit the new pair, however long the database is away; nobody uses it before."""
        now = self._clock.now()

        def work(unit: Unit) -> None:
            vault = Vault(unit, self._master)
            found = tokens.find(unit, vault, CHANNEL)
            if found is not None and found.number == pair.number:
                tokens.renew(
                    unit, vault, CHANNEL, pair, fresh.access, fresh.refresh, now, expires_at=now + fresh.life
                )  # fmt: skip

        await self._note(work)

    async def _note(self, work: Callable[[Unit], object]) -> None:
        """Write what became of a presentation, until it is kept: each of these is the same when it runs twice."""
        while True:
            try:
                await self._database.write(work)
                return
            except (DatabaseAway, UnclearCommit) as error:
                log.warning("what became of the tokens waits to be noted", extra={"reason": type(error).__name__})
                await asyncio.sleep(LOOK_AGAIN_S)
