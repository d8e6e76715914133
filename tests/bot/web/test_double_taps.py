"""A thumb that taps twice says one thing: what appears under it meanwhile was not read."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.kit.browser import browser
from tests.kit.house import House, open_house

pytestmark = pytest.mark.browser

TYPED = {"unit": "Hoa Khanh", "detail": "tổ 3, gần chợ"}
PRESSES = 9
UNREAD_MS = 700


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, demo=True) as house:
        yield house


async def taps_twice(page: Page, place: int, gap_ms: int) -> None:
    """Tap where a button of the open question is, and there again."""
    button = page.locator("#question .option").nth(place)
    await button.scroll_into_view_if_needed()
    await button.click(trial=True)  # it can be pressed
    box = await button.bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + box["height"] / 2
    await page.mouse.click(x, y)
    await page.wait_for_timeout(gap_ms)
    await page.mouse.click(x, y)


@pytest.mark.parametrize("gap_ms", [0, 100, 300, 600])
async def test_what_appears_under_the_thumb_is_not_answered(house: House, gap_ms: int) -> None:
    async with browser(360, 740) as window:
        page = window.page
        await page.goto(f"{house.origin}/chat?lang=vi")
        await page.click("#start")
        said = page.locator("#log > .you")
        await expect(page.locator("#question .option")).not_to_have_count(0)
        for _ in range(PRESSES):
            before = await said.count()
            heard = await page.locator("#log > .us").count()

            await taps_twice(page, 0, gap_ms)
            await expect(page.locator("#log > .us").nth(heard)).to_be_attached()
            await page.wait_for_timeout(UNREAD_MS)

            assert await said.count() == before + 1, await page.locator("#log").inner_text()
            if await page.locator("#question .option").count() == 0:
                break
        assert (window.problems, window.failures) == ([], [])
