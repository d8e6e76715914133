"""Zalo at the other end, or a platform that does whatever other ends do; and our client for each."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.zalo_oa.client import App, Bases, ZaloClient
from bot.channels.zalo_oa.tokens import Tokens
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from fakes.zalo_oa.settings import APP_ID, APP_SECRET
from fakes.zalo_oa.user import ZaloUser
from storage.database import Database
from tests.bot.channels.zalo_oa.held import MASTER, Make, give
from tests.kit.clock import HandClock
from tests.kit.other_end import Platform


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def zalo(clock: HandClock) -> AsyncIterator[FakeZaloOa]:
    """Our own Zalo, on the test's clock; nothing may be asked of it that the contract does not know."""
    async with fake_zalo_oa(clock=clock) as zalo:
        yield zalo
    assert zalo.world.complaints == []


@pytest.fixture
async def client(zalo: FakeZaloOa, clock: HandClock) -> AsyncIterator[ZaloClient]:
    """Our client, opened, for our own Zalo."""
    made = ZaloClient(Bases(zalo.openapi, zalo.oauth, zalo.business), App(APP_ID, APP_SECRET), clock)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def caller(platform: Platform, clock: HandClock) -> AsyncIterator[ZaloClient]:
    """Our client, opened, for a platform that does whatever other ends do."""
    origin = platform.origin
    made = ZaloClient(Bases(origin, origin, origin), App("1", "app-secret", proof=True), clock, read_s=0.5)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def make(shaped: Database, clock: HandClock, client: ZaloClient) -> Make:
    """Makes what a process has of its own; two of them are two processes on one database."""
    return lambda: Tokens(shaped, MASTER, clock, client)


@pytest.fixture
async def held(shaped: Database, zalo: FakeZaloOa, clock: HandClock, make: Make) -> Tokens:
    """Tokens that were given and renewed once, so that their age is known."""
    await give(shaped, clock, zalo.seed.access, zalo.seed.refresh)
    found = make()
    await found.access()
    return found


@pytest.fixture
async def impatient(zalo: FakeZaloOa, clock: HandClock) -> AsyncIterator[ZaloClient]:
    """A client that waits half a second for an answer."""
    bases = Bases(zalo.openapi, zalo.oauth, zalo.business)
    made = ZaloClient(bases, App(APP_ID, APP_SECRET), clock, read_s=0.5)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def lan(zalo: FakeZaloOa) -> ZaloUser:
    found = zalo.user("Lan")
    found.says("Chào")
    return found
