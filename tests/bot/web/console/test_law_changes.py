"""Changes of the law on the console: listed with their sources, confirmed by an admin, led on to an announcement."""

from sqlmodel import select

from handlers.desk import Actor
from storage.tables import LawChange
from tests.handlers.conversations.checks import CONSENTED, POOR
from tests.kit.console import Clerk, clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf

DAY = {"day": "2027-01-01"}


async def checks(town: TownOf, *names: str) -> None:
    for name in names:
        await town.citizen(name).says(*CONSENTED, *POOR)


async def looks(town: TownOf, most: int) -> None:
    await town.at_desk(Actor("clock"), lambda desk: desk.law_changes.look(most))


async def page(who: Clerk) -> str:
    return text(await who.opens("/law-changes"))


async def test_each_figure_has_its_name_its_source_and_how_sure_it_is(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an:
        shown = await page(an)

    assert "Từ 01/01/2027 chưa xác nhận" in shown
    assert "Mức thu nhập ở xã đổi: từ 1.500.000 đ thành 2.200.000 đ NĐ 351/2025/NĐ-CP đã có văn bản" in shown
    assert "Mức sống trung bình ở phường đổi: từ 3.000.000 đ thành cần cán bộ xác nhận" in shown
    assert "chưa rõ, không xác nhận được" in shown
    assert "Trợ giúp pháp lý không mất phí đổi" in shown
    assert "trước hoặc sau ngày này chưa có chuẩn nào" in shown


async def test_an_admin_confirms_and_the_families_are_counted(house: House, town: TownOf) -> None:
    await checks(town, "Lan", "Mai", "Ba")
    async with clerk(house, "an", "admin") as an, clerk(house, "bo", "editor") as bo:
        await an.opens("/law-changes")
        confirmed = await an.sends("/law-changes/confirm", DAY)
        await looks(town, 2)
        under_way = await page(an)
        await looks(town, 2)
        done, editors = await page(an), await bo.opens("/law-changes")
        change = await town.house.database.read(lambda unit: unit.scalars(select(LawChange.id)).one())
        composer = (await bo.opens(f"/broadcasts/new?kind=rules&change={change}")).body.decode()

    assert confirmed.status == 303
    assert "Đang tính lại: 2 trong 3 gia đình." in under_way
    assert "3 trong 3 gia đình có kết quả khác." in done
    assert "Soạn thông báo" not in done  # an admin writes none
    assert f'href="/console/broadcasts/new?kind=rules&amp;change={change}"' in editors.body.decode()
    assert "Xác nhận thay đổi này" not in text(editors)
    assert f'<option value="{change}" selected>' in composer
    assert 'value="rules" checked' in composer


async def test_what_can_not_be_confirmed_says_why_and_a_second_time_is_outdated(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an:
        await an.opens("/law-changes")
        replies = [await an.sends("/law-changes/confirm", {"day": day}) for day in ("2031-01-01", "2026-12-02", "x")]
        first, second = await an.sends("/law-changes/confirm", DAY), await an.sends("/law-changes/confirm", DAY)

    assert [reply.status for reply in (*replies, first, second)] == [400, 400, 400, 303, 409]
    assert "chưa có chuẩn nào" in text(replies[0])


async def test_to_confirm_a_code_is_typed_anew(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an:
        await an.opens("/law-changes")
        house.clock.move(minutes=16)

        refused = await an.sends("/law-changes/confirm", DAY)

    assert refused.status == 403
    assert "Gõ lại mã một lần" in text(refused)


async def test_only_who_works_with_it_sees_it(house: House, town: TownOf) -> None:
    for role, status in (("officer", 403), ("treasurer", 403), ("lead", 200), ("auditor", 200)):
        async with clerk(house, f"x{role}", role, places=("phuong_hoa_khanh",)) as one:
            assert (await one.opens("/law-changes")).status == status, role
