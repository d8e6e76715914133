"""The pages of requests as an official sees them in Chromium, on a phone and on a laptop."""

import pytest

from tests.kit.browser import browser
from tests.kit.console import PASSWORD, clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, asks

NAME = "Nguyễn " + "Thị" * 20 + " Lan"


@pytest.mark.parametrize(("width", "height"), [(360, 740), pytest.param(1366, 768, marks=pytest.mark.trial)])
async def test_a_request_is_opened_from_the_list_and_answered_without_a_mouse(
    house: House, town: TownOf, width: int, height: int
) -> None:
    code = await asks(town, "lan", name=NAME, story="Nhà dột. " * 40)
    async with (
        clerk(house, "tam", "officer", places=(HERE,), signed_in=False) as tam,
        browser(width, height) as window,
    ):
        page = window.page
        await page.goto(f"{house.origin}/console/sign-in?next=/console/requests")
        for field, value in (("email", tam.email), ("password", PASSWORD), ("code", tam.code())):
            await page.fill(f"#{field}", value)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#requests-lines")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("article.pane")

        assert await page.inner_text(".pane h1") == f"{code} · {NAME}"
        await page.focus("#act-ask > summary")
        await page.keyboard.press("Enter")
        await page.fill("#asked", "Bà có sổ hộ khẩu không?")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".notice.good")

        assert "Chờ người dân trả lời" in await page.inner_text(".pane")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert (window.problems, window.failures) == ([], [])
