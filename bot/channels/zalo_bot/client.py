"""The methods of Zalo's Bot Platform, called over one aiohttp session of ours.

Why no exception of a call leaves this file as it came: the token stands in every address, and so in what aiohttp says.
"""

from urllib.parse import quote

import orjson
from yarl import URL

from bot.channels.transport import READ_S, HttpSession, failed, limits
from bot.channels.zalo_bot.errors import answered


class Client:
    """Calls by a token. base: scheme and host. Made outside an event loop, opened in it."""

    def __init__(self, base: str, token: str) -> None:
        self._root = f"{base}/bot{quote(token, safe=':')}"
        self._session = HttpSession()

    def __repr__(self) -> str:
        return "Client()"

    async def open(self) -> None:
        """Open the session, once."""
        await self._session.open()

    async def close(self) -> None:
        """Close the session, if it is open."""
        await self._session.close()

    async def call(self, method: str, read_s: float = READ_S, **body: object) -> object:
        """Make one call; returns its result. read_s: seconds to wait for the answer. Raises SendError."""
        # Half a surrogate pair, which no platform takes, must not keep the rest of a message from its person.
        said = {name: _whole(value) if isinstance(value, str) else value for name, value in body.items()}
        headers = {"Content-Type": "application/json"}
        try:
            async with self._session.opened.post(
                URL(f"{self._root}/{method}", encoded=True), data=orjson.dumps(said), headers=headers,
                timeout=limits(read_s, write_s=0), allow_redirects=False,
            ) as answer:  # fmt: skip
                return answered(answer.status, await answer.read())
        except Exception as error:
            raise failed(error) from None


def _whole(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()
