"""The same request twice: the same person is asked, another person hears nothing of it."""

import pytest
from sqlmodel import col

from storage.tables import Task
from tests.handlers.conversations.walks import ANSWERED, TO_STORY, cases, registers
from tests.kit.town import Citizen, Town

AGAIN = ("/dangky", "1", *TO_STORY)


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody with a request on file."""
    lan = town.citizen("Lan")
    await registers(lan)
    return lan


async def test_the_same_phone_by_the_same_person_asks_whether_to_add(lan: Citizen) -> None:
    await lan.says(*AGAIN)

    assert lan.hears_last("registration.already").options == ("Thêm vào yêu cầu đã có", "Việc khác, gửi mới")


async def test_the_same_name_year_and_unit_without_a_phone_asks_too(lan: Citizen) -> None:
    await lan.says("/dangky", "1", *ANSWERED[:5], "không có")

    lan.hears("registration.already")


async def test_adding_puts_the_words_into_the_request_there_is(town: Town, lan: Citizen) -> None:
    await lan.says(*AGAIN, "1")
    lan.hears("add_to_case.words")

    await lan.says("mái nhà dột thêm")

    lan.hears("add_to_case.added")
    assert len(await cases(town)) == 1


async def test_a_different_matter_is_a_request_of_its_own(town: Town, lan: Citizen) -> None:
    await lan.says(*AGAIN, "2", *ANSWERED[6:])

    await lan.presses("Gửi yêu cầu")

    first, second = await cases(town)
    assert second.duplicate_of == first.id


async def test_a_request_that_was_stopped_is_not_asked_about(lan: Citizen) -> None:
    await lan.says("/hoso")
    await lan.presses("Dừng yêu cầu", "Có, dừng lại")

    await lan.says(*AGAIN)

    lan.hears("registration.story")


async def test_another_person_with_the_same_phone_hears_nothing_of_it(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")

    await mai.says("/dangky", "1", "1", *TO_STORY)
    mai.hears("registration.story")
    await mai.says(*ANSWERED[6:])
    await mai.presses("Gửi yêu cầu")

    mai.hears("registration.received", "registration.not_the_form", "consent_case_news.agree_news")


async def test_another_persons_request_is_flagged_for_officials(town: Town, lan: Citizen) -> None:
    mai = town.citizen("Mai")

    await registers(mai)

    first, second = await cases(town)
    kinds = await town.database.read(
        lambda unit: [t.kind for t in unit.query(Task).filter(col(Task.case_id) == second.id).order_by(Task.kind)]
    )
    assert second.duplicate_of == first.id
    assert kinds == ["duplicate", "first_contact", "review_form"]
