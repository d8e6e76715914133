"""The child process that cleans photos: its answers, its limits, and how many there may be at once."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from bot.pictures import photos
from bot.pictures.photos import Cleaner, PhotoRefused, clean, clean_apart
from tests.bot.test_photos import encoded, opened, png_of, quarters
from tests.kit.waiting import PATIENT_S, until


def children() -> set[str]:
    """The processes this one has started and not yet buried."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


async def test_the_child_gives_what_we_would_have_made_ourselves() -> None:
    raw = encoded(quarters())

    assert await clean_apart(raw) == clean(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"<svg/>", "not_a_photo", id="refused before a child is started"),
        pytest.param(png_of(30000, 30000), "too_many_pixels", id="bomb"),
        pytest.param(encoded(quarters())[:-200], "broken", id="cut short"),
    ],
)
async def test_the_reason_comes_back_from_the_child(raw: bytes, reason: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        await clean_apart(raw)

    assert refused.value.reason == reason


async def test_the_largest_photo_allowed_fits_the_memory_of_the_child() -> None:
    large = Image.linear_gradient("L").resize((5000, 5000)).convert("RGBA")
    large.putpixel((0, 0), (0, 0, 0, 0))

    jpeg = await clean_apart(encoded(large, "WEBP", quality=40, method=0))

    assert opened(jpeg).size == (1600, 1600)


async def test_a_child_that_takes_too_long_is_ended() -> None:
    before = children()

    with pytest.raises(PhotoRefused) as refused:
        await clean_apart(encoded(quarters()), timeout_s=0.001)

    assert refused.value.reason == "broken"
    assert children() == before


async def test_only_two_photos_are_cleaned_at_once() -> None:
    before, seen, cleaner = len(children()), set[int](), Cleaner()
    work = asyncio.gather(*(cleaner.clean(encoded(quarters())) for _ in range(5)))

    def look() -> bool:
        seen.add(len(children()) - before)
        return work.done()

    await until("all five are clean", look)

    assert len(await work) == 5
    assert max(seen) == 2


def test_a_bomb_never_reaches_300_megabytes() -> None:
    # A small process in between, since a child's peak counts from that of whoever started it.
    program = """
import resource, subprocess, sys
ran = subprocess.run([sys.executable, "-I", sys.argv[1]], input=sys.stdin.buffer.read(), stdout=subprocess.PIPE)
print(ran.returncode, ran.stdout.decode(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
    ran = subprocess.run(
        [sys.executable, "-I", "-c", program, photos.__file__],
        input=png_of(30000, 30000),
        stdout=subprocess.PIPE,
        check=True,
        timeout=PATIENT_S,
    )

    _, reason, peak_kib = ran.stdout.split()
    assert reason == b"too_many_pixels"
    assert int(peak_kib) < 300 * 1024
