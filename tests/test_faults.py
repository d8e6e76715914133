"""The real process while its database fails: 503 with Retry-After in time, nothing kept is lost, all heals."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.postgres import PostgresServer
from tests.trial import faults


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that a test may kill."""
    server = PostgresServer()
    yield server
    server.close()


async def test_a_full_disk_refuses_and_heals(tmp_path: Path) -> None:
    await faults.full_disk(tmp_path, residents=6, lasts_s=1)


async def test_a_database_locked_by_another_process_refuses_and_heals(tmp_path: Path) -> None:
    await faults.locked(tmp_path, residents=6, lasts_s=3)


async def test_a_killed_postgresql_refuses_and_heals(own_server: PostgresServer, tmp_path: Path) -> None:
    await faults.killed_postgres(own_server, tmp_path, residents=4, lasts_s=1)


async def test_a_network_gone_black_refuses_and_heals(own_server: PostgresServer, tmp_path: Path) -> None:
    await faults.black_postgres(own_server, tmp_path, residents=4, lasts_s=3)
