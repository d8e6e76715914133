"""A service that many attack at once, while residents ask for support and three platforms bring what people write.

Why the addresses: a proxy of this machine is believed when it tells from where somebody comes, as in front of a real
service. Why residents rest between two messages: they read, and fifty who never read are another attack.
"""

import asyncio
import math
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from random import Random
from sys import executable
from typing import Protocol

import aiohttp
import orjson
from PIL import Image

from benchmarks.sides import p95
from fakes.telegram.pusher import TelegramPusher
from fakes.telegram.server import FakeTelegram, fake_telegram
from fakes.zalo_bot.pusher import ZaloBotPusher
from fakes.zalo_bot.server import FakeZaloBot, fake_zalo_bot
from fakes.zalo_oa.pusher import ZaloOaPusher
from fakes.zalo_oa.server import FakeZaloOa, fake_zalo_oa
from tests.kit import zalo_bot_house, zalo_oa_house
from tests.kit.process import Process
from tests.kit.resident import Resident
from tests.kit.visitor import Line, Visitor
from tests.kit.waiting import comes, until
from tests.trial import telegram, zalo_oa
from tests.trial.attackers import ATTACKS
from tests.trial.crowd import Crowd, together
from tests.trial.ledger import is_quiet

ROOT = Path(__file__).parents[2]
ANSWERED_S = 2.0  # p95 of what residents wait for
ALIVE_S = 0.2  # p99 of /health/live
HOOKED_S = 2.0  # of every webhook; Zalo waits no longer
SHOWN_S = 5.0  # of a photo
PROBES_S, RESTS_S = 0.05, 6.0
BARS_S = 600.0  # for everything else that has an end


