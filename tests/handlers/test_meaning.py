"""What people write in their own words leads to the door they mean; what only might be one is asked about."""

from pathlib import Path

import pytest

from handlers import texts
from handlers.dialogue import commands
from handlers.hearing import hear
from teaching.examples import read
from tests.handlers.conversations.walks import CONSENTED
from tests.kit.town import Citizen, Town

EXAMPLES = Path("handlers/texts/heard/doors.tsv")


@pytest.fixture
async def lan(town: Town) -> Citizen:
    citizen = town.citizen("Lan")
    await citizen.says("/menu")
    return citizen


@pytest.mark.parametrize(
    ("typed", "opened"),
    [
        ("muốn sau này có lương hưu thì đóng bảo hiểm xã hội tự nguyện thế nào", "faq.said"),
        ("ho ngheo vay ngan hang chinh sach duoc toi da bao nhieu", "faq.said"),
        ("I would like to give money to the poor families", "consent_give"),
        ("cho tôi nói chuyện với cán bộ phụ trách", "officer"),
        ("Delete everything you have about me", "privacy"),
    ],
)
async def test_a_sentence_opens_what_it_means(lan: Citizen, typed: str, opened: str) -> None:
    await lan.says(typed)

    assert any(message.key.startswith(opened) for message in lan.heard), [message.key for message in lan.heard]


async def test_what_was_said_in_need_is_not_asked_again(lan: Citizen) -> None:
    await lan.says("nha toi bi nuoc cuon roi cuu voi")
    lan.hears("urgent_offer")

    await lan.presses("Cần giúp ngay")
    lan.hears("urgent_help.numbers", "urgent_help.where")
    await lan.says("tổ 3 Hòa Sơn")

    lan.hears("urgent_help.phone")


async def test_two_doors_are_offered_where_it_is_not_sure(lan: Citizen) -> None:
    known = texts.load()
    asked = (one.text for one in read(EXAMPLES) if commands.keyword(known, one.text) is None)
    unclear = next(text for text in asked if (heard := hear(text)).how == "likely" and not heard.urgent)
    await lan.says(unclear)

    told = lan.hears_last("perhaps")
    assert told.options[-2:] == ("Gặp cán bộ", "Về danh mục")
    assert len(told.options) in (3, 4)


async def test_small_talk_is_honestly_not_understood(lan: Citizen) -> None:
    await lan.says("chiều nay đi cà phê không mi")

    lan.hears("not_understood")


async def test_a_short_answer_to_a_question_is_not_taken_for_a_wish(lan: Citizen) -> None:
    await lan.says(*CONSENTED, "vay vốn")

    assert lan.hears_last("registration.needs")


async def test_a_clear_wish_in_the_middle_of_a_form_is_asked_about(lan: Citizen) -> None:
    await lan.says(*CONSENTED, "1", "xong", "thẻ bảo hiểm y tế của con tôi hết hạn rồi gia hạn sao")

    lan.hears("other_wish")
