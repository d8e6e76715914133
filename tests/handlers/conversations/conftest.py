"""Conversations know no database: every day they are walked on SQLite, and on PostgreSQL by `tests/walks`.

`make trial` walks all of them on both.
"""

import pytest


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.trial)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each database by name."""
    name: str = request.param
    return name
