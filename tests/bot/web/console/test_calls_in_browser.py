"""Talks and urgent requests in a real browser: what others do appears by itself, and nothing runs off the screen."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.kit.browser import Window, browser
from tests.kit.calls import PLACE, SCRIPT, raises, resident, wishes
from tests.kit.console import Clerk, clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.waiting import comes

pytestmark = pytest.mark.browser


async def sits_down(window: Window, official: Clerk) -> Page:
    """The window of an official who is signed in."""
    cookies = official.session.cookie_jar
    await window.context.add_cookies([{"name": c.key, "value": c.value, "url": official.house.origin} for c in cookies])
    return window.page


async def fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("width", "height"), [(360, 740), pytest.param(1366, 768, marks=pytest.mark.trial)])
async def test_a_talk_goes_on_by_itself_while_an_answer_is_typed(
    house: House, town: TownOf, width: int, height: int
) -> None:
    lan = await resident(town)
    await wishes(town, lan)
    async with clerk(house, "an", "officer", places=(PLACE,)) as an, browser(width, height) as window:
        page = await sits_down(window, an)
        await page.goto(f"{house.origin}/console/waiting")
        assert await fits(page)
        await page.get_by_role("button", name="Nhận").click()
        await page.get_by_label("Trả lời").fill("Chào bà, em đang")

        await lan.says(f"Nhà tôi bị dột {SCRIPT}" + " mưa lớn" * 60)

        await expect(page.get_by_text(SCRIPT)).to_be_visible()
        assert await page.get_by_label("Trả lời").input_value() == "Chào bà, em đang"
        await page.get_by_role("button", name="Gửi").click()
        await expect(page.locator(".talk .ours")).to_contain_text("Chào bà, em đang")
        await expect(page.locator(".talk .ours")).to_be_in_viewport()
        await town.tells(lan, "Chào bà, em đang")
        assert await fits(page)
        assert (window.problems, window.failures) == ([], [])


async def test_an_urgent_request_appears_by_itself_and_is_closed(house: House, town: TownOf) -> None:
    lan = await resident(town)
    async with clerk(house, "an", "officer", places=(PLACE,)) as an, browser(360, 740) as window:
        page = await sits_down(window, an)
        await page.goto(f"{house.origin}/console/urgent")

        code = await raises(town, lan, "Má tôi té")

        await expect(page.get_by_role("link", name=code)).to_be_visible()
        await page.get_by_role("button", name="Tôi nhận").click()
        await expect(page.get_by_text("Má tôi té")).to_be_visible()
        await page.get_by_label("Đã làm gì").fill("Đã đưa đi viện")
        await page.get_by_role("button", name="Ghi và đóng").click()
        await expect(page.get_by_role("heading", name="Đã xong trong bảy ngày")).to_be_visible()
        assert await fits(page)
        assert (window.problems, window.failures) == ([], [])


async def test_what_was_raised_before_the_stream_began_is_shown_too(house: House, town: TownOf) -> None:
    lan, raised = await resident(town), asyncio.Event()

    async def wait(route: Route) -> None:
        await comes("she raised it", raised.wait())
        await route.continue_()

    async with clerk(house, "an", "officer", places=(PLACE,)) as an, browser(360, 740) as window:
        page = await sits_down(window, an)
        await page.route("**/console/live", wait)
        await page.goto(f"{house.origin}/console/urgent")
        await expect(page.get_by_role("heading", name="Đang chờ (0)")).to_be_visible()

        code = await raises(town, lan, "Má tôi té")
        raised.set()

        await expect(page.get_by_role("link", name=code)).to_be_visible()
