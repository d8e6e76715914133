"""The office knows no database: every day it is tried on SQLite, and on PostgreSQL by `tests/walks`, by the tests of
`storage`, and wherever two act at once. `make trial` tries all of it on both.
"""

import pytest


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.trial)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each database by name."""
    name: str = request.param
    return name
