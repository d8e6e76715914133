"""A private page that asks for photos of a home: what it takes, and what is refused where in plain words."""

import pytest
from sqlmodel import col, func, select

from storage.tables import File
from tests.kit.house import House
from tests.kit.private_page import TO_PHOTOS, TownOf, jpeg, send_page
from tests.kit.town import Citizen

DONE, AGAIN, GOES_ON = (
    "Đã nhận, cảm ơn ông/bà",
    "Tôi chưa nhận được ảnh",
    "Cán bộ liên hệ cách nào thì tiện cho ông/bà?",
)


@pytest.fixture
async def mai(town: TownOf) -> Citizen:
    """Somebody who has a private page for photos of her home."""
    return await town.lives_abroad("Mai", *TO_PHOTOS)


async def test_photos_of_the_home_are_taken_and_the_chat_goes_on(house: House, town: TownOf, mai: Citizen) -> None:
    page = await send_page(town.link(mai), ("photo", jpeg()), ("photo", jpeg()))
    await town.tells(mai, GOES_ON)
    await house.clean()

    states = await house.database.read(lambda unit: list(unit.scalars(select(File.state))))
    assert (page.title, states) == (DONE, ["clean", "clean"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"<html><script>alert(1)</script>", "không phải ảnh chụp", id="a page"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64, "HEIC", id="HEIC"),
        pytest.param(jpeg()[:200], "bị hỏng", id="half a JPEG"),
    ],
)
async def test_a_file_that_is_no_photo_is_refused_in_plain_words_in_the_chat(
    house: House, town: TownOf, mai: Citizen, content: bytes, said: str
) -> None:
    await send_page(town.link(mai), ("photo", content))
    await town.tells(mai, GOES_ON)
    await house.clean()
    await mai.listens(0)

    assert any(said in heard.text for heard in mai.heard), [heard.text for heard in mai.heard[-3:]]


async def test_photos_that_weigh_too_much_are_refused_on_the_page(house: House, town: TownOf, mai: Citizen) -> None:
    page = await send_page(town.link(mai), ("photo", b"\xff\xd8\xff" + b"x" * (8 << 20)))

    assert page.status == 400
    assert "8 MB" in page.html
    assert 'type="file"' in page.html
    assert await town.taken() == 0


async def test_no_photo_is_no_answer(house: House, town: TownOf, mai: Citizen) -> None:
    page = await send_page(town.link(mai), ("photo", b""))

    assert page.status == 400
    assert AGAIN in page.html
    assert await town.taken() == 0


async def test_the_21st_photo_of_a_day_is_refused_on_the_page(house: House, town: TownOf, mai: Citizen) -> None:
    page = await send_page(town.link(mai), *[("photo", jpeg())] * 21)
    kept = await house.database.read(lambda unit: unit.scalar(select(func.count(col(File.id)))))

    assert page.status == 400
    assert "đủ số ảnh" in page.html
    assert (kept, await town.taken()) == (0, 0)
