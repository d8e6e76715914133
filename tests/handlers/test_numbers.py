"""The number of a button, typed: it is pressed where it can't be an answer, and is the answer where it can."""

import pytest

from tests.handlers.conversations.walks import CONSENTED, TO_PHONE, TO_YEAR
from tests.kit.town import Citizen, Town


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def test_one_is_no_year_and_picks_the_first_button(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)

    await lan.says("1")

    lan.hears("registration.phone")


async def test_one_is_no_phone_and_picks_the_first_button(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_PHONE)

    await lan.says("1")

    assert (await lan.answers())["phone"].startswith("#")


async def test_a_number_without_a_button_is_misheard(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_YEAR)

    await lan.says("9")

    lan.hears_last("registration.birth_year")


async def test_a_sum_read_back_is_confirmed_by_the_number_of_its_button(lan: Citizen) -> None:
    await lan.says("/ungho", "1", "1", "1", "1", "1", "1 trieu ruoi")
    before = lan.heard[-1].options

    await lan.says("1")

    assert len(before) == 2
    assert (await lan.answers())["amount"] == "=1500000"
