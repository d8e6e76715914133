"""Reads what Zalo's webhook brings: a message, a report on one of ours, an echo, or nothing for us. No I/O.

Why every event a person causes by writing becomes a message, even one we can't read: she must be answered. What Zalo
tells of itself, and names we don't know, become nothing. Ids are words of Zalo's, never numbers of ours.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from bot.channels.contract import Received, Unreadable
from bot.channels.payload import Fields, read_object, read_update

LONGEST_ID = 200
GREETING = "/start"
# Where what people send lies; the names below it too.
MEDIA_HOST = "zdn.vn"
# What a button of ours sends when it is tapped: it comes back as if she had typed it.
_PRESS = re.compile(r"#([A-Za-z0-9_-]+\.[0-9]+)")
_UNREAD = {
    "user_send_sticker": "sticker", "user_send_gif": "sticker", "user_send_audio": "voice",
    "user_send_voice": "voice", "user_send_location": "location", "user_send_video": "file",
    "user_send_file": "file",
}  # fmt: skip
_PHOTO_ENDS = ("jpg", "jpeg", "png", "webp", "heic", "heif")
_PHONE = re.compile(r"\+?[0-9]{9,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Messages of ours that arrived, or were seen. tracking_id: ours, where one was sent by a phone number."""

    chat: str
    message_ids: tuple[str, ...]
    seen: bool
    tracking_id: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A message that went out from the account. by_official: somebody wrote it in Zalo's own tool, and not we."""

    chat: str
    message_id: str
    text: str
    by_official: bool
    at: datetime | None = None


Event = Received | Reported | Echo | None


def is_probe(raw: bytes) -> bool:
    """Whether it is what Zalo sends, unsigned, when the webhook's address is saved."""
    return raw in (b"", b"{}")


def is_foreign(event: Fields, *, app_id: str, oa_id: str) -> bool:
    """Whether it is of another app, or of another Official Account."""
    sides = [_id_of(event, "sender"), _id_of(event, "recipient"), _id(event.get("oa_id"))]
    return _id(event.get("app_id")) != app_id or oa_id not in sides


def read(event: Fields, *, app_id: str, oa_id: str) -> Event:
    """What one event means for us; None where it is nothing for us. app_id, oa_id: our own. Raises Unreadable."""
    name = event.get("event_name")
    if not isinstance(name, str):
        raise Unreadable("event_name")
    if is_foreign(event, app_id=app_id, oa_id=oa_id) or "_group_" in name:
        return None
    if name in ("user_received_message", "user_seen_message"):
        return _reported(event, oa_id, seen=name == "user_seen_message")
    if name.startswith("oa_send_"):
        return _echo(event, oa_id)
    if name in ("follow", "unfollow"):
        # Who comes is greeted as who says hello; who goes can't be written to.
        body = {"text": GREETING} if name == "follow" else {}
        return _received(event, name, oa_id, "text" if body else "gone", body)
    if name == "user_submit_info":
        phone = _words(_part(event, "info").get("phone"))
        return _received(event, name, oa_id, "contact" if phone else "other", {"contact": phone} if phone else {})
    return _sent(event, name, oa_id) if name.startswith("user_send_") else None


def read_again(raw: bytes) -> Received | None:
    """What a message means that was set aside when it came, after it was found to be ours. Raises Unreadable."""
    event = read_update(raw)
    oa_id = _id(event.get("oa_id")) or _id_of(event, "recipient")
    found = read(event, app_id=_id(event.get("app_id")), oa_id=oa_id)
    return found if isinstance(found, Received) else None


def _sent(event: Fields, name: str, oa_id: str) -> Received:
    """What a person sent."""
    message = _part(event, "message")
    text, payloads = _words(message.get("text")), _payloads(message)
    if name == "user_send_text" and text:
        press = _PRESS.fullmatch(text)
        return _received(
            event, name, oa_id, "press" if press else "text", {"press": press[1]} if press else {"text": text}
        )
    if name == "user_send_link" and (words := text or _link(payloads)):
        return _received(event, name, oa_id, "text", {"text": words})
    if name == "user_send_business_card" and (phone := _card_phone(payloads)):
        # Somebody else's number counts as words, so that it is read back first.
        return _received(event, name, oa_id, "text", {"text": phone})
    if photos := _photos(name, payloads):
        return _received(event, name, oa_id, "photos", {"text": text}, photos)
    return _received(event, name, oa_id, _UNREAD.get(name, "other"), {})


