"""Brings updates to a webhook as Telegram does, in a process of its own; prints when it began and how long each took.

Without a rate the next update goes as soon as one of the connections has its answer. With a rate updates go at even
times, whether or not those before are answered, and each is timed from when it was due.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass

import aiohttp

from benchmarks.rounds import REST, pin

CONNECTIONS = 48
Send = Callable[[aiohttp.ClientSession, bytes, float], Coroutine[None, None, None]]
SECRET = "a-secret-of-nothing-at-all-for-benches"  # noqa: S105  # made up
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
# To the menu, then into the registration: for herself, and yes to being asked.
SCRIPT = ("/start", "1", "đăng ký", "1", "1")


@dataclass(frozen=True, slots=True)
class Walk:
    """So many new chats, from `first` on, that each walk the script. rate: updates a second; 0 for as fast as goes."""

    url: str
    first: int
    chats: int
    rate: float = 0


@dataclass(frozen=True, slots=True)
class Walked:
    """begun: seconds of time.monotonic. took_s: of each answer. refused: answers that were not 200; tried again."""

    begun: float
    took_s: list[float]
    refused: int


def update(number: int, chat: int, text: str) -> bytes:
    """A private message as Telegram brings it. number: of the update and of the message."""
    person = {"id": chat, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
    message: dict[str, object] = {
        "message_id": number,
        "from": person,
        "chat": {"id": chat, "first_name": "Lan", "type": "private"},
        "date": int(time.time()),
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"offset": 0, "length": len(text), "type": "bot_command"}]
    return json.dumps({"update_id": number, "message": message}).encode()


def updates(walk: Walk) -> list[bytes]:
    """All of it, round-robin: each chat's first message, then each chat's second."""
    chats = range(walk.first, walk.first + walk.chats)
    start = walk.first * len(SCRIPT)
    steps = ((chat, text) for text in SCRIPT for chat in chats)
    return [update(start + number, chat, text) for number, (chat, text) in enumerate(steps)]


def push(walk: Walk) -> Walked:
    """Walk in a process of its own, until all is answered."""
    given = json.dumps(asdict(walk))
    command = [sys.executable, "-m", "benchmarks.pusher"]
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)
    return Walked(**json.loads(done.stdout))


async def _push(walk: Walk) -> Walked:
    took_s: list[float] = []
    refused = 0
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    begun = time.monotonic()

    async def send(web: aiohttp.ClientSession, body: bytes, due: float) -> None:
        nonlocal refused
        while True:
            async with web.post(walk.url, data=body, headers=HEADERS) as answer:
                await answer.read()
                if answer.status == 200:
                    break
            refused += 1
            await asyncio.sleep(0.05)
        took_s.append(time.monotonic() - due)

    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as web:
        if walk.rate:
            await _evenly(send, web, walk, begun)
        else:
            every = updates(walk)
            # A chat keeps to one connection, and so to its order.
            shares = [
                [every[at] for at in range(len(every)) if at % walk.chats % CONNECTIONS == n]
                for n in range(CONNECTIONS)
            ]
            await asyncio.gather(*(_one_by_one(send, web, share) for share in shares))
    return Walked(begun, took_s, refused)


async def _one_by_one(send: Send, web: aiohttp.ClientSession, share: list[bytes]) -> None:
    for body in share:
        await send(web, body, time.monotonic())


async def _evenly(send: Send, web: aiohttp.ClientSession, walk: Walk, begun: float) -> None:
    async with asyncio.TaskGroup() as sending:
        for number, body in enumerate(updates(walk)):
            due = begun + number / walk.rate
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            sending.create_task(send(web, body, due))


if __name__ == "__main__":
    pin(REST)
    print(json.dumps(asdict(asyncio.run(_push(Walk(**json.loads(sys.stdin.read())))))))
