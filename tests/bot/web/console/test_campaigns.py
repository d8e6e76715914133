"""Campaigns on the console: written, opened by another as it was shown, closed, and what each needs."""

import re
from dataclasses import replace

import pytest

from handlers.desk.money import stamp
from tests.kit.console import Clerk, clerk, text
from tests.kit.giving import DRAFT, front
from tests.kit.house import House, visit
from tests.kit.private_page import TownOf

HERE, THERE = "phuong_hoa_khanh", "xa_tay_giang"
GOOD = {
    "title_vi": "Áo ấm <b>", "title_en": "Coats", "about_vi": "Áo cho trẻ vùng cao.", "about_en": "Coats for children.",
    "organiser": "Ban vận động thử", "basis": "fund_for_the_poor", "first_day": "2026-11-25",
    "last_day": "2026-12-25", "unit": "", "account": "", "goal": "100 triệu",
}  # fmt: skip
RICE = {"item_vi": "Gạo", "item_en": "Rice", "need": "food", "kind": "goods", "amount": "50", "measure": "bao"}
SEEN = re.compile(r'name="seen" value="([^"]+)"')


async def seen(who: Clerk, path: str) -> str:
    found = SEEN.search((await who.opens(path)).body.decode())
    assert found
    return found[1]


async def test_one_writes_and_another_opens_and_then_everybody_sees_it(house: House) -> None:
    async with (
        clerk(house, "ketoan", "treasurer") as ketoan, clerk(house, "quantri", "admin") as quantri,
        visit(house) as lan,
    ):  # fmt: skip
        written = await ketoan.sends("/campaigns", GOOD)
        assert written.status == 303, text(written)
        path = written.headers["Location"].partition("?")[0].removeprefix("/console")
        public = path.replace("/campaigns", "/c")
        assert "Người viết không tự mở" in text(await ketoan.opens(path))
        assert (await ketoan.sends(f"{path}/open", {"seen": await seen(ketoan, path)})).status == 400
        assert (await lan.gets(public)).status == 404

        opened = await quantri.sends(f"{path}/open", {"seen": await seen(quantri, path)})

        assert opened.headers["Location"].endswith("campaign_opened_no_money")
        assert "Áo ấm &lt;b&gt;" in (await lan.gets(public)).body.decode()
        assert public in (await quantri.opens(path)).body.decode()


async def test_what_was_changed_since_is_shown_again(house: House, town: TownOf) -> None:
    code = await (await front(town)).writes()
    path = f"/campaigns/{code}"
    async with clerk(house, "an", "treasurer") as an, clerk(house, "bo", "admin") as bo:
        before = await seen(bo, path)
        house.clock.move(seconds=1)
        changed = await an.sends(f"{path}/rewrite", GOOD | {"seen": await seen(an, path)})
        assert changed.status == 303, text(changed)

        reply = await bo.sends(f"{path}/open", {"seen": before})

        assert reply.status == 409
        assert "Áo ấm <b>" in text(reply)
        assert "Người khác vừa làm việc này trước" in text(reply)


async def test_opened_with_an_account_for_all_its_days_it_asks_for_money(house: House, town: TownOf) -> None:
    giving = await front(town)
    code = await giving.writes(replace(DRAFT, account_id=await giving.has()))
    async with clerk(house, "bo", "admin") as bo:
        path = f"/campaigns/{code}"

        opened = await bo.sends(f"{path}/open", {"seen": await seen(bo, path)})

        assert opened.headers["Location"].endswith("campaign_opened")


@pytest.mark.parametrize("move", ["open", "close", "items"])
async def test_what_people_will_see_needs_a_code_typed_anew(house: House, town: TownOf, move: str) -> None:
    giving = await front(town)
    code = await giving.writes() if move == "open" else await giving.opens()
    async with clerk(house, "bo", "admin", "treasurer") as bo:
        await bo.opens("/account")
        house.clock.move(minutes=16)

        assert (await bo.sends(f"/campaigns/{code}/{move}", RICE)).status == 403


