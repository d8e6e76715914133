"""One request from the chat to its answer, in a real browser: invited, signed in, asked, answered, proposed, approved,
told; and the official who was disabled is out at her next click.
"""

import re

import pytest
from playwright.async_api import Page, expect

from tests.handlers.conversations.walks import registers
from tests.kit.browser import Window, browser
from tests.kit.console import PASSWORD, Clerk, clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize(
        ("width", "height"),
        [pytest.param(360, 740, id="phone"), pytest.param(1366, 768, id="desk", marks=pytest.mark.trial)],
    ),
]
HERE, UNIT = "phuong_hoa_khanh", "Phường Hòa Khánh"
EMAIL = "canbo@example.test"


async def test_a_request_from_the_chat_to_its_answer(house: House, town: TownOf, width: int, height: int) -> None:
    lan = town.citizen("Lan")
    async with (
        clerk(house, "an", "admin") as an,
        clerk(house, "binh", "admin") as binh,
        clerk(house, "bo", "lead", places=(HERE,)) as bo,
        browser(width, height) as admin,
        browser(width, height) as officer,
        browser(width, height) as lead,
    ):
        await sits_down(admin, an)
        await invites(admin.page, house)
        await sits_down(admin, binh)
        link = await confirms(admin.page, house)
        tam = await takes_up(officer.page, house, link, an)
        # What she is to propose counts a day after her role was given.
        house.clock.move(days=1, minutes=1)
        for window, official in ((admin, an), (lead, bo)):
            await official.signs_in()
            await sits_down(window, official)
        await officer.page.reload()
        await signs_in(officer.page, tam)

        code = await registers(lan, news="1")
        await officer.page.get_by_role("link", name="Hôm nay").click()
        await fits(officer.page)
        await officer.page.locator(".tiles").get_by_text("yêu cầu mới").click()
        await officer.page.get_by_role("link", name=code).click()
        await expect(officer.page.get_by_role("heading", level=1)).to_contain_text("Nguyễn Thị Lan")
        await acts(officer.page, "Hỏi thêm", "Chụp giúp giấy khám gần nhất, hoặc cho biết khám ngày nào", "asked")
        await expect(officer.page.locator(".notice.good")).to_be_visible()

        await town.tells(lan, "Chụp giúp giấy khám gần nhất")
        await lan.presses("Trả lời")
        await lan.says("Khám ngày 3 tháng 11 ở trạm y tế")
        await officer.page.reload()
        await expect(officer.page.locator(".pane")).to_contain_text("Khám ngày 3 tháng 11 ở trạm y tế")

        await act(officer.page, "Đề xuất")
        await officer.page.locator("#what").fill("Gạo cho cả nhà trong hai tháng")
        await officer.page.locator("#amount").fill("chừng năm trăm")
        await officer.page.locator("#act-propose button").click()
        await expect(officer.page.locator(".fault")).to_have_count(1)
        assert await officer.page.locator("#what").input_value() == "Gạo cho cả nhà trong hai tháng"
        await officer.page.locator("#amount").fill("1.000.000")
        await officer.page.locator("#act-propose button").click()
        await expect(officer.page.locator(".notice.good")).to_be_visible()
        await fits(officer.page)

        await lead.page.goto(f"{house.origin}/console")
        await lead.page.locator(".tiles").get_by_text("chờ anh/chị duyệt").click()
        await lead.page.get_by_role("link", name=code).click()
        await act(lead.page, "Duyệt")
        await expect(lead.page.locator("#act-approve blockquote")).to_contain_text("1.000.000 đ")
        await lead.page.locator("#act-approve button").click()
        await expect(lead.page.locator(".notice.good")).to_be_visible()
        await fits(lead.page)
        await town.tells(lan, "Gạo cho cả nhà trong hai tháng, 1.000.000 đ")

        await disables(admin.page, house, tam)
        await officer.page.goto(f"{house.origin}/console")  # the page may have looked again by itself
        await expect(officer.page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
        for window in (admin, officer, lead):
            assert window.problems == []
            assert not [failure for failure in window.failures if not failure.startswith(("400", "401"))]


async def sits_down(window: Window, official: Clerk) -> None:
    cookies = official.session.cookie_jar
    await window.context.add_cookies([{"name": c.key, "value": c.value, "url": official.house.origin} for c in cookies])


async def invites(page: Page, house: House) -> None:
    """Ask for an officer's account."""
    await page.goto(f"{house.origin}/console/officials")
    await page.get_by_text("Mời cán bộ mới").click()
    await page.get_by_label("Thư điện tử").fill(EMAIL)
    await page.get_by_label("Họ tên").fill("Lê Thị Tám")
    await page.get_by_label("Chức danh").fill("Chị")
    await page.get_by_label("Cán bộ xã, phường").check()
    await page.get_by_text("Chọn xã, phường").click()
    await page.get_by_label(UNIT, exact=True).check()
    await fits(page)
    await page.get_by_role("button", name="Gửi để xác nhận").click()
    await expect(page.locator(".notice.good")).to_contain_text("quản trị viên khác")
    await fits(page)


async def confirms(page: Page, house: House) -> str:
    """Confirm it as another admin, and read the link that is shown once."""
    await page.goto(f"{house.origin}/console")
    await page.locator(".tiles").get_by_text("thay đổi tài khoản chờ").click()
    await expect(page.locator(".card")).to_contain_text("Lê Thị Tám")
    await fits(page)
    await page.get_by_role("button", name="Xác nhận", exact=True).click()
    await fits(page)
    link = await page.locator(".secret").inner_text()
    await page.get_by_role("link", name="Quay lại").click()
    return link


async def takes_up(page: Page, house: House, link: str, template: Clerk) -> Clerk:
    """Take the account up and sign in, with the code a phone shows that learned the secret of the page."""
    await page.goto(link)
    await fits(page)
    await expect(page.locator(".square svg")).to_be_visible()
    secret = (await page.locator(".secret").inner_text()).replace(" ", "")
    tam = Clerk(house, template.session, "", EMAIL, secret)
    await page.get_by_label("Đặt mật khẩu").fill(PASSWORD)
    await page.get_by_label("Mã một lần").fill("000000")
    await page.get_by_role("button", name="Nhận tài khoản").click()
    await expect(page.get_by_role("alert")).to_contain_text("chưa đúng")
    await page.get_by_label("Đặt mật khẩu").fill(PASSWORD)
    await page.get_by_label("Mã một lần").fill(tam.code())
    await page.get_by_role("button", name="Nhận tài khoản").click()
    await expect(page.locator(".codes li")).to_have_count(10)
    await fits(page)
    await page.get_by_role("link", name="Đăng nhập").click()
    await signs_in(page, tam)
    return tam


async def signs_in(page: Page, tam: Clerk) -> None:
    await page.get_by_label("Thư điện tử").fill(EMAIL)
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await page.get_by_label("Mã một lần").fill(tam.code())
    await page.get_by_role("button", name="Đăng nhập").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay")


async def disables(page: Page, house: House, official: Clerk) -> None:
    """Disable an account; its admin types a code once more for that."""
    await page.goto(f"{house.origin}/console/officials")
    await page.get_by_role("link", name="Lê Thị Tám").click()
    await page.get_by_label("Lý do").select_option("moved")
    await page.get_by_role("button", name="Khóa tài khoản").click()
    await fits(page)
    if await page.get_by_role("heading", name="Gõ lại mã một lần").count():
        pytest.fail("a code was asked for again within a quarter of an hour")
    await expect(page.locator(".notice.good")).to_have_text(re.compile("Đã khóa"))


async def act(page: Page, name: str) -> None:
    """Open the form of an act."""
    await page.locator(".acts summary", has_text=name).first.click()


async def acts(page: Page, name: str, words: str, field: str) -> None:
    """Open the form of an act that takes words, fill it in and send it."""
    await act(page, name)
    await page.locator(f"#{field}").fill(words)
    await fits(page)
    await page.locator("details.act[open] button").first.click()


async def fits(page: Page) -> None:
    root, body, view = await page.evaluate(
        "[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]"
    )
    assert max(root, body) <= view, page.url
