"""What an exception of a call means for its message, whoever was called: surely not sent, or nobody knows.

Why the two are told apart: what surely was not sent is sent again at once; of the rest a copy may come twice.
"""

from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientOSError,
    ClientPayloadError,
    ClientSSLError,
    ConnectionTimeoutError,
    ServerDisconnectedError,
    SocketTimeoutError,
)

from bot.channels.contract import NotSent, SendError, Unclear

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
