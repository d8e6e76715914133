"""What every test of the shell may ask for besides: a post office with our own Telegram at the other end."""

from collections.abc import AsyncIterator

import pytest

from fakes.telegram.server import fake_telegram
from tests.kit.sending import PostOffice, post_office
from tests.kit.town import Town


@pytest.fixture
async def office(town: Town) -> AsyncIterator[PostOffice]:
    """A post office on each of the two databases; nobody sends there yet."""
    async with fake_telegram(clock=town.clock) as telegram, post_office(town, telegram) as office:
        yield office
