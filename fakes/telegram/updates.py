"""Updates on their way to the bot: kept until confirmed or too old, and handed to whoever asks for them."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from fakes.bot_api import Arguments, Refusal
from fakes.wire import Bell, Json

FIRST = 813_000_001
LIFETIME, PRESS_LIFETIME = timedelta(hours=24), timedelta(seconds=150)
MOST, LONGEST_S = 100, 50
# core.telegram.org/bots/api#getupdates: what comes when nothing was chosen, of what the fake makes.
USUAL = ("message", "edited_message", "callback_query", "my_chat_member")
ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER = "terminated by other getUpdates request; make sure that only one bot instance is running"
BY_WEBHOOK = "terminated by setWebhook request"


@dataclass(frozen=True, slots=True)
class Update:
    """One update. queue: updates of the same queue are pushed one after the other."""

    id: int
    body: Json
    queue: str
    expires: datetime

    def json(self) -> Json:
        """Telegram's Update."""
        return {"update_id": self.id, **self.body}


@dataclass(slots=True)
class Updates:
    """Every update that waits, oldest first. wanted: the kinds that are passed on; made: how many there ever were."""

    clock: Clock
    bell: Bell
    wanted: tuple[str, ...] = USUAL
    made: int = 0
    _waiting: dict[int, Update] = field(default_factory=dict)
    _lines: dict[str, deque[Update]] = field(default_factory=lambda: defaultdict(deque))
    _poll: asyncio.Future[None] | None = None

    def add(self, kind: str, what: Json, queue: str) -> Update | None:
        """Put an update at the end, unless its kind isn't wanted."""
        if kind not in self.wanted:
            return None
        lifetime = PRESS_LIFETIME if kind == "callback_query" else LIFETIME
        update = Update(FIRST + self.made, {kind: what}, queue, self.clock.now() + lifetime)
        self.made += 1
        self._waiting[update.id] = update
        self._lines[queue].append(update)
        self.bell.ring()
        return update

    def waiting(self) -> list[Update]:
        """What waits and isn't too old."""
        now = self.clock.now()
        self._waiting = {update.id: update for update in self._waiting.values() if update.expires > now}
        return list(self._waiting.values())

    def queues(self) -> list[str]:
        """Every queue with something in it."""
        return [queue for queue, line in self._lines.items() if line]

    def head(self, queue: str) -> Update | None:
        """The oldest of a queue that waits and isn't too old."""
        line, now = self._lines[queue], self.clock.now()
        while line and (line[0].id not in self._waiting or line[0].expires <= now):
            self._waiting.pop(line.popleft().id, None)
        return line[0] if line else None

    def drop(self, update: Update) -> None:
        """Forget one that was taken or given up."""
        self._waiting.pop(update.id, None)
        self.bell.ring()

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()
        self._lines.clear()

    def choose(self, arguments: Arguments) -> None:
        """Take over `allowed_updates`; without it the last choice holds, an empty list is the usual."""
        if (chosen := arguments.value("allowed_updates", "allowed_updates")) is not None:
            self.wanted = tuple(chosen) or USUAL

    def stop_poll(self, why: str) -> None:
        """End a getUpdates that is under way with 409."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refusal(409, f"Conflict: {why}"))

    async def poll(self, arguments: Arguments) -> list[Json]:
        """Answer getUpdates: what was confirmed is gone; wait for something to come. Raises Refusal 409."""
        self.stop_poll(OTHER)
        self.choose(arguments)
        self._confirm(arguments.number("offset"))
        most = min(max(arguments.number("limit", MOST), 1), MOST)
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = ended
        news = asyncio.ensure_future(self.bell.until(self.waiting, min(arguments.number("timeout"), LONGEST_S)))
        try:
            await asyncio.wait((ended, news), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                ended.result()
            return [update.json() for update in news.result()[:most]]
        except TimeoutError:
            return []
        finally:
            news.cancel()
            ended.cancel()

    def _confirm(self, offset: int) -> None:
        waiting = self.waiting()
        kept = waiting[offset:] if offset < 0 else [update for update in waiting if update.id >= offset]
        self._waiting = {update.id: update for update in kept}
