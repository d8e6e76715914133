"""The chat page in a real browser, against a chat room in memory that can be made to misbehave."""

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.bot.web.chat_room import ChatRoom, open_room
from tests.bot.web.sentences import sentence
from tests.kit.browser import Window, browser

pytestmark = pytest.mark.browser

PAPER = "Năm nay gia đình có giấy chứng nhận không?"


def say(key: str) -> str:
    return sentence("vi", f"page.{key}")


@pytest.fixture
async def room() -> ChatRoom:
    answers = {
        "/start": ("Xin chào ông/bà.\nÔng/bà cần việc gì?", ["Xem được hỗ trợ gì", "Đăng ký hỗ trợ"]),
        "Xem được hỗ trợ gì": (PAPER, ["Hộ nghèo", "Hộ cận nghèo", "Không có giấy", "Không biết"]),
        "Không có giấy": ("Gia đình có mấy người?", []),
        "5": ("Đã ghi: 5 người.", []),
    }
    return ChatRoom(answers=answers)


@pytest.fixture
async def origin(room: ChatRoom) -> AsyncIterator[str]:
    async with open_room(room) as origin:
        yield origin


@pytest.fixture
async def window(origin: str) -> AsyncIterator[Window]:
    async with browser(360, 740) as window:
        await window.page.goto(f"{origin}/chat")
        yield window


def bubbles(page: Page) -> Locator:
    return page.locator("#log .bubble p")


def option(page: Page, label: str) -> Locator:
    return page.locator("#question").get_by_role("button", name=label)


async def types(page: Page, text: str) -> None:
    await page.fill("#field", text)
    await page.click("#send")


async def test_a_walk_from_the_welcome_to_a_typed_answer(room: ChatRoom, window: Window) -> None:
    page = window.page

    await expect(page.locator("#welcome")).to_be_visible()
    assert room.posts == []
    await page.click("#start")
    await option(page, "Xem được hỗ trợ gì").click()
    await option(page, "Không có giấy").click()
    await expect(page.get_by_text("Gia đình có mấy người?")).to_be_visible()
    await types(page, "5")
    await expect(page.get_by_text("Đã ghi: 5 người.")).to_be_visible()

    await expect(page.locator("#welcome")).to_be_hidden()
    await expect(page.locator(".you .meta").last).to_contain_text(say("saved"))
    assert [line["text"] for line in room.lines if line["from"] == "you"] == [
        "/start",
        "Xem được hỗ trợ gì",
        "Không có giấy",
        "5",
    ]
    assert (window.problems, window.failures) == ([], [])


async def test_only_our_latest_turn_can_be_answered(window: Window) -> None:
    page = window.page
    await page.click("#start")
    await option(page, "Xem được hỗ trợ gì").click()

    await expect(page.locator("#question .bubble p")).to_have_text(PAPER)
    old = page.locator("#log .option", has_text="Xem được hỗ trợ gì")

    await expect(old).to_be_disabled()
    await expect(old).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#log .option:enabled")).to_have_count(4)
    await expect(page.locator("#question .number").first).to_have_text("1")


async def test_a_pressed_option_stays_marked_and_is_sent_once(room: ChatRoom, window: Window) -> None:
    await room.says(PAPER, ["Hộ nghèo", "Chưa rõ"])
    pressed = option(window.page, "Chưa rõ")

    await pressed.dblclick()

    await expect(pressed).to_have_attribute("aria-pressed", "true")
    await expect(window.page.locator(".you .meta").last).to_contain_text(say("saved"))
    assert [post["press"] for post in room.posts] == ["Chưa rõ@0"]


async def test_a_reload_keeps_everything_over_many_pages_of_lines(room: ChatRoom, window: Window) -> None:
    for number in range(1, 231):
        await room.says(f"Dòng {number}")
    await expect(bubbles(window.page)).to_have_count(230)

    await window.page.fill("#field", "đang gõ dở")
    await window.page.reload()

    await expect(bubbles(window.page)).to_have_text([f"Dòng {number}" for number in range(1, 231)])
    await expect(bubbles(window.page).last).to_be_in_viewport()
    await expect(window.page.locator("#field")).to_have_value("đang gõ dở")


