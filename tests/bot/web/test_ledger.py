"""The public ledger: what everybody reads, what nobody can read out of it, and what anybody can check."""

import hashlib
import json
import re
from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from html import unescape

import orjson
import pytest

from handlers.desk import Actor, Desk
from handlers.desk.money import WRONG_SEARCHES, LineKind
from handlers.desk.pledges import Offer
from storage.queries.chains import chain
from tests.kit.browser import browser
from tests.kit.house import House, Json, Reply, Visitor, visit
from tests.kit.private_page import TownOf

CLOCK = Actor("clock")
HERE, THERE, NAME = "phuong_hoa_khanh", "xa_tay_giang", "Hội Mẫu <b>"
NOVEMBER, OCTOBER = date(2026, 11, 3), date(2026, 10, 3)


@pytest.fixture
async def lan(house: House) -> AsyncIterator[Visitor]:
    async with visit(house) as lan:
        yield lan


async def promised(town: TownOf, unit_id: str | None = HERE, **changed: object) -> str:
    """Somebody promises a gift; returns its code."""
    giver = town.citizen("Mai")
    await giver.says("/menu")
    offer = Offer(kind="money", giver="group", amount=10**9, name=NAME, unit_id=unit_id, **changed)  # type: ignore[arg-type]  # an offer's
    return await giver.at_desk(lambda desk: desk.pledges.offer(offer).code)


def _write(desk: Desk, code: str, kind: LineKind, amounts: tuple[int, ...], day: date) -> None:
    pledge = desk.pledges.by_code(code)
    assert pledge is not None
    for number, amount in enumerate(amounts):
        desk.ledger.write(pledge, kind, amount, day=day, reference=f"FT-{code}-{number}")


async def writes(town: TownOf, code: str, kind: LineKind, *amounts: int, day: date = NOVEMBER) -> None:
    """Lines of the ledger, sealed."""
    await town.at_desk(CLOCK, partial(_write, code=code, kind=kind, amounts=amounts, day=day))
    await town.database.write(chain.seal)


def said(reply: Reply) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", reply.body.decode())).split())


def lines(answer: Json) -> list[Json]:
    found = answer["lines"]
    assert isinstance(found, list)
    return found


# Totals


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_few_gifts_a_month_are_no_sum_and_no_chart(lan: Visitor, town: TownOf) -> None:
    await writes(town, await promised(town), "received", 1_000_000)

    page = await lan.gets("/so-cong-khai")

    assert "mỗi tháng mới có vài khoản, nên chưa ghi số" in said(page)
    assert b"<svg" not in page.body


async def test_an_empty_ledger_says_so_in_both_languages(lan: Visitor) -> None:
    assert "Sổ chưa có dòng nào." in said(await lan.gets("/so-cong-khai"))
    assert "There is no line in the ledger yet." in said(await lan.gets("/ledger"))


async def test_totals_are_told_by_place_and_gift_once_enough_lines_make_them_up(lan: Visitor, town: TownOf) -> None:
    code = await promised(town)
    await writes(town, code, "received", *[1_000_000] * 5)
    await writes(town, code, "allotted", *[700_000] * 6)

    page = said(await lan.gets("/so-cong-khai"))

    assert "Tiền đã nhận năm 2026: 5.000.000 đ" in page
    assert "Phường Hòa Khánh Tiền 5.000.000 đ 4.200.000 đ 0 đ 0 đ" in page


async def test_fewer_than_five_lines_are_told_as_such_and_their_amount_nowhere(lan: Visitor, town: TownOf) -> None:
    await writes(town, await promised(town, THERE), "handed_over", 1_234_000, 1_000, 500)

    page, data = await lan.gets("/so-cong-khai"), await lan.gets("/ledger.json")

    assert "Xã Tây Giang Tiền 0 đ 0 đ < 5 0 đ" in said(page)
    assert not re.search(r"1\.2(34|35)\.\d{3}|123[45]\d{3}", page.body.decode() + data.body.decode())


async def test_no_sum_tells_the_one_amount_that_is_not_shown(lan: Visitor, town: TownOf) -> None:
    await writes(town, await promised(town, HERE), "received", *[1_000_000] * 5)
    await writes(town, await promised(town, THERE), "received", 234_000)

    page = said(await lan.gets("/so-cong-khai"))

    assert "Tiền đã nhận năm 2026: ít nhất 5.000.000 đ" in page
    assert "từ 5.000.000 đ" in page
    assert "5.234.000" not in page


async def test_what_is_no_money_is_in_no_sum_of_money(lan: Visitor, town: TownOf) -> None:
    giver = town.citizen("Mai")
    await giver.says("/menu")
    rice = Offer(kind="goods", giver="group", amount=100, name=NAME, measure="bao", what="gạo", unit_id=HERE)
    await writes(town, await giver.at_desk(lambda desk: desk.pledges.offer(rice).code), "received", *[10] * 5)

    page = said(await lan.gets("/so-cong-khai"))

    assert "50 bao" in page
    assert "Tiền đã nhận" not in page


