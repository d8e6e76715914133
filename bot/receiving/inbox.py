"""One incoming message = one transaction: session, answers, effects, replies and the inbox mark, all or nothing.

Why a person's messages wait for each other: two linked channels share one session, and a press may overtake the words
it followed. Between persons everything runs at once, and who comes next is said by `bot.receiving.turns`.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.contract import MOST_TEXT
from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.receiving.intake_health import IntakeHealth
from bot.receiving.turns import FOUND, Turns
from handlers.desk import Actor, Told
from handlers.dialogue.reception import Reception
from handlers.flow.message import Incoming, Press, Say
from handlers.rules.book import by_one_book
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries.incoming import chats, inbox
from storage.vault import Vault

log = logging.getLogger(__name__)
WORKERS = 4
LOOK_AGAIN_S = 0.5
TURN_CPU_S = 2.0  # a turn takes some milliseconds
WAITS = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30))


@dataclass(frozen=True, slots=True)
class Handled:
    """A message that was handled. told: the chats it was answered in. more: whether another may be handled now."""

    told: Sequence[Told]
    more: bool


class Inbox:
    """Hands each accepted message to reception, once, in order. health: of what brings them in."""

    def __init__(
        self,
        database: Database,
        office: DeskFactory,
        reception: Reception,
        clock: Clock,
        *,
        replied: Callable[[Sequence[Told]], None],
    ) -> None:
        self._database, self._office, self._reception, self._clock = database, office, reception, clock
        self._replied = replied
        self.health = IntakeHealth(clock)
        self._turns = Turns()
        self._again: dict[str, str] = {}  # who comes again in a moment, and in which line
        self._wake = asyncio.Condition()

    async def wake(self, person_id: str, network: str = "") -> None:
        """Handle this person's messages once it is her turn. network: that she writes from, if it is known."""
        async with self._wake:
            self._turns.wait(person_id, network)
            self._wake.notify()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look())
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _look(self) -> None:
        """Find messages nobody woke us for: another process took them in, or an attempt was put off."""
        while True:
            try:
                found = await self._database.read(inbox.waiting)
            except (DatabaseAway, UnclearCommit):
                found = []
            async with self._wake:
                again, self._again = dict.fromkeys(found, FOUND) | self._again, {}
                for person_id, line in again.items():
                    if not self._turns.has(person_id):
                        self._turns.wait(person_id, line)
                        self._wake.notify()
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _work(self) -> None:
        while True:
            person_id, line = await self._next()
            more, failed = False, True
            try:
                if (handled := await self.handle(person_id)) is not None:
                    self._replied(handled.told)
                    more = handled.more
                failed = False
            except (DatabaseAway, UnclearCommit) as error:
                log.warning("the inbox waits for the database", extra={"reason": type(error).__name__})
            except Exception:
                log.exception("the inbox goes on with others")
            finally:
                async with self._wake:
                    self._turns.end(person_id)
                    if failed:
                        self._again[person_id] = line
                    if more:
                        self._turns.wait(person_id, line)
                    self._wake.notify()

    async def _next(self) -> tuple[str, str]:
        async with self._wake:
            while (turn := self._turns.begin()) is None:
                await self._wake.wait()
            return turn

    async def handle(self, person_id: str) -> Handled | None:
        """Handle the oldest message of a person; None if there was none to handle now."""
        try:
            return await self._database.write(
                by_one_book(lambda unit: self._turn(unit, person_id)), most_cpu_s=TURN_CPU_S
            )
        except (DatabaseAway, UnclearCommit):
            raise  # not the message's fault: no attempt is counted
        except Exception:
            log.exception("a message could not be handled")
            told = await self._database.write(lambda unit: self._failed(unit, person_id))
            return Handled(told, more=True)

    def _turn(self, unit: Unit, person_id: str) -> Handled | None:
        now = self._clock.now()
        vault = Vault(unit, self._office.master)
        accepted = inbox.oldest(unit, vault, person_id, now)
        if accepted is None:
            return None
        chat = accepted.chat
        cause, network = f"inbox:{accepted.id}", str(accepted.body.get("network", ""))
        desk = self._office.desk(unit, Actor("person", chat.person_id), cause, self._clock, chat, network=network)
        desk.held.show(chat)
        self._reception.turn(desk, read(accepted, abroad=desk.abroad))
        inbox.finish(unit, accepted.id, now)
        return Handled(desk.told, accepted.more)

    def _failed(self, unit: Unit, person_id: str) -> Sequence[Told]:
        """Try again a little later; after the third time set it aside, and tell the person."""
        now = self._clock.now()
        found = inbox.oldest_id(unit, person_id)
        if found is None:
            return ()
        inbox_id, attempt, channel, address_id = found
        if attempt < len(WAITS):
            inbox.put_off(unit, inbox_id, attempt, now + WAITS[attempt])
            return ()
        letter = inbox.bury(unit, inbox_id, channel, "turn failed", now)
        chat = chats.at_address(unit, address_id)
        desk = self._office.desk(unit, Actor("clock"), f"inbox:{inbox_id}", self._clock, chat)
        desk.messages.say(chat, Say("apology"), place=f"apology/{letter}")
        return desk.told


def _number(found: object) -> int:
    return found if isinstance(found, int) else 0


def _place_of(index: str) -> int:
    """A button's place; -1, where there is none, for anything else that a stranger may send."""
    return int(index) if index.isascii() and index.isdigit() and len(index) < 4 else -1


def read(accepted: inbox.Accepted, *, abroad: bool) -> Incoming:
    """What came in, as reception takes it."""
    body = accepted.body
    photos, press = body.get("photos", []), str(body.get("press", ""))
    nonce, _, index = press.rpartition(".")
    text = str(body.get("text", ""))
    too_long = len(text) > MOST_TEXT and accepted.kind in ("text", "edited")
    return Incoming(
        kind="too_long" if too_long else accepted.kind,  # type: ignore[arg-type]  # known to its channel
        text=text[:MOST_TEXT],
        press=Press(nonce, _place_of(index)) if press else None,
        photos=tuple(photos) if isinstance(photos, list) else (),
        contact=str(body.get("contact", "")),
        abroad=abroad,
        place=_number(body.get("place")),
        about=str(body.get("about", "")),
    )
