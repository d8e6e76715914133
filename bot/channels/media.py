"""Fetches what people sent from where a platform says it lies: from hosts that are allowed, and from nowhere else.

Why so strict: the address comes from outside, and whoever could choose it would read through us what only this machine
can reach. So no redirect is followed, and a name that leads to a private address leads nowhere.
"""

from collections.abc import Collection
from ipaddress import ip_address
from socket import AddressFamily
from urllib.parse import SplitResult, urlsplit

from aiohttp import TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.channels.contract import NotSent, Refused, SendError
from bot.channels.transport import HttpSession, limits

CHUNK = 1 << 16


class Media:
    """A session for files of strangers.

    hosts: names, with all names below them, or addresses; each perhaps with a port. An address, or "localhost", is
    taken at its word, also a private one and without TLS: whoever wrote it there means it.
    """

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = tuple(host.lower() for host in hosts)
        self._session = HttpSession(_connector)

    async def open(self) -> None:
        """Open the session, once."""
        await self._session.open()

    async def close(self) -> None:
        """Close the session, if it is open."""
        await self._session.close()

    def allows(self, address: str) -> bool:
        """Whether a file may be fetched from there."""
        try:
            url = urlsplit(address)
            host, port = (url.hostname or "").rstrip("."), url.port
        except ValueError:
            return False
        return not url.username and any(_fits(url, host, port, allowed) for allowed in self._hosts)

    async def fetch(self, address: str, most: int) -> bytes:
        """The bytes of a file, `most` at most. Raises SendError; Refused with "too_big" or "foreign_host"."""
        if not self.allows(address):
            raise Refused("foreign_host")
        headers, found = {"Accept-Encoding": "identity"}, bytearray()
        try:
            async with self._session.opened.get(
                address, timeout=limits(write_s=0), allow_redirects=False, headers=headers
            ) as answer:
                if answer.status != 200:
                    raise NotSent(f"http_{answer.status}")
                async for chunk in answer.content.iter_chunked(CHUNK):
                    found += chunk
                    if len(found) > most:
                        raise Refused("too_big")
        except SendError:
            raise
        except Exception as error:  # one photo must not stop the rest
            raise NotSent(type(error).__name__) from None
        return bytes(found)


def _connector() -> TCPConnector:
    return TCPConnector(limit=4, resolver=_Public(), keepalive_timeout=1)


class _Public(AbstractResolver):
    """Resolves names to public addresses alone."""

    def __init__(self) -> None:
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        if host != "localhost" and not all(ip_address(one["host"].partition("%")[0]).is_global for one in found):
            raise OSError("a private address")
        return found

    async def close(self) -> None:
        await self._system.close()


def _fits(url: SplitResult, host: str, port: int | None, allowed: str) -> bool:
    name, _, wanted = allowed.partition(":")
    literal = name == "localhost" or _is_address(name)
    if wanted and str(port or {"http": 80, "https": 443}.get(url.scheme)) != wanted:
        return False
    if url.scheme != "https" and not (literal and url.scheme == "http"):
        return False
    return host == name or (not literal and not _is_address(host) and host.endswith(f".{name}"))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
