"""The methods of Zalo's Bot Platform, called over one aiohttp session of ours.

Why no exception of a call leaves this file as it came: the token stands in every address, and so in what aiohttp says.
"""

from urllib.parse import quote

import orjson
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from bot.channels.transport import failed
from bot.channels.zalo_bot.errors import answered

CONNECT_S, READ_S = 5.0, 20.0
# A connection the platform has closed looks like an answer that was lost.
IDLE_S = 15.0


class Client:
    """Calls by a token. base: scheme and host. Made outside an event loop, opened in it."""

    def __init__(self, base: str, token: str) -> None:
        self._root = f"{base}/bot{quote(token, safe=':')}"
        self._session: ClientSession | None = None

    def __repr__(self) -> str:
        return "Client()"

    async def open(self) -> None:
        """Open the session, once."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=0, keepalive_timeout=IDLE_S), cookie_jar=DummyCookieJar(), trust_env=False
            )

    async def close(self) -> None:
        """Close the session, if it is open."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(self, method: str, read_s: float = READ_S, **body: object) -> object:
        """Make one call; returns its result. read_s: seconds to wait for the answer. Raises SendError."""
        assert self._session is not None  # noqa: S101  # open comes first
        # Half a surrogate pair, which no platform takes, must not keep the rest of a message from its person.
        said = {name: _whole(value) if isinstance(value, str) else value for name, value in body.items()}
        timeout = ClientTimeout(total=CONNECT_S + read_s, connect=CONNECT_S, sock_read=read_s)
        headers = {"Content-Type": "application/json"}
        try:
            async with self._session.post(
                URL(f"{self._root}/{method}", encoded=True), data=orjson.dumps(said), headers=headers, timeout=timeout,
                allow_redirects=False,
            ) as answer:  # fmt: skip
                return answered(answer.status, await answer.read())
        except Exception as error:
            raise failed(error) from None


def _whole(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()
