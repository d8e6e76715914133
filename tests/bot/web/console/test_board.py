"""The board of needs and gifts: what fits, why, and one gift on its whole way from a chat to a chat."""

import pytest

from storage.tables import NeedSlot
from tests.handlers.conversations.gifts import GOODS
from tests.handlers.conversations.gifts import promises as promises_in_chat
from tests.kit.browser import Window, browser
from tests.kit.console import PASSWORD, Clerk, clerk, text
from tests.kit.gifts import JOB, MONEY, books, drive, gives, needs, promises
from tests.kit.house import House
from tests.kit.on_duty import listening
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, THERE, asks

NEED = {"need_of": "food", "need_kind": "goods", "need_amount": "12", "measure": "kg", "topic": "food"}


async def test_a_need_is_opened_on_the_request_s_page_and_shows_what_fits(house: House, town: TownOf) -> None:
    case, rice = await asks(town, "lan"), await promises(town, "Cho", topic="food", unit_id=HERE)
    far, money = await promises(town, "Xa", unit_id=THERE), await promises(town, "Tiền", MONEY)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        page = text(await tam.opens(f"/requests/{case}"))
        wrong = await tam.sends(f"/requests/{case}/need", {**NEED, "need_amount": "nhiều", "act": "need"})
        done = await tam.sends(
            f"/requests/{case}/need", {**NEED, "months": ["12", "1"], "need_words": "Nhà đông trẻ nhỏ"}
        )
        board = text(await tam.opens(done.headers["Location"].removeprefix("/console")))

        assert "Mở một nhu cầu" in page
        assert (wrong.status, done.status) == (400, 303)
        assert b'id="need_amount-fault"' in wrong.body
        assert (rice in board, far in board, money in board) == (True, False, False)
        for words in (
            "cùng xã, phường",
            "đúng thứ cần",
            "đủ một phần",
            "Nhà đông trẻ nhỏ",
            "tháng 12, 1",
            "còn thiếu 12 kg",
        ):
            assert words in board, words
        assert "12 kg" in text(await tam.opens(f"/requests/{case}"))


async def test_a_need_is_opened_on_the_board_by_the_request_s_code(house: House, town: TownOf) -> None:
    case, far = await asks(town, "lan"), await asks(town, "ba", name="Lê Văn Ba", phone="", unit_id=THERE)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        await tam.opens("/board")
        outcomes = [
            (await tam.sends("/board/need", {**NEED, "hs_code": code})).status
            for code in (case, far, "HS-0000-0000", "0905123456", "")
        ]

        assert outcomes == [303, 400, 400, 400, 400]
        assert len((await books(town)).slots) == 1


async def test_a_need_that_nothing_is_on_its_way_to_is_closed(house: House, town: TownOf) -> None:
    case = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        held, free = await needs(town, tam.id, case), await needs(town, tam.id, case)
        await gives(town, tam.id, await promises(town, "Cho"), held)
        await tam.opens("/board")
        outcomes = [(await tam.sends(f"/board/needs/{one}/close", {})).status for one in (held, free, free)]

        assert outcomes == [400, 303, 400]
        assert (await books(town)).slots[free].state == "closed"


async def test_a_part_of_a_gift_is_given_and_what_was_typed_stays_when_it_is_too_much(
    house: House, town: TownOf
) -> None:
    case = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        gift, slot = await promises(town, "Cho", amount=8), await needs(town, tam.id, case)
        await tam.opens(f"/board/needs/{slot}")
        outcomes = {
            typed: await tam.sends(f"/board/needs/{slot}/give", {"gift": gift, "give": typed})
            for typed in ("9", "0", "-1", "1000000000000000", "một tỷ đùa thôi", "0905123456", "5")
        }
        taken = await tam.sends(f"/board/needs/{slot}/give", {"gift": gift, "give": "1"})

        assert [one.status for one in outcomes.values()] == [400, 400, 400, 400, 400, 400, 303]
        assert 'value="9"' in outcomes["9"].body.decode()
        assert taken.status == 400
        assert "Một phần ủng hộ khác đang trên đường" in text(taken)
        assert (await books(town)).kinds() == [("allotted", 5)]


