"""Calls to Zalo over one aiohttp session of ours: the account's API, templates by phone, and tokens.

Why the access token is handed in with each call: it changes under way, and only whoever keeps the pair knows the one
of now. No token, secret or words of people are in any exception or log line from here.
"""

import hmac
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, cast

import orjson
from aiohttp import (
    BytesPayload,
    ClientError,
    ClientResponse,
    FormData,
)
from yarl import URL

from bot.channels.contract import Refused, SendError, Unclear
from bot.channels.payload import Fields, read_object
from bot.channels.transport import CONNECT_S, READ_S, WRITE_S, HttpSession, failed, limits
from bot.channels.zalo_oa.errors import Host, by_status, refusal
from bot.clock import Clock

log = logging.getLogger(__name__)
LONGEST_CALL_S = CONNECT_S + READ_S + WRITE_S
CHUNK, MOST_ANSWER = 1 << 16, 4 << 20
ACCESS_LIFE = timedelta(hours=25)  # docs.zaloplatforms.com, OAuth v4; taken where an answer doesn't say
OAUTH_ERROR = ("error", "error_code", "error_name", "error_reason", "error_description")
OAUTH_PATH = "/v4/oa/access_token"


@dataclass(frozen=True, slots=True)
class Bases:
    """Scheme and host of the account's API, of the tokens, and of templates by phone."""

    openapi: str
    oauth: str
    business: str


@dataclass(frozen=True, slots=True)
class App:
    """The app that speaks for the account. proof: every call carries a proof that we hold the app's secret."""

    app_id: str
    app_secret: str = field(repr=False)
    proof: bool = False


