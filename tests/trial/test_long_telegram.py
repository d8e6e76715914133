"""The long bars of the Telegram channel, run by `make trial`; each prints its figures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.postgres import PostgresServer
from tests.trial import telegram, telegram_faults, telegram_load, telegram_pair
from tests.trial.telegram import Mode

pytestmark = pytest.mark.trial
BOTH_WAYS = pytest.mark.parametrize("mode", ["webhook", "polling"])
ONLY_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"])


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that a test may kill."""
    server = PostgresServer()
    yield server
    server.close()


@BOTH_WAYS
async def test_hundreds_of_residents_and_many_kills(database_url: str, tmp_path: Path, mode: Mode) -> None:
    await telegram.crash(database_url, tmp_path, mode, residents=200, kills=16, hangs=10, seed=3, within_s=2400)


@BOTH_WAYS
async def test_a_service_asked_to_end_twenty_times_knows_of_every_message(
    database_url: str, tmp_path: Path, mode: Mode
) -> None:
    await telegram.leave(database_url, tmp_path, mode, residents=60, times=20, within_s=1200)


async def test_one_chat_is_told_to_wait_and_two_hundred_others_do_not(database_url: str, tmp_path: Path) -> None:
    await telegram_load.told_to_wait(database_url, tmp_path, others=200, within_s=120)


async def test_eight_hundred_clients_that_dawdle_are_closed(database_url: str, tmp_path: Path) -> None:
    await telegram_load.slow_clients(database_url, tmp_path, clients=800, others=50)


@ONLY_POSTGRESQL
async def test_two_services_send_nothing_twice(database_url: str, tmp_path: Path) -> None:
    await telegram_pair.quiet(database_url, tmp_path, residents=100, within_s=600)


@ONLY_POSTGRESQL
async def test_whenever_who_sends_is_killed_the_other_goes_on(database_url: str, tmp_path: Path) -> None:
    await telegram_pair.killed(database_url, tmp_path, residents=60, kills=4, within_s=900)


@ONLY_POSTGRESQL
async def test_while_who_leads_stands_still_the_other_goes_on(database_url: str, tmp_path: Path) -> None:
    await telegram_pair.stands_still(database_url, tmp_path, residents=40, stands_s=60, within_s=600)


@BOTH_WAYS
async def test_telegram_away_for_long(database_url: str, tmp_path: Path, mode: Mode) -> None:
    await telegram_faults.no_telegram(database_url, tmp_path, mode, residents=60, lasts_s=30)


@BOTH_WAYS
async def test_a_postgresql_killed_for_long(own_server: PostgresServer, tmp_path: Path, mode: Mode) -> None:
    await telegram_faults.killed_postgres(own_server, tmp_path, mode, residents=60, lasts_s=20)


@BOTH_WAYS
async def test_a_database_locked_for_long(tmp_path: Path, mode: Mode) -> None:
    await telegram_faults.locked(tmp_path, mode, residents=60, lasts_s=20)


@BOTH_WAYS
async def test_a_disk_that_is_full_for_long(tmp_path: Path, mode: Mode) -> None:
    await telegram_faults.full_disk(tmp_path, mode, residents=60, lasts_s=20)
