"""The phones in a browser: what a resident does there reaches the account, and what it answers is seen."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from fakes.wire import Json
from fakes.zalo_oa.demo import demonstration
from fakes.zalo_oa.page import ZaloOaPage
from fakes.zalo_oa.server import FakeZaloOa
from fakes.zalo_oa.user import ZaloUser
from tests.fakes.zalo_oa.conftest import Caller, buttons, picture
from tests.kit.browser import Window, browser
from tests.kit.waiting import until

# The page is for trying the service by hand; what people meet is tested every time.
pytestmark = [pytest.mark.browser, pytest.mark.trial]


@dataclass
class Nobody:
    """No service at all. moved: days that were let pass."""

    moved: int = 0
    waiting: dict[str, int] = field(default_factory=dict)

    def held(self, user: ZaloUser) -> int:
        return self.waiting.get(user.person.name, 0)

    async def move(self, days: int) -> None:
        self.moved += days

    async def allow_buttons(self) -> None:
        pass

    async def sign_in(self) -> Json:
        return {"address": "http://127.0.0.1/console", "email": "a@example.test", "password": "abcd", "code": "000000"}


@pytest.fixture
def nobody() -> Nobody:
    return Nobody()


@pytest.fixture
async def page(zalo: FakeZaloOa, nobody: Nobody) -> AsyncIterator[ZaloOaPage]:
    async with ZaloOaPage(zalo, nobody).opened() as page:
        yield page


@pytest.fixture(params=[360, 1366], ids=["phone", "desktop"])
async def window(page: ZaloOaPage, request: pytest.FixtureRequest) -> AsyncIterator[Window]:
    async with browser(request.param, 740) as window:
        await window.page.goto(page.origin)
        yield window
        assert (window.problems, window.failures) == ([], [])


def phone(window: Window, number: int = 0) -> Locator:
    return window.page.locator(".phone").nth(number)


async def sideways(window: Window) -> int:
    """How many pixels stand out of the window."""
    return int(await window.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


async def test_a_button_sends_what_it_holds_and_not_its_title(page: ZaloOaPage, window: Window, caller: Caller) -> None:
    lan = page.people[0]
    await phone(window).get_by_role("button", name="Quan tâm", exact=True).click()
    await expect(phone(window).get_by_role("button", name="Bỏ quan tâm")).to_be_visible()
    await caller.sends(lan, "Ông/bà cần việc gì?", attachment=buttons("Đăng ký hỗ trợ", "Việc khác"))

    await phone(window).get_by_role("button", name="Việc khác").click()

    await expect(phone(window).get_by_role("status")).to_have_text("Đã bấm: Việc khác")
    assert lan.world.events[-1].body["message"]["text"] == "#nonce.1"
    assert await sideways(window) <= 0


async def test_words_pictures_and_her_number_are_sent(
    page: ZaloOaPage, window: Window, caller: Caller, tmp_path: Path
) -> None:
    lan, file = page.people[0], tmp_path / "nha.png"
    file.write_bytes(picture())
    await phone(window).get_by_role("textbox").fill("Chào")
    await phone(window).get_by_role("button", name="Gửi", exact=True).click()
    await expect(phone(window).get_by_text("Chào")).to_be_visible()
    element = {"title": "Số điện thoại", "subtitle": "Bấm để gửi", "image_url": "http://127.0.0.1/a.png"}
    wish = {"type": "template", "payload": {"template_type": "request_user_info", "elements": [element]}}
    await caller.posts("/v3.0/oa/message/cs", {"recipient": {"user_id": lan.id}, "message": {"attachment": wish}})

    await phone(window).get_by_role("button", name="Gửi số của tôi").click()
    await expect(phone(window).get_by_role("status")).to_have_text("Đã gửi số điện thoại")
    await phone(window).locator("[type=file]").set_input_files(file)

    await window.page.wait_for_function("[...document.images].some((one) => one.complete && one.naturalWidth > 0)")
    names = [event.body["event_name"] for event in lan.world.events if event.body["event_name"].startswith("user_s")]
    assert names == ["user_send_text", "user_submit_info", "user_send_image"]


async def test_days_pass_and_what_is_held_is_said(page: ZaloOaPage, window: Window, nobody: Nobody) -> None:
    await window.page.get_by_role("button", name="Cho qua 3 ngày").click()
    nobody.waiting["Bà Lan"] = 2
    page.zalo.world.bell.ring()

    await expect(phone(window).get_by_text("2 tin đang giữ, chờ nhắn lại")).to_be_visible()
    await expect(phone(window).get_by_text("Chưa nhắn lần nào: OA không gửi được")).to_be_visible()
    assert nobody.moved == 3
    assert await sideways(window) <= 0


async def test_buttons_are_refused_and_allowed_by_the_switch(page: ZaloOaPage, window: Window) -> None:
    switch, account = window.page.get_by_role("checkbox", name="OA có nút"), page.zalo.world.account
    await switch.uncheck()
    await expect(switch).not_to_be_checked()
    await until("buttons are refused", lambda: account.buttons_refused)

    await switch.check()

    await until("buttons are allowed", lambda: account.buttons_refused == 0)


async def test_an_official_sees_how_to_sign_in(window: Window) -> None:
    await window.page.get_by_text("Cán bộ", exact=True).click()

    await expect(window.page.get_by_role("link", name="http://127.0.0.1/console")).to_be_visible()
    await expect(window.page.get_by_text("a@example.test")).to_be_visible()
    assert await sideways(window) <= 0


async def test_the_whole_demonstration_holds_a_reminder_and_shows_it_on_her_return(tmp_path: Path) -> None:
    async with demonstration(tmp_path) as (page, product):
        lan = page.people[0]
        lan.follows()
        await lan.hears_more(0)
        for title, then in (("Tiếng Việt", "cần việc gì"), ("Đăng ký hỗ trợ", "cho ai"), ("Gia đình tôi", "đồng ý"),
                            ("Đồng ý gửi", "Cần giúp việc gì")):  # fmt: skip
            lan.presses(title)
            await lan.hears(then)
        await product.move(3)
        await until("something is held for her", lambda: product.held(lan))
        told = len(lan.heard)

        lan.says("Chào")

        await lan.hears("còn một việc làm dở")
        assert page.zalo.world.complaints == []
        assert page.zalo.world.paid() == []
        assert told < len(lan.heard)
