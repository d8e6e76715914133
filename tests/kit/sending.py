"""A post office: senders on a town's database, our own Telegram at the other end, and every step of a message noted."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import text, update
from sqlmodel import col, select

from bot.channels.contract import Fitted, Limits, Sends
from bot.channels.telegram.channel import Telegram
from bot.channels.telegram.client import AiohttpRequest, open_bot
from bot.clock import Clock
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.sender import Sender
from fakes.telegram.server import FakeTelegram
from fakes.telegram.user import TelegramUser
from storage.database import Unit
from storage.queries.incoming import chats
from storage.queries.incoming.chats import Chat
from storage.queries.outgoing import outbox
from storage.tables import Address, OutboxRow
from storage.vault import Vault
from tests.kit.town import Town
from tests.kit.waiting import until

READ_S = 0.8
NOTE = {
    "sqlite": """
        CREATE TRIGGER note_step AFTER UPDATE OF state ON outbox BEGIN
            INSERT INTO steps (outbox_id, state) VALUES (NEW.id, NEW.state);
        END""",
    "postgresql": """
        CREATE FUNCTION note_step() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN INSERT INTO steps (outbox_id, state) VALUES (NEW.id, NEW.state); RETURN NEW; END$$;
        CREATE TRIGGER note_step AFTER UPDATE OF state ON outbox FOR EACH ROW EXECUTE FUNCTION note_step()""",
}
NUMBERED = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "BIGSERIAL PRIMARY KEY"}


class Hurry:
    """The loop's time, so many times faster, for a limiter: a second between two messages of a chat is soon over."""

    def __init__(self, times: float) -> None:
        self._times = times

    def time(self) -> float:
        return asyncio.get_running_loop().time() * self._times

    def call_at(self, when: float, callback: Callable[[], None], /) -> asyncio.TimerHandle:
        return _Timer(when, callback, self._times)


class _Timer(asyncio.TimerHandle):
    """A timer that says when it is due in the faster time."""

    def __init__(self, when: float, callback: Callable[[], None], times: float) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(when, callback, (), loop)
        self._timer = loop.call_at(when / times, callback)

    def cancel(self) -> None:
        self._timer.cancel()
        super().cancel()


class Held:
    """A channel whose answers come only once they are let through; what it sends is shown at once."""

    def __init__(self, channel: Sends) -> None:
        self._channel, self.through = channel, asyncio.Event()
        self.name, self.abroad = channel.name, channel.abroad

    @property
    def limits(self) -> Limits:
        return self._channel.limits

    async def send(self, chat: str, message: Fitted) -> str:
        shown = await self._channel.send(chat, message)
        await self.through.wait()
        return shown

    async def probe(self) -> None:
        await self._channel.probe()
        await self.through.wait()

    async def let_through(self) -> None:
        """Let every answer through from now on."""
        self.through.set()