async def test_a_cut_stream_loses_and_repeats_nothing(room: ChatRoom, window: Window) -> None:
    for number in range(1, 7):
        await room.says(f"Trước {number}")
        if number % 2:
            room.cut_streams()
            await room.says(f"Giữa {number}")
        await room.says(f"Sau {number}")

    texts = [str(line["text"]) for line in room.lines]
    await expect(bubbles(window.page)).to_have_text(texts)
    await room.says("Hết")
    await expect(bubbles(window.page)).to_have_text([*texts, "Hết"])


async def test_a_server_out_of_service_for_a_while_gets_the_message_once(room: ChatRoom, window: Window) -> None:
    room.out_of_service = 2

    await types(window.page, "5")

    await expect(window.page.locator("#notice")).to_have_text(say("trouble"))
    await expect(window.page.locator(".you .meta")).to_have_text(say("sending"))
    await expect(window.page.get_by_text("Đã ghi: 5 người.")).to_be_visible()
    await expect(window.page.locator("#notice")).to_be_empty()
    assert len(room.posts) == 3
    assert len({post["id"] for post in room.posts}) == 1
    await expect(bubbles(window.page)).to_have_text(["5", "Đã ghi: 5 người."])


async def test_unsent_messages_survive_a_reload_in_order(room: ChatRoom, window: Window) -> None:
    room.out_of_service = 1_000
    await types(window.page, "một")
    await types(window.page, "hai")

    await window.page.reload()
    await expect(window.page.locator(".you .meta")).to_have_text([say("sending")] * 2)
    room.out_of_service = 0

    await expect(window.page.locator(".you .meta").last).to_contain_text(say("saved"))
    assert [line["text"] for line in room.lines] == ["một", "hai"]


async def test_offline_says_so_and_sends_when_back(room: ChatRoom, window: Window) -> None:
    await expect(window.page.locator("#welcome")).to_be_visible()
    await window.context.set_offline(True)

    await types(window.page, "5")

    await expect(window.page.locator("#notice")).to_have_text(say("offline"))
    await window.context.set_offline(False)
    await expect(window.page.get_by_text("Đã ghi: 5 người.")).to_be_visible()
    await expect(window.page.locator("#notice")).to_be_empty()
    assert len(room.taken) == 1


async def test_a_refused_message_says_why_and_can_be_edited(room: ChatRoom, window: Window) -> None:
    page = window.page
    room.refuses = "dài quá"
    await types(page, "dài quá")

    await expect(page.locator(".you .meta")).to_contain_text("Tin dài quá, xin ông/bà viết ngắn lại.")
    await expect(page.locator(".you .meta")).to_be_in_viewport(ratio=1)
    await page.get_by_role("button", name=say("redo")).click()

    await expect(page.locator("#field")).to_have_value("dài quá")
    await expect(page.locator("#field")).to_be_focused()
    await expect(bubbles(page)).to_have_count(0)
    await types(page, "5")
    await expect(page.get_by_text("Đã ghi: 5 người.")).to_be_visible()


async def test_two_tabs_show_the_same(origin: str, window: Window) -> None:
    other = await window.another_page()
    await other.goto(f"{origin}/chat")
    await other.click("#start")
    await expect(option(window.page, "Đăng ký hỗ trợ")).to_be_visible()

    await option(window.page, "Xem được hỗ trợ gì").click()

    await expect(option(other, "Không biết")).to_be_visible()
    assert await bubbles(other).all_text_contents() == await bubbles(window.page).all_text_contents()
    assert window.problems == []


