"""Figures of law in a real browser: entered, confirmed and taken back, on a phone and on a laptop."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.kit.browser import Window, browser
from tests.kit.console import Clerk, clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf

pytestmark = pytest.mark.browser


async def sits_down(window: Window, official: Clerk) -> Page:
    """The window of an official who is signed in."""
    cookies = official.session.cookie_jar
    await window.context.add_cookies([{"name": c.key, "value": c.value, "url": official.house.origin} for c in cookies])
    return window.page


async def fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800)])
async def test_a_figure_is_entered_confirmed_and_taken_back(
    house: House, town: TownOf, tmp_path: Path, width: int, height: int
) -> None:
    house.clock.move(days=120)
    async with (
        clerk(house, "an", "admin") as an,
        clerk(house, "bo", "admin") as bo,
        browser(width, height) as window,
        browser(width, height) as other,
    ):
        page = await sits_down(window, an)
        await page.goto(f"{house.origin}/console/rules")
        assert await fits(page)
        await page.screenshot(path=tmp_path / "list.png", full_page=True)
        await page.get_by_role("searchbox").fill("tro giup xa hoi")
        await page.get_by_role("button", name="Tìm", exact=True).click()
        await page.get_by_role("link", name="Mức chuẩn trợ giúp xã hội").click()
        assert await fits(page)
        await page.screenshot(path=tmp_path / "row.png", full_page=True)
        await page.get_by_label("Số mới").fill("560000")
        await page.get_by_label("Tính từ ngày").fill("2027-04-01")
        await page.get_by_label("Căn cứ").fill("NĐ 1/2027/NĐ-CP Điều 4")
        await page.get_by_role("button", name="Nhập số mới").click()
        await expect(page.locator(".notice.good")).to_contain_text("chờ một quản trị khác")
        await expect(page.get_by_role("button", name="Xác nhận")).to_have_count(0)

        seconds = await sits_down(other, bo)
        await seconds.goto(f"{house.origin}/console/rules")
        await expect(seconds.get_by_text("Từ 01/04/2027: 560.000 đ, trước đó 540.000 đ.")).to_be_visible()
        assert await fits(seconds)
        await seconds.screenshot(path=tmp_path / "waits.png")
        await seconds.get_by_role("button", name="Xác nhận").click()
        await expect(seconds.locator(".notice.good")).to_be_visible()
        await seconds.screenshot(path=tmp_path / "in_force.png", full_page=True)
        await seconds.get_by_role("button", name="Rút lại").click()
        await expect(seconds.locator(".notice.good")).to_contain_text("một quản trị khác xác nhận")
        await page.goto(f"{house.origin}/console/rules")
        await page.get_by_role("button", name="Xác nhận rút lại").click()

        await expect(page.locator(".notice.good")).to_be_visible()
        await expect(page.get_by_text("560.000 đ")).to_have_count(0)
        assert [(one.problems, one.failures) for one in (window, other)] == [([], []), ([], [])]
