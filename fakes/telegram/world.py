"""Everything the fake knows: people and groups, files, updates, the webhook, and what was called."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.clock import Clock
from fakes.telegram.chats import Chat
from fakes.telegram.files import Files
from fakes.telegram.limiter import Limiter
from fakes.telegram.updates import Updates
from fakes.telegram.wire import Bell, Json

TOKEN = "7000000001:FAKE-token-of-the-kit-never-real-01"
BOT: Json = {"id": 7000000001, "is_bot": True, "first_name": "Chung Tay", "username": "chungtay_mau_bot"}
# How long a press may be answered.
PRESS_LIFETIME = timedelta(seconds=150)
SENDS = ("sendMessage", "sendPhoto")


@dataclass(slots=True)
class Call:
    """One call of a method. outcome: "ok", a refusal's code and words, or what was made to go wrong.

    accepted: whether it took effect, whatever the caller got to hear; arguments: texts, and files by name and size.
    """

    method: str
    arguments: dict[str, str]
    at: datetime
    outcome: str = ""
    accepted: bool = False
    result: object = None

    @property
    def chat_id(self) -> int:
        """The chat it is about, 0 for none."""
        written = self.arguments.get("chat_id", "")
        return int(written) if written.lstrip("-").isdigit() else 0


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed. url: empty for none."""

    url: str = ""
    secret: str = ""
    connections: int = 40
    error: str = ""
    error_at: int = 0


@dataclass(slots=True)
class World:
    """The state of the fake. presses: who pressed and until when it may be answered, by the query's id."""

    clock: Clock
    token: str = TOKEN
    bell: Bell = field(default_factory=Bell)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: Files = field(default_factory=Files)
    limiter: Limiter = field(default_factory=Limiter)
    webhook: Webhook = field(default_factory=Webhook)
    calls: list[Call] = field(default_factory=list)
    presses: dict[str, tuple[Chat, datetime]] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)
    updates: Updates = field(init=False)

    def __post_init__(self) -> None:
        self.updates = Updates(self.clock, self.bell)

    def date(self) -> int:
        """The moment as Telegram writes it: whole seconds since 1970."""
        return int(self.clock.now().timestamp())

    def open_chat(self, about: Json, status: Literal["unwritten", "open"]) -> Chat:
        """Add a chat."""
        assert about["id"] not in self.chats, f"chat {about['id']} exists"
        chat = self.chats[int(about["id"])] = Chat(about, status)
        return chat

    def press(self, chat: Chat) -> str:
        """A new callback query's id, which can be answered for a while."""
        query = str(4_382_000_000_000_000_001 + len(self.presses))
        self.presses[query] = (chat, self.clock.now() + PRESS_LIFETIME)
        return query

    def accepted(self, chat_id: int | None = None) -> list[Call]:
        """Every send that took effect, in order: what a person saw arrive."""
        return [
            call
            for call in self.calls
            if call.accepted and call.method in SENDS and chat_id in (None, call.chat_id)
        ]  # fmt: skip
