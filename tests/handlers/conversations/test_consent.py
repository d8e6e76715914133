"""Consent to register: nothing else is asked before a yes, a no is remembered for the day."""

import pytest
from sqlalchemy import delete

from storage.tables import Owner
from tests.handlers.conversations.walks import ANSWERED, CONSENTED, registers
from tests.kit.town import Citizen, Town

REFUSED = ("/dangky", "1", "2")


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def test_read_more_tells_the_rights_and_asks_again(lan: Citizen) -> None:
    await lan.says("/dangky", "1")

    await lan.presses("Đọc kỹ hơn")

    asked = lan.hears_last("consent_register.agree_own")
    assert "khiếu nại" in asked.text
    assert "Đồng ý gửi" in asked.options


async def test_words_that_are_neither_yes_nor_no_are_no_consent(lan: Citizen) -> None:
    await lan.says("/dangky", "1")

    await lan.says("để tôi nghĩ đã")

    lan.hears("consent_register.agree_own")


async def test_a_refusal_ends_it_with_nothing_asked(lan: Citizen) -> None:
    await lan.says(*REFUSED)

    lan.hears("consent_register.refused")
    assert await lan.answers() == {}


async def test_a_refusal_is_remembered_for_the_day(lan: Citizen) -> None:
    await lan.says(*REFUSED)

    await lan.says("/dangky")

    lan.hears("refused_today")


async def test_one_press_says_that_she_changed_her_mind(lan: Citizen) -> None:
    await lan.says(*REFUSED, "/dangky")

    await lan.presses("Tôi đổi ý")
    await lan.says("1", "đồng ý")

    lan.hears("registration.needs")


async def test_the_day_after_a_refusal_she_is_asked_again(town: Town, lan: Citizen) -> None:
    await lan.says(*REFUSED)
    town.clock.move(hours=25)

    await lan.says("/dangky")

    lan.hears("consent_register.for_whom")


async def test_without_an_owner_nothing_is_asked(town: Town, lan: Citizen) -> None:
    await town.database.write(lambda unit: unit.execute(delete(Owner)))

    await lan.says("/dangky")

    lan.hears("no_owner")
    assert await lan.answers() == {}


async def test_a_consent_in_force_is_not_asked_for_again_but_for_whom_is(lan: Citizen) -> None:
    await registers(lan)
    await lan.says("/dangky")
    lan.hears("registration.for_whom")

    await lan.says("1")

    lan.hears("registration.needs")


async def test_news_is_asked_about_once(lan: Citizen) -> None:
    await registers(lan)
    await lan.says("/dangky", "1", *ANSWERED[:6], "2", *ANSWERED[6:])

    await lan.presses("Gửi yêu cầu")

    lan.hears("registration.received", "registration.not_the_form")


async def test_for_whom_is_not_asked_twice_in_one_registration(lan: Citizen) -> None:
    await lan.says(*CONSENTED)

    lan.hears("registration.needs")
