"""An announcement in a real browser on a phone: written, submitted, approved after a second check, watched, stopped."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect
from sqlmodel import col, func, select

from fakes.telegram.server import FakeTelegram
from handlers.desk import Actor
from storage.database import Unit
from storage.queries.incoming import chats
from storage.tables import AuditRow
from storage.vault import Vault
from tests.bot.web.console.announcements import HERE, jpeg, sent, submits
from tests.kit.announcing import states_of
from tests.kit.browser import Window, browser
from tests.kit.console import Clerk, clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.telegram_house import telegram_house

pytestmark = pytest.mark.browser
PEOPLE = 60
CODE = re.compile(r"TB-\w{4}-\w{4}")


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[tuple[House, FakeTelegram]]:
    """A house whose Telegram takes two messages a second."""
    async with telegram_house(tmp_path, TELEGRAM_RATE="2") as served:
        yield served


async def readers(house: House, telegram: FakeTelegram) -> None:
    """People on Telegram who wrote once and get news of health."""
    users = [telegram.user(f"Người {number}") for number in range(PEOPLE)]
    for user in users:
        user.chat.status = "open"
    master, now = house.service.opened.office.master, house.clock.now()

    def subscribe(unit: Unit) -> None:
        vault = Vault(unit, master)
        for user in users:
            name = str(user.id)
            chat = chats.arrive(unit, vault, "telegram", vault.look_up("telegram chat", name), now, platform=name)
            actor = Actor("person", chat.person_id)
            desk = house.service.opened.office.desk(unit, actor, f"test:{name}", house.clock, chat)
            desk.subscriptions.subscribe(("health",))

    await house.database.write(subscribe)


async def test_from_the_first_word_to_the_stop(
    served: tuple[House, FakeTelegram], tmp_path_factory: pytest.TempPathFactory
) -> None:
    house, telegram = served
    town, file = TownOf(house), tmp_path_factory.mktemp("chosen") / "anh.png"
    file.write_bytes(jpeg())
    await readers(house, telegram)
    async with (
        clerk(house, "mai", "editor") as mai, clerk(house, "lan", "admin") as lan,
        browser(360, 740) as writing, browser(360, 740) as approving,
    ):  # fmt: skip
        await sits_down(writing, mai)
        await sits_down(approving, lan)
        code = await writes(writing.page, house, file)
        await approving.page.goto(f"{house.origin}/console")
        await writing.page.get_by_role("button", name="Trình duyệt").click()
        await expect(writing.page.get_by_text("Người soạn không tự duyệt")).to_be_visible()

        await approves(approving.page, house, code, lan)
        await expect(writing.page.locator("#how")).to_contain_text("đang gửi")
        await expect(writing.page.locator("#how .state.done")).to_be_visible()
        house.clock.move(seconds=2)
        await expect(writing.page.locator("#how")).to_contain_text("tin mỗi giây")
        await fits(writing.page)
        await writing.page.get_by_role("button", name="Dừng hẳn").click()

        await expect(writing.page.locator(".notice.good")).to_contain_text("Đã dừng.")
        await expect(writing.page.locator("#how")).to_contain_text(f"{PEOPLE} / {PEOPLE} người đã qua")
        await expect(writing.page.locator("#how .sum")).to_contain_text(f"{PEOPLE} / {PEOPLE}")
        await expect(writing.page.locator("#how .state.stopped")).to_have_count(2)
        await fits(writing.page)
        assert await states_of(town) == ["cancelled"]
        assert await sent(town) < PEOPLE
        assert (writing.problems, approving.problems) == ([], [])
        assert [one for one in writing.failures + approving.failures if not one.startswith(("400", "403"))] == []


async def writes(page: Page, house: House, file: Path) -> str:
    """Write one, first with faults; returns its code."""
    await page.goto(f"{house.origin}/console/broadcasts/new?kind=service")
    await expect(page.locator("#needs")).to_be_visible()
    await page.get_by_label("Tin tức").check()
    await expect(page.locator("#needs")).to_be_hidden()
    await page.get_by_label("Mục tin", exact=True).select_option("health")
    await page.get_by_text("Chọn xã, phường").click()
    await page.get_by_placeholder("Gõ tên để tìm nhanh").fill("hoa khanh")
    await expect(page.get_by_label("Phường Hòa Khánh", exact=True)).to_be_visible()
    await expect(page.get_by_label("Xã Tây Giang", exact=True)).to_be_hidden()
    await page.get_by_placeholder("Gõ tên để tìm nhanh").press("Enter")
    await page.get_by_label("Dòng đầu", exact=True).fill("Lịch trạm y tế")
    await page.get_by_label("Nội dung chi tiết", exact=True).fill("Trạm mở cửa sáng thứ bảy.")
    await page.set_input_files("#picture", file)
    await page.fill("#start_day", "2026-11-25")
    await page.fill("#start_time", "23:00")
    await fits(page)
    await page.get_by_role("button", name="Ghi bản nháp").click()
    await expect(page.locator("#start_time-fault")).to_contain_text("giờ nghỉ đêm")
    assert await page.locator("#words_vi").input_value() == "Trạm mở cửa sáng thứ bảy."
    await expect(page.get_by_text("Ảnh vừa chọn vẫn được giữ.")).to_be_visible()
    await fits(page)
    await page.fill("#start_day", "")
    await page.fill("#start_time", "")
    await page.get_by_role("button", name="Ghi bản nháp").click()
    await expect(page.locator(".plane img")).to_be_visible()
    await expect(page.get_by_text(f"{PEOPLE} người nhận ngay")).to_be_visible()
    await fits(page)
    found = CODE.search(page.url)
    assert found
    return found[0]


async def approves(page: Page, house: House, code: str, lan: Clerk) -> None:
    """Approve it from the first page on, with a code of the last minutes."""
    await expect(page.get_by_text("thông báo chờ anh/chị duyệt")).to_be_visible()
    house.clock.move(minutes=16)
    await page.locator(".tiles").get_by_text("thông báo chờ anh/chị duyệt").click()
    await page.get_by_role("link", name="Lịch trạm y tế").click()
    await expect(page.locator(".web")).to_contain_text(code)
    await fits(page)
    await page.get_by_role("button", name="Duyệt và cho gửi").click()
    await expect(page.get_by_role("heading", name="Gõ lại mã một lần")).to_be_visible()
    await page.locator("#one_time_code").fill(lan.code())
    await page.get_by_role("button", name="Xác nhận và làm tiếp").click()
    await expect(page.locator(".notice.good")).to_contain_text("Đã duyệt.")


async def test_who_edits_it_in_a_second_tab_can_approve_it_in_neither(served: tuple[House, FakeTelegram]) -> None:
    house, telegram = served
    await readers(house, telegram)
    async with (
        clerk(house, "mai", "lead", places=(HERE,)) as mai, clerk(house, "lan", "lead", places=(HERE,)) as lan,
        browser(360, 740) as window,
    ):  # fmt: skip
        code = await submits(mai, units=HERE)
        await sits_down(window, lan)
        first, second = window.page, await window.context.new_page()
        # The first tab is one that has missed the news, or the button would be gone before she can press it.
        await first.route("**/console/live*", cut_off)
        for tab in (first, second):
            await tab.goto(f"{house.origin}/console/broadcasts/{code}")
        await second.get_by_role("link", name="Sửa thông báo").click()
        await second.get_by_label("Dòng đầu", exact=True).fill("Lịch trạm y tế mới")
        await second.get_by_role("button", name="Ghi lại").click()
        await second.get_by_role("button", name="Trình duyệt").click()
        await expect(second.get_by_text("Người soạn không tự duyệt")).to_be_visible()

        await first.get_by_role("button", name="Duyệt và cho gửi").click()

        await expect(first.locator(".notice.good")).to_have_count(0)
        await expect(second.get_by_role("button", name="Duyệt và cho gửi")).to_have_count(0)
        assert await states_of(TownOf(house)) == ["awaiting_approval"]
        assert await refusals(house) == 1
        assert await sent(TownOf(house)) == 0


async def test_given_back_its_author_reads_why_and_submits_it_again(served: tuple[House, FakeTelegram]) -> None:
    house, telegram = served
    await readers(house, telegram)
    async with (
        clerk(house, "mai", "editor") as mai, clerk(house, "lan", "admin") as lan, browser(360, 740) as window,
    ):  # fmt: skip
        page, code = window.page, await submits(mai)
        await sits_down(window, lan)
        await page.goto(f"{house.origin}/console/broadcasts/{code}")
        await page.locator("summary", has_text="Trả lại người soạn").click()
        await page.get_by_label("Vì sao trả lại?", exact=True).fill("Thiếu giờ mở cửa.")
        await fits(page)
        await page.get_by_role("button", name="Trả lại người soạn").click()
        await expect(page.locator(".notice.good")).to_contain_text("Đã trả lại người soạn.")
        await expect(page.get_by_role("button", name="Duyệt và cho gửi")).to_have_count(0)

        await sits_down(window, mai)
        await page.goto(f"{house.origin}/console/broadcasts/{code}")
        await expect(page.get_by_text("Được trả lại: “Thiếu giờ mở cửa.”")).to_be_visible()
        await fits(page)
        await page.get_by_role("button", name="Trình duyệt").click()
        await expect(page.locator(".notice.good")).to_contain_text("Đã trình.")
        await expect(page.get_by_text("Được trả lại")).to_have_count(0)
        assert await states_of(TownOf(house)) == ["awaiting_approval"]
        assert (window.problems, window.failures) == ([], [])


async def test_a_lead_sees_her_own_units_alone(served: tuple[House, FakeTelegram]) -> None:
    house = served[0]
    async with clerk(house, "bo", "lead", places=(HERE,)) as bo, browser(360, 740) as window:
        await sits_down(window, bo)
        await window.page.goto(f"{house.origin}/console/broadcasts/new")

        await expect(window.page.locator("#units label")).to_have_count(1)
        await fits(window.page)
        assert (window.problems, window.failures) == ([], [])


async def cut_off(route: Route) -> None:
    await route.abort()


async def refusals(house: House) -> int:
    """How many approvals were refused, as the audit has it."""
    refused = select(func.count()).where(col(AuditRow.action) == "broadcast.approval_refused")
    return int(await house.database.read(lambda unit: unit.execute(refused).scalar_one()))


async def sits_down(window: Window, official: Clerk) -> None:
    cookies = official.session.cookie_jar
    await window.context.add_cookies([{"name": c.key, "value": c.value, "url": official.house.origin} for c in cookies])


async def fits(page: Page) -> None:
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
