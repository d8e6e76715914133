"""The private page in a real browser: by mouse and by keyboard alone, on a small phone and on a desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Page, Request, expect

from storage.queries import machine
from tests.kit.browser import browser
from tests.kit.house import House, open_house
from tests.kit.private_page import TO_HEALTH, TO_PHOTOS, TownOf
from tests.kit.town import Citizen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize(
        ("width", "height", "dark"),
        [
            pytest.param(360, 740, False, id="a small phone"),
            pytest.param(360, 740, True, id="a small phone in the dark", marks=pytest.mark.trial),
            pytest.param(1366, 768, False, id="a desk", marks=pytest.mark.trial),
        ],
    ),
]
DONE, LATE, LOST = "Đã nhận, cảm ơn ông/bà", "Trang này không còn dùng được", "Không có trang này"
CHAT = "https://t.me/chungtay_mau_bot"
WIDTHS = "[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"


class Reader:
    """Somebody who opened a link; after each step she looks whether anything runs off the screen."""

    def __init__(self, page: Page, house: House) -> None:
        self.page, self.house = page, house
        self.asked: list[Request] = []
        page.on("request", lambda request: self.asked.append(request))

    async def opens(self, link: str) -> None:
        await self.page.goto(link)
        await self.looks()

    async def sends(self) -> None:
        await self.page.get_by_role("button", name="Gửi", exact=True).click()

    async def reads(self, title: str) -> None:
        """Wait for a page with this heading."""
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
        await self.looks()

    async def looks(self) -> None:
        root, body, view = await self.page.evaluate(WIDTHS)
        assert max(root, body) <= view

    def asked_nobody_else(self) -> None:
        assert [request.url for request in self.asked if not request.url.startswith(self.house.origin)] == []


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        await house.database.write(lambda unit: machine.set_fact(unit, "link:telegram", CHAT))
        yield house


@pytest.fixture
async def lan(town: TownOf) -> Citizen:
    return await town.lives_abroad("Lan", *TO_HEALTH)


@asynccontextmanager
async def reading(house: House, width: int, height: int, dark: bool) -> AsyncIterator[Reader]:
    """A reader at a screen; in the end nothing went wrong in her browser, and nobody else was asked for anything."""
    async with browser(width, height, dark=dark) as window:
        reader = Reader(window.page, house)
        yield reader
        assert window.problems == []
        reader.asked_nobody_else()


async def test_a_choice_is_sent_and_the_page_is_done(
    house: House, town: TownOf, lan: Citizen, width: int, height: int, dark: bool
) -> None:
    link = town.link(lan)
    async with reading(house, width, height, dark) as reader:
        await reader.opens(link)
        await reader.sends()
        await expect(reader.page.get_by_role("alert")).to_contain_text("chưa nhận được câu trả lời")
        await reader.looks()
        await reader.page.get_by_text("Không", exact=True).click()
        await reader.sends()
        await reader.reads(DONE)
        await expect(reader.page.get_by_role("link", name="Về cuộc trò chuyện")).to_have_attribute("href", CHAT)
        await reader.page.reload()
        await reader.reads(DONE)
        await reader.opens(link)
        await reader.reads(DONE)

        await expect(reader.page.locator("form")).to_have_count(0)
    await town.tells(lan, "Việc tiếp theo")


async def test_photos_of_the_home_are_sent(house: House, town: TownOf, width: int, height: int, dark: bool) -> None:
    mai = await town.lives_abroad("Mai", *TO_PHOTOS)
    picture = BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(picture, "JPEG")
    home = FilePayload(name="nha.jpg", mimeType="image/jpeg", buffer=picture.getvalue())
    async with reading(house, width, height, dark) as reader:
        await reader.opens(town.link(mai))
        await expect(reader.page.get_by_role("group")).to_contain_text("đừng chụp mặt người")
        await reader.page.set_input_files("input[type=file]", [home, home])
        await reader.looks()
        await reader.sends()
        await reader.reads(DONE)
    await town.tells(mai, "Cán bộ liên hệ cách nào thì tiện cho ông/bà?")


async def test_the_page_is_answered_by_keyboard_alone(
    house: House, town: TownOf, lan: Citizen, width: int, height: int, dark: bool
) -> None:
    async with reading(house, width, height, dark) as reader:
        await reader.opens(town.link(lan))
        keyboard = reader.page.keyboard
        await tab_to(reader.page, "input[name=choice]")
        await keyboard.press("ArrowDown")
        await expect(reader.page.get_by_label("Không", exact=True)).to_be_checked()
        await tab_to(reader.page, "button[type=submit]")
        await keyboard.press("Enter")
        await reader.reads(DONE)
    kept = await lan.at_desk(lambda desk: desk.households.mine())
    assert kept is None or kept.answers["nutrition"] == "no"


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is selected has the focus, with a ring to be seen around it."""
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} can't be reached by keyboard")


async def test_what_is_over_run_out_or_nobodys_is_said_plainly(
    house: House, town: TownOf, lan: Citizen, width: int, height: int, dark: bool
) -> None:
    over = town.link(lan)
    await lan.presses("Bỏ qua câu này")
    mai = await town.lives_abroad("Mai", *TO_PHOTOS)
    async with reading(house, width, height, dark) as reader:
        await reader.opens(over)
        await reader.reads(LATE)
        house.clock.move(minutes=16)
        await reader.opens(town.link(mai))
        await reader.reads(LOST)
        await reader.opens(f"{house.origin}/p/{'A' * 22}")
        await reader.reads(LOST)