def a_photo() -> bytes:
    """A photo as a phone takes it, of twelve million pixels."""
    file = BytesIO()
    Image.linear_gradient("L").resize((4000, 3000)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


class Reader(Visitor):
    """A resident's browser. waited: seconds from each message of hers to the first line that answers it.

    rests_s: the longest she reads before she writes.
    """

    def __init__(self, url: str, address: str, *, seed: int) -> None:
        super().__init__(url, patience_s=math.inf, address=address)
        self.waited: list[float] = []
        self._chance, self.rests_s = Random(seed), 0.0  # noqa: S311  # the same again
        self._began = 0.0

    async def send(self, **body: str) -> str:
        """Read a while, then hand a message in until it is taken; returns its line."""
        await asyncio.sleep(self._chance.uniform(0, self.rests_s))  # so long she reads
        self._began = time.monotonic()
        return await super().send(**body)

    async def listen(self) -> AsyncGenerator[Line, None]:
        """Every line as it comes, from the beginning."""
        asked = False
        async with aclosing(super().listen()) as lines:
            async for line in lines:
                if asked and line.sender == "us":
                    self.waited.append(time.monotonic() - self._began)
                asked = line.sender == "you"
                yield line


class Writer(Protocol):
    """Somebody on one of our own platforms. heard: what the service wrote to her."""

    @property
    def heard(self) -> Sequence[object]: ...

    def says(self, text: str) -> object: ...

    async def hears_more(self, than: int, *, within_s: float) -> object: ...


@dataclass(slots=True)
class Platforms:
    """Our own Telegram, Official Account and Zalo Bot, each with people who write to it."""

    telegram: FakeTelegram
    zalo_oa: FakeZaloOa
    zalo_bot: FakeZaloBot
    said: dict[Writer, int] = field(default_factory=dict)

    @property
    def pushers(self) -> Sequence[TelegramPusher | ZaloOaPusher | ZaloBotPusher]:
        return (self.telegram.pusher, self.zalo_oa.pusher, self.zalo_bot.pusher)

    async def chatter(self, people: int, ends: asyncio.Event) -> None:
        """Let so many people of each platform write, each again once she is answered, until it ends."""
        users: list[Writer] = [
            make(f"người {number}")
            for make in (self.telegram.user, self.zalo_oa.user, self.zalo_bot.user)
            for number in range(people)
        ]
        await together(*(self._chats(user, ends) for user in users))

    async def _chats(self, user: Writer, ends: asyncio.Event) -> None:
        while not ends.is_set():
            before = len(user.heard)
            user.says("/start")
            self.said[user] = self.said.get(user, 0) + 1
            await user.hears_more(before, within_s=BARS_S)
            await asyncio.sleep(1)  # so long she reads

    def judge(self) -> str:
        """Assert that each event was taken at its first try within its time, and answered once; how it went."""
        slowest = max(push.took_s for pusher in self.pushers for push in pusher.pushed)
        wrong = [push for pusher in self.pushers for push in pusher.pushed if push.status != 200 or push.retry]
        assert not wrong, (len(wrong), wrong[:3])
        assert slowest < HOOKED_S, slowest
        heard = {user: len(user.heard) for user in self.said}
        assert heard == self.said, (heard, self.said)
        return f"{sum(self.said.values())} events taken within {slowest:.2f} s and answered once"


@dataclass(slots=True, kw_only=True)
class Toll:
    """What the service bore. most_mib: the most memory that the process held."""

    health: list[float] = field(default_factory=list)
    most_mib: int = 0

    async def probe(self, process: Process, ends: asyncio.Event) -> None:
        """Ask whether it lives, again and again, until it ends."""
        async with aiohttp.ClientSession() as web:
            while not ends.is_set():
                began = time.monotonic()
                async with web.get(f"{process.url}/health/live") as answer:
                    await answer.read()
                    assert answer.status == 200
                self.health.append(time.monotonic() - began)
                await asyncio.sleep(PROBES_S)
        self.most_mib = most_memory_mib(process)

    @property
    def p99(self) -> float:
        """How long 99 of 100 looks took at most, in seconds."""
        return sorted(self.health)[math.ceil(len(self.health) * 0.99) - 1]

    def __str__(self) -> str:
        return f"alive p99 {self.p99 * 1e3:.0f} ms, slowest {max(self.health) * 1e3:.0f} ms; {self.most_mib} MiB"


def most_memory_mib(process: Process) -> int:
    """The most memory that a process held so far."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) >> 10


@asynccontextmanager
async def town(database_url: str, folder: Path) -> AsyncIterator[tuple[Process, Platforms]]:
    """A service on the web and on three platforms, each with its webhook, until left."""
    async with fake_telegram() as bot, fake_zalo_oa() as oa, fake_zalo_bot() as zalo_bot:
        given = {"ZALO_BOT_MODE": "webhook", "ZALO_BOT_WEBHOOK_SECRET": zalo_bot_house.SECRET, **zalo_bot.settings}
        process = await zalo_oa.prepared(database_url, folder, oa, **telegram.settings(bot, "webhook"), **given)
        platforms = Platforms(bot, oa, zalo_bot)
        for pusher in platforms.pushers:
            pusher.patience_s = HOOKED_S
        try:
            await process.start()
            assert await oa.save_webhook(process.url + zalo_oa_house.HOOK)
            await until("the webhooks are set", lambda: bot.world.webhook.url and zalo_bot.world.webhook)
            yield process, platforms
        finally:
            await process.close()


async def stand(database_url: str, folder: Path, *, residents: int, people: int, lasts_s: float, seed: int) -> None:
    """Let every attack of ours run at once for so long; print how it went."""
    ends = asyncio.Event()
    async with town(database_url, folder) as (process, platforms), readers(process.url, residents, seed) as crowd:
        await crowd.people[0].register()
        for person in crowd.people:
            _reader(person).rests_s = RESTS_S
        load, toll = os.getloadavg(), Toll()
        async with attacked(process, tuple(ATTACKS), lasts_s, crowd.people[0].code) as told:

            async def walk() -> None:
                await together(*(person.register() for person in crowd.people[1:]))

            async def end() -> None:
                await asyncio.gather(walk(), asyncio.sleep(lasts_s))
                ends.set()

            works = together(end(), toll.probe(process, ends), platforms.chatter(people, ends))
            await comes("everybody is answered", works, lambda: told, within_s=BARS_S)
        await quiets(process)
        waited = [seconds for person in crowd.people for seconds in _reader(person).waited]
        print(f"\nload {load[0]:.1f} before, {os.getloadavg()[0]:.1f} after; attacks: {told}")
        print(f"{len(waited)} answers, p95 {p95(waited):.2f} s, slowest {max(waited):.2f} s; {toll}")
        events = platforms.judge()
        cases = await crowd.judge(process)
    print(f"{events}; {cases} cases, all right")
    assert p95(waited) < ANSWERED_S, p95(waited)
    assert toll.p99 < ALIVE_S, toll.p99


async def photo_among_bombs(database_url: str, folder: Path, *, networks: int, photos: int, within_s: float) -> None:
    """While others send bombs without end, residents send a photo each, one after the other; print what they waited."""
    waited: list[float] = []
    async with town(database_url, folder) as (process, _), readers(process.url, photos, 71) as crowd:
        for person in crowd.people:
            await person.visitor.send(text="/start")
        load = os.getloadavg()
        async with attacked(process, ("bombs",), within_s, "", networks=networks) as told:
            await asyncio.sleep(within_s / 4)  # so that many bombs wait
            waited += [await shown_after(_reader(person)) for person in crowd.people]
        memory = most_memory_mib(process)
    print(
        f"\nload {load[0]:.1f} before, {os.getloadavg()[0]:.1f} after; {told}; {memory} MiB; photos shown after "
        + ", ".join(f"{seconds:.1f}" for seconds in waited)
    )
    assert max(waited) < SHOWN_S, waited


async def shown_after(reader: Reader) -> float:
    """Send a photo as a browser does, again while it is told to; after how many seconds it is shown and answered."""
    photo, began = a_photo(), time.monotonic()

    async def hands_in() -> str:
        form = aiohttp.FormData()
        form.add_field("photo", photo, filename="nha.jpg")
        form.add_field("id", "her photo")
        async with reader.web.post(f"{reader.url}/chat/messages", data=form) as answer:
            return str((await answer.json())["id"]) if answer.status == 202 else ""

    async def is_shown() -> bool:
        async with reader.web.get(f"{reader.url}/chat/images/{line}") as answer:
            return answer.status == 200

    line = await until("her photo is taken", hands_in)
    await until("her photo is shown", is_shown)
    await reader.hear(line, ())
    return time.monotonic() - began


def _reader(person: Resident) -> Reader:
    assert isinstance(person.visitor, Reader)
    return person.visitor


@asynccontextmanager
async def readers(url: str, count: int, seed: int) -> AsyncIterator[Crowd]:
    """Residents, each in a network of her own."""
    async with AsyncExitStack() as stack:
        found = []
        for number in range(count):
            reader = Reader(url, f"100.64.{number}.9", seed=seed + number)
            found.append(Resident(await stack.enter_async_context(reader), seed * 10_000 + number))
        yield Crowd(found)


async def quiets(process: Process) -> None:
    """Wait until nothing is under way."""
    await until(
        "nothing is under way", lambda: asyncio.to_thread(process.look, is_quiet), within_s=BARS_S, pauses=(1, 1)
    )


@asynccontextmanager
async def attacked(
    process: Process, names: Sequence[str], lasts_s: float, code: str, *, networks: int = 20
) -> AsyncIterator[dict[str, dict[str, int]]]:
    """Lead these attacks, each by a program of its own; told gets what each was answered, once left."""
    told: dict[str, dict[str, int]] = {}
    programs = [await _program(name, process.url, lasts_s, code, networks) for name in names]
    try:
        for program in programs:
            assert program.stdout is not None
            await comes("an attacker is ready", program.stdout.readline())
        for program in programs:
            assert program.stdin is not None
            program.stdin.write(b"\n")
        yield told
        for name, program in zip(names, programs, strict=True):
            out, _ = await comes(f"{name} ends", program.communicate(), within_s=lasts_s + BARS_S)
            assert program.returncode == 0, name
            told[name] = orjson.loads(out)
    finally:
        for program in programs:
            if program.returncode is None:
                program.kill()
                await program.wait()


async def _program(name: str, url: str, lasts_s: float, code: str, networks: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        executable, "-m", "tests.trial.attackers", name, url, str(lasts_s), code, str(networks), cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
