"""Reads a consultation message as strictly as we can: what no source of the contract shows is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from fakes.wire import HERE, Json
from fakes.zalo_oa.files import check_picture
from fakes.zalo_oa.users import Person
from fakes.zalo_oa.wire import Refusal, Strict, invalid, over_limit, take, text_of
from fakes.zalo_oa.world import ZaloOaWorld

MOST_TEXT, MOST_BUTTONS, MOST_TITLE, MOST_PAYLOAD = 2000, 5, 100, 1000
MOST_SUBTITLE = 500


@dataclass(slots=True)
class Draft:
    """A message that may be shown."""

    kind: str
    text: str = ""
    buttons: list[Json] = field(default_factory=list)
    picture: bytes | None = None
    quote: str = ""


async def read(world: ZaloOaWorld, person: Person, message: object) -> Draft:
    """Read `message` of /v3.0/oa/message/cs. Raises Refusal."""
    given = take(message, "message", {}, {"text": str, "attachment": dict, "quote_message_id": str})
    if "attachment" not in given:
        draft = Draft("text", text_of(given.get("text"), "message.text", MOST_TEXT))
    else:
        draft = await _attached(world, given)
    draft.quote = given.get("quote_message_id", "")
    if draft.quote and person.find(draft.quote) is None:
        raise invalid("quote_message_id")
    return draft


async def _attached(world: ZaloOaWorld, given: Json) -> Draft:
    attachment = take(given["attachment"], "attachment", {"type": str, "payload": dict})
    payload = attachment["payload"]
    if attachment["type"] == "file":
        _no_text(given)
        token = take(payload, "payload", {"token": str})["token"]
        return Draft("file", world.files.find("file", token).name)
    if attachment["type"] != "template":
        raise Refusal(-233)
    kind = payload.get("template_type")
    if kind is None:
        buttons = _buttons(world, take(payload, "payload", {"buttons": list})["buttons"])
        return Draft("text", text_of(given.get("text"), "message.text", MOST_TEXT), buttons)
    if kind not in ("media", "request_user_info"):
        # "button" and "list" are of the second version of the API, or of another company's.
        raise Refusal(-233)
    elements = take(payload, "payload", {"template_type": str, "elements": list})["elements"]
    if len(elements) != 1:
        raise invalid("elements")
    if kind == "media":
        text = text_of(given["text"], "message.text", MOST_TEXT) if "text" in given else ""
        return await _media(world, text, elements[0])
    _no_text(given)
    return _question(elements[0])


def _question(value: object) -> Draft:
    """The question for her details."""
    element = take(value, "element", {"title": str, "subtitle": str, "image_url": str})
    text_of(element["title"], "element.title", MOST_TITLE)
    text_of(element["subtitle"], "element.subtitle", MOST_SUBTITLE)
    _address(element["image_url"], "element.image_url")
    return Draft("info", f"{element['title']}\n{element['subtitle']}")


def _no_text(given: Json) -> None:
    if "text" in given:
        raise invalid("message.text")


async def _media(world: ZaloOaWorld, text: str, value: object) -> Draft:
    may: dict[str, type] = {"url": str, "attachment_id": str, "width": int, "height": int}
    element = take(value, "element", {"media_type": str}, may)
    kind = element["media_type"]
    if kind not in ("image", "gif", "sticker"):
        raise Refusal(-233)
    if ("url" in element) is ("attachment_id" in element):
        raise invalid("element: url or attachment_id")
    if (kind == "gif") is not ("width" in element and "height" in element):
        raise invalid("element: width and height")
    if kind == "sticker":
        if "url" in element:
            raise invalid("element.url")
        return Draft("sticker", text)
    if "attachment_id" in element:
        return Draft(kind, text, picture=world.files.find(kind, element["attachment_id"]).content)
    content = await _fetch(element["url"])
    check_picture(content, ("gif",) if kind == "gif" else ("jpg", "png"))
    return Draft(kind, text, picture=content)


async def _fetch(url: str) -> bytes:
    """What is at an address of this machine, as Zalo fetches it. Raises Refusal -201 for any other."""
    _address(url, "element.url")
    if urlsplit(url).hostname not in HERE:
        raise invalid("element.url")
    try:
        async with aiohttp.ClientSession() as web, web.get(url) as answer:
            if answer.status != 200:
                raise invalid("element.url")
            return await answer.read()
    except aiohttp.ClientError:
        raise invalid("element.url") from None


def _address(url: str, where: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid(where)


def _buttons(world: ZaloOaWorld, buttons: list[object]) -> list[Json]:
    if world.account.buttons_refused:
        raise Refusal(world.account.buttons_refused)
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        raise invalid("buttons")
    return [_button(button) for button in buttons]


def _button(value: object) -> Json:
    button = take(value, "button", {"title": str, "type": str, "payload": object})
    text_of(button["title"], "button.title", MOST_TITLE)
    if button["type"] not in _PAYLOADS:
        raise Strict(-201, f"button.type {button['type']} is invalid")
    _PAYLOADS[button["type"]](button["payload"])
    return button


def _query(payload: object) -> None:
    text_of(payload, "button.payload", MOST_PAYLOAD)


def _open_url(payload: object) -> None:
    _address(take(payload, "button.payload", {"url": str})["url"], "button.payload.url")


def _open_phone(payload: object) -> None:
    _phone(take(payload, "button.payload", {"phone_code": str}))


def _open_sms(payload: object) -> None:
    given = take(payload, "button.payload", {"phone_code": str, "content": str})
    _phone(given)
    if len(given["content"]) > 160:
        raise over_limit("button.payload.content")


def _phone(payload: Json) -> None:
    if not re.fullmatch(r"\d{3,15}", payload["phone_code"]):
        raise invalid("button.payload.phone_code")


_PAYLOADS: dict[str, Callable[[object], None]] = {
    "oa.query.show": _query,
    "oa.query.hide": _query,
    "oa.open.url": _open_url,
    "oa.open.phone": _open_phone,
    "oa.open.sms": _open_sms,
}
