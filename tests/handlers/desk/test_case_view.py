"""What an official is shown of a request: no citizen's number, and nothing that is none of her business."""

import pytest

from handlers.desk.cases import Registration, hide_ids
from tests.kit.town import Citizen, Town

HERE, THERE = "phuong_hoa_khanh", "xa_tay_giang"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param("số 048154001234.", "số •••234.", id="in one"),
        pytest.param("048 154 001 234", "•••234", id="spaced"),
        pytest.param("048-154-001-234 và 048.154.001.235", "•••234 và •••235", id="two, with dashes and dots"),
        pytest.param("gọi 0905 123 456", "gọi 0905 123 456", id="a phone"),
        pytest.param("gọi +84905123456", "gọi +84905123456", id="a phone from abroad"),
        pytest.param("nợ 1.500.000 đ", "nợ 1.500.000 đ", id="an amount"),
        pytest.param("0481540012345", "0481540012345", id="a longer number"),
    ],
)
def test_of_a_citizen_s_number_three_digits_are_left(words: str, shown: str) -> None:
    assert hide_ids(words) == shown


@pytest.mark.parametrize("role", ["officer", "lead", "helper", "admin"])
async def test_whoever_may_see_it_reads_what_it_says(town: Town, lan: Citizen, role: str) -> None:
    official = await town.official("Tam", role, places=(HERE,))
    request = Registration(needs=("food",), unit_id=HERE, place="tổ 3", name="Lan", story="căn cước 048154001234")
    code = (await lan.at_desk(lambda desk: desk.cases.open(request))).code

    opened = await town.as_official(official, lambda desk: desk.case_views.read(code))

    assert opened is not None
    assert (opened.said["name"], opened.said["story"]) == ("Lan", "căn cước •••234")


@pytest.mark.parametrize("typed", ["{0}", "hs{1}", "HS {1}"])
async def test_a_code_is_read_as_it_is_typed(town: Town, lan: Citizen, typed: str) -> None:
    official = await town.official("Tam", "officer", places=(HERE,))
    code = (
        await lan.at_desk(lambda desk: desk.cases.open(Registration(needs=("food",), unit_id=HERE, place="tổ 3")))
    ).code
    spoken = typed.format(code, code.removeprefix("HS-").replace("-", "").lower())

    glance = await town.as_official(official, lambda desk: desk.case_views.glance(spoken))

    assert glance is not None
    assert glance.code == code


@pytest.mark.parametrize(("role", "places"), [("officer", (THERE,)), ("editor", (HERE,)), ("treasurer", (HERE,))])
async def test_foreign_and_absent_requests_are_none_alike(
    town: Town, lan: Citizen, role: str, places: tuple[str, ...]
) -> None:
    official = await town.official("Tam", role, places=places)
    code = (
        await lan.at_desk(lambda desk: desk.cases.open(Registration(needs=("food",), unit_id=HERE, place="tổ 3")))
    ).code

    for asked in (code, "HS-0000-0000", "", "menu"):
        seen = await town.as_official(
            official,
            lambda desk, asked=asked: (  # type: ignore[misc]  # bound early
                desk.case_views.glance(asked), desk.case_views.read(asked), desk.case_views.changes(asked, ""),
                desk.case_views.colleagues(asked), desk.case_views.standing(asked, "take"),
            ),
        )  # fmt: skip
        assert seen == (None, None, (), [], "absent")
