"""The long bars of announcements, run by `make trial`; each prints its figures."""

from pathlib import Path

import pytest

from tests.kit.postgres import PostgresServer
from tests.trial import broadcast

pytestmark = pytest.mark.trial


async def test_ten_thousand_get_it_at_most_once_whatever_happens(
    own_server: PostgresServer | None, tmp_path: Path
) -> None:
    url = own_server.url(own_server.create()) if own_server else "sqlite"
    await broadcast.under_fire(
        url, tmp_path, own_server, listeners=10_000, rate=300, kills=5, residents=50, leavers=200, seed=41, within_s=900
    )


async def test_one_that_is_stopped_goes_to_nobody_two_seconds_later(database_url: str, tmp_path: Path) -> None:
    await broadcast.stopped(database_url, tmp_path, listeners=3_000, rate=300, after=900, seed=42)
