"""What goes over the wire: how Zalo says no on each host, and a reader of JSON that lets nothing unknown pass."""

import json
from collections.abc import Mapping

from aiohttp import web

from fakes.wire import Json, Upload, units

MESSAGES = {
    -32: "Your application or OA reached limit call API",
    -100: "Attachment is expired",
    -124: "Access token is invalid",
    -200: "Send message failed",
    -204: "OA is disabled",
    -211: "Out of quota",
    -213: "User has not followed OA",
    -216: "Access token is invalid",
    -217: "User has blocked invitation from OA",
    -218: "Receive limit of the user is reached",
    -220: "Access token is expired or removed",
    -221: "OA must be verified",
    -223: "OA has not authorised this API",
    -224: "OA package must be upgraded",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -232: "User has not interacted with the OA, or the interaction is expired",
    -233: "Message type is invalid or unsupported",
    -234: "This message type can not be sent at night",
    -240: "This API was shut down, use v3",
    -242: "appsecret_proof is invalid",
    -244: "User has restricted this message type",
    -249: "Template can not be sent by UID",
    -321: "ZCA is out of money",
}


class Refusal(Exception):
    """An answer whose error isn't 0; with HTTP 200 unless said otherwise."""

    def __init__(self, error: int, message: str = "", *, status: int = 200) -> None:
        super().__init__(f"{error} {message or MESSAGES.get(error, 'refused')}")
        self.error, self.message, self.status = error, message or MESSAGES.get(error, "refused"), status

    def body(self) -> Json:
        """The answer's JSON."""
        return {"error": self.error, "message": self.message}


class Strict(Refusal):
    """A refusal of what the contract does not know at all: a path, a field, a way of writing. It is kept on record."""


class OauthRefusal(Exception):
    """An answer of the token endpoint without tokens: HTTP 200 and a shape of its own. error: 0 to leave it out."""

    def __init__(self, name: str, reason: str, error: int = 0) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason, self.error = name, reason, error

    def body(self) -> Json:
        """The answer's JSON."""
        found: Json = {"error_name": self.name, "error_reason": self.reason, "error_description": self.reason}
        return found | ({"error": self.error} if self.error else {})


def invalid(what: str) -> Refusal:
    """A refusal of a value."""
    return Refusal(-201, f"{what} is invalid")


def over_limit(what: str) -> Refusal:
    """A refusal of too much."""
    return Refusal(-210, f"{what} is over limit")


def take(value: object, where: str, needs: Mapping[str, type], may: Mapping[str, type] | None = None) -> Json:
    """An object with exactly the fields that it needs or may have, each of its type. Raises Refusal, Strict."""
    if not isinstance(value, dict):
        raise invalid(where)
    known = {**needs, **(may or {})}
    for name in value:
        if name not in known:
            raise Strict(-201, f"{where}.{name} is invalid")
    for name, kind in known.items():
        if name not in value:
            if name in needs:
                raise invalid(f"{where}.{name}")
        elif not isinstance(value[name], kind) or isinstance(value[name], bool) is not (kind is bool):
            raise invalid(f"{where}.{name}")
    return value


def text_of(value: object, where: str, most: int) -> str:
    """A text with something in it. Raises Refusal -201 for none, -210 for one that is too long.

    Why the larger of letters and UTF-16 units: Zalo does not say which it counts.
    """
    if not isinstance(value, str) or not value.strip():
        raise invalid(where)
    if max(len(value), units(value)) > most:
        raise over_limit(where)
    return value


async def read_json(request: web.Request) -> Json:
    """A body of JSON. Raises Refusal, Strict."""
    if request.content_type != "application/json":
        raise Strict(-201, f"Content-Type {request.content_type} is invalid")
    if request.query_string:
        raise Strict(-201, "a POST takes no query")
    try:
        body = json.loads(await request.text())
    except (ValueError, UnicodeError):
        raise invalid("body") from None
    if not isinstance(body, dict):
        raise invalid("body")
    return body


def read_data(request: web.Request) -> Json:
    """The parameters of a GET: one, `data`, that is JSON. Raises Refusal, Strict."""
    if set(request.query) - {"data"}:
        raise Strict(-201, "parameters other than data")
    try:
        body = json.loads(request.query.get("data", "{}"))
    except ValueError:
        raise invalid("data") from None
    if not isinstance(body, dict):
        raise invalid("data")
    return body


async def read_upload(request: web.Request) -> Upload:
    """The one file of a multipart body, under `file`. Raises Strict."""
    if request.content_type != "multipart/form-data":
        raise Strict(-201, "an upload is multipart/form-data")
    fields = await request.post()
    given = fields.get("file")
    if set(fields) != {"file"} or not isinstance(given, web.FileField):
        raise Strict(-201, "an upload is one field, file")
    return Upload(given.filename, given.file.read())
