"""A house to visit: the real service on a real port, with an owner and a clock in hand, and visitors with cookies."""

import base64
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from aiohttp import ClientResponse, ClientSession, CookieJar, FormData
from sqlmodel import col, select

from bot import app, setup
from bot.app import Service
from bot.channels.registry import CHANNELS, ChannelEntry
from bot.config import Settings
from bot.jobs.chores import Work, clean_photos
from bot.pictures.photos import Cleaner
from storage.database import Database, Unit
from storage.queries import machine
from storage.tables import InboxRow, OutboxRow
from tests.kit.clock import HandClock
from tests.kit.shape import bring_to_shape, lay_file
from tests.kit.town import OWNER
from tests.kit.waiting import comes, until

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        """The body, read as a JSON object."""
        read: Json = json.loads(self.body)
        return read


@dataclass(repr=False)  # the loop prints what its tasks return, and this would be the whole service
class House:
    """The service as it runs, and where."""

    service: Service
    clock: HandClock
    origin: str

    @property
    def database(self) -> Database:
        return self.service.opened.database

    async def clean(self) -> None:
        """Clean every photo that waits for it, as the job does."""
        opened, outbox = self.service.opened, self.service.outbox
        work = Work(
            database=opened.database,
            office=opened.office,
            clock=self.clock,
            cleaner=Cleaner(),
            fetchers={},
            replied=outbox.wake,
            broke=self.service.alarms.append,
        )
        while await clean_photos(work):
            pass

    async def rests(self) -> None:
        """Wait until all that came in is handled and all that may leave has left. Raises NeverCame."""
        new = select(InboxRow.kind).where(InboxRow.state == "new")
        going = select(OutboxRow.kind).where(col(OutboxRow.state).in_(("queued", "sending")))

        def look(unit: Unit) -> list[str]:
            return [*unit.scalars(new), *unit.scalars(going)]

        await until("nothing is under way", lambda: self.database.read(look), lambda waits: not waits)

    async def set_owner(self) -> None:
        """Say who is responsible."""
        now = self.clock.now()
        await self.database.write(lambda unit: machine.set_owner(unit, *OWNER, "test", now))


Prepare = Callable[[House], Awaitable[object]]


@asynccontextmanager
async def open_house(
    folder: Path, *, database_url: str = "", owner: bool = True, demo: bool = False, prepare: Prepare | None = None,
    channels: Sequence[ChannelEntry] = CHANNELS, **settings: str,
) -> AsyncIterator[House]:  # fmt: skip
    """Serve until left. database_url: a SQLite file in the folder unless it names a PostgreSQL. settings: by name.

    prepare: what is done with the house before it serves. channels: those that there are.
    """
    given = {"DATA_DIR": str(folder), "PORT": str(_free_port()), **settings}
    if database_url.startswith("postgresql"):
        bring_to_shape(database_url)
        given |= {"DATABASE_URL": database_url, "ENCRYPTION_KEY": base64.urlsafe_b64encode(bytes(32)).decode()}
    else:
        lay_file(folder / "chungtay.db")
    checked = Settings.model_validate(given)
    opened = setup.open_office(checked, demonstration=demo, channels=channels)
    clock = HandClock()
    house = House(app.wire(opened, clock), clock, f"http://127.0.0.1:{checked.port}")
    if demo:
        await house.database.write(lambda unit: app.fill_demo(unit, opened))
    elif owner:
        await house.set_owner()
    if prepare:
        await prepare(house)
    async with app.running(house.service):
        yield house


