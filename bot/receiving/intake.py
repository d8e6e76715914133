"""Takes in what a platform brings: kept in one short transaction before the platform is told that we have it.

Why nothing is understood here: their content must never cost an answer of 5xx, or the platform brings it again and
again, and the chat is silent for a day. What nobody can read is set aside, and the next message is answered.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.channels.contract import Received, Unreadable
from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.receiving.inbox import Inbox
from handlers.desk import Actor, Desk
from handlers.desk.messages import TooMany
from storage.database import Database, DatabaseAway, UnclearCommit, Unit
from storage.queries import machine
from storage.queries.incoming import chats, inbox
from storage.vault import Vault

log = logging.getLogger(__name__)
INTAKE_S = 1.5
TOO_OLD = timedelta(days=7)


class Intake:
    """Keeps what comes in through one channel. real: its platform is not one of ours on this machine."""

    def __init__(
        self, *, database: Database, office: DeskFactory, clock: Clock, inbox: Inbox, channel: str, real: bool
    ) -> None:
        self._database, self._office, self._clock = database, office, clock
        self._inbox, self._channel, self._real = inbox, channel, real
        self._owned = False

    async def is_open(self) -> bool:
        """Whether this channel may take anything: a real one needs somebody who is responsible for it."""
        # Somebody who was entered stays: an owner is only ever followed by another.
        with self._inbox.health.watch(keeps=False):
            self._owned = self._owned or not self._real or await self._database.read(machine.owner) is not None
        return self._owned

    def refused(self) -> None:
        """Note that the platform was told to bring something again."""
        self._inbox.health.refused()

    async def take(self, received: Received) -> None:
        """Keep one thing, once. Raises DatabaseAway, Unclear."""
        # Photos are counted by the day; all else is kept by ids that are unique, under the lock of the chat's row.
        run = self._database.write if received.photos else self._database.mark
        with self._inbox.health.watch():
            person_id = await run(lambda unit: self._keep(unit, received), deadline_s=INTAKE_S)
        if person_id is not None:
            await self._inbox.wake(person_id)

    async def take_or_set_aside(self, received: Received, raw: bytes) -> None:
        """Keep one thing, or as it came where it can't be kept by a fault of ours. Raises DatabaseAway, Unclear."""
        try:
            await self.take(received)
        except (DatabaseAway, UnclearCommit):
            raise
        except Exception:
            log.exception("an update could not be kept")
            await self.set_aside(raw, "intake failed")

    async def set_aside(self, raw: bytes, reason: str) -> None:
        """Keep what can't be read as a dead letter. Raises DatabaseAway, Unclear."""
        log.warning("a message can't be read", extra={"channel": self._channel, "reason": reason})
        now = self._clock.now()

        def work(unit: Unit) -> None:
            inbox.bury_unread(unit, Vault(unit, self._office.master), self._channel, reason, raw, now)

        with self._inbox.health.watch():
            await self._database.write(work, deadline_s=INTAKE_S)

    async def answered_by_hand(self, chat: str, at: datetime | None, lasts: timedelta) -> None:
        """Note that somebody answered in the platform's own tool: for so long we keep silent. Raises DatabaseAway."""
        now = self._clock.now()
        until = min(at or now, now) + lasts

        def work(unit: Unit) -> None:
            external = Vault(unit, self._office.master).look_up(f"{self._channel} chat", chat)
            known = chats.find(unit, self._channel, external)
            if known is not None and not chats.is_answered_by_hand(unit, known.address_id, until):
                chats.set_by_hand(unit, known.address_id, until)

        with self._inbox.health.watch(keeps=False):
            await self._database.write(work, deadline_s=INTAKE_S)

    def _keep(self, unit: Unit, received: Received) -> str | None:
        return keep(unit, self._office, self._clock, self._channel, received)


def keep(unit: Unit, office: DeskFactory, clock: Clock, channel: str, received: Received) -> str | None:
    """Keep one thing that came in through a channel; returns whose turn it is, if anybody's."""
    now, vault = clock.now(), Vault(unit, office.master)
    external = vault.look_up(f"{channel} chat", received.chat)
    if received.kind in ("gone", "back"):
        known = chats.find(unit, channel, external)
        if known is not None and received.kind == "gone" and _has_windows(office, channel):
            chats.leaves(unit, known.address_id, min(received.written_at or now, now))
        elif known is not None:
            chats.set_reachable(unit, known.address_id, reachable=received.kind == "back")
        return None
    update_id = id_in(external, received.update_id) if received.of_chat else received.update_id
    chat = inbox.arrive(unit, vault, channel, external, update_id, now, platform=received.chat)
    if chat is None:
        return None
    if _has_windows(office, channel):
        chats.interacts(unit, chat.address_id, min(received.written_at or now, now))
    desk = office.desk(unit, Actor("person", chat.person_id), "intake", clock, chat)
    kind, body = _with_photos(desk, received)
    inbox.accept(unit, vault, chat, update_id, kind, body, now)
    if received.written_at is not None and now - received.written_at > TOO_OLD:
        log.warning("a message is too old to be answered", extra={"channel": channel})
        inbox.ignore(unit, channel, update_id, now)
        return None
    return chat.person_id


def id_in(external: bytes, update_id: str) -> str:
    """What tells a message from those of other chats: their own ids may be people's, and are not kept in the open."""
    return f"{external.hex()}/{update_id}"


def _has_windows(office: DeskFactory, channel: str) -> bool:
    """Whether the platform takes messages for somebody only for a time after she did something there."""
    return office.windows is not None and channel == office.windows.channel


def _with_photos(desk: Desk, received: Received) -> tuple[str, Mapping[str, object]]:
    """(kind, body) with its photos noted, to be fetched later; of another kind where it is one too many for the day."""
    try:
        photos = [desk.files.await_photo(name) for name in received.photos]
    except TooMany:
        return "too_many", received.body
    return received.kind, {**received.body, "photos": photos} if photos else received.body


def replay(unit: Unit, office: DeskFactory, clock: Clock, letter: str) -> bool:
    """Give a dead letter another try, also one that nobody could read when it came. False if that can't be."""
    if inbox.replay(unit, letter, clock.now()):
        return True
    found = inbox.unread(unit, Vault(unit, office.master), letter)
    if found is None:
        return False
    channel, raw = found
    entry = next((one for one in office.channels if one.name == channel), None)
    if entry is None:
        return False
    try:
        received = entry.load_reader()(raw)
    except Unreadable:
        return False
    if received is not None:
        keep(unit, office, clock, channel, received)
    inbox.was_read(unit, letter)
    return True
