"""After a restore no cookie and no link of the backup opens the console, and what was on its way is listed as held."""

from handlers.desk import Actor
from tests.bot.web.console.announcements import approves, goes_out, readers, submits
from tests.kit.announcing import states_of
from tests.kit.console import Clerk, clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf


async def test_a_restore_lets_nobody_in_by_what_the_backup_knew(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an:
        link = (await an.sends("/account/renew", {})).headers["Location"].removeprefix("/console")
        assert [(await an.opens(path)).status for path in ("/account", link)] == [200, 200]

        await town.at_desk(Actor("operator"), lambda desk: desk.restored.settle(desk.now, lambda: None))

        assert [(await an.opens(path)).status for path in ("/account", link)] == [303, 404]
        assert (await an.signs_in()).status == 303


async def test_what_was_on_its_way_is_listed_as_held_until_two_let_it_go_on(
    house: House, town: TownOf, mai: Clerk, lan: Clerk
) -> None:
    await readers(town)
    code = await submits(mai)
    assert (await approves(lan, code)).status == 303

    await town.at_desk(Actor("operator"), lambda desk: desk.restored.settle(desk.now, lambda: None))
    await goes_out(town)
    assert [(await one.signs_in()).status for one in (mai, lan)] == [303, 303]
    listed, page = text(await mai.opens("/broadcasts")), text(await mai.opens(f"/broadcasts/{code}"))

    again = text(await mai.opens(f"/broadcasts/{code}", X_Live="1"))

    assert await states_of(town) == ["draft"]
    assert ["bây giờ là" in one for one in (page, again)] == [False, False]  # the rule finds also who had it
    assert "Giữ lại sau khi khôi phục dữ liệu (1)" in listed
    assert "đã gửi cho 0 người, còn 2 người đang chờ" in listed
    assert "Trình và duyệt lại thì thông báo được gửi tiếp cho họ" in page