async def test_from_a_gift_its_needs_are_found_and_of_a_job_the_household_is_asked_first(
    house: House, town: TownOf
) -> None:
    case = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        job, slot = await promises(town, "Cty", JOB), await needs(town, tam.id, case, "job", 1, need="work")
        board = text(await tam.opens(f"/board/gifts/{job}"))
        done = await tam.sends(f"/board/gifts/{job}/give", {"need": slot, "give": "1"})
        page = text(await tam.opens(f"/gifts/{job}"))

        assert case in board
        assert done.headers["Location"].endswith("done=gift_asked")
        assert "Chờ gia đình trả lời" in page


async def test_amounts_in_another_measure_are_not_put_forward(house: House, town: TownOf) -> None:
    case = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        await promises(town, "Cho", measure="bao", topic="food")
        slot = await needs(town, tam.id, case, topic="food")
        page = (await tam.opens(f"/board/needs/{slot}")).body.decode()

        assert 'name="give" value=""' in page
        assert "<span>bao</span>" in page


async def test_a_drive_s_item_stands_on_the_board_by_its_title(house: House, town: TownOf) -> None:
    code = await drive(town)
    async with clerk(house, "tam", "officer", "lead", places=(HERE,)) as tam:
        title = {"vi": "Tấm lợp cho mười nhà", "en": "Roofing for ten homes"}
        treasurer = await town.official("ketoan", "treasurer")
        opened = await town.as_official(
            treasurer, lambda desk: desk.needs.open_for_campaign(code, "house", "goods", 100, title, "tấm")
        )
        assert opened.how == "done"
        page = text(await tam.opens("/board"))

        assert "Tấm lợp cho mười nhà" in page


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(360, 740), pytest.param(1366, 768, marks=pytest.mark.trial)])
async def test_a_gift_goes_from_a_chat_over_the_board_to_the_resident_s_own_word(
    house: House, town: TownOf, width: int, height: int
) -> None:
    case = await asks(town, "lan")
    giver, resident = town.citizen("Cho"), town.citizen("lan")
    resident.said = 1  # she wrote before
    gift = (await promises_in_chat(giver, *GOODS)).code
    async with (
        clerk(house, "tam", "officer", places=(HERE,), signed_in=False) as tam,
        browser(width, height) as window,
    ):
        page = window.page
        await sign_in(window, house, tam, "/console/gifts?state=offered")
        await page.click(f"text={gift}")
        await page.click("#act-accept > summary")
        await page.fill("#appointment", "Thứ ba, 9 giờ, ở ủy ban")
        await page.click("#act-accept button.primary")
        await page.wait_for_selector(".notice.good")

        await page.goto(f"{house.origin}/console/requests/{case}")
        await page.click("text=Mở một nhu cầu")
        for field, value in (("need_of", "food"), ("need_kind", "goods"), ("topic", "clothes")):
            await page.select_option(f"#{field}", value)
        for field, value in (("need_amount", "5"), ("measure", "cái")):
            await page.fill(f"#{field}", value)
        await page.click('form[action$="/need"] button.primary')
        await page.wait_for_selector(".card.chosen")
        await page.click('form[action$="/give"] button.primary')
        await page.wait_for_selector(f"text={case}")
        await page.click("text=xem lần trao")
        await page.fill("#handed", "5")
        async with listening(resident):
            await page.click('form[action$="/hand-over"] button.primary')
            await page.wait_for_selector(".notice.good")
        await resident.presses("Nhận đủ")
        await page.goto(f"{house.origin}/console/gifts/{gift}")

        shown = await page.inner_text("article.pane")
        assert "Người nhận xác nhận\n5 cái" in shown
        assert "người nhận · xác nhận đã nhận đủ · 5 cái" in shown
        assert await town.database.read(lambda unit: unit.query(NeedSlot).one().state) == "met"
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert (window.problems, window.failures) == ([], [])


async def sign_in(window: Window, house: House, official: Clerk, then: str) -> None:
    """Sign in on the form, and go on to an address."""
    page = window.page
    await page.goto(f"{house.origin}/console/sign-in?next={then}")
    for field, value in (("email", official.email), ("password", PASSWORD), ("code", official.code())):
        await page.fill(f"#{field}", value)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#menu")
