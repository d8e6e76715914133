"""Guessing at the door: how many tries get as far as being judged, from one network and from many; and the owner."""

import asyncio
import statistics
import time
from collections import Counter

import pytest
from aiohttp import ClientSession, CookieJar
from argon2 import extract_parameters

from bot.web.console.passwords import NOBODYS, hash_password
from tests.kit.console import PASSWORD, Clerk, newcomer
from tests.kit.house import House

SIZES = [pytest.param(16, id="few"), pytest.param(2_000, id="many", marks=pytest.mark.trial)]
CODES = [pytest.param(16, id="few"), pytest.param(5_000, id="many", marks=pytest.mark.trial)]
NETWORKS = [pytest.param(False, id="one network"), pytest.param(True, id="each its own", marks=pytest.mark.trial)]
FROM_A_NETWORK, OF_A_NETWORK, AN_HOUR = 5, 30, 100
AT_ONCE = 5


async def tries(house: House, fields: list[dict[str, str]], *, networks: bool) -> Counter[int]:
    """Try to sign in, some at a time, each with an empty jar; from one network or each from its own."""
    seen: Counter[int] = Counter()
    address = f"{house.origin}/console/sign-in"
    left = list(enumerate(fields))

    async def one() -> None:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            while left:
                number, sent = left.pop()
                origin = {"Origin": house.origin}
                if networks:
                    origin["X-Forwarded-For"] = f"10.{number >> 8}.{number & 255}.1"
                async with session.post(address, data=sent, headers=origin, allow_redirects=False) as answer:
                    seen[answer.status] += 1

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return seen


@pytest.mark.parametrize("networks", NETWORKS)
@pytest.mark.parametrize("number", SIZES)
async def test_many_passwords_on_one_account(house: House, number: int, networks: bool) -> None:
    async with newcomer(house, "an", "admin") as an:
        fields = [{"email": an.email, "password": f"đoán lần {n}", "code": "123456"} for n in range(number)]
        seen = await tries(house, fields, networks=networks)

        assert seen.keys() <= {403, 429}
        # Those on their way at once are judged too, but counted; nobody gets in after the limit.
        assert seen[403] <= (AN_HOUR if networks else FROM_A_NETWORK) + AT_ONCE
        assert (await an.signs_in()).status == 303


@pytest.mark.parametrize("number", SIZES)
async def test_one_password_on_many_accounts(house: House, number: int) -> None:
    async with newcomer(house, "an", "admin") as an:
        fields = [{"email": f"n{n}@example.test", "password": PASSWORD, "code": "123456"} for n in range(number)]
        seen = await tries(house, fields, networks=False)

        assert seen.keys() <= {403, 429}
        assert seen[403] <= OF_A_NETWORK + AT_ONCE
        assert (await an.signs_in()).status == 303


@pytest.mark.parametrize("networks", NETWORKS)
@pytest.mark.parametrize("number", CODES)
async def test_many_codes_with_the_right_password(house: House, number: int, networks: bool) -> None:
    async with newcomer(house, "an", "admin") as an:
        right = an.code()
        codes = [f"{n:06}" for n in range(1, number + 1) if f"{n:06}" != right]
        fields = [{"email": an.email, "password": PASSWORD, "code": code} for code in codes]
        seen = await tries(house, fields, networks=networks)

        assert seen.keys() <= {403, 429}
        assert seen[403] <= (AN_HOUR if networks else FROM_A_NETWORK) + AT_ONCE
        # Though it is right, it comes too late from there; the owner's own browser is let in.
        late = await tries(house, [{"email": an.email, "password": PASSWORD, "code": right}], networks=networks)
        assert late == ({429: 1} if not networks or number > AN_HOUR else {303: 1})
        assert (await an.signs_in()).status == 303


def test_an_account_that_is_not_there_costs_as_much_to_judge() -> None:
    assert extract_parameters(NOBODYS) == extract_parameters(hash_password(PASSWORD))


@pytest.mark.trial
async def test_how_long_a_known_and_an_unknown_name_take(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, not judged: two medians of forty tries each, taken in turn."""
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    async with newcomer(house, "an", "admin") as an:
        for number in range(40):
            for name, email in (("known", an.email), ("unknown", "nobody@example.test")):
                async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
                    stranger = Clerk(house, session, "", email, an.secret)
                    began = time.perf_counter()
                    assert (
                        await stranger.sends("/sign-in", {"email": email, "password": f"x{number}", "code": "1"})
                    ).status == 403
                    took[name].append(time.perf_counter() - began)
            house.clock.move(minutes=61)
    known, unknown = (statistics.median(took[name]) * 1e3 for name in took)
    with capsys.disabled():
        print(f"\nsign-in, median of 40: known {known:.1f} ms, unknown {unknown:.1f} ms, {known / unknown:.2f}")
