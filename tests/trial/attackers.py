"""Those who would bring the service down: `python -m tests.trial.attackers ATTACK ORIGIN SECONDS CODE`.

Why a program for each attack: what it costs to lead one must slow neither the service's residents nor their clocks. It
gives way to all other programs, as the service's machine would not have to pay for it.
"""

import asyncio
import os
import secrets
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import orjson
from PIL import Image

from bot.channels.contract import MOST_TEXT

NETWORKS = 20
STREAMS = 1_010
AT_ONCE = 2  # of one attack from one address
NICE = 19
RETRY_S = 2.0
MOST_BYTES = 8 << 20
PHOTO = b"\xff\xd8\xff\xe0"
SLOW_TO_MATCH = "/tin Ma.tin " + "!" * 20_000
MARKS = "a" + "".join(chr(0x300 + place * 7 % 80) for place in range(80)) * 250
STATEMENT = "01/12/2026;500.000;UH HS 2345 6789 Nguyen Van A chuyen tien;970436\n" * 2_400


@dataclass(slots=True)
class Attacker:
    """One address that attacks. told: how often each status was answered; "cut": no answer at all."""

    origin: str
    address: str
    code: str
    told: Counter[str] = field(default_factory=Counter)

    def browser(self, *, keeps: bool = False) -> aiohttp.ClientSession:
        """A browser at this address. keeps: its cookie."""
        jar = aiohttp.CookieJar(unsafe=True) if keeps else aiohttp.DummyCookieJar()
        return aiohttp.ClientSession(
            self.origin, headers={"X-Forwarded-For": self.address}, cookie_jar=jar,
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=30),
        )  # fmt: skip

    async def writes(self, browser: aiohttp.ClientSession, text: str) -> None:
        """Write a text, whatever comes of it."""
        await self.notes(browser.post("/chat/messages", json={"text": text}))

    async def notes(self, asked: Awaitable[aiohttp.ClientResponse]) -> None:
        """Await an answer and note it."""
        try:
            answer = await asked
            await answer.read()
            self.told[str(answer.status)] += 1
        except (aiohttp.ClientError, TimeoutError, OSError):
            self.told["cut"] += 1


async def write_long(attacker: Attacker, text: str) -> None:
    """Write more than anybody may, and the longest of it that is taken."""
    async with attacker.browser() as nobody, attacker.browser(keeps=True) as somebody:
        while True:
            await attacker.writes(nobody, text)
            await attacker.writes(somebody, text[:MOST_TEXT])


async def slow_to_match(attacker: Attacker) -> None:
    """What a careless regular expression works on for minutes."""
    await write_long(attacker, SLOW_TO_MATCH)


async def marks(attacker: Attacker) -> None:
    """40 KB of marks on one letter, to be brought into order."""
    await write_long(attacker, MARKS)


async def statements(attacker: Attacker) -> None:
    """160 KB of a bank's statement."""
    await write_long(attacker, STATEMENT)


