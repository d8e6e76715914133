"""Two people who have written before."""

import pytest

from tests.kit.town import Citizen, Town


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody who has written before."""
    citizen = town.citizen("Lan")
    await citizen.says("/menu")
    return citizen


@pytest.fixture
async def mai(town: Town) -> Citizen:
    """Somebody else who has written before."""
    citizen = town.citizen("Mai")
    await citizen.says("/menu")
    return citizen
