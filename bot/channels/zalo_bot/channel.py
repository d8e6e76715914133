"""A Zalo bot as a channel: words alone, for it has no buttons; what can be chosen stands in numbered lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from bot.channels.contract import (
    Fitted,
    Limits,
    NotSent,
    PersonGone,
    Picture,
    PolledElsewhere,
    Refused,
    SendError,
    TryLater,
    Unclear,
)
from bot.channels.media import Media
from bot.channels.zalo_bot.client import Client
from bot.channels.zalo_bot.errors import QUOTA, Idle, NothingThere, Shaken
from handlers.vietnamese.words import composed

# The contract, part B: sendMessage and sendPhoto take 1 to 2000; their unit isn't said, so the larger count is ours.
LIMITS = Limits(text=2000, buttons=0, label=0, caption=2000)
# The platform fetches a picture from us while we wait, more than once.
PHOTO_S = 150.0
POLL_MORE_S = 12.0
SHAKEN, SHAKEN_S = 3, 5.0
MOST_SHAKEN = 1000


@dataclass(frozen=True, slots=True)
class Me:
    """Who the bot is."""

    id: str
    name: str


class ZaloBot:
    """One bot. picture: a public address where a card can be fetched for some minutes; empty where there is none."""

    name = "zalo_bot"
    limits = LIMITS
    abroad = False
    brings_again = False

    def __init__(self, client: Client, media: Media, picture: Callable[[Picture], str]) -> None:
        self._client, self._media, self._picture = client, media, picture
        self._shaken: dict[str, int] = {}
        self._quota = False
        self.me: Me | None = None

    async def send(self, chat: str, message: Fitted) -> str:
        """Send one message or picture; returns its id. Raises SendError."""
        try:
            sent = await self._show(chat, composed(message.text), message.card)
        except Shaken as shaken:
            raise self._again_or_never(chat, shaken) from None
        except Idle as idle:
            raise Unclear(idle.reason) from None
        except NothingThere as nothing:
            raise Refused(nothing.reason) from None
        except TryLater:
            self._quota = True
            raise
        self._quota = False
        self._shaken.pop(chat, None)
        return sent

    async def _show(self, chat: str, text: str, card: Picture | None) -> str:
        address = self._picture(card) if card is not None else ""
        if address:
            words = {"caption": text} if text else {}
            return _message_id(await self._client.call("sendPhoto", PHOTO_S, chat_id=chat, photo=address, **words))
        if not text:
            raise Refused("no_picture")
        return _message_id(await self._client.call("sendMessage", chat_id=chat, text=text))

    def _again_or_never(self, chat: str, shaken: Shaken) -> SendError:
        """What a 403 means: again up to three times, then that this chat can't be reached."""
        count = self._shaken.pop(chat, 0) + 1
        if count > SHAKEN:
            return PersonGone(shaken.reason)
        if len(self._shaken) >= MOST_SHAKEN:
            self._shaken.clear()
        self._shaken[chat] = count
        return TryLater(shaken.reason, SHAKEN_S * count)

    def reasons(self) -> list[str]:
        """What is wrong, in codes: the platform takes no more of us for now."""
        return [QUOTA] if self._quota else []

    async def probe(self) -> None:
        """Ask who we are. Raises SendError."""
        found = await self._client.call("getMe")
        if not isinstance(found, dict):
            raise NotSent("no_me")
        self.me = Me(str(found.get("id", "")), str(found.get("account_name", "")))

    async def fetch(self, file: str, most: int) -> bytes:
        """A photo's bytes, from the address it came with. Raises SendError, Refused with "too_big" above `most`."""
        return await self._media.fetch(file, most)

    async def next_updates(self, wait_s: int) -> Sequence[bytes]:
        """The next update, or none after waiting in vain. Whoever was given it is never given it again.

        Raises SendError.
        """
        try:
            found = await self._client.call("getUpdates", wait_s + POLL_MORE_S, timeout=wait_s)
        except Idle:
            return ()
        except (NothingThere, Refused, Shaken) as error:
            raise PolledElsewhere(error.reason) from None
        if isinstance(found, list):  # as elsewhere; then there are as many as it holds
            raise NotSent("no_update")
        return (orjson.dumps(found),) if isinstance(found, dict) and found else ()

    def confirm(self, update: bytes) -> None:
        """Nothing is to be said: it was confirmed by being given."""

    async def set_webhook(self, url: str, secret: str) -> None:
        """Let the platform bring its updates to an address; none: let them be asked for. Raises SendError."""
        if url:
            await self._client.call("setWebhook", url=url, secret_token=secret)
            return
        try:
            await self._client.call("deleteWebhook")
        except NothingThere:
            return

    async def webhook(self) -> str:
        """The webhook's address, empty for none. Raises SendError."""
        try:
            found = await self._client.call("getWebhookInfo")
        except NothingThere:
            return ""
        return str(found.get("url", "")) if isinstance(found, dict) else ""


def _message_id(sent: object) -> str:
    """Raises Unclear: it was taken, and we don't know as what."""
    found = sent.get("message_id") if isinstance(sent, dict) else None
    if not isinstance(found, str | int):
        raise Unclear("no_message_id")
    return str(found)
