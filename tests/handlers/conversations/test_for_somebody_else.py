"""Registering somebody else: who agreed, who was not asked yet, who can't answer."""

import pytest

from tests.handlers.conversations.walks import ANSWERED, cases, registers
from tests.kit.town import Citizen, Town

ONE_WHO_AGREED = ("/dangky", "2", "1", "1", "1")
ONE_WHO_CANNOT_ANSWER = ("/dangky", "2", "2", "3", "1")


@pytest.fixture
def ba(town: Town) -> Citizen:
    return town.citizen("Ba")


async def test_the_helper_is_read_another_consent(ba: Citizen) -> None:
    await ba.says(*ONE_WHO_AGREED[:-1])

    ba.hears("consent_register.agree_other")


async def test_a_request_for_one_who_agreed_says_that_she_will_be_asked(ba: Citizen) -> None:
    await ba.says(*ONE_WHO_AGREED, *ANSWERED)

    await ba.presses("Gửi yêu cầu")

    ba.hears(
        "registration.received",
        "registration.not_the_form",
        "registration.will_ask_them",
        "consent_case_news.agree_news",
    )


async def test_a_request_for_one_who_agreed_is_marked_as_told_by_a_helper(town: Town, ba: Citizen) -> None:
    await ba.says(*ONE_WHO_AGREED, *ANSWERED)
    await ba.presses("Gửi yêu cầu")

    [case] = await cases(town)
    content = await ba.at_desk(lambda desk: desk.cases.read(case.id))

    assert case.for_other
    assert (content["relation"], content["told"]) == ("kin", "agreed")


async def test_the_consent_is_recorded_as_told_by_a_helper(ba: Citizen) -> None:
    await ba.says(*ONE_WHO_AGREED)

    [consent] = await ba.at_desk(lambda desk: desk.consents.given())

    assert (consent.purpose, consent.told_by) == ("register", "helper")


async def test_one_not_asked_yet_ends_it_with_nothing_sent(town: Town, ba: Citizen) -> None:
    await ba.says("/dangky", "2", "1", "Chưa hỏi")

    ba.hears("ask_them_first")
    assert await cases(town) == []
    assert await ba.at_desk(lambda desk: desk.consents.given()) == []


async def test_when_she_has_been_asked_one_press_begins_again(ba: Citizen) -> None:
    await ba.says("/dangky", "2", "1", "Chưa hỏi")

    await ba.presses("Đăng ký hỗ trợ")

    ba.hears("consent_register.for_whom")


async def test_the_consent_given_for_her_own_family_is_none_for_somebody_else(town: Town, ba: Citizen) -> None:
    await registers(ba)
    await ba.says("/dangky", "2", "1", "1")
    ba.hears("registration.agree_other")

    await ba.presses("Không gửi")

    ba.hears("nothing_sent")
    assert len(await cases(town)) == 1


async def test_reading_more_about_somebody_else_asks_again(ba: Citizen) -> None:
    await registers(ba)
    await ba.says("/dangky", "2", "1", "1")

    await ba.presses("Đọc kỹ hơn")

    asked = ba.hears_last("registration.agree_other")
    assert "khiếu nại" in asked.text


async def test_for_one_who_cannot_answer_only_the_place_and_the_helper_are_asked(ba: Citizen) -> None:
    await ba.says(*ONE_WHO_CANNOT_ANSWER)
    asked = [ba.heard[-1].key]

    for words in ("Hòa Sơn", "nhà cuối xóm", "Trần Văn Ba", "0905 123 456"):
        await ba.says(words)
        asked.append(ba.heard[-1].key)

    assert asked == [
        "registration.unit",
        "registration.place",
        "registration.helper_name",
        "registration.helper_phone",
        "registration.@review",
    ]


async def test_for_one_who_cannot_answer_a_case_is_opened_all_the_same(town: Town, ba: Citizen) -> None:
    await ba.says(*ONE_WHO_CANNOT_ANSWER, "Hòa Sơn", "nhà cuối xóm", "Trần Văn Ba", "0905 123 456")

    await ba.presses("Gửi yêu cầu")

    [case] = await cases(town)
    content = await ba.at_desk(lambda desk: desk.cases.read(case.id))
    assert (content["name"], content["helper_name"], content["helper_phone"]) == ("", "Trần Văn Ba", "+84905123456")
