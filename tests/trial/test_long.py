"""The long bars, run by `make trial`: hundreds of residents, many kills, long faults; each prints its figures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.postgres import PostgresServer
from tests.trial import faults
from tests.trial.crash import crash
from tests.trial.leaving import leave

pytestmark = pytest.mark.trial


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that a test may kill."""
    server = PostgresServer()
    yield server
    server.close()


async def test_hundreds_of_residents_and_many_kills(database_url: str, tmp_path: Path) -> None:
    await crash(database_url, tmp_path, residents=200, kills=16, seed=2, within_s=900)


async def test_a_service_asked_to_end_twenty_times_loses_nothing(database_url: str, tmp_path: Path) -> None:
    await leave(database_url, tmp_path, residents=60, times=20, within_s=900)


async def test_a_disk_that_is_full_for_long(tmp_path: Path) -> None:
    await faults.full_disk(tmp_path, residents=60, lasts_s=20)


async def test_a_database_locked_for_long(tmp_path: Path) -> None:
    await faults.locked(tmp_path, residents=60, lasts_s=20)


async def test_a_postgresql_killed_for_long(own_server: PostgresServer, tmp_path: Path) -> None:
    await faults.killed_postgres(own_server, tmp_path, residents=60, lasts_s=20)


async def test_a_network_black_for_long(own_server: PostgresServer, tmp_path: Path) -> None:
    await faults.black_postgres(own_server, tmp_path, residents=60, lasts_s=10)