async def streams_of_nobody(attacker: Attacker) -> None:
    """Ask for streams without a cookie, again as soon as a browser would."""
    async with attacker.browser() as nobody:
        while True:
            asked = (attacker.notes(nobody.get("/chat/stream")) for _ in range(STREAMS // NETWORKS // AT_ONCE + 1))
            await asyncio.gather(*asked, asyncio.sleep(RETRY_S))


async def streams(attacker: Attacker) -> None:
    """Hold streams, one a cookie, and say nothing."""

    async def hold() -> None:
        while True:
            async with attacker.browser(keeps=True) as tab:
                await attacker.notes(tab.get("/chat"))
                await attacker.notes(tab.get("/chat/stream", timeout=aiohttp.ClientTimeout(total=None)))

    await asyncio.gather(*(hold() for _ in range(STREAMS // NETWORKS // AT_ONCE + 1)))


async def persons(attacker: Attacker) -> None:
    """Be somebody new with each message."""
    async with attacker.browser() as nobody:
        while True:
            await attacker.writes(nobody, "/start")


async def bombs(attacker: Attacker) -> None:
    """Send photos that are small and dear to draw, each as somebody new."""
    async with attacker.browser() as nobody:
        while True:
            for bomb in made_bombs():
                form = aiohttp.FormData()
                form.add_field("photo", bomb, filename="a.jpg")
                await attacker.notes(nobody.post("/chat/messages", data=form))


async def halves(attacker: Attacker) -> None:
    """Announce a large photo and send half of it, again as soon as the line is closed."""
    to = urlsplit(attacker.origin)
    begins = (
        f"POST /chat/messages HTTP/1.1\r\nHost: {to.netloc}\r\nX-Forwarded-For: {attacker.address}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {MOST_BYTES}\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    )
    while True:
        try:
            reader, writer = await asyncio.open_connection(to.hostname, to.port)
            writer.write(begins.encode() + PHOTO + secrets.token_bytes(MOST_BYTES // 2))
            await writer.drain()
            await reader.read()
            writer.close()
            attacker.told["closed"] += 1
        except OSError:
            attacker.told["cut"] += 1


async def guesses(attacker: Attacker) -> None:
    """Guess the year of birth that belongs to a code, without waiting for what is said to it."""
    year = 1930
    while True:
        async with attacker.browser(keeps=True) as browser:
            for _ in range(40):
                year = 1930 + (year - 1929) % 90
                for text in ("/hoso", "Tra bằng mã", attacker.code, str(year)):
                    await attacker.writes(browser, text)


ATTACKS: dict[str, Callable[[Attacker], Awaitable[None]]] = {
    work.__name__: work
    for work in (
        slow_to_match, marks, statements, streams_of_nobody, streams, persons, bombs, halves, guesses,
    )
}  # fmt: skip


@cache
def made_bombs() -> Sequence[bytes]:
    """Photos of 25 million pixels and more: a header alone, a flat one of 34 bytes, one with many scans."""
    noise = Image.effect_noise((1000, 1000), 60).resize((5000, 5000)).convert("RGB")
    scans = _encoded(noise, "JPEG", progressive=True, quality=5)
    last = scans.rfind(b"\xff\xda")
    again = scans[scans.rfind(b"\xff\xc4", 0, last) : -2]
    return (
        _huge_png(),
        _encoded(Image.new("RGBA", (5000, 5000)), "WEBP", lossless=True, method=0),
        scans[:-2] + again * min(12, (MOST_BYTES - len(scans)) // len(again)) + scans[-2:],
        _encoded(noise.convert("RGBA"), "WEBP", quality=10, method=0),
    )


def _huge_png() -> bytes:
    """A PNG whose header promises 900 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(90_001))) + chunk(b"IEND", b"")


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


async def attack(name: str, origin: str, seconds: float, code: str, networks: int = NETWORKS) -> Counter[str]:
    """Lead one attack from so many addresses for so long; returns what was answered, and how often."""
    told: Counter[str] = Counter()
    attackers = [Attacker(origin, f"198.51.{number}.7", code, told) for number in range(networks)]
    works = [asyncio.ensure_future(ATTACKS[name](attacker)) for attacker in attackers for _ in range(AT_ONCE)]
    ended, _ = await asyncio.wait(works, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for work in works:
        work.cancel()
    await asyncio.gather(*works, return_exceptions=True)
    for work in ended:
        work.result()
    return told


def give_way() -> None:
    """Let every other program of the machine go first."""
    os.nice(NICE)
    # Where each session has its share of the processor, what is nice is the session.
    if (session := Path("/proc/self/autogroup")).exists():
        session.write_text(str(NICE))


if __name__ == "__main__":
    give_way()
    if sys.argv[1] == "bombs":
        made_bombs()
    print("ready", flush=True)
    sys.stdin.readline()
    found = asyncio.run(attack(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4], *map(int, sys.argv[5:])))
    print(orjson.dumps(found).decode())
