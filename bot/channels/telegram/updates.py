"""Reads Telegram's updates: the few fields we use, checked one by one. No I/O.

Why by hand and not by the client library: an update is a stranger's bytes, and reading must end in a message, in
"nothing for us", or in one refusal, never in an error nobody thought of. The library is the oracle of the tests.
"""

import re
from datetime import UTC, datetime
from typing import cast

from bot.channels.contract import Received, Unreadable
from bot.channels.payload import Fields, read_update

_UNREAD = (
    ("sticker", "sticker"), ("voice", "voice"), ("video_note", "voice"), ("audio", "voice"), ("location", "location"),
    ("venue", "location"), ("document", "file"), ("video", "file"), ("animation", "file"),
)  # fmt: skip
_SERVICE = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "pinned_message", "group_chat_created",
    "supergroup_chat_created", "migrate_to_chat_id", "migrate_from_chat_id", "message_auto_delete_timer_changed",
    "forum_topic_created", "video_chat_started", "video_chat_ended", "delete_chat_photo",
)  # fmt: skip
_OURS = re.compile(r"[A-Za-z0-9_-]+\.[0-9]+")


def update_id(update: Fields) -> int:
    """Which update it is. Raises Unreadable."""
    return _whole(update, "update_id")


def read(update: Fields, *, bot_id: int, username: str = "") -> Received | None:
    """What one update means for us; None where it is nothing for us.

    bot_id, username: our own; what is said in a group counts only if it is addressed to us. Raises Unreadable.
    """
    number = str(update_id(update))
    if "callback_query" in update:
        return _press(number, _part(update, "callback_query"))
    if "my_chat_member" in update:
        return _membership(number, _part(update, "my_chat_member"))
    edited = "edited_message" in update
    if not edited and "message" not in update:
        return None
    message = _part(update, "edited_message" if edited else "message")
    chat, kind = _chat(message)
    if kind != "private":
        addressed = kind in ("group", "supergroup") and not edited and _is_to_us(message, bot_id, username)
        return Received(update_id=number, chat=chat, kind="group", written_at=_moment(message)) if addressed else None
    return _private(number, chat, message, edited=edited)


def read_again(raw: bytes) -> Received | None:
    """What an update means that was set aside when it came; one of a group is no longer for us. Raises Unreadable."""
    return read(read_update(raw), bot_id=0)


def _private(number: str, chat: str, message: Fields, *, edited: bool) -> Received | None:
    """A message of one person to us."""
    if any(name in message for name in _SERVICE):
        return None
    place, at = _whole(message, "message_id"), _moment(message)
    if "text" in message:
        kind = "edited" if edited else "text"
        return Received(
            update_id=number, chat=chat, kind=kind, body={"text": _text(message, "text"), "place": place}, written_at=at
        )
    if edited:
        return None  # another caption or a live location: nothing was said anew
    if "photo" in message:
        body = {"text": _text(message, "caption") if "caption" in message else "", "place": place}
        return Received(
            update_id=number, chat=chat, kind="photos", body=body, photos=(_largest(message["photo"]),), written_at=at
        )
    if "contact" in message:
        return _contact(number, chat, message, place)
    if image := _image_file(message):
        return Received(
            update_id=number,
            chat=chat,
            kind="photos",
            body={"text": "", "place": place},
            photos=(image,),
            written_at=at,
        )
    kind = next((ours for theirs, ours in _UNREAD if theirs in message), "other")
    return Received(update_id=number, chat=chat, kind=kind, body={"place": place}, written_at=at)


def _contact(number: str, chat: str, message: Fields, place: int) -> Received:
    """A phone number given by a button; somebody else's counts as words, so that it is read back first."""
    contact, sender = _part(message, "contact"), message.get("from")
    phone = _text(contact, "phone_number")
    own = isinstance(sender, dict) and contact.get("user_id") == sender.get("id") is not None
    body: dict[str, object] = {"contact": phone, "place": place} if own else {"text": phone, "place": place}
    return Received(
        update_id=number, chat=chat, kind="contact" if own else "text", body=body, written_at=_moment(message)
    )


def _press(number: str, query: Fields) -> Received | None:
    """A button pressed. Telegram gives no message with a very old one; its chat is then the person's own."""
    callback, sender = _text(query, "id"), _part(query, "from")
    message = query.get("message")
    chat, kind, place = str(_whole(sender, "id")), "private", 0
    if isinstance(message, dict):
        chat, kind = _chat(message)
        place = _whole(message, "message_id")
    if kind != "private":
        return None
    press = _text(query, "data") if "data" in query else "-"
    # A button that is none of ours has words on it: it says no more than if they were typed.
    kind, name = ("press", "press") if press == "-" or _OURS.fullmatch(press) else ("text", "text")
    return Received(update_id=number, chat=chat, kind=kind, body={name: press, "place": place}, callback=callback)


def _membership(number: str, change: Fields) -> Received | None:
    """A person who blocks us, or comes back."""
    chat, kind = _chat(change)
    if kind != "private":
        return None
    status = _part(change, "new_chat_member").get("status")
    return Received(
        update_id=number, chat=chat, kind="gone" if status in ("kicked", "left") else "back", written_at=_moment(change)
    )


def _is_to_us(message: Fields, bot_id: int, username: str) -> bool:
    words = message.get("text")
    if not isinstance(words, str):
        return False
    named = bool(username) and f"@{username}".casefold() in words.casefold()
    command = words.startswith("/") and "@" not in words.split(maxsplit=1)[0]
    answered = message.get("reply_to_message")
    sender = answered.get("from") if isinstance(answered, dict) else None
    return named or command or (isinstance(sender, dict) and sender.get("id") == bot_id)


def _largest(sizes: object) -> str:
    if not isinstance(sizes, list) or not sizes or not all(isinstance(size, dict) for size in sizes):
        raise Unreadable("photo")
    return _text(sizes[-1], "file_id")


def _image_file(message: Fields) -> str:
    """A photo sent as a file, as people do who want it sharp."""
    document = message.get("document")
    kind = document.get("mime_type") if isinstance(document, dict) else None
    if not isinstance(kind, str) or not kind.startswith("image/"):
        return ""
    return _text(_part(message, "document"), "file_id")


def _chat(fields: Fields) -> tuple[str, str]:
    chat = _part(fields, "chat")
    return str(_whole(chat, "id")), _text(chat, "type")


def _part(fields: Fields, name: str) -> Fields:
    found = fields.get(name)
    if not isinstance(found, dict):
        raise Unreadable(name)
    return cast("Fields", found)


def _whole(fields: Fields, name: str) -> int:
    """A whole number of 64 bits. Raises Unreadable, also for true and false, which Python counts as numbers."""
    found = fields.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not -(1 << 63) <= found < 1 << 63:
        raise Unreadable(name)
    return found


def _text(fields: Fields, name: str) -> str:
    """Words without what no database takes: NUL, and halves of surrogate pairs. Raises Unreadable."""
    found = fields.get(name)
    if not isinstance(found, str):
        raise Unreadable(name)
    return found.replace("\0", "").encode("utf-8", "ignore").decode()


def _moment(fields: Fields) -> datetime | None:
    """When it was written; None where it isn't said or can't be."""
    found = fields.get("date")
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found < 1 << 33:
        return None
    return datetime.fromtimestamp(found, UTC)
