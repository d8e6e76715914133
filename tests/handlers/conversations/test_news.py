"""DỪNG, DỪNG HẾT and NHẬN, as people write them."""

import pytest

from tests.handlers.conversations.walks import CONSENTED, TO_NAME, registers
from tests.kit.town import Citizen, Town


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("DỪNG", "stop.stopped"),
        ("dừng", "stop.stopped"),
        ("DUNG", "stop.stopped"),
        ("/dung", "stop.stopped"),
        ("Dừng.", "stop.stopped"),
        ("DỪNG HẾT", "stop_all.stopped_all"),
        ("dừng hết", "stop_all.stopped_all"),
        ("dung het!", "stop_all.stopped_all"),
        ("NHẬN", "receive.receiving"),
        ("nhan", "receive.receiving"),
    ],
)
async def test_the_words_are_heard_in_any_case_and_accents(lan: Citizen, words: str, key: str) -> None:
    await lan.says(words)

    lan.hears(key)


async def consents(lan: Citizen) -> list[str]:
    return await lan.at_desk(lambda desk: [consent.purpose for consent in desk.consents.given()])


async def test_stop_leaves_news_of_ones_own_request(lan: Citizen) -> None:
    await registers(lan, news="1")

    await lan.says("DỪNG")

    assert await consents(lan) == ["register", "case_news"]


async def test_stop_all_ends_news_of_ones_own_request(lan: Citizen) -> None:
    await registers(lan, news="1")

    await lan.says("DỪNG HẾT")

    assert await consents(lan) == ["register"]


async def test_receive_takes_both_up_again(lan: Citizen) -> None:
    await registers(lan, news="1")
    await lan.says("DỪNG HẾT")

    await lan.says("NHẬN")

    assert await consents(lan) == ["register", "case_news", "news"]


async def test_fully_accented_stop_is_heard_in_the_middle_of_a_form(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *TO_NAME)

    await lan.says("DỪNG")

    lan.hears("stop.stopped", "resume_offer")
