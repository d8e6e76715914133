"""What the long bars may ask for besides."""

from collections.abc import Iterator

import pytest

from tests.kit.postgres import PostgresServer


@pytest.fixture
def own_server(engine_name: str) -> Iterator[PostgresServer | None]:
    """A server that a test may kill; none for SQLite."""
    server = PostgresServer() if engine_name == "postgresql" else None
    yield server
    if server:
        server.close()
