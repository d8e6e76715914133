"""An official prints the sheet for the counter: what stands on it, who may, and that it is noted."""

import pytest

from tests.handlers.conversations.checks import CONSENTED, POOR
from tests.kit.audit import noted
from tests.kit.console import clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, THERE, asks
from tests.kit.sheets import pages, words


async def test_an_officer_prints_both_sheets_and_each_is_noted(house: House, town: TownOf) -> None:
    await town.citizen("lan").says(*CONSENTED, *POOR)
    code = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        page = text(await tam.opens(f"/requests/{code}"))
        review, allowance = [
            await tam.sends(f"/requests/{code}/sheets/{about}", {}) for about in ("review", "allowance")
        ]
        after = text(await tam.opens(f"/requests/{code}"))

        assert ("In phiếu rà soát" in page, "In phiếu trợ cấp" in page) == (True, True)
        for sheet in (review, allowance):
            assert (sheet.status, sheet.headers["Content-Type"], pages(sheet.body)) == (200, "application/pdf", 1)
            assert sheet.headers["Content-Disposition"] == 'attachment; filename="phieu-chuan-bi.pdf"'
            assert sheet.headers["Cache-Control"] == "no-store"
            assert all(told in words(sheet.body) for told in (code, "Nguyễn Thị Lan", "0905123456", "thôn Bhlô"))
            assert not [told for told in ("khả năng", "thu nhập", "dột") if told in words(sheet.body).casefold()]
        assert ("Số người: 3" in words(review.body), "Số người" in words(allowance.body)) == (True, False)
        rows = await noted(house, "case.sheet_printed")
        assert [row.actor for row in rows] == [f"official:{tam.id}"] * 2
        assert "Nguyễn" not in str([row.detail for row in rows])
        assert "(4 lần)" in after, "as a reading, beside those of the page"


async def test_a_program_gets_the_same_paper(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        await tam.opens(f"/requests/{code}")
        paper = await tam.tells(f"/requests/{code}/sheets/review")

        assert (paper.status, paper.headers["Content-Type"]) == (200, "application/pdf")
        assert "Nguyễn Thị Lan" in words(paper.body)


@pytest.mark.parametrize("about", ["review", "allowance"])
async def test_who_may_not_see_a_request_prints_nothing_of_it(house: House, town: TownOf, about: str) -> None:
    code = await asks(town, "lan")
    async with (
        clerk(house, "xa", "officer", places=(THERE,)) as far,
        clerk(house, "bien", "editor", places=(HERE,)) as editor,
    ):
        for one in (far, editor):
            await one.opens("/account")
        foreign = [await far.sends(f"/requests/{which}/sheets/{about}", {}) for which in (code, "HS-0000-0000")]
        refused = await editor.sends(f"/requests/{code}/sheets/{about}", {})
        forged = await far.sends(f"/requests/{code}/sheets/{about}", {}, csrf="0" * 32)
        got = await far.opens(f"/requests/{code}/sheets/{about}")

        assert {(reply.status, reply.body) for reply in foreign} == {(404, foreign[0].body)}
        assert (refused.status, forged.status, got.status) == (403, 403, 405)
        assert await noted(house, "case.sheet_printed") == []


async def test_it_needs_a_code_of_the_last_minutes_as_the_phone_number_does(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        await tam.opens(f"/requests/{code}")
        house.clock.move(minutes=16)
        asked = await tam.sends(f"/requests/{code}/sheets/review", {})
        given = await tam.sends(f"/requests/{code}/sheets/review", {"one_time_code": tam.code()})

        assert (asked.status, given.status) == (403, 200)
        assert b"%PDF" not in asked.body
        assert given.body.startswith(b"%PDF")


async def test_the_check_is_printed_only_where_officials_may_read_it(house: House, town: TownOf) -> None:
    lan = town.citizen("lan")
    await lan.says(*CONSENTED, *POOR)
    code, other = await asks(town, "lan"), await asks(town, "lan", for_other=True, name="Hồ Văn Mơ", phone="")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        await tam.opens(f"/requests/{code}")
        for_another = words((await tam.sends(f"/requests/{other}/sheets/review", {})).body)
        await lan.at_desk(lambda desk: desk.consents.withdraw("check"))
        taken_back = words((await tam.sends(f"/requests/{code}/sheets/review", {})).body)

        assert "Hồ Văn Mơ" in for_another
        assert ("Số người: 3" in for_another, "Số người: 3" in taken_back) == (False, False)
