"""The first words of somebody who never wrote before: answered at once, whatever they are."""

import pytest

from tests.kit.town import Citizen, Town


@pytest.fixture
def stranger(town: Town) -> Citizen:
    """Somebody who never wrote before and has chosen no language."""
    return town.citizen("Ba", language="")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("toi muon xin ho tro", "consent_register.for_whom"),
        ("tôi muốn xin hỗ trợ", "consent_register.for_whom"),
        ("chào", "start.language"),
        ("/start", "start.language"),
        ("asdf qwer", "not_understood"),
        ("ung ho", "pledge.giver"),
        ("cảm ơn", "thanks.gladly"),
        ("?", "not_understood"),
    ],
)
async def test_a_plain_sentence_is_answered_at_once(stranger: Citizen, words: str, key: str) -> None:
    await stranger.says(words)

    stranger.hears(key)


async def test_whoever_is_not_understood_is_shown_the_doors_and_english(stranger: Citizen) -> None:
    await stranger.says("asdf qwer")

    options = stranger.hears_last("not_understood").options
    assert options[0] == "Tôi cần giúp gấp"
    assert options[-1] == "English"


async def test_that_button_opens_the_menu_in_english(stranger: Citizen) -> None:
    await stranger.says("asdf qwer")

    await stranger.presses("English")

    stranger.hears("start.welcome", "menu")
    assert stranger.heard[0].text.startswith("Hello.")


async def test_a_chosen_language_opens_the_menu(stranger: Citizen) -> None:
    await stranger.says("/start")

    await stranger.says("1")

    stranger.hears("start.welcome", "menu")


async def test_an_unasked_voice_message_offers_a_person(stranger: Citizen) -> None:
    await stranger.sends("voice", {})

    assert stranger.hears_last("unreadable").options == ("Gặp cán bộ", "Về danh mục")
