"""Chats as people see them: who is in them, what is shown, and whether the bot may write."""

import re
from dataclasses import dataclass, field
from typing import Literal

from fakes.bot_api import Refusal
from fakes.wire import Json, units

Status = Literal["unwritten", "open", "blocked", "kicked"]
SHUT = {
    "unwritten": "bot can't initiate conversation with a user",
    "blocked": "bot was blocked by the user",
    "kicked": "bot was kicked from the group chat",
}
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?")


@dataclass(slots=True, eq=False)
class Message:
    """One message as it is shown. content: the fields of its kind; rows: its buttons; photo: its picture's bytes."""

    id: int
    chat: "Chat"
    sender: Json
    date: int
    content: Json
    rows: list[list[Json]] = field(default_factory=list)
    photo: bytes | None = None
    edit_date: int = 0

    @property
    def mine(self) -> bool:
        """Whether a person wrote it, and not the bot."""
        return not self.sender["is_bot"]

    @property
    def text(self) -> str:
        """Its text or its picture's caption."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def buttons(self) -> tuple[str, ...]:
        """The labels under it, from top to bottom."""
        return tuple(str(button["text"]) for row in self.rows for button in row)

    def json(self) -> Json:
        """Telegram's Message."""
        found: Json = {"message_id": self.id, "from": self.sender, "chat": self.chat.about, "date": self.date}
        if self.edit_date:
            found["edit_date"] = self.edit_date
        return found | self.content | ({"reply_markup": {"inline_keyboard": self.rows}} if self.rows else {})


@dataclass(slots=True, eq=False)
class Chat:
    """A chat with the bot. about: Telegram's Chat; keyboard: shown below the chat; notice: the last callback's answer.

    messages: what is shown now, oldest first.
    """

    about: Json
    status: Status
    messages: list[Message] = field(default_factory=list)
    keyboard: list[list[Json]] = field(default_factory=list)
    notice: str = ""
    _last: int = 0

    @property
    def id(self) -> int:
        return int(self.about["id"])

    @property
    def private(self) -> bool:
        """Whether it is with one person alone."""
        return bool(self.about["type"] == "private")

    def shut(self) -> Refusal | None:
        """Why the bot can't write here, if so."""
        return forbidden(SHUT[self.status]) if self.status in SHUT else None

    def show(self, sender: Json, date: int, content: Json) -> Message:
        """Put a message at the end."""
        self._last += 1
        message = Message(self._last, self, sender, date, content)
        self.messages.append(message)
        return message

    def find(self, message_id: int) -> Message | None:
        """The message with this id, if it is still shown."""
        return next((message for message in self.messages if message.id == message_id), None)


def forbidden(what: str) -> Refusal:
    """A refusal to reach somebody."""
    return Refusal(403, f"Forbidden: {what}")


def commands(text: str) -> list[Json]:
    """The entities of the commands in a person's text."""
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found[0])}
        for found in _COMMAND.finditer(text)
    ]
