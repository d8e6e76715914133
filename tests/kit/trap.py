"""A conversation that fails on demand, and what is needed to watch the inbox deal with it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from sqlmodel import col, select

from bot.receiving.inbox import Inbox
from handlers.conversations import ALL
from handlers.desk import Actor, Desk
from handlers.dialogue.reception import Reception
from handlers.flow.conversation import Answers, Conversation, Done
from handlers.flow.message import Say
from storage.database import DatabaseAway, Unit
from storage.queries.incoming import chats, inbox
from storage.tables import InboxRow, OutboxRow
from storage.vault import Vault
from tests.kit.town import Town
from tests.kit.waiting import comes


@dataclass
class Trap:
    """A conversation that raises while it is set, and repeats what was written once it is not.

    begun: what was written, turn by turn, in the order in which they began; one that is run again stands there again.
    """

    town: Town
    error: Exception | None = None
    replied: asyncio.Event = field(default_factory=asyncio.Event)
    begun: list[str] = field(default_factory=list)

    def finish(self, a: Answers, desk: Desk) -> Done:
        self.begun.append(a.given("typed") or "")
        if self.error is not None:
            raise self.error
        return Done(Say("plain", words=a.given("typed") or ""))

    def inbox(self, *others: Conversation[Desk]) -> Inbox:
        """An inbox whose reception knows the trap, as /trap."""
        trap = Conversation("trap", (), self.finish, opens_with=("/trap",))
        reception = Reception((*ALL, trap, *others))
        town = self.town
        return Inbox(
            town.database, town.office, reception, town.clock, replied=lambda _: self.replied.set()
        )  # fmt: skip


async def arrives(town: Town, name: str, *texts: str) -> str:
    """Take messages in without handling them; returns the person."""
    person_id = ""
    for number, words in enumerate(texts):

        def keep(unit: Unit, number: int = number, words: str = words) -> str:
            vault, now = Vault(unit, town.office.master), town.clock.now()
            chat = chats.arrive(unit, vault, "webchat", name.encode(), now)
            if not chat.language:
                town.office.desk(unit, Actor("person"), "test", town.clock, chat).people.speak("vi")
            inbox.accept(unit, vault, chat, f"{name}/{now}/{number}", "text", {"text": words}, now)
            return chat.person_id

        person_id = await town.database.write(keep)
    return person_id


async def said(town: Town, name: str) -> list[str]:
    """Every text of the outbox for one person's chat, in order."""

    def read(unit: Unit, vault: Vault) -> list[str]:
        chat = chats.find(unit, "webchat", name.encode())
        assert chat is not None
        rows = unit.scalars(
            select(OutboxRow).where(OutboxRow.address_id == chat.address_id).order_by(col(OutboxRow.id))
        )
        opened = [vault.open(f"person:{r.person_id}", f"outbox.body:{r.key}", r.body or b"") for r in rows]
        return [str(body["text"]) for body in opened if isinstance(body, dict)]

    return await town.read(read)


async def rows(town: Town) -> list[InboxRow]:
    return await town.database.read(lambda unit: list(unit.scalars(select(InboxRow).order_by(col(InboxRow.id)))))


async def until_done(incoming: Inbox, person_id: str) -> None:
    """Handle a person's messages until none is left; a collision is what it is in the service: another try."""

    async def handle_all() -> None:
        more = True
        while more:
            with suppress(DatabaseAway):
                more = bool(await incoming.handle(person_id))

    await comes("nothing of hers is left", handle_all())
