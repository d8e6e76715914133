"""The long bars of the Official Account, run by `make trial`; each prints its figures."""

from pathlib import Path

import pytest

from tests.kit.postgres import PostgresServer
from tests.trial import zalo_oa, zalo_oa_broadcast, zalo_windows

pytestmark = pytest.mark.trial


async def test_hundreds_of_residents_at_the_account_and_many_kills(database_url: str, tmp_path: Path) -> None:
    await zalo_oa.crash(database_url, tmp_path, residents=100, kills=10, hangs=6, seed=3, within_s=2400)


async def test_a_service_at_the_account_asked_to_end_twenty_times_knows_of_every_message(
    database_url: str, tmp_path: Path
) -> None:
    await zalo_oa.leave(database_url, tmp_path, residents=60, times=20, within_s=1200)


@pytest.mark.parametrize("cap", [0, 150])
async def test_a_month_of_a_thousand_people_keeps_within_its_windows(
    database_url: str, tmp_path: Path, cap: int
) -> None:
    await zalo_windows.weeks(tmp_path, database_url, people=1000, days=30, cap=cap, restarts=2, seed=11)


async def test_three_thousand_are_announced_to_within_their_windows_at_most_once_whatever_happens(
    own_server: PostgresServer | None, tmp_path: Path
) -> None:
    url = own_server.url(own_server.create()) if own_server else "sqlite"
    await zalo_oa_broadcast.under_fire(
        url, tmp_path, own_server, people=3_000, rate=60, kills=5, residents=50, leavers=60, seed=51, within_s=300
    )
