"""Who calls is told by our own proxies alone: what anybody else writes into a header changes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar, TCPConnector
from hypothesis import given
from hypothesis import strategies as st

from bot.config import load
from bot.web.caller import client
from handlers.desk.money import WRONG_SEARCHES
from tests.kit.cases import for_each
from tests.kit.house import House, open_house

OURS = tuple(ip_network(one) for one in ("10.0.0.0/8", "127.0.0.0/8", "2001:db8:1::/48"))
PROXY, SECOND, LAN, MAI = "10.0.0.1", "10.0.0.2", "198.51.100.7", "2001:db8:9::7"
WRONG_TRIES = 5

CALLERS = {
    "nobody between": (LAN, [], LAN),
    "a stranger's header": (LAN, [MAI], LAN),
    "a stranger who names a proxy": (LAN, [PROXY], LAN),
    "one proxy": (PROXY, [LAN], LAN),
    "one proxy and what she made up": (PROXY, [f"203.0.113.1, {LAN}"], LAN),
    "two proxies": (PROXY, [f"{LAN}, {SECOND}"], LAN),
    "two proxies and what she made up": (PROXY, [f"203.0.113.1, {LAN},{SECOND}"], LAN),
    "she names our proxy herself": (PROXY, [f"{SECOND}, {LAN}"], LAN),
    "two lines": (PROXY, ["203.0.113.1", LAN], LAN),
    "two lines of two proxies": (PROXY, [f"203.0.113.1, {LAN}", SECOND], LAN),
    "a proxy that says nothing": (PROXY, [], PROXY),
    "an empty line": (PROXY, [""], PROXY),
    "nothing but proxies": (PROXY, [SECOND], SECOND),
    "garbage": (PROXY, ["unknown"], PROXY),
    "garbage after an address": (PROXY, [f"{LAN}, _hidden"], PROXY),
    "garbage before an address": (PROXY, [f"' OR 1=1, {LAN}"], LAN),
    "garbage before a proxy": (PROXY, [f"{LAN}, x, {SECOND}"], SECOND),
    "a comma at the end": (PROXY, [f"{LAN},"], PROXY),
    "a host's name": (PROXY, ["lan.example"], PROXY),
    "too many numbers": (PROXY, ["198.51.100.7.1"], PROXY),
    "digits of another script": (PROXY, ["١٩٨.51.100.7"], PROXY),
    "IPv6": (PROXY, [MAI], MAI),
    "IPv6 behind a proxy of IPv6": ("2001:db8:1::1", [f"{LAN}, {MAI}"], MAI),
    "IPv4 behind a proxy of IPv6": ("2001:db8:1::1", [LAN], LAN),
    "IPv6 in brackets": (PROXY, [f"[{MAI}]"], MAI),
    "IPv6 with a port": (PROXY, [f"[{MAI}]:4711"], MAI),
    "IPv6 with a bracket open": (PROXY, [f"[{MAI}"], PROXY),
    "IPv6 with half a port": (PROXY, [f"[{MAI}]x"], PROXY),
    "IPv4 with a port": (PROXY, [f"{LAN}:4711"], LAN),
    "IPv4 with a port too high": (PROXY, [f"{LAN}:65536"], PROXY),
    "IPv4 with an empty port": (PROXY, [f"{LAN}:"], PROXY),
    "IPv4 as IPv6": (PROXY, [f"::ffff:{LAN}"], LAN),
    "a peer of IPv4 as IPv6": (f"::ffff:{PROXY}", [LAN], LAN),
    "a stranger of IPv4 as IPv6": (f"::ffff:{LAN}", [MAI], LAN),
    "a proxy of IPv4 as IPv6 between": (PROXY, [f"{LAN}, ::ffff:{SECOND}"], LAN),
    "an address of a cable": ("fe80::1%eth0", [LAN], "fe80::1"),
    "no address at all": (None, [LAN], None),
}


@for_each(("peer", "lines", "told"), [pytest.param(*row, id=name) for name, row in CALLERS.items()])
def test_the_caller_is_the_nearest_who_is_no_proxy_of_ours(
    peer: str | None, lines: list[str], told: str | None
) -> None:
    assert client(peer, lines, OURS) == (None if told is None else ip_address(told))


@given(st.text(), st.lists(st.text()))
def test_whatever_a_header_says_is_read(before: str, lines: list[str]) -> None:
    assert client(PROXY, [*lines, f"{before},{LAN}"], OURS) == ip_address(LAN)
    assert client(PROXY, lines, OURS) is not None
    assert client(LAN, lines, OURS) == ip_address(LAN)


def test_unless_the_operator_says_more_a_proxy_is_on_this_machine() -> None:
    proxies = load({}, None).trusted_proxy

    assert [str(client(peer, [LAN], proxies)) for peer in ("127.0.0.1", "::1", "::ffff:127.0.0.1")] == [LAN] * 3
    assert [str(client(peer, [LAN], proxies)) for peer in (PROXY, MAI)] == [PROXY, MAI]


# Over HTTP. 127.0.0.9 is the proxy, and whoever comes from 127.0.0.1 is a stranger.

BEHIND = "127.0.0.9"


@asynccontextmanager
async def coming_from(own: str) -> AsyncIterator[ClientSession]:
    """Connections from an address of this machine."""
    line = TCPConnector(local_addr=(own, 0))
    async with ClientSession(connector=line, cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def searches(house: House, session: ClientSession, number: int, *lines: str) -> int:
    """Search the ledger in vain, with these lines of the header; the answer's status."""
    headers = [("X-Forwarded-For", line) for line in lines]
    async with session.get(f"{house.origin}/so-cong-khai?q=UH-0000-{number:04}", headers=headers) as answer:
        return answer.status


