"""The long bars of a service under attack, run by `make trial`; each prints its figures."""

from pathlib import Path

import pytest

from tests.trial import siege

pytestmark = pytest.mark.trial


async def test_nobody_brings_it_down(database_url: str, tmp_path: Path) -> None:
    await siege.stand(database_url, tmp_path, residents=50, people=5, lasts_s=60, seed=61)


async def test_a_photo_among_bombs_is_shown_within_five_seconds(database_url: str, tmp_path: Path) -> None:
    await siege.photo_among_bombs(database_url, tmp_path, networks=5, photos=5, within_s=40)
