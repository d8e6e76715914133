"""Slow clients are closed, others aren't touched, and a stop is orderly; all over real sockets."""

import asyncio

import pytest
from aiohttp import web

from bot.web.server import Deadlines, start
from tests.bot.web.town import BIG, client, serving
from tests.kit.waiting import comes

HASTY = Deadlines(header_s=0.3, body_s=0.3, idle_s=0.3, unread_s=0.3)


@pytest.mark.parametrize(
    ("sent", "drip"),
    [
        pytest.param("", b"", id="idle from the start"),
        pytest.param("GET /hello HTTP/1.1\nHost: x\nX-A: ", b"a", id="dribbled header"),
        pytest.param("GET /hello HTTP/1.1\nHost: x\n\n", b"", id="idle after an answer"),
        pytest.param("GET /hello HTTP/1.1\nHost: x\n\nGET /hel", b"l", id="dribbled second header"),
        pytest.param("POST /echo HTTP/1.1\nHost: x\nContent-Length: 100000\n\n", b" ", id="dribbled body"),
        pytest.param(
            "POST /echo HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n", b"1\r\na\r\n", id="endless chunks"
        ),
        pytest.param("POST /nowhere HTTP/1.1\nHost: x\nContent-Length: 100000\n\n", b" ", id="body nobody wants"),
    ],
)
async def test_a_client_that_dawdles_is_closed(sent: str, drip: bytes) -> None:
    async with serving(HASTY) as town, client(town) as slow:
        slow.sends(sent)

        await slow.is_closed(drip)


async def test_answers_that_nobody_reads_are_dropped() -> None:
    async with serving(Deadlines(header_s=2, unread_s=0.2)) as town, client(town, receives=4096) as deaf:
        async with client(town) as beside:
            deaf.sends("GET /big HTTP/1.1\nHost: x\n\n" * 20)
            await beside.is_closed()  # long after the deaf one's time

        assert await deaf.is_closed() < 20 * len(BIG)


async def test_a_stream_that_nobody_reads_is_dropped() -> None:
    async with serving(Deadlines(unread_s=0.2)) as town, client(town, receives=4096) as deaf:
        deaf.sends("GET /endless HTTP/1.1\nHost: x\n\n")

        await comes("the stream is dropped", town.over.wait())


async def test_a_large_answer_that_is_read_slowly_arrives_whole() -> None:
    async with serving(Deadlines(unread_s=0.5, idle_s=0.2)) as town, client(town, receives=65536) as person:
        person.sends("GET /big HTTP/1.1\nHost: x\n\n")
        await person.reads("an answer comes", b"\r\n\r\n")
        received = 0

        async def reads_slowly() -> None:
            nonlocal received
            while received < len(BIG):
                async with client(town) as beside:
                    await beside.gets("/hello")
                received += len(await person.reader.read(65536))

        await comes("all of it is here", reads_slowly(), lambda: received)

        assert received == len(BIG)


async def test_a_normal_client_beside_slow_ones_is_untouched() -> None:
    async with serving(HASTY) as town, client(town) as idle, client(town) as person:
        closing = asyncio.create_task(idle.is_closed())
        answers = set()
        while not closing.done():
            answers.add((await person.gets("/hello"))[0])

        assert answers == {200}


async def test_a_handler_may_take_longer_than_any_client() -> None:
    async with serving(HASTY) as town, client(town) as person:
        person.sends("GET /slow HTTP/1.1\nHost: x\n\n")
        for _ in range(2):
            async with client(town) as idle:
                await idle.is_closed()
        town.go.set()

        assert (await person.hears())[2] == "finished"


async def test_a_stream_outlives_every_deadline_while_it_is_read() -> None:
    async with serving(HASTY) as town, client(town) as person:
        person.sends("GET /stream HTTP/1.1\nHost: x\n\n")
        for number in range(3):
            async with client(town) as idle:
                await idle.is_closed()
            town.news.put_nowait(f"news {number}")

        for number in range(3):
            assert await person.reads(f"news {number} come", f"news {number}".encode())


async def test_stop_ends_streams_at_once_and_in_order() -> None:
    async with serving() as town, client(town) as person:
        town.news.put_nowait("last")
        person.sends("GET /stream HTTP/1.1\nHost: x\n\n")
        await person.reads("the last news come", b"last\n\n\r\n")

        await comes("it stops", town.running.stop(grace_s=60))

        assert await comes("the stream ends", person.reader.read()) == b"0\r\n\r\n"


async def test_stop_lets_a_running_request_finish() -> None:
    async with serving() as town, client(town) as person, client(town) as idle:
        person.sends("GET /slow HTTP/1.1\nHost: x\n\n")
        await comes("it is begun", town.begun.wait())
        stopping = asyncio.create_task(town.running.stop(grace_s=60))
        await idle.is_closed()

        town.go.set()
        heard = await person.hears()
        await comes("it stops", stopping)

        assert heard[2] == "finished"
        assert heard[1]["connection"] == "close"


async def test_stop_ends_within_its_grace() -> None:
    async with serving() as town, client(town) as person:
        person.sends("GET /slow HTTP/1.1\nHost: x\n\n")
        await comes("it is begun", town.begun.wait())

        await comes("it stops", town.running.stop(grace_s=0.1))

        assert await comes("the line ends", person.reader.read()) == b""


async def test_a_taken_port_is_an_error_at_once() -> None:
    async with serving() as town:
        with pytest.raises(OSError, match="address already in use"):
            await start(web.Application(), "127.0.0.1", town.running.port)
