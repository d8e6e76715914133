"""A house with an owner, and officials who open its console."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.console import Clerk, clerk
from tests.kit.house import House, open_house
from tests.kit.private_page import TownOf


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
def town(house: House) -> TownOf:
    return TownOf(house)


@pytest.fixture
async def mai(house: House) -> AsyncIterator[Clerk]:
    """An editor."""
    async with clerk(house, "mai", "editor") as mai:
        yield mai


@pytest.fixture
async def lan(house: House, mai: Clerk) -> AsyncIterator[Clerk]:
    """An admin who has just signed in."""
    async with clerk(house, "lan", "admin") as lan:
        yield lan
