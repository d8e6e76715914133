"""Take the three pictures of the README: `.venv/bin/python docs/make_pictures.py` while Chromium is installed.

Why from the running service: a drawn picture soon shows something that is no longer so. Everything on them is sample
data: the demonstration is started on an empty folder that is thrown away.
"""

import asyncio
import re
import socket
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import pyotp
from PIL import Image
from playwright.async_api import Locator, Page, ViewportSize, async_playwright

PICTURES = Path(__file__).parent / "pictures"
LARGEST = 150 * 1000  # bytes
CHROMIUM = "/usr/bin/chromium"
# A phone of 360 by 740 points, two pixels to each.
PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1366, height=768)
OFFICIAL = "canbo@example.test"
NAME = "Nguyễn Thị Mẫu"
UNTIL_THE_NEEDS = ("Tiếng Việt", "Đăng ký hỗ trợ", "Gia đình tôi", "Đồng ý gửi")
TYPED = ("Hòa Khánh", "Tổ 3, gần chợ (mẫu)", NAME, "1954", "Không có điện thoại", "Bỏ qua", "Đến nhà")


async def main() -> None:
    """Serve the demonstration and take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "bot", "serve", "--demo")
        settings = {"DATA_DIR": folder, "PORT": str(_free_port()), "LOG_LEVEL": "ERROR"}
        service = await asyncio.create_subprocess_exec(*command, env=settings, stdout=asyncio.subprocess.PIPE)
        try:
            async with asyncio.timeout(60):
                address, password, secret = await _printed(service)
                await take(address)
                await take_console(address, password, pyotp.TOTP(secret).now())
        finally:
            service.terminate()
            await service.wait()


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


async def _printed(service: asyncio.subprocess.Process) -> tuple[str, str, str]:
    """The address of the chat, and the officer's password and secret, as the service prints them."""
    if service.stdout is None:
        raise RuntimeError("the service has no output")
    address = ""
    async for line in service.stdout:
        words = line.decode()
        address = address or "".join(re.findall(r"http://\S+/chat", words))
        if words.split()[:1] == [OFFICIAL]:
            return address, words.split()[3], words.split()[-1]
    raise RuntimeError("the service did not start")


async def take(address: str) -> None:
    """Walk through a registration, and stop twice for a picture."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await chromium.new_page(viewport=PHONE, device_scale_factor=2, locale="vi-VN")
        await page.goto(address)
        await page.click("#start")
        for label in UNTIL_THE_NEEDS:
            await _option(page, label).click()
        await _option(page, "Học hành").click()
        await _option(page, "✓ Học hành").wait_for()
        await _save(page, "chat")
        await _option(page, "Xong").click()
        for text in TYPED:
            await _answer(page, text)
        await _option(page, "Gửi yêu cầu").click()
        await page.locator("#log .us img").evaluate("(card) => card.decode()")
        await page.locator("#log .us:has(img) .bubble").evaluate("(bubble) => bubble.scrollIntoView({ block: 'end' })")
        await _save(page, "code")
        await chromium.close()


async def take_console(address: str, password: str, code: str) -> None:
    """Sign in, and stop at the request that was just made."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await chromium.new_page(viewport=DESK, locale="vi-VN")
        await page.goto(address.replace("/chat", "/console"))
        for field, value in (("email", OFFICIAL), ("password", password), ("code", code)):
            await page.fill(f"#{field}", value)
        await page.click("button.primary")
        await page.goto(address.replace("/chat", "/console/requests"))
        await page.locator("tr", has_text=NAME).locator("a").first.click()
        await page.locator(".fresh", has_text=":").wait_for()
        await _save(page, "console")
        await chromium.close()


def _option(page: Page, label: str) -> Locator:
    return page.locator("#question").get_by_role("button", name=label)


async def _answer(page: Page, text: str) -> None:
    """Type an answer, and wait for the next question."""
    lines = await page.locator("#log > .us").count()
    await page.fill("#field", text)
    await page.click("#send")
    await page.locator("#log > .us").nth(lines).wait_for()


async def _save(page: Page, name: str) -> None:
    """Write a picture in 128 colours. Raises ValueError if it is too large for a README."""
    await page.mouse.move(0, 0)
    shot = Image.open(BytesIO(await page.screenshot(animations="disabled"))).convert("RGB")
    PICTURES.mkdir(exist_ok=True)
    target = PICTURES / f"{name}.png"
    shot.quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)
    size = target.stat().st_size
    if size > LARGEST:
        raise ValueError(f"{target.name} is {size} bytes, more than {LARGEST}")


if __name__ == "__main__":
    asyncio.run(main())
