"""Photos sent to the web chat: taken in, cleaned, shown to their owner alone; refused in plain words."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD
from sqlmodel import select

from storage.tables import File
from tests.kit.house import House, Visitor, open_house, visit

MIB = 1 << 20
TO_THE_PHOTOS = ("/start", "1", "/dangky", "1", "1", "1", "Xong", "Hòa Sơn", "tổ 3", "Lan", "1954", "0905123456", "2")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def lan(house: House) -> AsyncIterator[Visitor]:
    async with visit(house) as lan:
        yield lan


def photo(*, gps: bool = False) -> bytes:
    image, exif, written = Image.new("RGB", (64, 48), "green"), Image.Exif(), BytesIO()
    if gps:
        exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
        exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (16.0, 4.0, 5.0)
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


async def test_a_photo_is_cleaned_of_its_place_and_shown_to_its_owner_alone(house: House, lan: Visitor) -> None:
    sent = photo(gps=True)
    await lan.says(*TO_THE_PHOTOS)
    taken = await lan.sends(sent, id="1")
    await house.clean()
    shown = await lan.gets(f"/chat/images/{taken.json['id']}")

    assert Image.open(BytesIO(sent)).getexif().get_ifd(IFD.GPSInfo)
    assert (taken.status, shown.status, shown.headers["Content-Type"]) == (202, 200, "image/jpeg")
    assert not Image.open(BytesIO(shown.body)).getexif()
    async with visit(house) as thief:
        await thief.says("/start")
        assert (await thief.gets(f"/chat/images/{taken.json['id']}")).status == 404


async def test_a_photo_that_is_not_cleaned_yet_is_waited_for(lan: Visitor) -> None:
    taken = await lan.sends(photo())

    assert (await lan.gets(f"/chat/images/{taken.json['id']}")).status == 200


async def test_several_photos_are_one_message_and_one_answer(house: House, lan: Visitor) -> None:
    await lan.says(*TO_THE_PHOTOS)

    taken = await lan.sends(photo(), photo(), photo())
    await lan.hears_after(str(taken.json["id"]))

    assert (await lan.reads())[int(str(taken.json["id"])) - 1]["text"] == "3 ảnh"
    assert "liên hệ" in str(lan.heard[0]["text"])


async def test_the_same_client_id_keeps_its_photo_once(house: House, lan: Visitor) -> None:
    await lan.says(*TO_THE_PHOTOS)

    first = await lan.sends(photo(), id="1")
    again = await asyncio.gather(*(lan.sends(photo(), id="1") for _ in range(3)))
    await house.clean()

    assert [reply.json for reply in again] == [first.json] * 3
    files = await house.database.read(lambda unit: unit.scalars(select(File)).all())
    assert [file.state for file in files] == ["clean"]


@pytest.mark.parametrize("kind", ["html", "empty jpeg"])
async def test_a_file_that_is_no_photo_is_taken_and_then_refused_in_plain_words(
    house: House, lan: Visitor, kind: str
) -> None:
    await lan.says("/start", "1")
    taken = await lan.sends(b"<html><script>alert(1)</script>" if kind == "html" else b"\xff\xd8\xff")
    await lan.hears_after(str(taken.json["id"]))
    last = str((await lan.reads())[-1]["id"])
    await house.clean()
    await lan.hears_after(last)

    assert taken.status == 202
    assert "ảnh" in str(lan.heard[-1]["text"]).casefold()
    assert (await lan.gets(f"/chat/images/{taken.json['id']}")).status == 404


async def test_more_than_8_mib_are_too_much_and_this_is_said(lan: Visitor) -> None:
    refused = await lan.sends(b"\xff\xd8\xff" + b"x" * (8 * MIB))

    assert (refused.status, "8 MB" in str(refused.json["error"])) == (413, True)
    assert await lan.reads() == []


async def test_several_photos_together_may_not_be_more_than_8_mib(lan: Visitor) -> None:
    assert (await lan.sends(b"x" * (4 * MIB), b"x" * (4 * MIB + 1))).status == 413
    assert (await lan.sends(b"x" * (4 * MIB), b"x" * (4 * MIB))).status == 202


@pytest.mark.parametrize(
    ("form", "where"),
    [
        pytest.param({"id": "1"}, "photo:", id="no photo"),
        pytest.param({"colour": "red"}, "only photo and id", id="a foreign field"),
        pytest.param({"photo": ""}, "photo:", id="an empty photo"),
        pytest.param({"photo": "x", "id": "x" * 65}, "id:", id="a long id"),
    ],
)
async def test_a_form_that_is_not_as_expected_is_told_so(lan: Visitor, form: dict[str, str], where: str) -> None:
    refused = await lan.sends(**form)

    assert refused.status == 400
    assert where in str(refused.json["error"])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=a", b""),
        ("multipart/form-data; boundary=a", b"no boundary at all"),
        ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="photo"\r\n\r\nhalf a phot'),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition"),
        ("multipart/form-data; boundary=" + "a" * 100, b"--" + b"a" * 100 + b"--\r\n"),
    ],
    ids=["no boundary", "empty", "not a form", "cut in a photo", "cut in a head", "a boundary too long"],
)
async def test_a_broken_form_is_refused(lan: Visitor, kind: str, body: bytes) -> None:
    assert (await lan.posts(body, kind=kind)).status == 400
    assert await lan.reads() == []


async def test_the_21st_photo_of_a_day_is_refused_in_plain_words(house: House, lan: Visitor) -> None:
    for _ in range(20):
        assert (await lan.sends(photo())).status == 202
    refused = await lan.sends(photo())
    house.clock.move(hours=25)

    assert (refused.status, "ảnh" in str(refused.json["error"])) == (400, True)
    assert (await lan.sends(photo())).status == 202
