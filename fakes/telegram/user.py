"""A person with Telegram on her phone: what she does becomes updates as the real one makes them, and she sees the chat.

What she does returns at once; whether and when the bot hears of it is the way's business (webhook or getUpdates).
"""

from dataclasses import dataclass

from fakes.telegram.chats import Chat, Message, commands
from fakes.telegram.world import BOT, TelegramWorld
from fakes.user import User
from fakes.wire import Json

FIRST_USER, FIRST_GROUP = 6_100_000_001, -4_200_000_001
WEBP = b"RIFF\x0e\x00\x00\x00WEBPVP8 "


@dataclass(slots=True, eq=False)
class TelegramUser(User[Message]):
    """One person. about: Telegram's User; chat: hers with the bot."""

    world: TelegramWorld
    about: Json
    chat: Chat

    @classmethod
    def join(cls, world: TelegramWorld, name: str, user_id: int, language: str) -> "TelegramUser":
        """Make an account; the bot may not write first."""
        user_id = user_id or FIRST_USER + sum(chat.private for chat in world.chats.values())
        about: Json = {"id": user_id, "is_bot": False, "first_name": name, "language_code": language}
        chat = world.open_chat({"id": user_id, "first_name": name, "type": "private"}, "unwritten")
        return cls(world, about, chat)

    @property
    def id(self) -> int:
        return int(self.about["id"])

    @property
    def sees(self) -> list[Message]:
        """Every message on her screen, oldest first; hers too."""
        return list(self.chat.messages)

    @property
    def keys(self) -> tuple[str, ...]:
        """The labels of the keyboard below the chat."""
        return tuple(str(key["text"]) for row in self.chat.keyboard for key in row)

    def says(self, text: str) -> Message:
        """Write a text."""
        return self._writes(self.chat, _text(text))

    def says_in(self, group: Chat, text: str) -> Message:
        """Write in a group. The bot gets commands alone: it has no right to read the rest."""
        found = _text(text)
        return self._writes(group, found, told="entities" in found)

    def edits(self, text: str) -> Message:
        """Change her last text."""
        message = next(message for message in reversed(self.sees) if message.mine and "text" in message.content)
        message.content, message.edit_date = _text(text), self.world.date()
        self._tells("edited_message", message.json(), f"chat:{self.id}")
        return message

    def presses(self, label: str, *, on: Message | None = None) -> None:
        """Press a button: on the given message, the last one with such a label, or the keyboard below.

        A label may be a part. Raises AssertionError where there is none, as a finger would find none.
        """
        for message in [on] if on else reversed(self.heard):
            button = _labelled(message.rows, label)
            if button and "callback_data" in button:
                return self.presses_data(str(button["callback_data"]), message)
        key = _labelled(self.chat.keyboard, label)
        assert key, f"{self.about['first_name']} sees no button {label!r}"
        assert "request_contact" not in key, "this one shares her contact"
        self.says(str(key["text"]))
        return None

    def presses_data(self, data: str, message: Message) -> None:
        """Press what sends these data back, on a message as it is now."""
        query = {
            "id": self.world.press(message.chat),
            "from": self.about,
            "message": message.json(),
            "chat_instance": str(-3_000_000_000_000_000 - self.id),
            "data": data,
        }
        self._tells("callback_query", query, f"user:{self.id}")

    def shares_contact(self, phone: str, *, own: bool = True) -> Message:
        """Share a phone number, hers unless said otherwise, and be done with the keyboard."""
        contact: Json = {"phone_number": phone, "first_name": self.about["first_name"]}
        asked = next((message for message in reversed(self.heard)), None) if self.chat.keyboard else None
        content: Json = {"contact": contact | ({"user_id": self.id} if own else {})}
        self.chat.keyboard = []
        return self._writes(self.chat, content | ({"reply_to_message": asked.json()} if asked else {}))

    def sends_photo(self, *photos: bytes, caption: str = "") -> list[Message]:
        """Send photos; several make an album. Raises Refusal for what is no picture."""
        album = {"media_group_id": f"1375{self.id}{len(self.sees)}"} if len(photos) > 1 else {}
        sent = []
        for number, photo in enumerate(photos):
            sizes = self.world.files.keep_photo(photo)
            words = {"caption": caption} if caption and number == 0 else {}
            message = self._writes(self.chat, album | {"photo": sizes} | words)
            message.photo = self.world.files.by_id[str(sizes[-1]["file_id"])].content
            sent.append(message)
        return sent

    def sends_sticker(self, emoji: str = "👍") -> Message:
        """Send a sticker."""
        kept = self.world.files.keep("stickers", "webp", WEBP)
        shape: Json = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._writes(self.chat, {"sticker": kept.json() | shape | {"emoji": emoji}})

    def sends_voice(self, seconds: int = 4) -> Message:
        """Send spoken words."""
        kept = self.world.files.keep("voice", "oga", b"OggS spoken words")
        return self._writes(self.chat, {"voice": kept.json() | {"duration": seconds, "mime_type": "audio/ogg"}})

    def sends_location(self, latitude: float = 16.0678, longitude: float = 108.2208) -> Message:
        """Send a place."""
        return self._writes(self.chat, {"location": {"latitude": latitude, "longitude": longitude}})

    def sends_document(self, name: str, content: bytes, *, kind: str = "application/octet-stream") -> Message:
        """Send a file as it is. kind: its media type."""
        kept = self.world.files.keep("documents", name.rpartition(".")[2], content)
        return self._writes(self.chat, {"document": kept.json() | {"file_name": name, "mime_type": kind}})

    def blocks(self) -> None:
        """Block the bot."""
        self._changes_bot(self.chat, "member", "kicked")
        self.chat.status = "blocked"

    def unblocks(self) -> None:
        """Let the bot in again."""
        self._changes_bot(self.chat, "kicked", "member")
        self.chat.status = "open"

    def makes_group(self, title: str, *, id: int = 0) -> Chat:  # noqa: A002 - Telegram's word
        """Make a group with the bot in it."""
        group_id = id or FIRST_GROUP - sum(not chat.private for chat in self.world.chats.values())
        group = self.world.open_chat({"id": group_id, "title": title, "type": "group"}, "open")
        self._changes_bot(group, "left", "member")
        return group

    def puts_bot_out(self, group: Chat) -> None:
        """Put the bot out of a group."""
        self._changes_bot(group, "member", "kicked")
        group.status = "kicked"

    def _writes(self, chat: Chat, content: Json, *, told: bool = True) -> Message:
        assert chat.status != "blocked", "she blocked the bot: her phone lets her write nothing"
        if chat.status == "unwritten":
            chat.status = "open"
        message = chat.show(self.about, self.world.date(), content)
        if told:
            self._tells("message", message.json(), f"chat:{chat.id}")
        return message

    def _changes_bot(self, chat: Chat, before: str, after: str) -> None:
        what: Json = {
            "chat": chat.about,
            "from": self.about,
            "date": self.world.date(),
            "old_chat_member": _member(before),
            "new_chat_member": _member(after),
        }
        self._tells("my_chat_member", what, f"chat:{chat.id}")

    def _tells(self, kind: str, what: Json, queue: str) -> None:
        self.world.updates.add(kind, what, queue)
        self.world.bell.ring()


def _text(text: str) -> Json:
    found = commands(text)
    return {"text": text} | ({"entities": found} if found else {})


def _labelled(rows: list[list[Json]], label: str) -> Json | None:
    return next((button for row in rows for button in row if label in str(button["text"])), None)


def _member(status: str) -> Json:
    return {"user": BOT, "status": status} | ({"until_date": 0} if status == "kicked" else {})
