"""A paper that an officer asked for, sent on a private page by somebody who writes through a channel abroad."""

from pathlib import Path

import pytest
from sqlmodel import select

from storage.tables import Case, File
from tests.handlers.conversations.walks import registers
from tests.kit.house import open_house
from tests.kit.private_page import TownOf, jpeg, read_page, send_page


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_paper_reaches_its_request_without_passing_through_the_chat(tmp_path: Path, database_url: str) -> None:
    async with open_house(tmp_path, database_url=database_url) as house:
        town = TownOf(house)
        lan = await town.lives_abroad("Lan", "/menu")
        code = await registers(lan, news="1")
        officer = await town.official("Tam", "officer", places=("phuong_hoa_khanh",))
        await town.as_official(officer, lambda desk: desk.casework.ask(code, "giấy ra viện"))
        await town.tells(lan, "giấy ra viện")

        await lan.presses("Gửi giấy qua trang riêng")
        page = await read_page(town.link(lan))
        await send_page(town.link(lan), ("photo", jpeg()))
        await town.tells(lan, "Đã nhận ảnh")
        await lan.presses("Gửi cho cán bộ")

        lan.hears("case_answers.paper_sent")
        cases = await house.database.read(lambda unit: unit.scalars(select(Case)).all())
        files = await house.database.read(lambda unit: unit.scalars(select(File)).all())
    assert ("chụp giấy tờ" in page.html, "Giấy tờ gửi kèm" in page.purpose) == (True, True)
    assert [(case.state, case.id) for case in cases] == [("in_review", file.case_id) for file in files]
