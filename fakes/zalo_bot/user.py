"""A person with Zalo on her phone who writes to the bot: what she does becomes updates, and she sees the chat."""

from dataclasses import dataclass

from fakes.user import User
from fakes.wire import Json
from fakes.zalo_bot.world import Chat, Message, ZaloBotWorld, new_id

KINDS = {"text": "", "image": "CHAT_PHOTO", "sticker": "CHAT_STICKER", "voice": "CHAT_VOICE", "unsupported": ""}


@dataclass(slots=True, eq=False)
class ZaloBotUser(User[Message]):
    """One person. origin: where her files are served. hidden: the platform keeps her every word from the bot."""

    world: ZaloBotWorld
    name: str
    chat: Chat
    origin: str
    hidden: bool = False

    @classmethod
    def join(cls, world: ZaloBotWorld, name: str, origin: str, user_id: str = "") -> "ZaloBotUser":
        """Make an account that knows the bot."""
        chat = Chat(user_id or new_id())
        world.chats[chat.id] = chat
        return cls(world, name, chat, origin)

    @property
    def id(self) -> str:
        return self.chat.id

    @property
    def sees(self) -> list[Message]:
        """Every message on her screen, oldest first; hers too."""
        return list(self.chat.messages)

    def says(self, text: str, *, message_id: str = "") -> Json:
        """Write a text; returns the update. message_id: of one that was brought before."""
        return self._writes("text", {"text": text}, text, message_id=message_id)

    def says_in(self, group: Chat, text: str) -> Json:
        """Mention the bot in a group; else it hears nothing there."""
        return self._writes("text", {"text": text}, text, chat=group)

    def sends_photo(self, content: bytes, *, caption: str = "") -> Json:
        """Send a photo, which the platform serves under an address."""
        name = f"{new_id()}.jpg"
        self.world.media[name] = content
        words = {"caption": caption} if caption else {}
        return self._writes("image", {self.world.photo_name: f"{self.origin}/media/{name}"} | words, caption)

    def sends_sticker(self) -> Json:
        """Send a sticker."""
        return self._writes("sticker", {"sticker": "bfe458bf64fa8da4d4eb", "url": f"{self.origin}/media/none"}, "")

    def sends_voice(self) -> Json:
        """Send spoken words."""
        return self._writes("voice", {"voice_url": f"{self.origin}/media/none.aac"}, "")

    def sends_hidden(self, *, with_message: bool = True) -> Json:
        """Send what the platform keeps from bots: a file, a contact card, or anything from somebody protected."""
        if with_message:
            return self._writes("unsupported", {}, "")
        update: Json = {"event_name": "message.unsupported.received"}
        self.world.tell(self.chat.id, update)
        return update

    def makes_group(self) -> Chat:
        """Make a group with the bot in it."""
        group = Chat(new_id(), group=True)
        self.world.chats[group.id] = group
        return group

    def leaves(self) -> None:
        """Be out of the bot's reach from now on."""
        self.chat.shut = True

    def _writes(
        self, kind: str, content: Json, text: str, *, chat: Chat | None = None, message_id: str = ""
    ) -> Json:  # fmt: skip
        where = chat or self.chat
        message_id = message_id or new_id()
        where.messages.append(Message(message_id, mine=True, text=text))
        if self.hidden:
            kind, content = "unsupported", {}
        message: Json = {
            "message_id": message_id,
            "date": self.world.date(),
            "from": {"id": self.id, "display_name": self.name, "is_bot": False},
            "chat": {"id": where.id, "chat_type": "GROUP" if where.group else "PRIVATE"},
        }
        if KINDS[kind]:
            message["message_type"] = KINDS[kind]
        update: Json = {"event_name": f"message.{kind}.received", "message": message | content}
        self.world.tell(where.id, update)
        return update
