"""A browser at the web chat: one cookie, messages sent until they are taken, and lines read as they come."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

import aiohttp
import orjson

from tests.kit.waiting import PATIENT_S, comes, until

AGAIN_S = 0.2
CUT = (aiohttp.ClientError, TimeoutError, OSError)
_NOWHERE = aiohttp.ClientTimeout(total=10)
_ENDLESS = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=30)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the chat. sender: "us" or "you"; options: (label, press) of each button; client: the sender's id."""

    id: str
    sender: str
    text: str
    options: tuple[tuple[str, str], ...]
    client: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to hand a message in. status: 0 where the connection broke; line: the id it was kept under."""

    status: int
    took_s: float
    retry_after: str = ""
    line: str = ""


class Writes(Protocol):
    """A person's end of a chat, in a browser or on a handset. sent: names of what she handed in, in order."""

    sent: list[str]

    async def arrive(self) -> None:
        """Get there."""

    async def send(self, **body: str) -> str:
        """Write a `text`, or `press` a button."""

    def listen(self) -> AsyncGenerator[Line, None]:
        """Every line as it comes, from the beginning."""

    async def lines(self) -> list[Line]:
        """The whole chat."""


class Visitor:
    """One browser. urls: where she reaches us; with several, each message goes to the next.

    sent: client ids of what was taken, in order; attempts: every try. taken: released for each message taken.
    patience_s: how long she tries the same thing. address: hers, as a proxy tells it; this machine's if there is none.
    """

    def __init__(
        self, *urls: str, taken: asyncio.Semaphore | None = None, patience_s: float = PATIENT_S, address: str = ""
    ) -> None:
        self.urls, self.taken, self.patience_s = urls, taken, patience_s
        self._headers = {"X-Forwarded-For": address} if address else {}
        self.sent: list[str] = []
        self.attempts: list[Attempt] = []
        self._last = "0"
        self._stack = AsyncExitStack()
        self._web: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Visitor":
        # A browser keeps cookies of addresses too; only aiohttp calls that unsafe.
        jar = aiohttp.CookieJar(unsafe=True)
        session = aiohttp.ClientSession(
            cookie_jar=jar, connector=aiohttp.TCPConnector(limit=0), headers=self._headers
        )  # fmt: skip
        self._web = await self._stack.enter_async_context(session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def web(self) -> aiohttp.ClientSession:
        assert self._web is not None, "use it in a `with`"
        return self._web

    @property
    def url(self) -> str:
        """Where the next message goes."""
        return self.urls[len(self.attempts) % len(self.urls)]

    async def arrive(self) -> None:
        """Open the page, which brings the cookie."""

        async def opens() -> int | str:
            try:
                async with self.web.get(f"{self.url}/chat", timeout=_NOWHERE) as answer:
                    return answer.status
            except CUT as error:
                return repr(error)

        await until("the page opens", opens, lambda status: status == 200, within_s=self.patience_s)

    async def attempt(self, body: Mapping[str, str]) -> Attempt:
        """Hand a message in, once."""
        began, url = time.monotonic(), self.url
        try:
            async with self.web.post(f"{url}/chat/messages", json=dict(body), timeout=_NOWHERE) as answer:
                content = await answer.read()
                line = str(orjson.loads(content)["id"]) if answer.status == 202 else ""
                retry_after = answer.headers.get("Retry-After", "")
                done = Attempt(answer.status, time.monotonic() - began, retry_after, line)
        except CUT:
            done = Attempt(0, time.monotonic() - began)
        self.attempts.append(done)
        return done

    async def send(self, **body: str) -> str:
        """Hand a message in until it is taken, under one id, as a browser does; returns its line."""
        given = {"id": secrets.token_urlsafe(9), **body}
        done = await comes(
            f"{body} is taken", self._hands_in(given), lambda: self.attempts[-3:], within_s=self.patience_s
        )
        self.sent.append(given["id"])
        if self.taken is not None:
            self.taken.release()
        return done.line

    async def _hands_in(self, given: Mapping[str, str]) -> Attempt:
        while (done := await self.attempt(given)).status != 202:
            assert done.status in (0, 503), (done, given)
            await asyncio.sleep(AGAIN_S)
        return done

    async def listen(self) -> AsyncGenerator[Line, None]:
        """Every line as it comes, from the beginning, over every break of the connection; it ends with who listens."""
        while True:
            try:
                headers = {"Last-Event-ID": self._last}
                async with self.web.get(f"{self.url}/chat/stream", headers=headers, timeout=_ENDLESS) as answer:
                    if answer.status == 200:
                        async for raw in answer.content:
                            if raw.startswith(b"data: "):
                                line = _line(orjson.loads(raw.removeprefix(b"data: ")))
                                self._last = line.id
                                yield line
            except CUT:
                pass
            await asyncio.sleep(AGAIN_S)

    async def hear(self, after: str, parts: Sequence[str]) -> Line:
        """Wait for one of ours after a line that holds all of these words. Raises NeverCame."""
        others: list[Line] = []

        async def listens() -> Line:
            async with aclosing(self.listen()) as lines:
                async for line in lines:
                    if line.sender == "us" and int(line.id) > int(after) and all(part in line.text for part in parts):
                        return line
                    others.append(line)
            raise AssertionError("the stream never ends by itself")

        return await comes(
            f"a line after {after} with {parts}", listens(), lambda: [(one.id, one.sender, one.text) for one in others]
        )

    async def lines(self) -> list[Line]:
        """The whole chat, read from the beginning. Raises NeverCame."""
        return await comes("her chat is read", self._reads())

    async def _reads(self) -> list[Line]:
        found: list[Line] = []
        more = True
        while more:
            after = found[-1].id if found else "0"
            async with self.web.get(f"{self.url}/chat/messages?after={after}") as answer:
                body = orjson.loads(await answer.read())
                assert answer.status == 200, body
            found += [_line(message) for message in body["messages"]]
            more = body["more"]
        return found


def _line(message: Mapping[str, object]) -> Line:
    options = message["options"]
    assert isinstance(options, list)
    shown = tuple((str(option["label"]), str(option["press"])) for option in options)
    return Line(str(message["id"]), str(message["from"]), str(message["text"]), shown, str(message.get("client", "")))
