"""Everything the fake Bot Platform knows: chats, updates that wait, the webhook, and what was called when."""

import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import Clock
from fakes.telegram.wire import Bell, Json

TOKEN = "1234567890:FAKE-zalo-token-of-the-kit-never-real"
BOT: Json = {"id": "3f00b0t0000000000001", "account_name": "bot.chungtay", "account_type": "BASIC"}
SENDS = ("sendMessage", "sendPhoto")


@dataclass(slots=True, eq=False)
class Message:
    """One message as it is shown. photo: its picture's bytes; address: where the bot said that the picture is."""

    id: str
    mine: bool
    text: str
    photo: bytes | None = None
    address: str = ""


@dataclass(slots=True, eq=False)
class Chat:
    """A chat of a person with the bot, or a group. shut: the bot can't reach it any more."""

    id: str
    group: bool = False
    shut: bool = False
    messages: list[Message] = field(default_factory=list)


@dataclass(slots=True)
class Call:
    """One call of a method. outcome: "ok", a refusal's code and words, or what was made to go wrong.

    accepted: whether it took effect, whatever the caller got to hear.
    """

    method: str
    arguments: dict[str, str]
    at: datetime
    outcome: str = ""
    accepted: bool = False
    result: object = None

    @property
    def chat_id(self) -> str:
        return self.arguments.get("chat_id", "")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are pushed."""

    url: str
    secret: str
    updated_at: int


@dataclass(slots=True)
class World:
    """The state of the fake.

    waiting: updates that nobody was given yet, with their chat. quota: sends left this month; None for no end.
    public_only: whether addresses on this machine are refused, as the real one does. wrapped: pushes come in an
    envelope. photo_name: the field that a person's photo stands in. media: files of people, by name.
    """

    clock: Clock
    token: str = TOKEN
    bell: Bell = field(default_factory=Bell)
    chats: dict[str, Chat] = field(default_factory=dict)
    waiting: deque[tuple[str, Json]] = field(default_factory=deque)
    webhook: Webhook | None = None
    quota: int | None = None
    public_only: bool = False
    wrapped: bool = False
    photo_name: str = "photo_url"
    media: dict[str, bytes] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def date(self) -> int:
        """The moment as the platform writes it: milliseconds since 1970."""
        return int(self.clock.now().timestamp() * 1000)

    def tell(self, chat: str, update: Json) -> None:
        """Let the bot hear of something."""
        self.waiting.append((chat, update))
        self.bell.ring()

    def accepted(self, chat: str = "") -> list[Call]:
        """Every send that took effect, in order: what people saw arrive."""
        return [c for c in self.calls if c.accepted and c.method in SENDS and chat in ("", c.chat_id)]


def new_id() -> str:
    """Twenty hexadecimal digits, as every id there is."""
    return secrets.token_hex(10)