@dataclass
class PostOffice:
    """What is queued here for Telegram is sent by the senders that were started."""

    town: Town
    telegram: FakeTelegram
    channel: Telegram
    _running: dict[Sender, asyncio.Task[None]] = field(default_factory=dict)

    def sender(
        self, channel: Sends | None = None, *, alone: bool | None = None, clock: Clock | None = None, times: float = 200
    ) -> Sender:
        """Make a sender, as one process has, whose limiter's time is so many times faster; it is not started."""
        town = self.town
        alone = town.database.dialect == "sqlite" if alone is None else alone
        limiter = RateLimiter(60, Hurry(times))
        return Sender(
            database=town.database,
            master=town.office.master,
            channel=channel or self.channel,
            limiter=limiter,
            clock=clock or town.clock,
            alone=alone,
        )

    def start(self, sender: Sender | None = None) -> Sender:
        """Start a sender, a new one unless given."""
        sender = sender or self.sender()
        self._running[sender] = asyncio.create_task(sender.run())
        return sender

    async def kill(self, sender: Sender) -> None:
        """End a sender as kill -9 does: at once, without a word to the database."""
        await _cancelled([*sender._at_work.values(), self._running.pop(sender)])

    async def close(self) -> None:
        """End whatever still runs."""
        for sender in list(self._running):
            await self.kill(sender)

    def wake(self) -> None:
        """Let every sender look now."""
        for sender in self._running:
            sender.wake()

    async def chat(self, user: TelegramUser) -> Chat:
        """The chat of a person who wrote to us now."""
        user.chat.status, now = "open", self.town.clock.now()

        def arrive(unit: Unit) -> Chat:
            vault = Vault(unit, self.town.office.master)
            external = vault.look_up("telegram chat", str(user.id))
            return chats.arrive(unit, vault, "telegram", external, now, platform=str(user.id))

        return await self.town.database.write(arrive)

    async def queue(self, chat: Chat, *words: str, kind: str = "notice", **body: object) -> list[int]:
        """Put messages in the outbox; returns their ids."""
        now = self.town.clock.now()

        def put(unit: Unit) -> list[int]:
            vault = Vault(unit, self.town.office.master)
            keys = [f"{chat.address_id}/{kind}/{one[:30]}" for one in words]
            for key, one in zip(keys, words, strict=True):
                outbox.put(unit, vault, chat, key, kind, {"text": one, "key": "plain", **body}, "test", now)
            found = select(OutboxRow.id).where(col(OutboxRow.key).in_(keys)).order_by(col(OutboxRow.id))
            return [int(number) for number in unit.scalars(found) if number is not None]

        ids = await self.town.database.write(put)
        self.wake()
        return ids

    async def change(self, outbox_id: int, **values: object) -> None:
        await self.town.database.write(
            lambda unit: unit.execute(update(OutboxRow).where(col(OutboxRow.id) == outbox_id).values(**values))
        )

    async def rows(self) -> list[OutboxRow]:
        """Every row of the outbox, in order."""
        query = select(OutboxRow).order_by(col(OutboxRow.id))
        return await self.town.database.read(lambda unit: list(unit.scalars(query)))

    async def row(self, outbox_id: int) -> OutboxRow:
        return await self.town.database.read(lambda unit: unit.get_one(OutboxRow, outbox_id))

    async def copy_of(self, outbox_id: int) -> OutboxRow | None:
        """The copy that was made of a message."""
        return next((row for row in await self.rows() if row.copy_of == outbox_id), None)

    async def number_of_copy(self, outbox_id: int) -> int:
        """The number of the copy that was made of a message."""
        copy = await self.copy_of(outbox_id)
        assert copy is not None, f"no copy was made of message {outbox_id}"
        assert copy.id is not None
        return copy.id

    async def states(self, ids: Sequence[int]) -> list[str]:
        found = {row.id: row.state for row in await self.rows()}
        return [found[outbox_id] for outbox_id in ids]

    async def until(self, ids: Sequence[int], *states: str) -> None:
        """Wait until these messages stand in these states; one state is meant for all. Raises NeverCame."""
        wanted = list(states) * len(ids) if len(states) == 1 else list(states)

        async def look() -> list[str]:
            self.wake()
            return await self.states(ids)

        await until(f"they are {wanted}", look, lambda found: found == wanted)

    async def until_tried(self, ids: Sequence[int], times: int = 1) -> None:
        """Wait until each of these messages failed so often. Raises NeverCame."""
        query = select(OutboxRow.attempt).where(col(OutboxRow.id).in_(ids))

        async def look() -> list[int]:
            self.wake()
            return await self.town.database.read(lambda unit: list(unit.scalars(query)))

        await until(f"each failed {times} times", look, lambda attempts: min(attempts) >= times)

    async def steps(self, outbox_id: int) -> list[str]:
        """The states a message went through since it was queued."""
        query = text("SELECT state FROM steps WHERE outbox_id = :id ORDER BY id").bindparams(id=outbox_id)
        return await self.town.database.read(lambda unit: [str(state) for (state,) in unit.execute(query)])

    async def reachable(self, chat: Chat) -> bool:
        """Whether we believe that a person takes our messages there."""
        return await self.town.database.read(lambda unit: unit.get_one(Address, chat.address_id).reachable)


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def post_office(town: Town, telegram: FakeTelegram) -> AsyncIterator[PostOffice]:
    """Open until left."""
    with town.database.engine.begin() as connection:
        connection.execute(
            text(f"CREATE TABLE steps (id {NUMBERED[town.database.dialect]}, outbox_id BIGINT, state TEXT)")
        )
        connection.execute(text(NOTE[town.database.dialect]))
    request = AiohttpRequest(READ_S)
    await request.initialize()
    bot = open_bot(telegram.token, telegram.origin, telegram.origin, request)
    office = PostOffice(town, telegram, Telegram(bot, request, "Gửi số"))
    try:
        yield office
    finally:
        await office.close()
        await request.shutdown()
