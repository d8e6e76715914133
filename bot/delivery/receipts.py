"""What Zalo tells of messages of ours, noted in batches beside the webhook, which has answered by then.

Why none of it is kept before the answer: it is no word of anybody, a message without it stays as sent or as unknown as
it was, and a webhook that fails too often is switched off. Why it is looked at again: a report may be here before our
own note of what was sent, and an echo long before we give up on the answer.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.contract import Fitted, Limits
from bot.channels.fit import fit, fit_words
from bot.channels.zalo_oa.events import Echo, Reported
from bot.clock import Clock
from handlers.vietnamese.words import composed
from storage.crypto import MasterKey
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries.outgoing import receipts
from storage.queries.outgoing.receipts import Unknown
from storage.vault import Vault

log = logging.getLogger(__name__)
CHANNEL = "zalo_oa"
BATCH_S, ECHOES_S, AGAIN_S = 0.3, 1.0, 3.0
NEAR = timedelta(seconds=60)  # an echo and the moment at which its message became unknown
MOST = 5000


@dataclass(slots=True)
class _Waiting:
    """Something reported. looks: how often it was looked for."""

    name: str | int
    due: float
    looks: int = 0


@dataclass(frozen=True, slots=True)
class _Heard:
    """An echo of ours, and when it was here."""

    echo: Echo
    at: datetime


class Receipts:
    """Notes reports and echoes of one account while it runs. limits: of its channel now."""

    def __init__(self, database: Database, master: MasterKey, clock: Clock, limits: Callable[[], Limits]) -> None:
        self._database, self._master, self._clock, self._limits = database, master, clock, limits
        self._reported: deque[_Waiting] = deque(maxlen=MOST)
        self._echoes: deque[_Heard] = deque(maxlen=MOST)
        self._wake, self._looked = asyncio.Event(), float("-inf")

    def report(self, reported: Reported) -> None:
        """Take a report."""
        now = asyncio.get_running_loop().time()
        self._reported += [_Waiting(name, now) for name in reported.message_ids]
        if _is_number(reported.tracking_id):
            self._reported.append(_Waiting(int(reported.tracking_id), now))
        self._wake.set()

    def echo(self, echo: Echo) -> None:
        """Take an echo of what we sent ourselves."""
        if echo.text and echo.message_id:
            self._echoes.append(_Heard(echo, self._clock.now()))
            self._wake.set()

    async def run(self) -> None:
        """Note what comes, until cancelled."""
        while True:
            if not self._reported and not self._echoes:
                self._wake.clear()
                await self._wake.wait()
            await asyncio.sleep(BATCH_S)
            try:
                await self._note_reports()
                await self._note_echoes()
            except (DatabaseAway, UnclearCommit) as error:
                log.warning("receipts wait for the database", extra={"reason": type(error).__name__})
                await asyncio.sleep(AGAIN_S)

    async def _note_reports(self) -> None:
        now = asyncio.get_running_loop().time()
        due = [one for one in self._reported if one.due <= now]
        if not due:
            return
        moment = self._clock.now()
        ids, numbers = {str(one.name) for one in due}, {one.name for one in due if isinstance(one.name, int)}

        def work(unit: Unit) -> set[str | int]:
            found: set[str | int] = set(receipts.arrived(unit, ids, moment))
            return found | (receipts.arrived_by_number(unit, numbers, moment) if numbers else set())

        found = await self._database.mark(work)
        for one in due:
            one.due, one.looks = now + AGAIN_S, one.looks + 1
        over = {id(one) for one in due if one.name in found or one.looks > 1}
        self._reported = deque((one for one in self._reported if id(one) not in over), MOST)

    async def _note_echoes(self) -> None:
        """Lay the echoes of the last minute beside the messages of which nobody knows."""
        now, moment = self._clock.now(), asyncio.get_running_loop().time()
        if moment - self._looked < ECHOES_S:
            return
        self._looked = moment
        while self._echoes and self._echoes[0].at < now - NEAR:
            self._echoes.popleft()
        if not self._echoes:
            return
        heard = list(self._echoes)

        def read(unit: Unit) -> bool:
            return bool(receipts.unknown(unit, Vault(unit, self._master), CHANNEL, now - 2 * NEAR))

        if await self._database.read(read):
            count = await self._database.write(lambda unit: self._resolve(unit, heard, now))
            if count:
                log.info("messages of which nobody knew had arrived", extra={"channel": CHANNEL, "count": count})

    def _resolve(self, unit: Unit, heard: list[_Heard], now: datetime) -> int:
        vault = Vault(unit, self._master)
        unknown, count = receipts.unknown(unit, vault, CHANNEL, now - 2 * NEAR), 0
        for one in heard:
            chat = vault.look_up(f"{CHANNEL} chat", one.echo.chat)
            for message in unknown.get(chat, []):
                if abs(message.since - one.at) <= NEAR and self._is_it(unit, message, one.echo, now):
                    unknown[chat].remove(message)
                    count += 1
                    break
        return count

    def _is_it(self, unit: Unit, message: Unknown, echo: Echo, now: datetime) -> bool:
        """Whether an echo is of the piece of this message that nobody knew of; then it is noted."""
        if receipts.is_known(unit, message.leaving.address_id, echo.message_id):
            return False
        for pieces in self._ways(message):
            if message.part < len(pieces) and _same(pieces[message.part], echo):
                return receipts.resolve(unit, message, echo.message_id, pieces=len(pieces), now=now)
        return False

    def _ways(self, message: Unknown) -> tuple[tuple[Fitted, ...], ...]:
        body, limits = message.leaving.body, self._limits()
        return fit(body, limits), fit_words(body, limits)


def _same(piece: Fitted, echo: Echo) -> bool:
    return composed(piece.text).strip() == composed(echo.text).strip()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
