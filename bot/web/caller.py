"""Who calls: the address of a client behind the proxies we believe, and the network it is in.

Why from the right: each proxy adds the address it saw at the end of `X-Forwarded-For`, and everything before what the
first of ours wrote may be made up by anybody.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import web

from bot.config import Network

Address = IPv4Address | IPv6Address
PROXIES: web.AppKey[Sequence[Network]] = web.AppKey("proxies")
BROUGHT = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def client(peer: str | None, forwarded: Iterable[str], proxies: Sequence[Network]) -> Address | None:
    """Find the nearest address that is no proxy of ours; None if not even the peer has one.

    peer: who is connected to us. forwarded: the lines of `X-Forwarded-For` in their order. proxies: who is believed.
    Where a proxy passed on what is no address, or nothing but proxies, the last one believed is the client.
    """
    found = _address(peer or "")
    hops = ",".join(forwarded).split(",")
    while found is not None and hops and any(found in network for network in proxies):
        before = _address(hops.pop().strip())
        if before is None:
            return found
        found = before
    return found


def address(request: web.Request) -> Address | None:
    """The address of the client that sent a request."""
    return client(request.remote, request.headers.getall("X-Forwarded-For", []), request.app[PROXIES])


def network(request: web.Request) -> str:
    """The network a request comes from: /24 or, of IPv6, /48."""
    found = address(request)
    if found is None:
        return "unknown"
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def is_here(request: web.Request) -> bool:
    """Whether a program of this machine asks, and no proxy for somebody, be it one that we don't know of."""
    found = address(request)
    return found is not None and found.is_loopback and not any(name in request.headers for name in BROUGHT)


def _address(written: str) -> Address | None:
    """Read an address, perhaps with a port; an IPv4 address in IPv6's clothes is the IPv4 one."""
    if written.startswith("["):
        written, closing, port = written[1:].partition("]")
        if not closing or (port and not _is_port(port)):
            return None
    elif written.count(":") == 1:
        written, colon, port = written.partition(":")
        if not _is_port(colon + port):
            return None
    try:
        # A link's name behind % tells which of our cables, not who.
        found = ip_address(written.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_port(written: str) -> bool:
    return written[0] == ":" and written[1:].isascii() and written[1:].isdigit() and int(written[1:]) <= 65535
