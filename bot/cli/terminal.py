"""A chat in the terminal, on a demonstration database that is thrown away: to hear how a conversation sounds."""

import asyncio
import sys
import tempfile
from pathlib import Path

from bot import app, setup
from bot.channels.webchat import WebChat
from bot.clock import SystemClock
from bot.config import Settings
from storage.database import Unit
from storage.queries.incoming import chats, inbox
from storage.queries.incoming.chats import Line
from storage.vault import Vault


async def talk(settings: Settings) -> None:
    """Read lines and answer them until the end of input. A number picks a button."""
    with tempfile.TemporaryDirectory() as folder:
        own = settings.model_copy(update={"data_dir": Path(folder), "database": None, "encryption_key": None})
        opened = setup.open_office(own, demonstration=True)
        await opened.database.write(lambda unit: app.fill_demo(unit, opened))
        chat = Terminal(app.wire(opened, SystemClock()))
        try:
            await chat.say("/start")
            while line := await asyncio.to_thread(sys.stdin.readline):
                if line.strip():
                    await chat.say(line.strip())
        finally:
            await opened.database.close()


class Terminal:
    """One visitor at the keyboard."""

    def __init__(self, service: app.Service) -> None:
        self._service = service
        self._said = 0
        self._last = 0

    async def say(self, text: str) -> None:
        """Say one thing and print what is answered."""
        opened = self._service.opened
        self._said += 1
        person = await opened.database.write(lambda unit: self._keep(unit, text))
        while await self._service.inbox.handle(person):
            pass
        await self._service.outbox.drain()
        for line in await opened.database.read(self._new):
            self._last = line.number
            _print(line)

    def _keep(self, unit: Unit, text: str) -> str:
        office, now = self._service.opened.office, SystemClock().now()
        vault = Vault(unit, office.master)
        chat = chats.arrive(unit, vault, WebChat.name, b"the terminal", now)
        inbox.accept(unit, vault, chat, f"{chat.address_id}:{self._said}", "text", {"text": text}, now)
        return chat.person_id

    def _new(self, unit: Unit) -> list[Line]:
        chat = chats.find(unit, WebChat.name, b"the terminal")
        if chat is None:
            return []
        return chats.lines(unit, Vault(unit, self._service.opened.office.master), chat, self._last, 100)


def _print(line: Line) -> None:
    sys.stdout.write(f"\n{line.body['text']}\n")
    options = line.body.get("options", [])
    if isinstance(options, list):
        for number, option in enumerate(options, start=1):
            sys.stdout.write(f"  {number}. {option['label']}\n")
    sys.stdout.flush()