async def test_closed_by_hand_it_is_over_for_everybody(house: House, town: TownOf) -> None:
    code = await (await front(town)).opens()
    async with clerk(house, "bo", "admin") as bo, visit(house) as lan:
        await bo.opens("/account")

        assert (await bo.sends(f"/campaigns/{code}/close", {})).status == 303
        assert (await bo.sends(f"/campaigns/{code}/close", {})).status == 400
        assert "Đợt này đã kết thúc" in text(await lan.gets(f"/c/{code}"))


async def test_what_it_needs_is_added_and_taken_out(house: House, town: TownOf) -> None:
    path = f"/campaigns/{await (await front(town)).writes()}"
    async with clerk(house, "an", "treasurer") as an:
        await an.opens("/account")
        assert (await an.sends(f"{path}/items", RICE)).status == 303
        page = await an.opens(path)
        assert "Gạo 50 bao" in text(page)
        item = re.search(r'name="item" value="([^"]+)"', page.body.decode())
        assert item

        assert (await an.sends(f"{path}/items/take-out", {"item": item[1]})).status == 303
        assert (await an.sends(f"{path}/items/take-out", {"item": item[1]})).status == 409
        assert "Chưa nêu mục nào" in text(await an.opens(path))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title_en": ""}, "title_en"),
        ({"about_vi": "x" * 401}, "about_vi"),
        ({"basis": "goodwill"}, "basis"),
        ({"basis": "disaster", "last_day": "2027-03-01"}, "last_day"),
        ({"last_day": "2026-11-01"}, "last_day"),
        ({"first_day": ""}, "first_day"),
        ({"unit": "nowhere"}, "unit"),
        ({"account": "none"}, "account"),
        ({"goal": "nhiều lắm"}, "goal"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(house: House, change: dict[str, str], field: str) -> None:
    async with clerk(house, "an", "treasurer") as an:
        await an.opens("/account")

        reply = await an.sends("/campaigns", GOOD | change)

        assert reply.status == 400
        assert f'id="{field}-fault"' in reply.body.decode(), text(reply)
        assert "Ban vận động thử" in reply.body.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"measure": ""}, "measure"),
        ({"item_en": ""}, "item_en"),
        ({"kind": "x"}, "kind"),
        ({"item_vi": "Gạo, gửi 0123456789"}, "item_vi"),
        ({"measure": "0123 456 789"}, "measure"),
    ],
)
async def test_what_is_wrong_with_an_item_is_said_beside_its_field(
    house: House, town: TownOf, change: dict[str, str], field: str
) -> None:
    code = await (await front(town)).writes()
    async with clerk(house, "an", "treasurer") as an:
        await an.opens("/account")

        reply = await an.sends(f"/campaigns/{code}/items", RICE | change)

        assert reply.status == 400
        assert f'id="{field}-fault"' in reply.body.decode(), text(reply)


async def test_a_campaign_whose_account_has_ended_says_so(house: House, town: TownOf) -> None:
    giving = await front(town)
    account = await giving.has()
    code = await giving.writes(replace(DRAFT, account_id=account))
    async with clerk(house, "bo", "admin") as bo:
        before = text(await bo.opens(f"/campaigns/{code}"))

        await town.as_official(giving.admin, lambda desk: desk.gift_accounts.end(account))

        after = text(await bo.opens(f"/campaigns/{code}"))
        assert "nay đã ngừng" not in before
        assert "nay đã ngừng" in after
        assert "Không nhận tiền" not in after


async def test_a_lead_writes_for_her_own_unit_alone(house: House) -> None:
    async with clerk(house, "an", "lead", places=(HERE,)) as an:
        await an.opens("/account")

        assert (await an.sends("/campaigns", GOOD | {"unit": HERE})).status == 303
        for place in ("", THERE):
            reply = await an.sends("/campaigns", GOOD | {"unit": place})
            assert (reply.status, 'id="unit-fault"' in reply.body.decode()) == (400, True)


async def test_a_program_reads_the_same(house: House, town: TownOf) -> None:
    giving = await front(town)
    code = await giving.opens()
    draft = await town.as_official(giving.admin, lambda desk: desk.campaigns.read(code))
    async with clerk(house, "an", "auditor") as an:
        told = await an.tells(f"/campaigns/{code}", method="GET")

    assert draft is not None
    assert told.json["seen"] == stamp(draft)
    assert told.json["progress"][0] == "Mục tiêu: 100.000.000 đ"  # type: ignore[index]  # a list
