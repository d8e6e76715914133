"""Everything the fake Bot Platform knows: chats, updates that wait, and the webhook."""

import secrets
from collections import deque
from dataclasses import KW_ONLY, dataclass, field

from fakes.bot_api import BotWorld
from fakes.wire import Json

TOKEN = "1234567890:FAKE-zalo-token-of-the-kit-never-real"
BOT: Json = {"id": "3f00b0t0000000000001", "account_name": "bot.chungtay", "account_type": "BASIC"}


@dataclass(slots=True, eq=False)
class Message:
    """One message as it is shown. photo: its picture's bytes; address: where the bot said that the picture is."""

    id: str
    mine: bool
    text: str
    _: KW_ONLY
    photo: bytes | None = None
    address: str = ""


@dataclass(slots=True, eq=False)
class Chat:
    """A chat of a person with the bot, or a group. shut: the bot can't reach it any more."""

    id: str
    group: bool = False
    shut: bool = False
    messages: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are pushed."""

    url: str
    secret: str
    updated_at: int


@dataclass(slots=True, kw_only=True)
class ZaloBotWorld(BotWorld):
    """The state of the fake.

    waiting: updates that nobody was given yet, with their chat. quota: sends left this month; None for no end.
    public_only: whether addresses on this machine are refused, as the real one does. wrapped: pushes come in an
    envelope. photo_name: the field that a person's photo stands in. media: files of people, by name.
    """

    token: str = TOKEN
    chats: dict[str, Chat] = field(default_factory=dict)
    waiting: deque[tuple[str, Json]] = field(default_factory=deque)
    webhook: Webhook | None = None
    quota: int | None = None
    public_only: bool = False
    wrapped: bool = False
    photo_name: str = "photo_url"
    media: dict[str, bytes] = field(default_factory=dict)

    def date(self) -> int:
        """The moment as the platform writes it: milliseconds since 1970."""
        return int(self.now().timestamp() * 1000)

    def tell(self, chat: str, update: Json) -> None:
        """Let the bot hear of something."""
        self.waiting.append((chat, update))
        self.bell.ring()


def new_id() -> str:
    """Twenty hexadecimal digits, as every id there is."""
    return secrets.token_hex(10)
