"""A real browser for tests: the system's Chromium, driven page by page."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import BrowserContext, ConsoleMessage, Page, Response, async_playwright, expect

from tests.kit.waiting import PATIENT_S

expect.set_options(timeout=PATIENT_S * 1000)

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class Window:
    """A browser with one page open, and what went wrong in any of its pages."""

    page: Page
    context: BrowserContext
    # Errors on the console, exceptions and breaches of the content security policy.
    problems: list[str] = field(default_factory=list)
    # Answers of 400 and above, as "404 http://…": the console repeats these, so `problems` leaves them out.
    failures: list[str] = field(default_factory=list)

    async def another_page(self) -> Page:
        """Open a second tab with the same cookies and the same watch on it."""
        page = await self.context.new_page()
        self.watch(page)
        return page

    def watch(self, page: Page) -> None:
        """Record what goes wrong in a page from now on."""
        page.on("console", lambda message: self._heard(message))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("response", lambda response: self._answered(response))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.failures.append(f"{response.status} {response.url}")


def find_chromium() -> str | None:
    """The path of the system's Chromium, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@asynccontextmanager
async def browser(width: int, height: int, *, dark: bool = False) -> AsyncIterator[Window]:
    """Open a window of so many CSS pixels. Skips the test where there is no Chromium."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as playwright:
        process = await playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        context = await process.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="vi-VN",
        )
        context.set_default_timeout(PATIENT_S * 1000)
        window = Window(await context.new_page(), context)
        window.watch(window.page)
        try:
            yield window
        finally:
            await process.close()
