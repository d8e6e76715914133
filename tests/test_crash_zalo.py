"""The Official Account's channel killed while its platform pushes: what was taken in is kept, every effect is known."""

from pathlib import Path

import pytest

from tests.trial import zalo_oa


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_residents_at_the_account_end_with_what_they_answered_though_the_service_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    await zalo_oa.crash(database_url, tmp_path, residents=4, kills=1, hangs=1, seed=1, within_s=300)
