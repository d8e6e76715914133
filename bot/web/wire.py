"""The shapes of the web chat on the wire: what may be posted, checked field by field, and how a line is answered."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.channels.contract import MOST_TEXT
from storage.queries.incoming.chats import Line

FORM = "multipart/form-data"
MOST_PRESS = 200
MOST_PHOTO_BYTES = 8 << 20


class TooBig(Exception):
    """One message is more than may be sent. most, size: bytes of photos, or letters. sentence: what is said of it."""

    def __init__(self, most: int, size: int, sentence: str = "photo_refused.too_big") -> None:
        super().__init__(size)
        self.most, self.size, self.sentence = most, size, sentence


@dataclass(frozen=True, slots=True)
class SentFields:
    """One message as the browser sent it, checked."""

    kind: str
    body: Mapping[str, object]
    client: str
    photos: tuple[bytes, ...] = ()


def content_type(request: web.Request) -> str:
    """What the body is. aiohttp's own reads each header as if it were an e-mail's, which costs as much as the rest."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


async def read(request: web.Request) -> SentFields:
    """Read what a browser or a program posted. Raises HTTPBadRequest saying what and where, TooBig."""
    if content_type(request) == FORM:
        return await _read_photos(request)
    if content_type(request) != "application/json":
        raise web.HTTPBadRequest(text="body: application/json or multipart/form-data is expected")
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        raise web.HTTPBadRequest(text="body: not JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="body: an object is expected")
    if unknown := sorted(body.keys() - {"text", "press", "id"}):
        raise web.HTTPBadRequest(text=f"{unknown[0][:40]}: no such field; text or press, and id, are expected")
    kinds = [kind for kind in ("text", "press") if kind in body]
    if len(kinds) != 1:
        raise web.HTTPBadRequest(text="body: either text or press is expected")
    kind, value = kinds[0], body[kinds[0]]
    if not isinstance(value, str) or not value.strip():
        raise web.HTTPBadRequest(text=f"{kind}: words are expected")
    if kind == "text" and len(value) > MOST_TEXT:
        raise TooBig(MOST_TEXT, len(value), "too_long")
    if kind == "press" and len(value) > MOST_PRESS:
        raise web.HTTPBadRequest(text=f"{kind}: too long")
    return SentFields(kind, {kind: value}, _client_id(body.get("id")))


def _client_id(given: object) -> str:
    if given is None:
        return secrets.token_urlsafe(12)
    if not isinstance(given, str) or not 1 <= len(given) <= 64 or not given.isprintable() or not given.isascii():
        raise web.HTTPBadRequest(text="id: 1 to 64 ASCII letters are expected")
    return given


async def _read_photos(request: web.Request) -> SentFields:
    photos: list[bytes] = []
    client: object = None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name not in ("photo", "id"):
                raise web.HTTPBadRequest(text="body: only photo and id are expected")
            left = MOST_PHOTO_BYTES - sum(map(len, photos))
            content = await at_most(part, left if part.name == "photo" else 100)
            if part.name == "id":
                client = content.decode("ascii", "replace")
            else:
                photos.append(content)
    except (ValueError, HttpProcessingError):
        raise web.HTTPBadRequest(text="body: not multipart/form-data") from None
    if not photos or not all(photos):
        raise web.HTTPBadRequest(text="photo: a file is expected")
    return SentFields("photos", {}, _client_id(client), tuple(photos))


async def at_most(part: BodyPartReader, most: int) -> bytes:
    """A part of a form, read. Raises TooBig."""
    content = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        content += chunk
        if len(content) > most:
            raise TooBig(most, len(content))
    return bytes(content)


def message(line: Line) -> dict[str, object]:
    """One line of the chat as it is answered."""
    message: dict[str, object] = {
        "id": str(line.number),
        "from": line.origin,
        "text": line.body["text"],
        "options": line.body.get("options", []),
        "at": line.at.isoformat().replace("+00:00", "Z"),
    }
    if line.client is not None:
        message["client"] = line.client
    if line.body.get("card") or line.body.get("photos"):
        message["image"] = f"/chat/images/{line.number}"
    if line.body.get("fresh"):
        message["fresh"] = True
    return message


def event(line: Line) -> bytes:
    """One line of the chat as a server-sent event."""
    return b"id: %d\ndata: %b\n\n" % (line.number, orjson.dumps(message(line)))


def dumps(value: object) -> str:
    """JSON, the short way."""
    return orjson.dumps(value).decode()