async def test_several_hidden_amounts_of_enough_lines_are_in_the_sum(lan: Visitor, town: TownOf) -> None:
    await writes(town, await promised(town, HERE), "received", *[1_000_000] * 4)
    await writes(town, await promised(town, THERE), "received", 200_000)

    assert "Tiền đã nhận năm 2026: 4.200.000 đ" in said(await lan.gets("/so-cong-khai"))


async def test_several_hidden_amounts_of_few_lines_are_no_sum(lan: Visitor, town: TownOf) -> None:
    await writes(town, await promised(town, HERE), "received", 1_000_000, 1_000_000)
    await writes(town, await promised(town, THERE), "received", 200_000)

    page, data = await lan.gets("/so-cong-khai"), await lan.gets("/ledger.json")

    assert "mỗi tháng mới có vài khoản, nên chưa ghi số" in said(page)
    assert not re.search(r"2\.200\.000|2200000", page.body.decode() + data.body.decode())


async def test_a_month_that_is_asked_for_is_shown_and_years_lead_to_each_other(lan: Visitor, town: TownOf) -> None:
    code = await promised(town, None)
    await writes(town, code, "received", *[1_000] * 5)
    await writes(town, code, "received", *[2_000] * 5, day=OCTOBER)
    await writes(town, code, "received", *[3_000] * 5, day=date(2025, 12, 31))

    october = said(await lan.gets("/so-cong-khai?month=2026-10"))
    before = await lan.gets("/so-cong-khai?month=2025-12")

    assert (
        "Tháng 10/2026, theo nơi nhận Nơi nhận Ủng hộ bằng Đã nhận Đã phân Đã trao Người nhận xác nhận Nơi cần nhất"
        in october
    )
    assert "Nơi cần nhất Tiền 10.000 đ" in october
    assert "Tiền đã nhận năm 2025: 15.000 đ" in said(before)
    assert 'href="/so-cong-khai?month=2026-01"' in before.body.decode()


@pytest.mark.parametrize("month", ["1999-01", "9999-12", "2026-13", "x", "2026-11-03", "%00", "٢٠٢٦-١١"])
async def test_a_month_nobody_knows_shows_the_nearest(lan: Visitor, town: TownOf, month: str) -> None:
    await writes(town, await promised(town), "received", *[1_000] * 5)

    page = await lan.gets(f"/so-cong-khai?month={month}")

    assert page.status == 200
    assert "Phường Hòa Khánh Tiền 5.000 đ" in said(page)


async def test_a_measure_that_is_a_message_is_left_out(lan: Visitor, town: TownOf) -> None:
    code = await promised(town, measure="gọi 0905123456")
    await writes(town, code, "received", *[1_000] * 5)

    assert "0905123456" not in (await lan.gets("/so-cong-khai")).body.decode()
    assert "0905123456" not in (await lan.gets(f"/so-cong-khai?q={code}")).body.decode()


# One gift


async def test_a_gift_is_found_by_its_code_however_it_is_typed(lan: Visitor, town: TownOf) -> None:
    code = await promised(town)
    await writes(town, code, "received", 400_000)
    await writes(town, code, "handed_over", 300_000)

    for typed in (code, code.lower(), code.replace("-", ""), f" {code} "):
        page = said(await lan.gets(f"/so-cong-khai?q={typed}"))
        assert f"Các dòng của {code}" in page
        assert "Đã nhận 400.000 đ 03/11/2026 · Phường Hòa Khánh · Tiền Dòng số 1, số niêm phong" in page
        assert "Đã nhận 400.000 đ · Đã trao 300.000 đ" in page


async def test_a_gift_is_found_by_the_bank_s_reference(lan: Visitor, town: TownOf) -> None:
    code = await promised(town)
    await writes(town, code, "received", 400_000, 500_000)

    page = said(await lan.gets(f"/ledger?q=ft {code} 1"))

    assert f"The lines of {code}" in page
    assert "500.000 đ" in page
    assert "400.000 đ" not in page


async def test_the_giver_is_named_only_who_wants_to_be(lan: Visitor, town: TownOf) -> None:
    named, unnamed = await promised(town, named=True), await promised(town)
    await writes(town, named, "received", 1)
    await writes(town, unnamed, "received", 1)

    assert "Người ủng hộ: Hội Mẫu <b>" in said(await lan.gets(f"/so-cong-khai?q={named}"))
    page = await lan.gets(f"/so-cong-khai?q={unnamed}")
    data = await lan.gets(f"/ledger.json?q={named}")
    assert "Mẫu" not in page.body.decode() + data.body.decode()


async def test_a_giver_who_was_erased_is_named_no_more(lan: Visitor, town: TownOf) -> None:
    code = await promised(town, named=True)
    await writes(town, code, "received", 1)
    await town.citizen("Mai").at_desk(lambda desk: desk.people.erase())

    page = said(await lan.gets(f"/so-cong-khai?q={code}"))

    assert f"Các dòng của {code} Đã nhận 1 đ Đã nhận 1 đ" in page


