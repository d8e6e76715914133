"""A fake Bot Platform, and a client of the tests that speaks plain HTTP to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession

from fakes.wire import Json
from fakes.zalo_bot.server import FakeZaloBot, fake_zalo_bot
from fakes.zalo_bot.user import ZaloBotUser


@dataclass
class Caller:
    """Calls methods of the fake."""

    zalo: FakeZaloBot
    web: ClientSession

    async def calls(self, method: str, *, token: str = "", **body: object) -> tuple[int, Json]:
        """(HTTP's status, the answer) of one call."""
        url = f"{self.zalo.origin}/bot{token or self.zalo.token}/{method}"
        async with self.web.post(url, json=body) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloBot]:
    async with fake_zalo_bot() as zalo:
        yield zalo


@pytest.fixture
async def bot(zalo: FakeZaloBot) -> AsyncIterator[Caller]:
    async with ClientSession() as web:
        yield Caller(zalo, web)


@pytest.fixture
def lan(zalo: FakeZaloBot) -> ZaloBotUser:
    return zalo.user("Lan")
