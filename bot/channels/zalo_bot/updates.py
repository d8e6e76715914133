"""Reads what Zalo's Bot Platform brings: the few fields we use, checked one by one. No I/O.

Why both with and without an envelope, and a photo under two names: its pages show the one, live bots were brought the
other.
"""

from datetime import UTC, datetime
from functools import partial
from typing import cast

from bot.channels.contract import Received, Unreadable
from bot.channels.payload import Fields, read_update

PROBE = frozenset({b"", b"{}"})
_BEGINS, _ENDS = "message.", ".received"
_UNREAD = {"sticker": "sticker", "voice": "voice", "unsupported": "hidden"}


def read(update: Fields) -> Received | None:
    """What one update means for us, in an envelope or not; None where it is nothing for us. Raises Unreadable.

    Hidden content may come without its message, and then without a chat that could be answered.
    """
    if "result" in update and "event_name" not in update:
        update = _part(update, "result")
    event = _text(update, "event_name")
    kind = event.removeprefix(_BEGINS).removesuffix(_ENDS)
    known = event == f"{_BEGINS}{kind}{_ENDS}" and kind in ("text", "image", *_UNREAD)
    if not known or (kind == "unsupported" and update.get("message") is None):
        return None
    message = _part(update, "message")
    sender, chat = _part(message, "from"), _id(_part(message, "chat"), "id")
    if sender.get("is_bot") is True:
        return None
    # Nowhere is it said that a message's id is unlike those of other chats.
    received = partial(
        Received, update_id=_id(message, "message_id"), chat=chat, of_chat=True, written_at=_moment(message)
    )
    if _is_group(message, sender, chat):
        return received(kind="group")
    if kind == "text":
        return received(kind="text", body={"text": _text(message, "text")})
    if kind == "image":
        body = {"text": _text(message, "caption") if isinstance(message.get("caption"), str) else ""}
        return received(kind="photos", body=body, photos=(_photo(message),))
    return received(kind=_UNREAD[kind])


def read_again(raw: bytes) -> Received | None:
    """What an update means that was set aside when it came. Raises Unreadable."""
    return read(read_update(raw))


def _is_group(message: Fields, sender: Fields, chat: str) -> bool:
    kind = _part(message, "chat").get("chat_type")
    return kind.upper() != "PRIVATE" if isinstance(kind, str) else sender.get("id") != chat


def _photo(message: Fields) -> str:
    found = message.get("photo_url") or message.get("photo")
    if not isinstance(found, str):
        raise Unreadable("photo")
    return found


def _part(fields: Fields, name: str) -> Fields:
    found = fields.get(name)
    if not isinstance(found, dict):
        raise Unreadable(name)
    return cast("Fields", found)


def _id(fields: Fields, name: str) -> str:
    """An id, which is letters to us and never a number. Raises Unreadable."""
    found = _text(fields, name)
    if not 0 < len(found) <= 128:
        raise Unreadable(name)
    return found


def _text(fields: Fields, name: str) -> str:
    """Words without NUL, which no database takes. Raises Unreadable."""
    found = fields.get(name)
    if not isinstance(found, str):
        raise Unreadable(name)
    return found.replace("\0", "")


def _moment(fields: Fields) -> datetime | None:
    """When it was written, by milliseconds; None where it isn't said or can't be."""
    found = fields.get("date")
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found < 1 << 43:
        return None
    return datetime.fromtimestamp(found / 1000, UTC)
