"""The pair of tokens: handed to each call, renewed in time, and told of when only a human can help.

Why a renewal runs as a task of its own: a caller that is cancelled must not take the answer with it, for a pair that is
lost needs a human. Why it begins while a fifth of the time is left: an outage of hours then costs nobody a message.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from bot.channels.contract import NeedsToken, NotSent, SendError, TryLater
from bot.channels.zalo_oa.renewals import (
    AGAIN,
    CHANNEL,
    DATABASE_AWAY,
    LEASE,
    REAUTH,
    REFRESHING,
    WAIT_S,
    Gives,
    Renewals,
)
from bot.clock import Clock
from storage.crypto import MasterKey, WrongKey
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries.outgoing import tokens
from storage.queries.outgoing.tokens import MOST_PRESENTATIONS, Pair
from storage.vault import Vault

log = logging.getLogger(__name__)
NEEDS_REAUTH = f"{CHANNEL}: {REAUTH}"
# docs.zaloplatforms.com, OAuth v4: an access token is taken for 25 hours, of which this is a fifth.
EARLY = timedelta(hours=5)
AGAIN_EARLY = timedelta(minutes=5)  # between renewals that fail while the old token is still taken
MOST_CALLS = 3
READ_AGAIN_S, LOOK_S = 5.0, 4.0  # a pair that was given beside us is used within ten seconds
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How the tokens are. expires_at: of the access token; None where nobody said. reason: why no renewal is left."""

    given: bool
    got_at: datetime | None
    expires_at: datetime | None
    needs_reauth: bool
    reason: str


