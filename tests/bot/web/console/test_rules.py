"""Figures of law on the console: entered by one admin, confirmed by another, and told to residents from then on."""

from collections.abc import Mapping

from tests.kit.console import Clerk, Fields, clerk, text
from tests.kit.house import House, Reply, visit
from tests.kit.private_page import TownOf

BASE = "/rules/rows/parameter.social_base/2026-07-01"
NEW = {
    "figure": "560.000", "counts_from": "2026-11-01", "in_force_from": "", "act": "NĐ 1/2027/NĐ-CP Điều 4",
    "act_evidence": "text",
}  # fmt: skip
MARK = {"compared_on": "2026-11-24", "document": "NĐ 335/2026/NĐ-CP Điều 4", "evidence": "text"}
EFFECT = "Từ 01/11/2026: 560.000 đ, trước đó 540.000 đ."
# A poor family in which one parent raises two children.
PARENT = ("/kiemtra", "1", "phường Hải Châu", "Hộ nghèo", "Cha hoặc mẹ một mình nuôi con", "2")


async def enters(who: Clerk, fields: Mapping[str, str] = NEW, *, do: str = "enter") -> Reply:
    await who.opens(BASE)
    given: Fields = dict(fields)
    return await who.sends(f"{BASE}/{do}", given)


def entry_of(reply: Reply) -> str:
    """The first entry of the page."""
    return reply.body.decode().partition('id="entry-')[2].partition('"')[0]


async def presses(who: Clerk, what: str) -> Reply:
    """Press a button of the page's first entry."""
    return await who.sends(f"/rules/entries/{entry_of(await who.opens('/rules'))}/{what}", {})


async def test_what_one_enters_another_confirms_and_residents_are_told_it(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an, clerk(house, "bo", "admin") as bo:
        entered = await enters(an)
        own, theirs = await an.opens("/rules"), text(await bo.opens("/rules"))
        refused = await presses(an, "confirm")
        confirmed = await presses(bo, "confirm")
        shown = text(await an.opens("/rules"))

        assert (entered.status, refused.status, confirmed.status) == (303, 400, 303)
        assert "Người nhập không tự xác nhận" in text(own)
        assert f"/rules/entries/{entry_of(own)}/confirm" not in own.body.decode()
        assert EFFECT in theirs
        assert "Đang dùng theo cán bộ nhập" in shown
        assert EFFECT in shown
        assert "560.000" in await told(house)

        await presses(an, "withdraw")
        assert (await presses(bo, "confirm")).status == 303
        assert "540.000" in await told(house)


async def told(house: House) -> str:
    """What somebody who never wrote before is told."""
    async with visit(house) as lan:
        await lan.says(*PARENT)
        return "\n".join(str(line["text"]) for line in lan.heard)


async def test_what_is_to_be_compared_is_listed_by_its_name_and_marked(house: House, town: TownOf) -> None:
    house.clock.move(days=120)
    async with clerk(house, "an", "admin") as an, clerk(house, "bo", "admin") as bo:
        listed = text(await an.opens("/rules"))
        found = text(await an.opens("/rules?words=muc+chuan+tro+giup"))
        marked = await enters(an, MARK | {"compared_on": house.clock.now().date().isoformat()}, do="compare")
        await presses(bo, "confirm")
        compared = text(await an.opens(BASE))

    assert "Cần đối chiếu" in listed
    assert "ngày trước" in listed
    assert "Mức chuẩn trợ giúp xã hội 540.000 đ từ 01/07/2026" in found
    assert marked.status == 303
    assert "Đối chiếu 0 ngày trước" in compared


async def test_what_is_wrong_is_said_beside_its_field(house: House, town: TownOf) -> None:
    wrong = {
        "figure": ("0", "Số này"),
        "counts_from": ("1990-01-01", "có ngày không có số"),
        "in_force_from": ("2026-10-01", "phải sau ngày bắt đầu tính"),
        "act": ("", "Ghi văn bản đã đọc"),
        "act_evidence": ("", "Chọn đã đọc ở đâu"),
    }
    async with clerk(house, "an", "admin") as an:
        for field, (value, _) in wrong.items():
            reply = await enters(an, NEW | {field: value})
            assert reply.status == 400, field
            assert f'id="{field}-fault"' in reply.body.decode() or field == "act_evidence", field
        future = await enters(an, MARK | {"compared_on": "2030-01-01"}, do="compare")
        absent = await an.sends("/rules/rows/parameter.nothing/2026-07-01/enter", dict(NEW))

        assert "Ngày đối chiếu chưa tới." in text(future)
        assert absent.status == 404


async def test_a_row_that_is_no_figure_can_only_be_marked(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an, clerk(house, "au", "auditor") as au:
        programme = text(await an.opens("/rules/rows/programme.huu_tri_75/2026-10-05"))
        seen = await au.opens(BASE)

        assert "Nhập số mới" not in programme
        assert seen.status == 200
        assert "Nhập số mới" not in text(seen)


async def test_to_enter_and_to_confirm_a_code_is_typed_anew(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an, clerk(house, "bo", "admin") as bo:
        await enters(an)
        house.clock.move(minutes=16)

        replies = (await enters(an), await presses(bo, "confirm"))

        assert [reply.status for reply in replies] == [403, 403]
        assert all("Gõ lại mã một lần" in text(reply) for reply in replies)


async def test_only_an_admin_enters_and_confirms(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an, clerk(house, "le", "lead", places=("phuong_hoa_khanh",)) as le:
        await enters(an)
        entry = entry_of(await an.opens("/rules"))

        replies = (await enters(le), await le.sends(f"/rules/entries/{entry}/confirm", {}))

        assert [reply.status for reply in replies] == [403, 403]
