"""Calls to platforms: the one session a channel makes them through, and what an exception of a call means.

Why the two are told apart: what surely was not sent is sent again at once; of the rest a copy may come twice.
"""

from collections.abc import Callable

from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientOSError,
    ClientPayloadError,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    ServerDisconnectedError,
    SocketTimeoutError,
    TCPConnector,
)

from bot.channels.contract import NotSent, SendError, Unclear

CONNECT_S, READ_S, WRITE_S = 5.0, 20.0, 20.0
# Shorter than any platform's: a connection it has closed looks like an answer that was lost.
IDLE_S = 15.0

# By what was reached; the first that fits.
_MEANINGS: tuple[tuple[type[Exception], type[SendError], str], ...] = (
    (ClientConnectorDNSError, NotSent, "dns"),
    (ClientSSLError, NotSent, "tls"),
    (ClientConnectorError, NotSent, "connect"),
    (ConnectionTimeoutError, NotSent, "connect_timeout"),
    (SocketTimeoutError, Unclear, "read_timeout"),
    (ServerDisconnectedError, Unclear, "disconnected"),
    (ClientPayloadError, Unclear, "cut"),
    (ClientOSError, Unclear, "reset"),
)


def failed(error: BaseException) -> SendError:
    """The meaning of an exception on the way. What nobody thought of is Unclear, by the name of its class."""
    if isinstance(error, SendError):
        return error
    for kind, meaning, code in _MEANINGS:
        if isinstance(error, kind):
            return meaning(code)
    return Unclear(type(error).__name__)


def limits(read_s: float = READ_S, write_s: float = WRITE_S) -> ClientTimeout:
    """How long a call may take: to connect, to write what is sent, and to wait for each piece of the answer."""
    # sock_read begins anew with each piece that comes, and not before all is written: total ends what would go on.
    return ClientTimeout(total=CONNECT_S + write_s + read_s, connect=CONNECT_S, sock_read=read_s)


def _unlimited() -> TCPConnector:
    """Connections to one platform; how many calls are made at once is the rate limiter's to say."""
    return TCPConnector(limit=0, keepalive_timeout=IDLE_S)


class HttpSession:
    """An aiohttp session without cookies and without proxies of the environment.

    connector: makes its connections. Made outside an event loop, opened in it.
    """

    def __init__(self, connector: Callable[[], TCPConnector] = _unlimited) -> None:
        self._connector = connector
        self._session: ClientSession | None = None

    async def open(self) -> None:
        """Open it, once."""
        if self._session is None:
            self._session = ClientSession(connector=self._connector(), cookie_jar=DummyCookieJar(), trust_env=False)

    async def close(self) -> None:
        """Close it, if it is open."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @property
    def opened(self) -> ClientSession:
        """The session to call through."""
        assert self._session is not None  # noqa: S101  # open comes first
        return self._session
