"""A town to test in: the real service on a real database, without HTTP, and citizens who talk to it.

Citizens expect text keys, such as "registration.unit", and not sentences: those are pinned by the printed scripts.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, func, select

from bot import app, setup
from bot.config import Settings
from bot.jobs.chores import Work, announce
from bot.pictures.photos import Cleaner
from bot.receiving.desk_factory import DeskFactory
from handlers import texts
from handlers.desk import Actor, Desk
from handlers.vietnamese import units
from storage import migrations
from storage.crypto import MasterKey
from storage.database import Database, Unit
from storage.queries import machine
from storage.queries.incoming import chats, inbox, sessions
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox
from storage.queries.outgoing.windows import Windows
from storage.tables import Address, OfficialRow, OutboxRow
from storage.vault import Vault
from tests.kit.clock import HandClock

T = TypeVar("T")
_OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
_ADDRESS = Address.__table__  # type: ignore[attr-defined]  # as above
_HERS = (_ADDRESS.c.channel == bindparam("channel"), _ADDRESS.c.external == bindparam("external"))
_OF_HER_CHAT = _OUTBOX.join(_ADDRESS, _ADDRESS.c.id == _OUTBOX.c.address_id)
# Built once: every test asks them after every message.
_LAST = select(func.coalesce(func.max(_OUTBOX.c.id), 0)).select_from(_OF_HER_CHAT).where(*_HERS)
_LATER = (
    select(_OUTBOX.c.key, _OUTBOX.c.person_id, _OUTBOX.c.kind, _OUTBOX.c.body)
    .select_from(_OF_HER_CHAT)
    .where(*_HERS, _OUTBOX.c.id > bindparam("after"))
    .order_by(_OUTBOX.c.id)
)
OWNER = ("UBND phường Thử", "0236 1022", "du-lieu@example.test")


@dataclass(frozen=True)
class Heard:
    """One message as a citizen got it. key: its text's key; presses: what each button sends back."""

    key: str
    text: str
    options: tuple[str, ...]
    presses: tuple[str, ...]
    kind: str


def _office(windows: Windows | None) -> DeskFactory:
    return DeskFactory(
        master=MasterKey(secrets.token_bytes(32)),
        texts=texts.load(),
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        public_url="http://localhost",
        demo=False,
        windows=windows,
    )


class Town:
    """The service on one database, with a clock in hand. windows: when a platform takes what, if one is there.

    like: another one, whose key and clock it shares.
    """

    def __init__(self, database: Database, windows: Windows | None = None, *, like: "Town | None" = None) -> None:
        if migrations.state(database.engine) != "current":
            migrations.upgrade(database.engine)
        self.database = database
        self.clock: HandClock = like.clock if like else HandClock()
        office = like.office if like else _office(windows)
        self.service = app.wire(setup.OpenedOffice(database, office, Settings()), self.clock)
        self.office: DeskFactory = office
        self.officer = ""
        database.write_now(lambda unit: machine.set_owner(unit, *OWNER, "test", self.clock.now()))

    def citizen(self, name: str, *, language: str = "vi", channel: str = "webchat") -> "Citizen":
        """Somebody with a phone, who has chosen a language; an empty one means she never wrote before."""
        return Citizen(self, name, language, channel)

    async def at_desk(self, actor: Actor, work: Callable[[Desk], T], chat: Chat | None = None) -> T:
        """Do something at the desk, as an official or the clock would, and deliver what it says."""
        cause = f"test:{secrets.token_hex(4)}"

        def run(unit: Unit) -> tuple[T, bool]:
            desk = self.office.desk(unit, actor, cause, self.clock, chat)
            return work(desk), bool(desk.told)

        done, speaks = await self.database.write(run)
        if speaks:
            await self.service.outbox.drain()
        return done

    async def official(self, name: str, *roles: str, places: tuple[str, ...] = ()) -> str:
        """Somebody who works for the office, with an active account; returns its id."""

        def make(desk: Desk) -> str:
            made = desk.accounts.invite(f"{name}@example.test", name, "", roles, places)
            assert made is not None
            desk.unit.get_one(OfficialRow, made[0]).state = "active"
            return made[0]

        return await self.at_desk(Actor("operator"), make)

    async def asks_for(self, code: str, what: str) -> str:
        """An officer of every unit asks the registrant of a case for something; returns how it went."""
        self.officer = self.officer or await self.official("tam", "officer", places=tuple(units.all_units()))
        return await self.as_official(self.officer, lambda desk: desk.casework.ask(code, what))

    async def as_official(self, official_id: str, work: Callable[[Desk], T]) -> T:
        """Do something at the desk in an official's name, with the rights she has now, and deliver what it says."""

        def run(desk: Desk) -> T:
            official = desk.officials.acting(official_id)
            return work(desk.of(official) if official else desk)

        return await self.at_desk(Actor("official", official_id), run)

    def work(self, **given: object) -> Work:
        """What a process that was just started does its jobs with."""
        usual: dict[str, Any] = {"replied": lambda: None, "broke": lambda _: None, **given}
        return Work(
            database=self.database, office=self.office, clock=self.clock, cleaner=Cleaner(), fetchers={}, **usual
        )  # fmt: skip

    async def announces(self) -> None:
        """Let the clock take announcements as far as they go now, and deliver them."""
        rates = {"webchat": 400.0, "telegram": 25.0, "zalo_oa": 10.0}
        work = self.work(rates=rates)
        while await announce(work):
            await self.service.outbox.drain()

    async def read(self, work: Callable[[Unit, Vault], T]) -> T:
        """Read from the database."""
        return await self.database.read(lambda unit: work(unit, Vault(unit, self.office.master)))