@pytest.mark.parametrize(
    "typed", ["UH-0000-0000", "không có", "-", "%00", "'; DROP TABLE ledger --", "9" * 5_000, "%F0%9F%8E%81"]
)
async def test_what_is_not_there_is_told_and_harms_nothing(lan: Visitor, town: TownOf, typed: str) -> None:
    await writes(town, await promised(town), "received", 1)

    page = await lan.gets(f"/so-cong-khai?q={typed}")

    assert page.status == 200
    assert "Chưa thấy dòng nào" in said(page) or typed == "%00"


async def test_what_is_typed_is_never_markup(lan: Visitor) -> None:
    page = (await lan.gets("/so-cong-khai?q=%3Cscript%3Ealert(1)%3C/script%3E")).body.decode()

    assert "<script>alert" not in page


async def test_who_searches_in_vain_too_often_is_asked_to_wait_and_found_ones_do_not_count(
    lan: Visitor, town: TownOf, house: House
) -> None:
    code = await promised(town)
    await writes(town, code, "received", 1)

    found = [(await lan.gets(f"/so-cong-khai?q={code}")).status for _ in range(3)]
    tries = [(await lan.gets(f"/so-cong-khai?q=UH-0000-{n:04}")).status for n in range(WRONG_SEARCHES + 1)]
    held = await lan.gets(f"/so-cong-khai?q={code}")
    elsewhere = await lan.gets(f"/so-cong-khai?q={code}", X_Forwarded_For="198.51.100.7")
    totals = await lan.gets("/so-cong-khai")
    house.clock.move(minutes=60)
    later = await lan.gets(f"/so-cong-khai?q={code}")

    assert (found, tries) == ([200] * 3, [200] * WRONG_SEARCHES + [429])
    assert (held.status, elsewhere.status, totals.status, later.status) == (429, 200, 200, 200)
    assert "Từ mạng này đã tìm nhiều lần mà không thấy" in said(held)


# Proof


async def test_anybody_can_check_each_line_and_that_one_follows_the_other(lan: Visitor, town: TownOf) -> None:
    code = await promised(town)
    await writes(town, code, "received", 400_000, 500_000)
    await writes(town, code, "returned", 300_000)

    answer = (await lan.gets(f"/so-cong-khai?q={code}", Accept="application/json")).json

    previous = b""
    for number, line in enumerate(lines(answer), start=1):
        content = json.dumps(line["content"], separators=(",", ":"), ensure_ascii=False).encode()
        assert line["sequence"] == number
        assert bytes.fromhex(str(line["previous"])) == previous
        assert hashlib.sha256(previous + content).hexdigest() == line["hash"]
        assert content == orjson.dumps(line["content"])
        previous = bytes.fromhex(str(line["hash"]))
    assert answer["chain"] == {"sequence": 3, "hash": previous.hex()}


async def test_nothing_in_the_answer_for_programs_says_who(lan: Visitor, town: TownOf) -> None:
    code = await promised(town, named=True)
    await writes(town, code, "received", 400_000)

    [line] = lines((await lan.gets(f"/ledger.json?q={code}")).json)

    assert line.keys() == {
        "code", "day", "kind", "gift", "unit", "amount", "measure", "sequence", "previous", "content", "hash",
    }  # fmt: skip


async def test_a_line_just_written_says_that_it_waits_for_its_number(lan: Visitor, town: TownOf) -> None:
    code = await promised(town)
    await town.at_desk(CLOCK, partial(_write, code=code, kind="received", amounts=(1,), day=NOVEMBER))

    page = said(await lan.gets(f"/so-cong-khai?q={code}"))

    assert "Vừa ghi, đang chờ đánh số" in page or "Dòng số 1" in page  # the job may have come first


# In a browser


@pytest.mark.browser
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("width", "height"), [(360, 780), pytest.param(1366, 768, marks=pytest.mark.trial)])
async def test_it_fits_its_window_and_shows_each_figure(house: House, town: TownOf, width: int, height: int) -> None:
    code = await promised(town, named=True)
    for day, amount in ((NOVEMBER, 12_500_000), (OCTOBER, 7_000_000)):
        await writes(town, code, "received", *[amount] * 5, day=day)
        await writes(town, code, "allotted", *[amount // 2] * 5, day=day)
        await writes(town, code, "handed_over", *[amount // 2] * 5, day=day)
        await writes(town, code, "confirmed", *[amount // 2] * 4, day=day)
    async with browser(width, height) as window:
        for path in ("/so-cong-khai", "/ledger", f"/so-cong-khai?q={code}"):
            await window.page.goto(house.origin + path)
            wide = await window.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, path
        await window.page.fill("#q", code.lower())
        await window.page.click("text=Tìm trong sổ")
        assert code in await window.page.inner_text("main")
        await window.page.click("#line-1 a")
        assert window.page.url.endswith("#line-1")
        assert (window.problems, window.failures) == ([], [])