async def test_the_keyboard_alone_is_enough(room: ChatRoom, window: Window) -> None:
    page = window.page
    await expect(page.locator("#start")).to_be_visible()
    await page.focus("#start")
    await page.keyboard.press("Enter")
    await expect(option(page, "Xem được hỗ trợ gì")).to_be_visible()

    await page.evaluate("document.activeElement.blur()")
    await page.focus("#skip")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(option(page, "Xem được hỗ trợ gì")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#question .bubble p")).to_have_text(PAPER)
    await expect(page.locator("#question")).to_be_focused()
    for _ in range(3):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Space")

    await expect(page.get_by_text("Gia đình có mấy người?")).to_be_visible()
    await page.focus("#field")
    await page.keyboard.type("5")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Đã ghi: 5 người.")).to_be_visible()


@pytest.mark.parametrize("large", [False, True], ids=["usual letters", "large letters"])
async def test_a_small_phone_never_scrolls_sideways_and_every_target_is_large(
    room: ChatRoom, window: Window, large: bool
) -> None:
    page = window.page
    await room.says("https://example.org/" + "dài" * 60, image="/static/icon.svg")
    await room.says(PAPER, ["Hộ nghèo", "Một câu trả lời rất dài, " * 6])
    await types(page, "ă" * 300)
    if large:
        await page.click("#larger")
        await page.reload()
        await expect(page.locator("#larger")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".you")).to_be_visible()

    widths = "[document.scrollingElement.scrollWidth, document.getElementById('scroller').scrollWidth]"
    assert await page.evaluate(widths) == [360, 360]
    targets = page.locator("button:visible:enabled, label.photo, textarea, a[download]")
    boxes = [await target.bounding_box() for target in await targets.all()]
    assert len(boxes) >= 9
    assert [box for box in boxes if box and min(box["width"], box["height"]) < 48] == []


async def test_the_question_stays_in_view_above_the_soft_keyboard(room: ChatRoom, window: Window) -> None:
    await room.says("Dòng dài. " * 40)
    await room.says(PAPER, ["Hộ nghèo", "Hộ cận nghèo", "Không có giấy", "Không biết"])
    await window.page.focus("#field")

    await window.page.set_viewport_size({"width": 360, "height": 400})

    await expect(window.page.locator("#question .bubble")).to_be_in_viewport(ratio=1)
    await expect(window.page.locator("#field")).to_be_in_viewport(ratio=1)


async def test_markup_is_shown_as_it_was_typed_and_addresses_become_links(room: ChatRoom, window: Window) -> None:
    trap = "<img src=x onerror=alert(1)>"
    await room.says(f"{trap}\nXem (https://example.org/a). Trang riêng: /p/abc, gõ /menu, gọi 0905 111 222, 24/11/2026")
    await types(window.page, f"{trap} https://example.org/b")

    await expect(bubbles(window.page).first).to_contain_text(trap)
    await expect(bubbles(window.page).last).to_contain_text(trap)
    links = window.page.locator("#log a")
    assert [await link.get_attribute("href") for link in await links.all()] == ["https://example.org/a", "/p/abc"]
    await expect(window.page.locator("#log img")).to_have_count(0)
    assert window.problems == []


async def test_a_photo_is_made_smaller_and_sent_by_itself(room: ChatRoom, window: Window) -> None:
    photo = BytesIO()
    Image.effect_noise((2400, 1800), 80).save(photo, "PNG")
    house = FilePayload(name="nha.png", mimeType="image/png", buffer=photo.getvalue())

    await window.page.set_input_files("#photos", house)

    await expect(window.page.locator(".you img")).to_have_attribute("src", "/static/icon.svg")
    assert int(room.posts[0]["photo"]) < len(photo.getvalue()) / 2
    assert window.problems == []


async def test_a_door_pressed_on_a_page_of_ours_is_not_to_be_pressed_again(
    room: ChatRoom, origin: str, window: Window
) -> None:
    await window.page.goto(f"{origin}/static/icon.svg")
    await window.page.goto(f"{origin}/chat#kiemtra", referer=f"{origin}/")

    await expect(window.page.locator(".you .meta")).to_contain_text(say("saved"))
    await window.page.reload()

    await expect(window.page.locator("#kiemtra")).to_be_hidden()
    assert [post["text"] for post in room.posts] == ["/kiemtra"]


async def test_a_door_of_the_public_page_offers_its_own_beginning(room: ChatRoom, origin: str, window: Window) -> None:
    await window.page.goto("about:blank")
    await window.page.goto(f"{origin}/chat#dangky")

    await expect(window.page.locator("#start")).to_be_hidden()
    await window.page.click("#dangky")

    await expect(window.page.locator(".you .meta")).to_contain_text(say("saved"))
    await expect(window.page.locator("#dangky")).to_be_hidden()
    assert [post["text"] for post in room.posts] == ["/dangky"]
