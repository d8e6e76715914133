"""An announcement on its way while the service is killed, or while somebody stops it: everybody is accounted for."""

from pathlib import Path

from tests.trial import broadcast


async def test_everybody_gets_it_at_most_once_though_the_service_is_killed(database_url: str, tmp_path: Path) -> None:
    await broadcast.killed(database_url, tmp_path, listeners=150, rate=150, after=40, hangs=3, seed=1)


async def test_one_that_is_stopped_goes_to_nobody_two_seconds_later(database_url: str, tmp_path: Path) -> None:
    await broadcast.stopped(database_url, tmp_path, listeners=150, rate=50, after=40, seed=2)
