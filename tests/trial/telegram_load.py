"""Many at once: a chat that is told to wait holds up nobody, and neither do clients that dawdle, which are closed."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import cycle, islice
from pathlib import Path

from fakes.telegram.faults import too_many
from tests.kit.process import Process
from tests.kit.telegram_house import SECRET, SECRET_HEADER
from tests.kit.waiting import until
from tests.trial.telegram import Town, town

ESTABLISHED = "01"  # in /proc/net/tcp
CLOSED_WITHIN_S = 30.0
_TO = b"POST /hooks/telegram HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_OURS = _TO + f"{SECRET_HEADER}: {SECRET}\r\n".encode()
# (what is sent at once, what is sent again and again)
DAWDLING = (
    (b"", b""),
    (_TO[:40], b""),
    (_TO + b"X-More: ", b"a"),
    (_OURS + b"Content-Length: 100000\r\n\r\n{", b""),
    (_OURS + b"Content-Length: 100000\r\n\r\n{", b" "),
    (_TO + b"Content-Length: 100000\r\n\r\n{", b" "),
    (_OURS + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    (b"GET /static/chat.js HTTP/1.1\r\nHost: x\r\n\r\n" * 400, b""),  # and never reads
)


async def told_to_wait(database_url: str, folder: Path, *, others: int, within_s: float) -> None:
    """One chat is told to wait, each time it is written to, until everybody else has an answer."""
    async with town(database_url, folder, "webhook", residents=0, seed=31) as here:
        lan = here.telegram.user("Lan")
        here.telegram.faults.add(too_many(2), chat=lan.id, times=None)
        lan.says("/start")
        await until("she is written to", lambda: any(call.chat_id == lan.id for call in here.telegram.calls))
        took = await _all_greeted(here, others, within_s)

        assert not lan.heard
        here.telegram.faults.clear()
        await lan.hears_more(0, within_s=within_s)
    refused = sum(call.outcome.startswith("429") for call in here.telegram.calls)
    print(f"\n{others} answered in {took:.1f} s while one was told to wait {refused} times, and then answered")


async def slow_clients(database_url: str, folder: Path, *, clients: int, others: int) -> None:
    """So many clients dawdle at the webhook: each is closed in time, and whoever writes meanwhile is answered."""
    async with (
        town(database_url, folder, "webhook", residents=0, seed=32) as here,
        dawdling(here.process, clients) as all_,
    ):
        closing = asyncio.create_task(_until_closed(here.process, all_))
        took = await _all_greeted(here, others, CLOSED_WITHIN_S)
        open_then = len(_held(here.process))
        waited = await closing
    print(
        f"\n{clients} dawdled, {others} answered in {took:.1f} s with {open_then} connections open after it, "
        f"the last was closed after {waited:.1f} s"
    )


async def _all_greeted(here: Town, count: int, within_s: float) -> float:
    """Let so many people write at once; returns after how many seconds each had an answer."""
    began = asyncio.get_running_loop().time()
    people = [here.telegram.user(f"người {number}") for number in range(count)]
    for user in people:
        user.says("/start")
    for user in people:
        await user.hears_more(0, within_s=began + within_s - asyncio.get_running_loop().time())
    return asyncio.get_running_loop().time() - began


@asynccontextmanager
async def dawdling(process: Process, count: int) -> AsyncIterator[Sequence[tuple[socket.socket, bytes]]]:
    """So many clients of every kind, connected; with each what it sends again and again."""
    lines: list[tuple[socket.socket, bytes]] = []
    loop = asyncio.get_running_loop()
    try:
        for first, drip in islice(cycle(DAWDLING), count):
            line = socket.socket()
            lines.append((line, drip))
            line.setblocking(False)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            await loop.sock_connect(line, ("127.0.0.1", process.port))
            with suppress(BlockingIOError):
                line.send(first)
        yield lines
    finally:
        for line, _ in lines:
            line.close()


async def _until_closed(process: Process, lines: Sequence[tuple[socket.socket, bytes]]) -> float:
    """Drip until the service has closed every line; returns the seconds. Raises NeverCame."""
    began = asyncio.get_running_loop().time()

    def look() -> set[int]:
        held = _held(process)
        for line, drip in lines:
            # It may be full, or closed just now.
            with suppress(OSError):
                if line.getsockname()[1] in held:
                    line.send(drip)
        return held

    await until("every line is closed", look, lambda held: not held, within_s=CLOSED_WITHIN_S)
    return asyncio.get_running_loop().time() - began


def _held(process: Process) -> set[int]:
    """Ports at the other end of the connections that the service holds open.

    Why its end is looked at: whoever never reads does not see that a line was closed.
    """
    rows = [row.split()[1:4] for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    mine = [(there, state) for here, there, state in rows if int(here.split(":")[1], 16) == process.port]
    return {int(there.split(":")[1], 16) for there, state in mine if state == ESTABLISHED}
