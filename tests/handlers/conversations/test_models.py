"""A model that fits my family: three questions at most, one model a message, and an honest word where there is none."""

import pytest

from handlers.demo import models as demo_models
from handlers.desk import Actor, Desk
from handlers.desk.office import Official
from tests.kit.requests import HERE, asks
from tests.kit.town import Citizen, Town


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def fill(town: Town) -> None:
    """Two models are shown, one waits."""
    ids = [await town.official(name, "lead", places=(HERE,)) for name in ("an", "ba")]

    def write(desk: Desk) -> None:
        writer, approver = (desk.officials.acting(one) for one in ids)
        assert isinstance(writer, Official)
        assert isinstance(approver, Official)
        demo_models.fill(desk, writer, approver)

    await town.at_desk(Actor("operator"), write)


def hide_what_needs_no_land(desk: Desk) -> None:
    models = desk.models
    for one in models.all():
        if one.state == "shown" and one.writing.land == "none":
            assert models.hide(one.id, one.seen) == "done"


async def test_what_fits_is_shown_with_cost_labour_area_and_risk(town: Town, lan: Citizen) -> None:
    await fill(town)

    await lan.says("mô hình làm ăn", "2", "1", "2")

    shown = lan.hears_last("models.one")
    assert shown.text.startswith("Mô hình 1/2: Đan giỏ tre tại nhà (mẫu)\n")
    assert all(words in shown.text for words in ("không cần vốn", "Công sức: ", "Chỗ làm: ", "Rủi ro: ", "Đã làm: "))


async def test_the_next_one_comes_by_its_button_without_a_question(town: Town, lan: Citizen) -> None:
    await fill(town)
    await lan.says("/mohinh", "2", "1", "3")

    await lan.presses("Mô hình tiếp theo")

    shown = lan.hears_last("models.one")
    assert shown.text.startswith("Mô hình 2/2: Nuôi gà thả vườn (mẫu)\n")
    assert "4.000.000 đ" in shown.text
    assert "Mô hình tiếp theo" not in shown.options


async def test_not_knowing_is_an_answer_everywhere(town: Town, lan: Citizen) -> None:
    await fill(town)

    await lan.says("/mohinh", "không biết", "không biết", "không biết")

    assert lan.hears_last("models.one").text.startswith("Mô hình 1/2: ")


async def test_where_none_fits_it_is_said_and_an_officer_is_offered(town: Town, lan: Citizen) -> None:
    await fill(town)
    lead = await town.official("cu", "lead", places=(HERE,))
    await town.as_official(lead, hide_what_needs_no_land)

    await lan.says("/mohinh", "không có đất", "1", "chưa có")

    assert "Gặp cán bộ" in lan.hears_last("models.none_fits").options


async def test_an_empty_library_asks_nothing(lan: Citizen) -> None:
    await lan.says("/mohinh")

    assert "Gặp cán bộ" in lan.hears_last("models.none_yet").options


async def test_in_english_a_model_without_english_words_is_told_in_vietnamese(town: Town) -> None:
    await fill(town)
    anna = town.citizen("Anna", language="en")

    await anna.says("/models", "2", "1", "3")

    assert anna.hears_last("models.one").text.startswith("Model 1 of 2: Bamboo baskets at home (sample)\n")


async def test_a_request_for_work_leads_there(town: Town) -> None:
    await asks(town, "Mơ", needs=("work",))
    mo = town.citizen("Mơ")
    mo.said = 1  # she wrote before

    await mo.says("/hoso")

    assert "Cách làm ăn hợp nhà tôi" in mo.heard[-1].options
