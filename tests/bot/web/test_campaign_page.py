"""The page of a campaign: all that has to be named, an account only if it may be shown, and its code to scan."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import expect

from storage.queries import machine
from tests.kit.browser import browser
from tests.kit.console import text
from tests.kit.giving import DAY, DRAFT, ENTRY, Front, front
from tests.kit.house import House, Visitor, open_house, visit
from tests.kit.private_page import TownOf

NUMBER = "0011223344"
SCAN = re.compile(r'<svg class="scan" viewBox="0 0 (\d+) \d+".*?<path d="([^"]+)"', re.S)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def office(house: House) -> Front:
    return await front(TownOf(house))


@pytest.fixture
async def lan(house: House) -> AsyncIterator[Visitor]:
    async with visit(house) as lan:
        yield lan


def scanned(html: str) -> str:
    """What a bank's app reads off the page."""
    found = SCAN.search(html)
    assert found, html
    image = Image.new("L", (int(found[1]) * 4,) * 2, 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", found[2]):
        image.paste(0, tuple(4 * int(n) for n in (x, y, int(x) + int(width), int(y) + 1)))  # type: ignore[arg-type]  # four of them
    [read] = zxingcpp.read_barcodes(image)
    return str(read.text)


async def test_it_names_who_asks_on_what_basis_until_when_and_to_whose_account(office: Front, lan: Visitor) -> None:
    code = await office.opens(account_id=await office.has())

    page = await lan.gets(f"/c/{code}")

    assert page.status == 200
    for part in (
        "Mái nhà trước Tết", DRAFT.organiser, "QĐ 1198/QĐ-MTTW-ĐCT ngày 29/12/2016",
        "Từ 25/11/2026 đến hết 25/12/2026", ENTRY.owner, NUMBER, "Mục tiêu 100.000.000 đ", "Xem sổ công khai",
    ):  # fmt: skip
        assert part in text(page), part
    assert 'href="/so-cong-khai"' in page.body.decode()


async def test_it_reads_in_english_too(office: Front, lan: Visitor) -> None:
    page = await lan.gets(f"/c/{await office.opens()}?lang=en")

    assert 'lang="en"' in page.body.decode()
    assert "A roof before Tet" in text(page)
    assert 'href="/ledger"' in page.body.decode()


async def test_its_code_is_scanned_as_the_account_and_the_campaign_s_code(office: Front, lan: Visitor) -> None:
    code = await office.opens(account_id=await office.has())

    read = scanned((await lan.gets(f"/c/{code}")).body.decode())

    assert read.startswith("00020101021138")
    assert f"000697043601{len(NUMBER):02}{NUMBER}" in read
    assert code in read


async def test_an_account_that_nobody_confirmed_is_nowhere_on_it(office: Front, lan: Visitor) -> None:
    code = await office.opens(account_id=await office.enters())

    page = await lan.gets(f"/c/{code}")

    assert NUMBER not in page.body.decode()
    assert "scan" not in page.body.decode()
    assert ENTRY.owner == DRAFT.organiser  # the same body asks and owns: its name stands there as who asks
    assert "Xin đừng chuyển cho bất kỳ số nào" in text(page)


async def test_a_demonstration_s_account_is_said_to_be_one_and_has_no_code(
    house: House, office: Front, lan: Visitor
) -> None:
    await house.database.write(lambda unit: machine.set_fact(unit, "demo", "filled"))
    code = await office.opens(account_id=await office.has())

    page = await lan.gets(f"/c/{code}")

    assert "Đây là tài khoản mẫu, không chuyển tiền được" in text(page)
    assert "scan" not in page.body.decode()


async def test_its_picture_has_its_figures_behind_it_as_a_table(office: Front, lan: Visitor) -> None:
    page = (await lan.gets(f"/c/{await office.opens()}")).body.decode()

    assert page.count("<svg") == 1
    assert "0% mục tiêu" in page
    assert re.search(r"<th[^>]*>Đã nhận</th><td>0 đ</td>", page)


async def test_without_a_goal_there_is_only_the_table(office: Front, lan: Visitor) -> None:
    page = (await lan.gets(f"/c/{await office.opens(goal=None)}")).body.decode()

    assert "<svg" not in page
    assert "Mục tiêu" not in page


async def test_its_items_stand_there(office: Front, lan: Visitor) -> None:
    code = await office.opens()
    await office.town.as_official(
        office.treasurer,
        lambda desk: desk.needs.open_for_campaign(code, "food", "goods", 50, {"vi": "Gạo", "en": "Rice"}, "bao"),
    )

    assert "Gạo 50 bao" in text(await lan.gets(f"/c/{code}"))


async def test_what_officials_typed_is_words_and_no_markup(office: Front, lan: Visitor) -> None:
    words = {"vi": "<b>x</b> {hotline}", "en": "x"}
    page = (await lan.gets(f"/c/{await office.opens(title=words, about=words, organiser='<i>y')}")).body.decode()

    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;b&gt;x&lt;/b&gt; {hotline}" in page


@pytest.mark.parametrize("code", ["CD-0000-0000", "x", "%00", "%FF%FE", "CD" + "0" * 5_000, "đợt"])
async def test_a_code_that_is_none_is_a_page_in_words(lan: Visitor, code: str) -> None:
    page = await lan.gets(f"/c/{code}")

    assert page.status == 404
    assert "Không có đợt vận động mang mã này" in text(page)


async def test_a_draft_looks_like_none(office: Front, lan: Visitor) -> None:
    draft = await lan.gets(f"/c/{await office.writes()}")
    none = await lan.gets("/c/CD-0000-0000")

    assert (draft.status, draft.body) == (none.status, none.body)


async def test_once_over_it_says_so_and_shows_no_account(house: House, office: Front, lan: Visitor) -> None:
    code = await office.opens(account_id=await office.has())
    house.clock.move(days=31)

    page = await lan.gets(f"/c/{code}")

    assert page.status == 200
    assert "Đợt này đã kết thúc" in text(page)
    assert NUMBER not in page.body.decode()
    assert "/chat?" not in page.body.decode()


async def test_before_it_begins_it_says_when(office: Front, lan: Visitor) -> None:
    page = await lan.gets(f"/c/{await office.opens(first_day=DAY + timedelta(days=2))}")

    assert "mở từ ngày 27/11/2026" in text(page)
    assert "/chat?" not in page.body.decode()


async def test_its_button_leads_to_the_campaign_in_the_chat(office: Front, lan: Visitor) -> None:
    code = await office.opens()
    other = await office.opens(replace(DRAFT, title={"vi": "Áo ấm", "en": "Coats"}))
    page = (await lan.gets(f"/c/{code}")).body.decode()
    found = re.search(r'href="(/chat[^"#]*)#dot"', page)
    assert found

    chat = (await lan.gets(found[1].replace("&amp;", "&"))).body.decode()
    said = re.search(r'id="dot" data-say="([^"]+)"', chat)
    assert said
    await lan.says(said[1], "1")

    told = str(lan.heard[1]["text"])
    assert code in told
    assert other not in told


@pytest.mark.parametrize("start", ["", "x", "CD-1", "%22%3E%3Cscript%3E", "HS-AAAA-BBBB"])
async def test_a_start_word_that_is_no_code_gives_no_button(lan: Visitor, start: str) -> None:
    page = (await lan.gets(f"/chat?start={start}")).body.decode()

    assert 'id="dot"' not in page
    assert "<script>" not in page


async def test_it_has_no_script_and_no_style_of_its_own(office: Front, lan: Visitor) -> None:
    page = (await lan.gets(f"/c/{await office.opens(account_id=await office.has())}")).body.decode()

    assert "<script" not in page
    assert "<style" not in page
    assert " style=" not in page


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "height"),
    [pytest.param(360, 740, id="phone"), pytest.param(1366, 768, id="desk", marks=pytest.mark.trial)],
)
async def test_it_fits_a_phone_and_a_desk_and_leads_to_the_chat(
    house: House, office: Front, width: int, height: int
) -> None:
    long = {"vi": "Mái nhà trước Tết cho các gia đình ở vùng núi phía tây thành phố", "en": "x"}
    code = await office.opens(account_id=await office.has(), title=long, goal=9_000_000_000_000)
    async with browser(width, height) as window:
        await window.page.goto(f"{house.origin}/c/{code}")

        assert await window.page.evaluate("document.documentElement.scrollWidth") <= width
        await expect(window.page.locator(".drawing svg")).to_be_visible()
        await window.page.locator(".give").click()
        await window.page.get_by_role("button", name="Tiếng Việt").first.click()
        await expect(window.page.locator("#log")).to_contain_text(f"Đợt vận động {code}")
        assert (window.problems, window.failures) == ([], [])
