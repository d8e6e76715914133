"""Everything the fake Telegram knows: people and groups, files, updates, and the webhook."""

from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from fakes.bot_api import BotWorld
from fakes.telegram.chats import Chat
from fakes.telegram.files import Files
from fakes.telegram.limiter import Limiter
from fakes.telegram.updates import Updates
from fakes.wire import Json

TOKEN = "7000000001:FAKE-token-of-the-kit-never-real-01"
BOT: Json = {"id": 7000000001, "is_bot": True, "first_name": "Chung Tay", "username": "chungtay_mau_bot"}
# How long a press may be answered.
PRESS_LIFETIME = timedelta(seconds=150)


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed. url: empty for none."""

    url: str = ""
    secret: str = ""
    connections: int = 40
    _: KW_ONLY
    error: str = ""
    error_at: int = 0


@dataclass(slots=True, kw_only=True)
class TelegramWorld(BotWorld):
    """The state of the fake. presses: who pressed and until when it may be answered, by the query's id."""

    token: str = TOKEN
    chats: dict[int, Chat] = field(default_factory=dict)
    files: Files = field(default_factory=Files)
    limiter: Limiter = field(default_factory=Limiter)
    webhook: Webhook = field(default_factory=Webhook)
    presses: dict[str, tuple[Chat, datetime]] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)
    updates: Updates = field(init=False)

    def __post_init__(self) -> None:
        self.updates = Updates(self.clock, self.bell)

    def date(self) -> int:
        """The moment as Telegram writes it: whole seconds since 1970."""
        return int(self.now().timestamp())

    def open_chat(self, about: Json, status: Literal["unwritten", "open"]) -> Chat:
        """Add a chat."""
        assert about["id"] not in self.chats, f"chat {about['id']} exists"
        chat = self.chats[int(about["id"])] = Chat(about, status)
        return chat

    def press(self, chat: Chat) -> str:
        """A new callback query's id, which can be answered for a while."""
        query = str(4_382_000_000_000_000_001 + len(self.presses))
        self.presses[query] = (chat, self.now() + PRESS_LIFETIME)
        return query
