"""An announcement at the account, and whoever takes her yes back while Zalo thinks about hers."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from fakes.zalo_oa import faults
from fakes.zalo_oa.user import ZaloUser
from handlers.desk import Actor
from storage.database import Unit
from storage.tables import OutboxRow
from tests.kit import waiting
from tests.kit.news import press
from tests.kit.private_page import TownOf
from tests.kit.zalo_oa_house import answered, chat_of, knows, until, zalo_oa_house


async def subscribes(town: TownOf, user: ZaloUser) -> None:
    chat = await chat_of(town.house, user)

    def subscribe(unit: Unit) -> None:
        desk = town.office.desk(unit, Actor("person", chat.person_id), "test", town.clock, chat)
        desk.subscriptions.subscribe(("health",))

    await town.database.write(subscribe)


@pytest.mark.parametrize("error", [-200, -244])
async def test_who_stops_while_zalo_puts_it_off_or_refuses_it_never_gets_it(
    tmp_path: Path, database_url: str, error: int
) -> None:
    async with zalo_oa_house(tmp_path, database_url=database_url) as (house, zalo):
        lan, town = zalo.user("Lan"), TownOf(house)
        await knows(house, lan)
        await subscribes(town, lan)
        zalo.faults.add(replace(faults.code(error), wait_s=1.0), user=lan.id)
        code = await (await press(town)).approves("Lịch trạm y tế", "Trạm mở cửa sáng thứ bảy.")
        await waiting.until("the fault is met", lambda: not zalo.faults.left)

        house.clock.move(seconds=1)
        await answered(lan, "DỪNG")
        house.clock.move(minutes=1)
        await answered(lan, "/menu")

        query = select(OutboxRow.id).where(col(OutboxRow.kind) == "broadcast")
        number = await house.database.read(lambda unit: unit.scalars(query).one())
        assert number is not None
        row = await until(house, number, "cancelled", "sent", "delivered")
        assert (row.state, row.reason) == ("cancelled", "opted_out")
        assert not [shown for shown in lan.heard if code in shown.text]
