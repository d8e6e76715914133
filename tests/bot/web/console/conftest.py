"""A house with an owner, and officials who open its console."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.house import House, open_house
from tests.kit.private_page import TownOf


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
def town(house: House) -> TownOf:
    return TownOf(house)
