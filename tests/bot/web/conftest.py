"""Pages and the web chat's contract know no database: every day they are tried on SQLite, in the trial on both.

On PostgreSQL the web chat is spoken to every day by `tests/test_crash.py`.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.conftest import engine_name
from tests.kit.house import House, open_house
from tests.kit.private_page import TownOf

__all__ = ["engine_name"]


@pytest.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    async with open_house(tmp_path, database_url=database_url) as house:
        yield house


@pytest.fixture
def town(house: House) -> TownOf:
    """Those whose pages are on the house's web server."""
    return TownOf(house)
