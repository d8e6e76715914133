"""Telegram as a channel: how a fitted message is shown there, and how its photos are fetched.

Why no markup at all: what people typed stands in our messages, and plain text has nothing to inject into. Why no link
previews: Telegram's servers would open a one-time link before its person does.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import orjson
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, TelegramError

from bot.channels.contract import Button, Fitted, Limits, NotSent, Picture, Refused, Unreadable
from bot.channels.payload import read_update
from bot.channels.telegram import updates
from bot.channels.telegram.client import NO_PREVIEW, AiohttpRequest, Keyboard, send_text
from bot.channels.telegram.errors import classified, is_done
from bot.channels.transport import READ_S

# core.telegram.org/bots/api#sendmessage, #sendphoto. Buttons and labels are ours: more is no longer read on a phone.
LIMITS = Limits(text=4096, buttons=14, label=34, caption=1024)
SHORT_LABEL = 14
# What we hear of at all; the rest would only wake us.
UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """What Telegram says of its webhook. last_error_at: when a call to it failed, seconds since 1970; 0 for never."""

    url: str
    pending: int
    last_error_at: int


class Telegram:
    """One bot of Telegram. contact_label: the words of the button by which a person gives her own number."""

    name = "telegram"
    limits = LIMITS
    abroad = True
    brings_again = True

    def __init__(self, bot: Bot, request: AiohttpRequest, contact_label: str) -> None:
        self._bot, self._request, self._contact_label = bot, request, contact_label
        self.username = ""
        self._offset = 0

    @property
    def id(self) -> int:
        """Our own id, which a token begins with."""
        return int(self._bot.token.partition(":")[0])

    async def send(self, chat: str, message: Fitted) -> str:
        """Send one message or picture; returns its id. Raises SendError."""
        keyboard = self._keyboard(message)
        try:
            if message.card is not None:
                picture, caption = message.card.jpeg or await _drawn(message.card), message.text or None
                sent = await self._bot.send_photo(int(chat), picture, caption=caption, reply_markup=keyboard)
                return str(sent.message_id)
            if message.instead_of and await self._changes(int(chat), message, keyboard):
                return message.instead_of
            return await send_text(self._bot, self._request, int(chat), message.text, keyboard)
        except TelegramError as error:
            raise classified(error) from None

    async def _changes(self, chat: int, message: Fitted, keyboard: Keyboard | None) -> bool:
        """Change a message of ours; False where it can't be, so that it is sent anew. Doing it twice does no harm."""
        if isinstance(keyboard, ReplyKeyboardMarkup):
            return False
        try:
            await self._bot.edit_message_text(
                message.text, chat, int(message.instead_of), reply_markup=keyboard, link_preview_options=NO_PREVIEW
            )
        except BadRequest as error:
            return is_done(error)
        return True

    async def probe(self) -> None:
        """Ask who we are. Raises SendError."""
        try:
            self.username = (await self._bot.get_me()).username or ""
        except TelegramError as error:
            raise classified(error) from None

    async def heard(self, callback: str) -> None:
        """Let a pressed button stop turning. Whether it works is no matter: the reply is a message of its own."""
        try:
            await self._bot.answer_callback_query(callback)
        except TelegramError:
            return

    async def fetch(self, file: str, most: int) -> bytes:
        """A photo's bytes. Raises SendError, Refused with "too_big" above `most`."""
        try:
            found = await self._bot.get_file(file)
            if not found.file_path or (found.file_size or 0) > most:
                raise Refused("too_big" if found.file_path else "no_file")
            return await self._request.download(found.file_path, most)
        except Exception as error:  # also an answer that the library can't read: one photo must not stop the rest
            raise classified(error) from None

    async def next_updates(self, wait_s: int) -> Sequence[bytes]:
        """What came in and is not confirmed, waiting for it; as Telegram gives it. Raises SendError."""
        # Spelled so, because of the method it knows by this name the library wants to read the updates itself.
        ask = {"offset": self._offset, "timeout": wait_s, "allowed_updates": UPDATES}
        try:
            found = await self._bot.do_api_request("getupdates", ask, read_timeout=wait_s + READ_S)
        except TelegramError as error:
            raise classified(error) from None
        if not isinstance(found, list) or not all(isinstance(update, dict) for update in found):
            raise NotSent("no_updates")
        return [orjson.dumps(update) for update in found]

    def confirm(self, update: bytes) -> None:
        """Ask from here on. Telegram keeps the offset, and drops what lies before it with the next question."""
        with suppress(Unreadable):
            self._offset = max(self._offset, updates.update_id(read_update(update)) + 1)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Let Telegram bring its updates to an address; none: let them be asked for. Raises SendError."""
        try:
            if url:
                await self._bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES, max_connections=40)
            else:
                await self._bot.delete_webhook()
        except TelegramError as error:
            raise classified(error) from None

    async def webhook(self) -> Webhook:
        """How the webhook is. Raises SendError."""
        try:
            found = await self._bot.get_webhook_info()
        except TelegramError as error:
            raise classified(error) from None
        failed = found.last_error_date
        return Webhook(found.url, found.pending_update_count, int(failed.timestamp()) if failed else 0)

    def _keyboard(self, message: Fitted) -> Keyboard | None:
        if message.contact:
            rows = [[KeyboardButton(self._contact_label, request_contact=True)]]
            rows += [[KeyboardButton(button.label)] for button in message.buttons]
            return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
        if not message.buttons:
            return None
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(b.label, callback_data=b.press) for b in row] for row in _rows(message.buttons)]
        )


async def _drawn(card: Picture) -> bytes:
    """A card as PNG. Raises Refused, so that its words go out without it: they hold all that is on it."""
    from bot.pictures import cards

    try:
        return await asyncio.to_thread(cards.card, card.kind, card.values)
    except Exception as error:
        raise Refused(type(error).__name__) from error


def _rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """One long button a row, two short ones, or five numbers."""
    longest = max(len(button.label) for button in buttons)
    wide = 5 if longest <= 2 else 2 if longest <= SHORT_LABEL else 1
    return [list(buttons[start : start + wide]) for start in range(0, len(buttons), wide)]
