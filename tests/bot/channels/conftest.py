"""A platform at the other end, and a bot of ours that calls it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.channels.telegram.client import AiohttpRequest, open_bot
from tests.kit.other_end import SENT, TOKEN, Platform, takes


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    """A platform that takes every message."""
    made = Platform(takes(SENT))
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await made.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def request_(platform: Platform) -> AsyncIterator[AiohttpRequest]:
    """Our request class, opened."""
    async with AiohttpRequest() as opened:
        yield opened


@pytest.fixture
def bot(platform: Platform, request_: AiohttpRequest) -> Bot:
    """A bot of the platform."""
    return open_bot(TOKEN, platform.origin, platform.origin, request_)