async def tries(house: House, session: ClientSession, *lines: str) -> int:
    """Try to sign in to an account that is not there; the answer's status."""
    headers = [("Origin", house.origin), *(("X-Forwarded-For", line) for line in lines)]
    fields = {"email": "an@example.test", "password": "một câu dài", "code": "123456"}
    async with session.post(f"{house.origin}/console/sign-in", data=fields, headers=headers) as answer:
        return answer.status


async def test_a_stranger_searches_no_more_often_by_writing_other_addresses(tmp_path: Path) -> None:
    async with open_house(tmp_path, TRUSTED_PROXY=BEHIND) as house, coming_from("127.0.0.1") as stranger:
        seen = [await searches(house, stranger, n, f"198.51.{n}.7") for n in range(WRONG_SEARCHES + 1)]

    assert seen == [200] * WRONG_SEARCHES + [429]


async def test_a_stranger_signs_in_no_more_often_by_writing_other_addresses(tmp_path: Path) -> None:
    async with open_house(tmp_path, TRUSTED_PROXY=BEHIND) as house, coming_from("127.0.0.1") as stranger:
        seen = [await tries(house, stranger, f"198.51.{n}.7") for n in range(WRONG_TRIES + 1)]

    assert seen == [403] * WRONG_TRIES + [429]


async def test_nobody_uses_up_the_tries_of_another_by_writing_her_address(tmp_path: Path) -> None:
    async with open_house(tmp_path, TRUSTED_PROXY=BEHIND) as house:
        async with coming_from("127.0.0.1") as stranger:
            for _ in range(WRONG_TRIES + 1):
                await tries(house, stranger, LAN)
        async with coming_from("127.0.0.9") as proxy:
            hers = await tries(house, proxy, LAN)

    assert hers == 403


async def test_behind_the_proxy_each_is_counted_for_herself_whatever_she_made_up(tmp_path: Path) -> None:
    async with open_house(tmp_path, TRUSTED_PROXY=BEHIND) as house, coming_from("127.0.0.9") as proxy:
        seen = [await searches(house, proxy, n, f"203.0.{n}.1", LAN) for n in range(WRONG_SEARCHES + 1)]
        other = await searches(house, proxy, 0, f"{LAN}, [{MAI}]:4711")

    assert (seen, other) == ([200] * WRONG_SEARCHES + [429], 200)


@pytest.mark.parametrize("own", ["127.0.0.1", "127.0.0.9"])
@pytest.mark.parametrize("said", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "198.51.100.7", "unknown", ""])
async def test_no_header_opens_the_figures(tmp_path: Path, own: str, said: str) -> None:
    async with open_house(tmp_path, TRUSTED_PROXY=BEHIND) as house, coming_from(own) as session:
        headers = {"X-Forwarded-For": said}
        async with session.get(f"{house.origin}/metrics", headers=headers) as brought:
            pass
        async with session.get(f"{house.origin}/metrics") as straight:
            pass

    assert (brought.status, straight.status) == (403, 200)
