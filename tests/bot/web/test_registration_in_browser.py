"""A whole registration in a real browser against the real service: by clicks, by keyboard, small, large and dark."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Locator, Page, expect

from handlers.texts import load
from tests.kit.browser import Window, browser
from tests.kit.house import House, open_house

pytestmark = pytest.mark.browser

WIDTHS = "[document.documentElement.scrollWidth, document.body.scrollWidth, scroller.scrollWidth, innerWidth]"
# Each step: a button to press, or an answer to type. The key is that of the label or of the question answered.
STEPS = (
    ("press", "doors.registration"),
    ("press", "options.for_whom.family"),
    ("press", "consent_register.options.agree_own.yes"),
    ("press", "options.needs.review"),
    ("press", "options.needs.school"),
    ("press", "options.done"),
    ("type", "Hoa Khanh"),
    ("type", "tổ 3, gần chợ"),
    ("type", "Nguyễn Thị Lan"),
    ("type", "1954"),
    ("type", "0905 123 456"),
    ("press", "registration.options.story.skip"),
    ("press", "registration.options.reach.visit"),
)


class Citizen:
    """Somebody at a screen; after each step she looks whether anything runs off it."""

    def __init__(self, window: Window, language: str) -> None:
        self.window, self.page, self.language = window, window.page, language

    def text(self, key: str) -> str:
        return load().sentence(self.language, key)

    def option(self, key: str) -> Locator:
        return self.page.locator("#question").get_by_role("button", name=self.text(key))

    async def begins(self, house: House) -> None:
        await self.page.goto(f"{house.origin}/chat?lang={self.language}")
        await self.page.click("#start")
        await self.option(f"options.language.{self.language}").click()
        await expect(self.option("doors.registration")).to_be_visible()
        await self.looks()

    async def does(self, how: str, what: str) -> None:
        """Press or type, and wait for the answer."""
        answers = await self.page.locator("#log > .us").count()
        if how == "press":
            await self.option(what).click()
        else:
            await self.page.fill("#field", what)
            await self.page.click("#send")
        await self.hears(answers)

    async def hears(self, answers: int) -> None:
        """Wait until there are more answers than so many."""
        await expect(self.page.locator("#log > .us").nth(answers)).to_be_attached()
        await self.looks()

    async def registers(self) -> str:
        """Answer everything, send it, and return the code."""
        for how, what in STEPS:
            await self.does(how, what)
        await expect(self.page.locator("#question")).to_contain_text("Nguyễn Thị Lan")
        await self.option("options.review.send").click()
        return await self.sees_the_code()

    async def sees_the_code(self) -> str:
        """Wait for the code and the card, drawn."""
        card = self.page.locator("#log .us img")
        await expect(card).to_be_visible()
        await expect(card).to_have_js_property("naturalWidth", 1080)
        await self.looks()
        return await self.page.locator("#log .us:has(img) .code").inner_text()

    async def looks(self) -> None:
        root, body, scroller, view = await self.page.evaluate(WIDTHS)
        assert max(root, body, scroller) <= view

    def saw_nothing_go_wrong(self) -> None:
        assert (self.window.problems, self.window.failures) == ([], [])


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, demo=True) as house:
        yield house


@pytest.mark.parametrize(
    ("language", "width", "height", "dark", "large"),
    [
        pytest.param("vi", 360, 740, False, False, id="a small phone"),
        pytest.param("en", 1366, 768, False, False, id="English on a desk"),
        pytest.param("vi", 360, 740, True, True, id="dark, with large letters"),
    ],
)
async def test_a_whole_registration_by_clicks(
    house: House, language: str, width: int, height: int, dark: bool, large: bool
) -> None:
    async with browser(width, height, dark=dark) as window:
        lan = Citizen(window, language)
        if large:
            await window.page.goto(f"{house.origin}/chat")
            await window.page.click("#larger")
        await lan.begins(house)

        code = (await lan.registers()).rstrip(".")
        said = await window.page.locator("#log .bubble p").all_text_contents()
        await window.page.reload()
        await expect(window.page.locator("#log .bubble p")).to_have_text(said)
        await lan.sees_the_code()
        await lan.does("type", "/hoso")

        assert code.startswith("HS-")
        await expect(window.page.locator("#question")).to_contain_text(code)
        lan.saw_nothing_go_wrong()


async def test_a_whole_registration_by_keyboard_alone(house: House) -> None:
    async with browser(360, 740) as window:
        lan, page = Citizen(window, "vi"), window.page
        await page.goto(f"{house.origin}/chat")
        await expect(page.locator("#start")).to_be_visible()
        await tab_to(page, page.locator("#start"))
        await page.keyboard.press("Enter")
        for how, what in (("press", "options.language.vi"), *STEPS, ("press", "options.review.send")):
            answers = await page.locator("#log > .us").count()
            if how == "press":
                await expect(lan.option(what)).to_be_visible()
                await tab_to(page, lan.option(what))
            else:
                await tab_to(page, page.locator("#field"))
                await page.keyboard.type(what)
            await page.keyboard.press("Enter")
            await lan.hears(answers)

        assert (await lan.sees_the_code()).startswith("HS-")
        lan.saw_nothing_go_wrong()


async def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(60):
        if await target.evaluate("(it) => it === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{target} can't be reached by keyboard")


async def test_older_copies_of_a_question_with_several_answers_are_folded(house: House) -> None:
    async with browser(360, 740) as window:
        lan = Citizen(window, "vi")
        await lan.begins(house)
        for how, what in STEPS[:5]:
            await lan.does(how, what)

        await expect(window.page.locator("#log .folded")).to_have_count(2)
        await expect(window.page.locator("#log .folded .option:visible")).to_have_count(0)
        await expect(window.page.locator("#question .option", has_text="✓")).to_have_count(2)


async def test_a_photo_stays_in_view_from_sending_to_reloading(house: House) -> None:
    picture = BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(picture, "JPEG")
    home = FilePayload(name="nha.jpg", mimeType="image/jpeg", buffer=picture.getvalue())
    async with browser(360, 740) as window:
        lan, photo = Citizen(window, "vi"), window.page.locator("#log .you img")
        await lan.begins(house)
        for how, what in STEPS[:11]:
            await lan.does(how, what)
        await lan.does("press", "registration.options.story.photos")
        await window.page.set_input_files("#photos", home)

        await expect(lan.option("registration.options.reach.visit")).to_be_visible()
        await expect(photo).to_have_js_property("naturalWidth", 900)
        await expect(photo).to_have_attribute("src", "/chat/images/" + str(await lines(window.page) - 1))
        await window.page.reload()
        await expect(photo).to_have_js_property("naturalWidth", 900)
        lan.saw_nothing_go_wrong()


async def lines(page: Page) -> int:
    """How many lines the chat has."""
    return await page.locator("#log > li:not(.day)").count()


async def test_the_demonstration_is_marked_on_page_and_card(house: House) -> None:
    async with browser(360, 740) as window:
        lan = Citizen(window, "vi")
        await lan.begins(house)
        await lan.registers()
        src = await window.page.locator("#log .us img").get_attribute("src")
        answer = await window.context.request.get(f"{house.origin}{src}")
        band = Image.open(BytesIO(await answer.body())).convert("RGB").getpixel((5, 20))

        await expect(window.page.locator(".demo")).to_be_visible()
        assert band in ((255, 243, 220), (255, 231, 184))
