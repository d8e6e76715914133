"""After a restore no cookie and no link of the backup opens the console: they may have been ended since."""

from handlers.desk import Actor
from tests.kit.console import clerk
from tests.kit.house import House
from tests.kit.private_page import TownOf


async def test_a_restore_lets_nobody_in_by_what_the_backup_knew(house: House, town: TownOf) -> None:
    async with clerk(house, "an", "admin") as an:
        link = (await an.sends("/account/renew", {})).headers["Location"].removeprefix("/console")
        assert [(await an.opens(path)).status for path in ("/account", link)] == [200, 200]

        await town.at_desk(Actor("operator"), lambda desk: desk.restored.settle(desk.now))

        assert [(await an.opens(path)).status for path in ("/account", link)] == [303, 404]
        assert (await an.signs_in()).status == 303