@dataclass
class Citizen:
    """One person at one phone. heard: what she got for the last thing she did."""

    town: Town
    name: str
    language: str
    channel: str = "webchat"
    heard: list[Heard] = field(default_factory=list)
    said: int = 0

    @property
    def external(self) -> bytes:
        return self.name.encode()

    async def says(self, *texts: str) -> None:
        """Write some messages, one after the other, each answered before the next."""
        for text in texts:
            await self.sends("text", {"text": text})

    async def presses(self, *labels: str) -> None:
        """Press buttons of the last messages heard, by a part of their label."""
        for label in labels:
            await self.sends("press", {"press": self.button(label)})

    async def presses_again(self, press: str) -> None:
        """Press a button kept from before."""
        await self.sends("press", {"press": press})

    def button(self, label: str) -> str:
        """What the button with this label sends back."""
        for message in reversed(self.heard):
            for option, press in zip(message.options, message.presses, strict=True):
                if label in option:
                    return press
        raise AssertionError(f"{self.name} sees no button {label!r}, only {[m.options for m in self.heard]}")

    async def sends(self, kind: str, body: Mapping[str, object]) -> None:
        """Send anything, as a channel would take it in."""
        self.said += 1
        await self.takes_in(f"{self.name}:{self.said}", kind, body)

    async def takes_in(self, update_id: str, kind: str, body: Mapping[str, object]) -> None:
        """Take one update in, handle it, and listen to what comes back."""
        town = self.town

        def keep(unit: Unit) -> tuple[str, int]:
            vault, now = Vault(unit, town.office.master), town.clock.now()
            platform = "" if self.channel == "webchat" else self.name
            chat = chats.arrive(unit, vault, self.channel, self.external, now, platform=platform)
            if self.language and not chat.language:
                town.office.desk(unit, Actor("person"), "test", town.clock, chat).people.speak(self.language)
            inbox.accept(unit, vault, chat, update_id, kind, body, now)
            return chat.person_id, self._last_message(unit)

        person_id, before = await town.database.write(keep)
        more = True
        while more and (handled := await town.service.inbox.handle(person_id)) is not None:
            more = handled.more
        await town.service.outbox.drain()
        await self.listens(before)

    async def listens(self, after: int) -> None:
        """Hear every message to this chat with a later number."""
        self.heard = await self.town.read(lambda unit, vault: self._messages(unit, vault, after))

    def hears(self, *keys: str) -> None:
        """Assert that the last thing done was answered by exactly these texts."""
        assert [m.key for m in self.heard] == list(keys), [(m.key, m.text) for m in self.heard]

    def hears_last(self, key: str) -> Heard:
        """Assert what was heard last, and return it."""
        assert self.heard, f"{self.name} heard nothing"
        assert self.heard[-1].key == key, [(m.key, m.text) for m in self.heard]
        return self.heard[-1]

    async def answers(self) -> Mapping[str, str]:
        """The written answers of the open form."""
        person_id = (await self.chat()).person_id
        stored = await self.town.read(lambda unit, vault: sessions.load(unit, vault, person_id))
        form = stored["form"] if stored else None
        return form["a"] if isinstance(form, dict) else {}

    async def chat(self) -> Chat:
        """Her chat."""
        found = await self.town.database.read(lambda unit: chats.find(unit, self.channel, self.external))
        assert found is not None
        return found

    async def at_desk(self, work: Callable[[Desk], T]) -> T:
        """Do something at the desk in her name."""
        chat = await self.chat()
        return await self.town.at_desk(Actor("person", chat.person_id), work, chat)

    def _last_message(self, unit: Unit) -> int:
        return int(unit.run(_LAST, {"channel": self.channel, "external": self.external}).scalar_one())

    def _messages(self, unit: Unit, vault: Vault, after: int) -> list[Heard]:
        rows = unit.run(_LATER, {"channel": self.channel, "external": self.external, "after": after}).all()
        return [self._open(vault, row) for row in rows if row.body is not None]

    def _open(self, vault: Vault, row: "Row[Any]") -> Heard:
        body = outbox.body_of(vault, row)
        options = body.get("options", [])
        assert isinstance(options, list)
        return Heard(
            str(body["key"]),
            str(body["text"]),
            tuple(o["label"] for o in options),
            tuple(o["press"] for o in options),
            row.kind,
        )
