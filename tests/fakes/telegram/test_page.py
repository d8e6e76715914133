"""The phones in a browser: what a resident does there reaches a bot, and what the bot answers is seen."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from fakes.telegram.echo import Echo
from fakes.telegram.page import TelegramPage
from fakes.telegram.server import fake_telegram
from tests.fakes.telegram.conftest import photo
from tests.kit.browser import Window, browser

# The page is for trying the service by hand; what people meet is tested every time.
pytestmark = [pytest.mark.browser, pytest.mark.trial]


@pytest.fixture
async def page() -> AsyncIterator[TelegramPage]:
    """The page with a bot of a few lines behind it."""
    async with fake_telegram() as telegram, TelegramPage(telegram).opened() as page:
        echo = asyncio.create_task(Echo(telegram).run())
        yield page
        echo.cancel()
        await asyncio.gather(echo, return_exceptions=True)


@pytest.fixture(params=[360, 1366], ids=["phone", "desktop"])
async def window(page: TelegramPage, request: pytest.FixtureRequest) -> AsyncIterator[Window]:
    async with browser(request.param, 740) as window:
        await window.page.goto(page.origin)
        yield window
        assert (window.problems, window.failures) == ([], [])


def phone(window: Window, number: int = 0) -> Locator:
    return window.page.locator(".phone").nth(number)


async def presses(where: Locator, *labels: str) -> None:
    for label in labels:
        await where.get_by_role("button", name=label, exact=True).click()


async def test_buttons_are_pressed_and_the_message_changes(window: Window) -> None:
    await presses(phone(window), "/start", "Xem tôi được hỗ trợ gì", "Có")

    await expect(phone(window).get_by_text("✓ Có")).to_be_visible()
    await expect(phone(window).get_by_role("status")).to_have_text("Đã nhận")


async def test_her_number_goes_by_the_keyboard_which_then_is_gone(page: TelegramPage, window: Window) -> None:
    await presses(phone(window), "/start", "Gửi số điện thoại", "Gửi số của tôi")

    await expect(phone(window).get_by_text("Đã ghi số điện thoại.")).to_be_visible()
    await expect(phone(window).locator(".keys button")).to_have_count(0)
    assert page.people[0].keys == ()


async def test_words_are_sent_and_put_right(page: TelegramPage, window: Window) -> None:
    await phone(window).get_by_role("textbox").fill("5 ngừoi")
    await presses(phone(window), "Gửi")
    await expect(phone(window).get_by_text("Ông/bà nói: 5 ngừoi")).to_be_visible()
    await presses(phone(window), "Sửa tin cuối")
    await phone(window).get_by_role("textbox").fill("5 người")

    await presses(phone(window), "Sửa")

    await expect(phone(window).get_by_text("Đã sửa: 5 người")).to_be_visible()
    assert page.people[0].sees[0].text == "5 người"


async def test_photos_and_stickers_are_sent_and_photos_seen(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "nha.png"
    file.write_bytes(photo())

    await phone(window).locator("[type=file]").set_input_files(file)
    await presses(phone(window), "Nhãn dán", "/start", "Xem ảnh")

    await expect(phone(window).locator("img")).to_have_count(2)
    await expect(phone(window).get_by_text("Thẻ mã hồ sơ (mẫu)")).to_be_visible()
    shown = "[...document.images].every((one) => one.complete && one.naturalWidth > 0)"
    await window.page.wait_for_function(shown)


async def test_blocking_is_undone(page: TelegramPage, window: Window) -> None:
    await presses(phone(window), "/start", "Chặn")
    await expect(phone(window).get_by_role("button", name="Bỏ chặn")).to_be_visible()
    blocked = page.people[0].chat.status

    await presses(phone(window), "Bỏ chặn")

    await expect(phone(window).get_by_role("button", name="Chặn", exact=True)).to_be_visible()
    assert (blocked, page.people[0].chat.status) == ("blocked", "open")


async def test_each_resident_has_a_phone_and_nothing_scrolls_sideways(page: TelegramPage, window: Window) -> None:
    view = window.page.viewport_size
    assert view is not None
    if view["width"] == 360:
        await window.page.get_by_role("tab", name="Ông Huy").click()
        await expect(phone(window, 0)).to_be_hidden()
    await presses(phone(window, 1), "/start")

    await expect(phone(window, 1).get_by_text("Ông/bà cần việc gì?")).to_be_visible()
    assert page.people[0].sees == []
    assert await window.page.evaluate("document.documentElement.scrollWidth") <= view["width"]
