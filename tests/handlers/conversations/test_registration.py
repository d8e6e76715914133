"""Walks through registration: forward, back, edited, interrupted, for somebody else, by people with awkward names."""

import pytest

from storage.tables import Case
from tests.kit.town import Citizen, Town

CONSENTED = ("/dangky", "1", "1")
ANSWERED = ("1 4", "Hòa Sơn", "tổ 3, gần chợ", "Nguyễn Thị Lan", "1954", "0905 123 456", "Bỏ qua", "3")


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def cases(town: Town) -> list[Case]:
    return await town.database.read(lambda unit: unit.query(Case).order_by(Case.id).all())


async def test_a_whole_registration_ends_with_one_case_and_its_code(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    review = lan.hears_last("registration.@review")

    await lan.presses("Gửi yêu cầu")

    lan.hears("registration.received", "registration.not_the_form", "consent_case_news.agree_news")
    [case] = await cases(town)
    assert "Nguyễn Thị Lan" in review.text
    assert case.code in lan.heard[0].text
    assert (case.unit_id, case.needs, case.state) == ("phuong_hoa_khanh", ["review", "school"], "submitted")


async def test_what_the_case_holds_is_what_was_answered(town: Town, lan: Citizen) -> None:
    await lan.says(*CONSENTED, *ANSWERED)
    await lan.presses("Gửi yêu cầu")

    [case] = await cases(town)
    content = await lan.at_desk(lambda desk: desk.cases.read(case.id))

    kept = {name: content[name] for name in ("name", "birth_year", "phone", "place", "reach")}
    assert kept == {
        "name": "Nguyễn Thị Lan",
        "birth_year": 1954,
        "phone": "+84905123456",
        "place": "tổ 3, gần chợ",
        "reach": "visit",
    }


@pytest.mark.parametrize("name", ["Huy", "Dung", "Dừng lại đi Nam", "Sửa"])
async def test_a_name_like_a_command_is_a_name_unless_fully_accented_and_alone(lan: Citizen, name: str) -> None:
    await lan.says(*CONSENTED, *ANSWERED[:3])

    await lan.says(name)

    if name == "Sửa":
        lan.hears_last("edit_which")
    else:
        lan.hears_last("registration.birth_year")
        assert (await lan.answers())["name"] == name
