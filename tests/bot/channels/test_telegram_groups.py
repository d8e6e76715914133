"""What is said before others, and what Telegram itself says: hardly any of it is for us."""

import pytest

from bot.channels.contract import Received
from bot.channels.telegram import updates
from fakes.telegram.chats import Chat
from fakes.telegram.server import FakeTelegram
from fakes.telegram.user import TelegramUser
from fakes.telegram.world import BOT
from tests.bot.channels.reading import GROUP, NAME, made, read, understood
from tests.kit.clock import MORNING, HandClock


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram(clock=HandClock())


@pytest.fixture
def lan(telegram: FakeTelegram) -> TelegramUser:
    return telegram.user("Lan")


@pytest.fixture
def group(telegram: FakeTelegram, lan: TelegramUser) -> Chat:
    """A group with the bot in it, of which nothing was told yet."""
    made = lan.makes_group("Tổ 7", id=GROUP)
    telegram.world.updates.clear()
    return made


def test_a_press_before_others_is_nothing_for_us(telegram: FakeTelegram, lan: TelegramUser, group: Chat) -> None:
    lan.presses_data("nonce.0", group.show(BOT, 0, {"text": "?"}))

    assert read(made(telegram)) is None


def test_being_put_into_a_group_or_out_of_it_is_nothing_for_us(telegram: FakeTelegram, lan: TelegramUser) -> None:
    group = lan.makes_group("Tổ 7", id=GROUP)
    into = made(telegram)
    lan.puts_bot_out(group)

    assert (read(into), read(made(telegram))) == (None, None)


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        ("/start", True),
        (f"/start@{NAME}", True),
        (f"/START@{NAME.upper()} giúp", True),
        (f"Nhờ @{NAME} giúp", True),
        ("/start@another_bot", False),
        ("Chiều nay họp tổ", False),
        ("Giúp với /start", False),
        ("/", True),
        ("", False),
    ],
)
def test_in_a_group_only_what_is_said_to_us_counts_and_none_of_its_words(
    telegram: FakeTelegram, lan: TelegramUser, group: Chat, words: str, *, ours: bool
) -> None:
    lan.says_in(group, "/start")
    update = made(telegram)
    update["message"]["text"] = words

    found = read(update)
    assert found == (
        Received(update_id=found.update_id, chat=str(GROUP), kind="group", written_at=MORNING)
        if ours and found
        else None
    )
    assert (found is not None) == ours


def test_in_a_group_an_answer_to_us_counts_and_one_to_a_neighbour_does_not(
    telegram: FakeTelegram, lan: TelegramUser, group: Chat
) -> None:
    lan.says_in(group, "/start")
    update = made(telegram)
    update["message"]["text"] = "cảm ơn"
    answered = {"message_id": 1, "date": 1, "chat": group.about}
    update["message"]["reply_to_message"] = answered | {"from": BOT}
    to_us = understood(update)
    update["message"]["reply_to_message"] = answered | {"from": lan.about}

    assert to_us.kind == "group"
    assert read(update) is None


def test_words_changed_in_a_group_are_nothing_for_us(telegram: FakeTelegram, lan: TelegramUser, group: Chat) -> None:
    lan.says_in(group, "/start")
    update = made(telegram)
    update["edited_message"] = update.pop("message")

    assert read(update) is None


@pytest.mark.parametrize(
    "kind",
    ["channel_post", "edited_channel_post", "inline_query", "poll", "chat_member", "message_reaction", "of_next_year"],
)
def test_other_kinds_are_nothing_for_us(telegram: FakeTelegram, lan: TelegramUser, kind: str) -> None:
    lan.says("xin chào")
    update = made(telegram)
    update[kind] = update.pop("message")

    assert read(update) is None


@pytest.mark.parametrize("name", updates._SERVICE)
def test_what_telegram_says_of_a_chat_is_nothing_for_us(telegram: FakeTelegram, lan: TelegramUser, name: str) -> None:
    lan.says("…")
    update = made(telegram)
    del update["message"]["text"]
    update["message"][name] = True

    assert read(update) is None
