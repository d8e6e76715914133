"""Photos that come through Telegram: fetched, cleaned and kept; what is none is refused in plain words."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from fakes.telegram.server import FakeTelegram
from handlers.desk.messages import MOST_A_DAY
from storage.database import Unit
from storage.ids import new_id
from storage.tables import Address, File
from storage.vault import Vault
from tests.bot.channels.reading import picture
from tests.kit.house import House
from tests.kit.telegram_house import SECRET, counted, eventually, greeted, knock, telegram_house

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 50
MIB = 1 << 20
Place = tuple[House, FakeTelegram]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with telegram_house(tmp_path) as place:
        yield place


@pytest.mark.parametrize("as_file", [False, True])
async def test_a_photo_is_fetched_and_cleaned(place: Place, *, as_file: bool) -> None:
    house, telegram = place
    lan = telegram.user("Lan")
    await greeted(lan)

    if as_file:
        lan.sends_document("nha.png", picture(), kind="image/png")
    else:
        lan.sends_photo(picture())
    cleaned = select(File).where(File.state == "clean")
    kept = await eventually(house, "the photo is clean", lambda unit: unit.scalars(cleaned).first())

    def open_it(file: File) -> bytes:
        where = f"person:{file.person_id}", f"file.body:{file.id}"
        master = house.service.opened.office.master
        return house.database.read_now(lambda unit: Vault(unit, master).open_bytes(*where, file.body or b""))

    shown = Image.open(BytesIO(open_it(kept)))
    assert (shown.format, shown.size) == ("JPEG", (1000, 700))


async def test_a_photo_that_is_brought_again_is_one_file(place: Place) -> None:
    house, telegram = place
    lan = telegram.user("Lan")
    await greeted(lan)

    lan.sends_photo(picture())
    [update] = telegram.world.updates.waiting()
    brought = json.dumps(update.json()).encode()
    answers = await asyncio.gather(*(knock(house, brought, SECRET) for _ in range(3)))
    cleaned = select(File).where(File.state == "clean")
    await eventually(house, "the photo is clean", lambda unit: unit.scalars(cleaned).first())
    late = await knock(house, brought, SECRET)
    await house.rests()

    assert [answer.status for answer in (*answers, late)] == [200] * 4
    assert await counted(house, File) == 1


@pytest.mark.parametrize(
    ("name", "kind", "content", "told"),
    [
        ("nha.html", "image/png", b"<html><script>alert(1)</script></html>", "không phải ảnh chụp"),
        ("nha.heic", "image/heic", HEIC, "HEIC"),
        ("nha.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\x00" * (9 * MIB), "nặng quá 8 MB"),
        ("nha.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "bị hỏng"),
    ],
    ids=["a page", "HEIC", "too big", "broken"],
)
async def test_what_is_no_photo_is_refused_in_plain_words(
    place: Place, name: str, kind: str, content: bytes, told: str
) -> None:
    house, telegram = place
    lan = telegram.user("Lan")
    await greeted(lan)

    lan.sends_document(name, content, kind=kind)
    await lan.hears(told)

    [file] = await house.database.read(lambda unit: list(unit.scalars(select(File))))
    assert (file.state, file.body, file.size) == ("refused", None, 0)


async def tried(house: House, times: int) -> None:
    """Wait until a photo was tried to be fetched so often."""
    query = select(File.id).where(File.attempt == times)
    await eventually(house, f"the photo was asked for {times} times", lambda unit: unit.scalar(query))


async def test_a_photo_that_can_not_be_fetched_is_tried_again_and_then_she_is_told(place: Place) -> None:
    house, telegram = place
    lan = telegram.user("Lan")
    await greeted(lan)

    lan.sends_photo(picture(20, 20))
    telegram.world.files.by_id.clear()
    for tries in range(1, 6):
        await tried(house, tries)
        house.clock.move(hours=2)

    await lan.hears("chưa lấy được ảnh")


async def test_more_photos_than_are_kept_in_a_day_are_not_kept(place: Place) -> None:
    house, telegram = place
    lan = telegram.user("Lan")
    await greeted(lan)

    await house.database.write(lambda unit: keep_as_many_as_may_be(unit, house))
    lan.sends_photo(picture(20, 20))
    await lan.hears("đủ số ảnh")

    files = await house.database.read(lambda unit: list(unit.scalars(select(File))))
    assert len(files) == MOST_A_DAY


def keep_as_many_as_may_be(unit: Unit, house: House) -> None:
    """Photos of today of the one person there is."""
    person_id, address_id = unit.execute(select(Address.person_id, Address.id)).one()
    for _ in range(MOST_A_DAY):
        now = house.clock.now()
        row = File(id=new_id(now), person_id=person_id, address_id=address_id, state="clean", size=0, created_at=now)
        unit.add(row)