@dataclass(frozen=True, slots=True)
class FreshPair:
    """Two new tokens. life: how long the first is taken."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    life: timedelta


class RefreshRefused(SendError):
    """Zalo clearly refused to give tokens: what was presented is never presented again."""


class ZaloClient:
    """The HTTP of one account. Made outside an event loop, opened in it by `open`.

    read_s: seconds to wait for an answer. remaining: calls left in this minute, as Zalo said last; None before.
    """

    def __init__(self, bases: Bases, app: App, clock: Clock, *, read_s: float = READ_S) -> None:
        self._bases, self._app, self._clock, self._read_s = bases, app, clock, read_s
        self._session = HttpSession()
        self.remaining: int | None = None

    async def open(self) -> None:
        """Open the session, once."""
        await self._session.open()

    async def close(self) -> None:
        """Close the session, if it is open."""
        await self._session.close()

    async def call(self, path: str, body: Fields, access: str, *, host: Host = "openapi") -> Fields:
        """Make a call with a JSON body; returns the `data` of its answer. Raises SendError."""
        try:
            written = orjson.dumps(body)
        except orjson.JSONEncodeError:
            raise Refused("no_json") from None
        return await self._post(host, path, BytesPayload(written, content_type="application/json"), access)

    async def ask(self, path: str, data: Mapping[str, str | int], access: str, *, host: Host = "openapi") -> Fields:
        """Ask something; returns the `data` of the answer. Raises SendError.

        What is asked is one parameter of JSON to the account's API, and a parameter each where templates are sent.
        """
        query = {name: str(value) for name, value in data.items()}
        if host == "openapi" and data:
            query = {"data": orjson.dumps(data).decode()}
        return await self._enveloped("GET", URL(self._base(host) + path).with_query(query), host, None, access)

    async def upload(
        self, kind: Literal["image", "gif", "file"], content: bytes, name: str, content_type: str, access: str
    ) -> str:
        """Hand a picture or a file over; returns the id or token by which a message names it. Raises SendError."""
        form = FormData()
        form.add_field("file", content, filename=name, content_type=content_type)
        data = await self._post("openapi", f"/v2.0/oa/upload/{kind}", form, access)
        found = data.get("token" if kind == "file" else "attachment_id")
        if not isinstance(found, str) or not found:
            raise Unclear("no_attachment")
        return found

    async def renew(self, refresh: str) -> FreshPair:
        """Present a refresh token, which can be used once. Raises RefreshRefused, NotSent, Unclear."""
        return await self._tokens({"refresh_token": refresh, "grant_type": "refresh_token"})

    async def exchange(self, code: str, verifier: str) -> FreshPair:
        """Redeem the code of a consent. Raises RefreshRefused, NotSent, Unclear."""
        return await self._tokens({"code": code, "code_verifier": verifier, "grant_type": "authorization_code"})

    async def _post(self, host: Host, path: str, body: BytesPayload | FormData, access: str) -> Fields:
        return await self._enveloped("POST", URL(self._base(host) + path), host, body, access)

    async def _enveloped(
        self, method: str, url: URL, host: Host, body: BytesPayload | FormData | None, access: str
    ) -> Fields:
        """Make a call and open its envelope: what counts is the code in it, and not HTTP's. Raises SendError."""
        headers = {"access_token": access}
        if self._app.proof:
            headers["appsecret_proof"] = hmac.digest(self._app.app_secret.encode(), access.encode(), "sha256").hex()
        status, read = await self._made(method, url, headers, body)
        code = read.get("error") if read is not None else None
        if status >= 500 or isinstance(code, bool) or not isinstance(code, int):
            raise by_status(status) if status >= 300 else Unclear("no_envelope")
        if code != 0:
            raise refusal(host, code, self._clock.now())
        if status >= 300:
            raise by_status(status)
        data = read.get("data") if read is not None else None
        return cast("Fields", data) if isinstance(data, dict) else {}

    async def _tokens(self, given: Mapping[str, str]) -> FreshPair:
        """Ask for tokens. Both of them are there, or it failed, whatever status it says. Raises SendError."""
        form = FormData({"app_id": self._app.app_id, **given})
        url = URL(self._bases.oauth + OAUTH_PATH)
        status, read = await self._made("POST", url, {"secret_key": self._app.app_secret}, form)
        if read is None or status >= 500 or status == 429:
            raise Unclear(f"http_{status}" if status >= 300 else "no_json")
        access, refresh = read.get("access_token"), read.get("refresh_token")
        if isinstance(access, str) and isinstance(refresh, str) and access and refresh and status < 300:
            return FreshPair(access, refresh, _life(read.get("expires_in")))
        if any(read.get(name) for name in OAUTH_ERROR):
            said = " ".join(str(read[name]) for name in OAUTH_ERROR if name in read)[:500]
            for secret in (self._app.app_secret, *given.values(), access, refresh):
                said = said.replace(str(secret), "…") if secret else said
            # No page tells which refusals there are: what it says is all that an operator will have.
            log.error("Zalo gives no tokens", extra={"reason": said})
            code = read.get("error") or read.get("error_code")
            raise RefreshRefused(f"oauth_{code}" if isinstance(code, int) else "oauth_refused")
        raise Unclear(f"http_{status}" if status >= 300 else "no_tokens")

    async def _made(
        self, method: str, url: URL, headers: Mapping[str, str], body: BytesPayload | FormData | None
    ) -> tuple[int, Fields | None]:
        """(status, what it says, if that is a JSON object). Raises SendError."""
        try:
            async with self._session.opened.request(
                method, url, data=body, headers=headers, timeout=limits(self._read_s), allow_redirects=False
            ) as answer:
                left = answer.headers.get("X-RateLimit-Remain", "")
                if left.isascii() and left.isdigit() and len(left) < 10:
                    self.remaining = int(left)
                payload = await _read(answer)
        # Also what aiohttp raises for words that no header can hold: its message would tell them.
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            raise failed(error) from None
        return answer.status, read_object(payload)

    def _base(self, host: Host) -> str:
        return self._bases.business if host == "business" else self._bases.openapi


async def _read(answer: ClientResponse) -> bytes:
    """The bytes of an answer. Raises Unclear for one that does not end."""
    found = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        found += chunk
        if len(found) > MOST_ANSWER:
            raise Unclear("too_long")
    return bytes(found)


def _life(said: object) -> timedelta:
    """Seconds, which come as a word."""
    found = str(said) if isinstance(said, (str, int)) else ""
    if not re.fullmatch(r"[0-9]{1,9}", found) or int(found) == 0:
        return ACCESS_LIFE
    return timedelta(seconds=int(found))