class Tokens:
    """The pair of one account. alone: no other process can serve this database."""

    def __init__(
        self, database: Database, master: MasterKey, clock: Clock, client: Gives, *, alone: bool = False
    ) -> None:
        self._database, self._master, self._clock = database, master, clock
        self._renewals = Renewals(database, master, clock, client, alone=alone)
        self._pair: Pair | None = None
        self._read_at = float("-inf")
        self._reads, self._read_as = count(1), 0  # of reads under way at once, the one that began last counts
        self._flight: asyncio.Task[None] | None = None

    # What others ask

    async def use(self, call: Callable[[str], Awaitable[T]]) -> T:
        """Make a call with the access token of now; where it is refused, again with another one.

        Raises NeedsToken where a human is needed, TryLater while a renewal has to wait, and what the call raises.
        """
        access = await self.access()
        for tried in range(MOST_CALLS):
            try:
                return await call(access)
            except NeedsToken as refused:
                log.warning("the access token is refused", extra={"channel": CHANNEL, "reason": refused.reason})
                if tried:
                    await self._give_up(access, refused.reason)
            access = await self.renewed(access)
        raise TryLater(REFRESHING, AGAIN.total_seconds())

    async def access(self) -> str:
        """The access token to use now, renewed if it ends soon. Raises NeedsToken, TryLater, NotSent."""
        pair = await self._read()
        return await self._renewed_or_usable(pair) if pair is not None and self._is_due(pair) else self._usable(pair)

    async def renewed(self, refused: str) -> str:
        """Another access token than the one that the platform refused. Raises NeedsToken, TryLater, NotSent."""
        pair = await self._read(anew=True)
        if pair is None or pair.access != refused:
            return self._usable(pair)
        if not pair.refused:
            number = pair.number
            await self._write(lambda unit: tokens.refuse(unit, CHANNEL, number))
            pair = await self._read(anew=True)
        return await self._renewed_or_usable(pair) if pair is not None and self._is_due(pair) else self._usable(pair)

    async def _renewed_or_usable(self, pair: Pair) -> str:
        """Renew it if that may be now; where it fails, the one there is will do as long as it is taken."""
        if self._may_renew(pair):
            with suppress(SendError, TimeoutError):
                async with asyncio.timeout(WAIT_S):
                    await self._renew(pair)
        return self._usable(self._pair)

    @property
    def known(self) -> str:
        """The access token as it was read last; empty for none."""
        return self._pair.access if self._pair is not None else ""

    def reasons(self) -> list[str]:
        """What is wrong with the tokens, in codes. Known after the first look."""
        looked = self._read_at > float("-inf")
        return [NEEDS_REAUTH] if looked and not self._is_flying and self._is_lost(self._pair) else []

    @property
    def life(self) -> Life:
        """How the tokens are, as they were read last."""
        pair = self._pair
        if pair is None:
            return Life(given=False, got_at=None, expires_at=None, needs_reauth=True, reason="none")
        return Life(
            given=True,
            got_at=pair.got_at,
            expires_at=pair.expires_at,
            needs_reauth=self._is_lost(pair),
            reason=pair.reason,
        )

    async def run(self) -> None:
        """Look every few seconds whether another pair was given or this one is to be renewed, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Look once: read the pair, and renew it if it ends soon."""
        try:
            pair = await self._read(anew=True)
            if pair is not None and self._is_due(pair) and self._may_renew(pair):
                await self._renew(pair)
        except SendError as error:
            log.warning("the tokens wait", extra={"channel": CHANNEL, "reason": error.reason})

    async def finish(self, within_s: float) -> None:
        """Wait for a renewal that is under way: its answer must not be lost."""
        if self._flight is not None and not self._flight.done():
            await asyncio.wait({self._flight}, timeout=within_s)

    # What is so

    def _is_due(self, pair: Pair) -> bool:
        """Whether it is to be renewed: it ends soon, or nobody knows when, or it is refused."""
        if pair.refused or pair.expires_at is None:
            return True
        return pair.expires_at - self._clock.now() < min(EARLY, (pair.expires_at - pair.got_at) / 5)

    def _is_usable(self, pair: Pair) -> bool:
        return not pair.refused and (pair.expires_at is None or self._clock.now() < pair.expires_at)

    def _may_renew(self, pair: Pair) -> bool:
        """Whether its refresh token may be presented now, or a renewal is under way that can be waited for."""
        if self._is_flying:
            return True
        if pair.spent or pair.presented >= MOST_PRESENTATIONS:
            return False
        now, pause = self._clock.now(), AGAIN_EARLY if self._is_usable(pair) else AGAIN
        # A moment that lies ahead was noted by a clock that was wrong.
        return not any(now - pause < tried <= now for tried in (self._renewals.tried_at, pair.presented_at) if tried)

    def _is_lost(self, pair: Pair | None) -> bool:
        """Whether only a human can help: no pair, or its refresh token must not be presented again."""
        if pair is None or pair.spent:
            return True
        if pair.presented < MOST_PRESENTATIONS:
            return False
        # As long as a lease lasts, another process may be about to bring the answer to the last presentation.
        since = self._clock.now() - (pair.presented_at or pair.got_at)
        return not timedelta(0) <= since < LEASE

    def _usable(self, pair: Pair | None) -> str:
        if pair is not None and self._is_usable(pair):
            return pair.access
        if self._is_lost(pair) and not self._is_flying:
            raise NeedsToken(REAUTH)
        raise TryLater(REFRESHING, AGAIN.total_seconds())

    @property
    def _is_flying(self) -> bool:
        return self._flight is not None and not self._flight.done()

    # Renewing

    async def _renew(self, pair: Pair) -> None:
        """Renew it, or wait for whoever does so now. Raises SendError."""
        if not self._is_flying:
            self._flight = asyncio.create_task(self._fly(pair))
        assert self._flight is not None  # noqa: S101  # made in the line above
        await asyncio.shield(self._flight)

    async def _fly(self, pair: Pair) -> None:
        try:
            await self._renewals.make(pair)
        finally:
            with suppress(SendError):
                await self._read(anew=True)

    async def _give_up(self, access: str, reason: str) -> None:
        """A renewed token is refused at once: renewing again and again would help nobody. Raises NeedsToken.

        Returns where it is another token that is refused, or one that was given and not renewed yet.
        """
        pair = await self._read(anew=True)
        if pair is None or pair.access != access or pair.expires_at is None:
            return
        log.error("a new access token is refused", extra={"channel": CHANNEL, "reason": reason})
        number = pair.number

        def work(unit: Unit) -> None:
            tokens.refuse(unit, CHANNEL, number)
            tokens.spend(unit, CHANNEL, number, f"new_{reason}")

        await self._write(work)
        await self._read(anew=True)
        raise NeedsToken(REAUTH)

    # The database

    async def _read(self, *, anew: bool = False) -> Pair | None:
        """The pair as it is kept, or was a few seconds ago. Raises NotSent while it can't be read at all."""
        if not anew and time.monotonic() - self._read_at < READ_AGAIN_S:
            return self._pair
        number = next(self._reads)
        try:
            found = await self._database.read(lambda unit: tokens.find(unit, Vault(unit, self._master), CHANNEL))
        except (DatabaseAway, UnclearCommit):
            if self._pair is not None and not anew:
                return self._pair
            raise NotSent(DATABASE_AWAY) from None
        except WrongKey:
            log.exception("the tokens can't be opened")
            found = None
        if number < self._read_as:
            return self._pair
        if found is not None and (self._pair is None or found.number != self._pair.number):
            self._renewals.tried_at = None
        self._pair, self._read_at, self._read_as = found, time.monotonic(), number
        return found

    async def _write(self, work: Callable[[Unit], T]) -> T:
        """Write, before anything is sent. Raises NotSent."""
        try:
            return await self._database.write(work)
        except (DatabaseAway, UnclearCommit):
            raise NotSent(DATABASE_AWAY) from None
