"""Whatever may happen at the office, one history after the other, each in a town of its own."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable

import pytest

from storage.database import Database
from tests.kit.town import Town


def in_a_fresh_town(folders: pytest.TempPathFactory, shaped_file: str, run: Callable[[Town], Awaitable[None]]) -> None:
    """Let a history run in a town that nobody was in before. shaped_file: an empty database with our tables."""
    file = folders.mktemp("history") / "chungtay.db"
    shutil.copy(shaped_file, file)

    async def begin() -> None:
        database = Database.open(f"sqlite:///{file}")
        try:
            await run(Town(database))
        finally:
            await database.close()

    asyncio.run(begin())
    shutil.rmtree(file.parent)
