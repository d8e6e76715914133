"""What people do becomes updates, which wait for getUpdates."""

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import Conflict

from fakes.telegram.server import FakeTelegram, fake_telegram
from fakes.telegram.user import TelegramUser
from tests.fakes.telegram.conftest import open_bot, photo
from tests.kit.clock import HandClock
from tests.kit.waiting import until

SECRET = "s" * 32


@pytest.fixture
def lan(telegram: FakeTelegram) -> TelegramUser:
    return telegram.user("Lan")


async def settle(telegram: FakeTelegram) -> None:
    """Wait until no update waits."""
    await telegram.settles()


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.effective_message.text for update in updates if update.effective_message]


async def test_updates_come_again_until_an_offset_confirms_them(bot: Bot, lan: TelegramUser) -> None:
    for text in ("một", "hai", "ba"):
        lan.says(text)

    first = await bot.get_updates(limit=2)
    again = await bot.get_updates(limit=2)
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    last = await bot.get_updates(offset=-1)

    assert texts(first) == texts(again) == ["một", "hai"]
    assert texts(rest) == texts(last) == ["ba"]
    assert [update.update_id for update in (*first, *rest)] == [813_000_001 + number for number in range(3)]


async def test_a_long_poll_ends_with_the_first_update(telegram: FakeTelegram, bot: Bot, lan: TelegramUser) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await until("it is asked", lambda: telegram.calls)
    assert not poll.done()

    lan.says("/start")

    assert texts(await poll) == ["/start"]


async def test_a_poll_without_news_is_empty(bot: Bot) -> None:
    assert await bot.get_updates(timeout=0) == ()


async def test_of_two_polls_the_older_ends_with_a_conflict(telegram: FakeTelegram, bot: Bot, lan: TelegramUser) -> None:
    async with open_bot(telegram) as other:
        older = asyncio.create_task(bot.get_updates(timeout=30))
        await until("it is asked", lambda: telegram.calls)
        newer = asyncio.create_task(other.get_updates(timeout=30))

        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await older
        lan.says("/start")

        assert texts(await newer) == ["/start"]


async def test_a_press_is_too_old_after_150_seconds_and_a_message_after_a_day() -> None:
    clock = HandClock()
    async with fake_telegram(clock=clock) as telegram, open_bot(telegram) as bot:
        lan = telegram.user("Lan")
        lan.says("/start")
        await bot.send_message(lan.id, "Chọn", reply_markup=_one_button())
        lan.presses("Có")
        clock.move(seconds=151)
        after_minutes = await bot.get_updates()

        clock.move(hours=24)

        assert texts(after_minutes) == ["/start"]
        assert await bot.get_updates() == ()


async def test_what_people_send_is_understood_by_the_client(bot: Bot, lan: TelegramUser) -> None:
    lan.says("/start mời@chungtay /help")
    lan.sends_photo(photo(), photo(800, 600), caption="Nhà tôi")
    lan.sends_sticker()
    lan.sends_voice()
    lan.sends_location()
    lan.sends_document("giay.pdf", b"%PDF-1.7", kind="application/pdf")
    lan.shares_contact("0905000001", own=False)

    messages = [update.effective_message for update in await bot.get_updates()]

    said, first, second, sticker, voice, place, paper, contact = (one for one in messages if one)
    assert said.parse_entities() == {said.entities[0]: "/start", said.entities[1]: "/help"}
    assert (first.caption, second.caption) == ("Nhà tôi", None)
    assert first.media_group_id == second.media_group_id
    assert first.photo[-1].width == 640
    assert sticker.sticker is not None
    assert sticker.sticker.emoji == "👍"
    assert voice.voice is not None
    assert place.location is not None
    assert paper.document is not None
    assert paper.document.file_name == "giay.pdf"
    assert contact.contact is not None
    assert contact.contact.user_id is None


async def test_an_edit_comes_as_what_it_is(bot: Bot, lan: TelegramUser) -> None:
    lan.says("5 ngừoi")
    lan.edits("5 người")

    updates = await bot.get_updates()

    assert updates[1].edited_message is not None
    assert updates[1].edited_message.message_id == 1
    assert updates[1].edited_message.text == "5 người"
    assert updates[1].edited_message.edit_date is not None


async def test_an_old_button_can_still_be_pressed(bot: Bot, lan: TelegramUser) -> None:
    lan.says("/start")
    await bot.send_message(lan.id, "Chọn", reply_markup=_one_button("old"))
    await bot.send_message(lan.id, "Chọn lại", reply_markup=_one_button("new"))

    lan.presses("Có")
    lan.presses("Có", on=lan.heard[0])

    presses = [update.callback_query for update in await bot.get_updates() if update.callback_query]
    assert [press.data for press in presses] == ["new", "old"]
    assert presses[1].message is not None
    assert presses[1].message.message_id == lan.heard[0].id


def _one_button(data: str = "yes") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Có", callback_data=data)]])
