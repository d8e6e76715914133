"""The browser of an official: its cookies, which pages it writes from, and what its forms send."""

from collections.abc import Mapping

import orjson
from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.web.wire import TooBig, at_most
from handlers.console.screen import Click

MOST_FIELDS = 200
MOST_FILE_BYTES = 12 << 20  # whoever reads a file says in a sentence from which size on it is too big
MOST_TYPED_BYTES = 1 << 20
CSRF_HEADER = "X-CSRF-Token"
DEVICE_S = 180 * 24 * 3600


class Browser:
    """Reads and sets the console's cookies. secure: the service is behind https."""

    def __init__(self, origins: frozenset[str], *, secure: bool) -> None:
        self._origins, self._secure = origins, secure
        prefix = "__Host-" if secure else ""
        self._session, self._device = f"{prefix}console", f"{prefix}console-device"

    def session(self, request: web.Request) -> str:
        """The value that says who is signed in; empty if nobody is."""
        return clean(request.cookies.get(self._session, ""))

    def device(self, request: web.Request) -> str:
        """The value that says that somebody signed in here before."""
        return clean(request.cookies.get(self._device, ""))

    def sign_in(self, answer: web.Response, session: str, device: str) -> None:
        self._set(answer, self._session, session, None)
        self._set(answer, self._device, device, DEVICE_S)

    def sign_out(self, answer: web.Response) -> None:
        answer.del_cookie(self._session, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def check_origin(self, request: web.Request) -> None:
        """Raise HTTPForbidden unless a form of our own sent this: browsers name the page that every POST comes from."""
        origins = request.headers.getall("Origin", [])
        if len(origins) != 1 or origins[0] not in self._origins:
            raise web.HTTPForbidden(text="this origin may not write here")

    def _set(self, answer: web.Response, name: str, value: str, age_s: int | None) -> None:
        answer.set_cookie(name, value, max_age=age_s, path="/", secure=self._secure, httponly=True, samesite="Lax")


async def read_form(request: web.Request) -> Click:
    """What a form or a program sent. Raises HTTPBadRequest saying what and where, HTTPRequestEntityTooLarge."""
    if request.content_type == "application/json":
        return Click(path=_names(request), fields=_from_json(await request.read()))
    if request.content_type == "multipart/form-data":
        return await _with_file(request)
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPBadRequest(text="body: a form or application/json is expected")
    try:
        sent = await request.post()
    except (ValueError, LookupError):  # the latter of a charset that there is none of
        raise web.HTTPBadRequest(text="body: not a form") from None
    fields: dict[str, tuple[str, ...]] = {}
    for name in list(sent)[:MOST_FIELDS]:
        fields[name] = tuple(clean(str(value)) for value in sent.getall(name))
    return Click(path=_names(request), fields=fields)


async def _with_file(request: web.Request) -> Click:
    """A form with a file: one at most, and an empty one where none was chosen."""
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, bytes] = {}
    left = MOST_FIELDS
    try:
        async for part in await request.multipart():
            left -= 1
            if not isinstance(part, BodyPartReader) or not part.name or left < 0 or (part.filename and files):
                raise web.HTTPBadRequest(text="body: fields and one file are expected")
            name = clean(part.name)
            if part.filename is not None:
                files[name] = await at_most(part, MOST_FILE_BYTES)
            else:
                typed = (await at_most(part, MOST_TYPED_BYTES)).decode("utf-8", "ignore")
                fields[name] = (*fields.get(name, ()), clean(typed))
    except TooBig as big:
        raise web.HTTPRequestEntityTooLarge(big.most, big.size) from None
    except (ValueError, HttpProcessingError):
        raise web.HTTPBadRequest(text="body: not multipart/form-data") from None
    return Click(path=_names(request), fields=fields, files={name: file for name, file in files.items() if file})


def read_query(request: web.Request) -> Click:
    """What stands in an address."""
    names = list(request.query)[:MOST_FIELDS]
    fields = {name: tuple(clean(value) for value in request.query.getall(name)) for name in names}
    return Click(path=_names(request), fields=fields, live="X-Live" in request.headers)


def csrf_header(request: web.Request) -> str:
    """What a program sends where a form carries its token."""
    return clean(request.headers.get(CSRF_HEADER, ""))


def _names(request: web.Request) -> Mapping[str, str]:
    """What fills the names in the address."""
    return {name: clean(value) for name, value in request.match_info.items()}


def _from_json(raw: bytes) -> Mapping[str, tuple[str, ...]]:
    try:
        body = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError:
        raise web.HTTPBadRequest(text="body: not JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="body: an object is expected")
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in body.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) for one in values):
            raise web.HTTPBadRequest(text=f"{name[:40]}: words, or a list of words, are expected")
        fields[name] = tuple(clean(one) for one in values)
    return fields


def clean(text: str) -> str:
    """Text that every database can hold, with the line ends of our own."""
    return text.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "ignore").decode()