def _received(
    event: Fields, name: str, oa_id: str, kind: str, body: Mapping[str, object], photos: tuple[str, ...] = ()
) -> Received:
    chat = _person(event, oa_id)
    message_id = _id(_part(event, "message").get("msg_id"))
    if not message_id:
        # Hashed, for a person's id stands in it, and this one is kept as it is.
        whole = "\n".join((name, _id(event.get("timestamp")), chat))
        message_id = hashlib.sha256(whole.encode()).hexdigest()[:40]
    return Received(update_id=message_id, chat=chat, kind=kind, body=body, photos=photos, written_at=_moment(event))


def _reported(event: Fields, oa_id: str, *, seen: bool) -> Reported | None:
    message = _part(event, "message")
    several = message.get("msg_ids")
    given = [*(several if isinstance(several, list) else []), message.get("msg_id")]
    ids = tuple(found for one in given if (found := _id(one)))
    tracking_id = _id(message.get("tracking_id"))
    if not ids and not tracking_id:
        return None
    return Reported(chat=_person(event, oa_id), message_ids=ids, seen=seen, tracking_id=tracking_id, at=_moment(event))


def _echo(event: Fields, oa_id: str) -> Echo:
    message = _part(event, "message")
    by_official = bool(_id(_part(event, "sender").get("admin_id")))
    return Echo(
        chat=_person(event, oa_id),
        message_id=_id(message.get("msg_id")),
        text=_words(message.get("text")),
        by_official=by_official,
        at=_moment(event),
    )


def _person(event: Fields, oa_id: str) -> str:
    """Whichever side is not the account: in receipts it is not sure which is named the sender. Raises Unreadable."""
    sides = (_id_of(event, "sender"), _id_of(event, "recipient"), _id_of(event, "follower"))
    found = next((side for side in sides if side and side != oa_id), "")
    if not found:
        raise Unreadable("person")
    return found


def _photos(name: str, payloads: list[Fields]) -> tuple[str, ...]:
    """Where photos lie, also one sent as a file, as people do who want it sharp."""
    if name == "user_send_image":
        return tuple(url for one in payloads if (url := _words(one.get("url"))))
    if name == "user_send_file":
        return tuple(url for one in payloads if _is_photo(one) and (url := _words(one.get("url"))))
    return ()


def _is_photo(payload: Fields) -> bool:
    names = (_words(payload.get("type")), _words(payload.get("name")))
    return any(re.split(r"[./]", name.lower())[-1] in _PHOTO_ENDS for name in names)


def _link(payloads: list[Fields]) -> str:
    parts = [_words(one.get(name)) for one in payloads[:1] for name in ("description", "url")]
    return " ".join(part for part in parts if part)


def _card_phone(payloads: list[Fields]) -> str:
    """The number on a card that was passed on; where it stands there is not sure."""
    for one in payloads:
        description = _words(one.get("description"))
        inner = read_object(description.encode()) or {}
        for given in (one.get("phone"), inner.get("phone"), description):
            phone = _words(given).replace(" ", "")
            if _PHONE.fullmatch(phone):
                return phone
    return ""


def _payloads(message: Fields) -> list[Fields]:
    given = message.get("attachments")
    each = given if isinstance(given, list) else []
    return [_part(one, "payload") for one in each if isinstance(one, dict)]


def _part(fields: Fields, name: str) -> Fields:
    """A part of an event; an empty one where there is none, for what it says is then missing too."""
    found = fields.get(name)
    return cast("Fields", found) if isinstance(found, dict) else {}


def _id_of(event: Fields, side: str) -> str:
    return _id(_part(event, side).get("id"))


def _id(found: object) -> str:
    """An id as it stands there; empty where it is none. Too long or odd ones are as good as none."""
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str) or not found.isprintable() or len(found) > LONGEST_ID:
        return ""
    return found.strip()


def _words(found: object) -> str:
    """Words without what no database takes: NUL, and halves of surrogate pairs. Empty where there are none."""
    if not isinstance(found, str):
        return ""
    return found.replace("\0", "").encode("utf-8", "ignore").decode()


def _moment(event: Fields) -> datetime | None:
    """When it happened; None where it isn't said or can't be. Zalo says milliseconds, in digits."""
    found = _id(event.get("timestamp"))
    if not re.fullmatch(r"[0-9]{1,13}", found) or not 0 < int(found) < (1 << 33) * 1000:
        return None
    return datetime.fromtimestamp(int(found) / 1000, UTC)