def _free_port() -> int:
    """A port nobody has: the service must know its own before it listens, to know its origin."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


@dataclass
class Visitor:
    """One browser without a page: it keeps its cookie, writes, and reads."""

    house: House
    session: ClientSession
    heard: list[Json] = field(default_factory=list)

    async def gets(self, path: str, *, method: str = "GET", **headers: str) -> Reply:
        """Ask for a path; a header's name is written with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, self.house.origin + path, headers=named) as answer:
            return await _reply(answer)

    async def clicks(self, path: str, **headers: str) -> Reply:
        """Press the one button of a page's form without fields."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"Origin": self.house.origin, "Content-Type": "application/x-www-form-urlencoded"}
        async with self.session.post(self.house.origin + path, data=b"", headers=named) as answer:
            return await _reply(answer)

    async def posts(self, body: object, *headers: tuple[str, str], kind: str = "application/json") -> Reply:
        """Post a body: bytes as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = [("Content-Type", kind), *headers]
        async with self.session.post(f"{self.house.origin}/chat/messages", data=raw, headers=named) as answer:
            return await _reply(answer)

    async def sends(self, *photos: bytes, name: str = "nha.jpg", **fields: str) -> Reply:
        """Post photos as a form does."""
        form = FormData(default_to_multipart=True)
        for photo in photos:
            form.add_field("photo", BytesIO(photo), filename=name, content_type="image/jpeg")
        for field_name, value in fields.items():
            form.add_field(field_name, value)
        async with self.session.post(f"{self.house.origin}/chat/messages", data=form) as answer:
            return await _reply(answer)

    async def says(self, *texts: str) -> None:
        """Write some messages, one after the other, each answered before the next; `heard` is the last answer."""
        for text in texts:
            await self._answered({"text": text})

    async def presses(self, *labels: str) -> None:
        """Press buttons of the last answer by a part of their label, each answered before the next."""
        for label in labels:
            await self._answered({"press": self.button(label)})

    def button(self, label: str) -> str:
        """What a button of the last answer sends back."""
        shown = [option for line in self.heard for option in options(line)]
        found = next((option["press"] for option in shown if label in option["label"]), None)
        assert found is not None, f"no button {label!r} among {shown}"
        return found

    async def reads(self, after: str = "0") -> list[Json]:
        """The lines after an id, as one answer gives them."""
        found = (await self.gets(f"/chat/messages?after={after}")).json["messages"]
        assert isinstance(found, list)
        return found

    @asynccontextmanager
    async def follows(self, query: str = "", **headers: str) -> AsyncIterator["Stream"]:
        """Follow the stream of lines."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(f"{self.house.origin}/chat/stream{query}", headers=named) as answer:
            assert answer.status == 200, await answer.text()
            yield Stream(answer)

    async def hears_after(self, number: str) -> None:
        """Wait until something is said to her after an id, and listen to all of it."""
        async with self.follows(f"?after={number}") as stream:
            await until("something is said to her", stream.line, lambda line: line["from"] == "us")
        self.heard = [line for line in await self.reads(number) if line["from"] == "us"]

    async def _answered(self, body: Json) -> None:
        """Write one message, again under its id while we are told to, as a browser does; hear what is said to it."""
        body = {"id": secrets.token_urlsafe(9), **body}
        taken = await until("the service takes it", lambda: self.posts(body), lambda reply: reply.status != 503)
        assert taken.status == 202, taken.body
        await self.hears_after(str(taken.json["id"]))


@dataclass
class Stream:
    """An open stream of server-sent events."""

    answer: ClientResponse
    last: str = ""

    async def block(self) -> str:
        """The next block of the stream, a comment as much as an event."""
        return (await comes("the stream brings something", self.answer.content.readuntil(b"\n\n"))).decode()

    async def line(self) -> Json:
        """The next line of the chat; its id is kept in `last`."""
        block = await until("a line comes", self.block, lambda block: block.startswith("id:"))
        head, data = block.strip().split("\n")
        self.last = head.removeprefix("id: ")
        line: Json = json.loads(data.removeprefix("data: "))
        return line


@asynccontextmanager
async def visit(house: House) -> AsyncIterator[Visitor]:
    """Visit with an empty jar of cookies."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield Visitor(house, session)


def options(line: Json) -> list[dict[str, str]]:
    """The buttons under a line."""
    found = line["options"]
    assert isinstance(found, list)
    return found


async def _reply(answer: ClientResponse) -> Reply:
    return Reply(answer.status, answer.headers.copy(), await answer.read())
