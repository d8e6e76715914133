"""Each method answers so that python-telegram-bot understands it, and refuses what Telegram refuses."""

from io import BytesIO

import aiohttp
import pytest
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, Forbidden

from fakes.telegram.server import FakeTelegram
from fakes.telegram.user import TelegramUser
from tests.fakes.telegram.conftest import YES_NO, photo


async def test_the_client_starts_and_knows_who_it_is(telegram: FakeTelegram) -> None:
    origin = telegram.origin

    async with Bot(telegram.token, base_url=f"{origin}/bot") as bot:
        assert (bot.id, bot.username) == (7000000001, "chungtay_mau_bot")


async def test_a_text_with_buttons_is_seen_and_told_back(telegram: FakeTelegram, bot: Bot, lan: TelegramUser) -> None:
    told = await bot.send_message(lan.id, "Ông/bà đồng ý không?", reply_markup=YES_NO)

    seen = lan.sees[-1]
    assert (seen.text, seen.buttons, seen.mine) == ("Ông/bà đồng ý không?", ("Có", "Không"), False)
    assert (told.text, told.message_id, told.reply_markup) == (seen.text, seen.id, YES_NO)
    assert [call.chat_id for call in telegram.accepted(lan)] == [lan.id]


async def test_a_call_may_be_a_query_in_any_letters(telegram: FakeTelegram, lan: TelegramUser) -> None:
    url = f"{telegram.origin}/bot{telegram.token}/SENDMESSAGE"

    async with aiohttp.ClientSession() as web, web.get(url, params={"chat_id": lan.id, "text": "Chào bà"}) as answer:
        assert answer.status == 200

    assert lan.sees[-1].text == "Chào bà"


async def test_a_photo_comes_in_sizes_and_can_be_sent_again_by_its_id(bot: Bot, lan: TelegramUser) -> None:
    told = await bot.send_photo(lan.id, photo(1600, 1200), caption="Mã hồ sơ", reply_markup=YES_NO)
    again = await bot.send_photo(lan.id, told.photo[-1].file_id)

    assert [(size.width, size.height) for size in told.photo] == [(90, 68), (320, 240), (800, 600), (1280, 960)]
    assert told.caption == lan.heard[0].text == "Mã hồ sơ"
    assert again.photo == told.photo
    assert lan.heard[1].photo == lan.heard[0].photo


async def test_a_photo_she_sent_can_be_fetched(bot: Bot, lan: TelegramUser) -> None:
    lan.sends_photo(photo(400, 300))
    update = (await bot.get_updates())[-1]
    assert update.message is not None

    file = await bot.get_file(update.message.photo[-1].file_id)
    content = bytes(await file.download_as_bytearray())

    assert Image.open(BytesIO(content)).size == (400, 300)
    assert file.file_size == len(content)


async def test_an_edit_changes_what_is_seen_and_drops_the_buttons(bot: Bot, lan: TelegramUser) -> None:
    told = await bot.send_message(lan.id, "Chọn một", reply_markup=YES_NO)

    edited = await bot.edit_message_text("Đã chọn: Có", lan.id, told.message_id)

    assert [(message.text, message.buttons) for message in lan.heard] == [("Đã chọn: Có", ())]
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None


async def test_buttons_alone_can_be_changed(bot: Bot, lan: TelegramUser) -> None:
    told = await bot.send_message(lan.id, "Chọn một")

    await bot.edit_message_reply_markup(lan.id, told.message_id, reply_markup=YES_NO)

    assert lan.heard[0].buttons == ("Có", "Không")


async def test_a_deleted_message_is_gone(bot: Bot, lan: TelegramUser) -> None:
    told = await bot.send_message(lan.id, "Nhầm")

    assert await bot.delete_message(lan.id, told.message_id)

    assert lan.heard == []


async def test_a_press_is_answered_with_a_word(bot: Bot, lan: TelegramUser) -> None:
    await bot.send_message(lan.id, "Chọn một", reply_markup=YES_NO)
    lan.presses("Khô")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None

    assert await query.answer("Đã ghi")

    assert (query.data, query.from_user.id, lan.chat.notice) == ("no", lan.id, "Đã ghi")


async def test_a_keyboard_asks_for_her_number_and_goes_again(bot: Bot, lan: TelegramUser) -> None:
    asks = ReplyKeyboardMarkup([[KeyboardButton("Gửi số của tôi", request_contact=True)], ["Thôi"]])
    await bot.send_message(lan.id, "Số điện thoại?", reply_markup=asks)
    shown = lan.keys

    lan.shares_contact("84905000001")

    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.contact is not None
    assert (message.contact.phone_number, message.contact.user_id) == ("84905000001", lan.id)
    assert (shown, lan.keys) == (("Gửi số của tôi", "Thôi"), ())


async def test_a_keyboard_can_be_taken_away(bot: Bot, lan: TelegramUser) -> None:
    await bot.send_message(lan.id, "Số?", reply_markup=ReplyKeyboardMarkup([["Thôi"]]))

    await bot.send_message(lan.id, "Xong", reply_markup=ReplyKeyboardRemove())

    assert lan.keys == ()


async def test_actions_and_commands_are_taken(telegram: FakeTelegram, bot: Bot, lan: TelegramUser) -> None:
    assert await bot.send_chat_action(lan.id, "typing")
    assert await bot.set_my_commands([BotCommand("start", "Bắt đầu")])

    assert telegram.world.commands == [{"command": "start", "description": "Bắt đầu"}]


FORMATS = {
    "<b>Mã</b> &lt;1&gt;": ("HTML", "Mã <1>", [("bold", 0, 2)]),
    "*Mã* số 1\\.": ("MarkdownV2", "Mã số 1.", [("bold", 0, 2)]),
    '<a href="https://chungtay.example/">đây</a>': ("HTML", "đây", [("text_link", 0, 3)]),
    "📞 *gọi* `1022`": ("Markdown", "📞 gọi 1022", [("bold", 3, 3), ("code", 7, 4)]),
}


@pytest.mark.parametrize("source", FORMATS)
async def test_a_formatted_text_is_shown_without_its_marks(bot: Bot, lan: TelegramUser, source: str) -> None:
    mode, shown, marks = FORMATS[source]

    told = await bot.send_message(lan.id, source, parse_mode=mode)

    assert told.text == shown
    assert [(one.type, one.offset, one.length) for one in told.entities] == marks


async def test_who_blocked_the_bot_hears_nothing_until_she_unblocks(bot: Bot, lan: TelegramUser) -> None:
    lan.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(lan.id, "Chào")
    lan.unblocks()

    await bot.send_message(lan.id, "Chào lại")

    members = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
    assert [(one.old_chat_member.status, one.new_chat_member.status) for one in members] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert [message.text for message in lan.heard] == ["Chào lại"]


async def test_in_a_group_the_bot_hears_commands_alone_until_it_is_put_out(bot: Bot, lan: TelegramUser) -> None:
    group = lan.makes_group("Tổ dân phố 5")
    lan.says_in(group, "chào mọi người")
    lan.says_in(group, "/start")
    await bot.send_message(group.id, "Xin nhắn riêng cho tôi")

    lan.puts_bot_out(group)

    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert texts == ["/start", "/start"]
    assert [message.text for message in group.messages if not message.mine] == ["Xin nhắn riêng cho tôi"]
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "Còn đó không")


async def test_the_log_has_every_call_with_its_outcome(telegram: FakeTelegram, bot: Bot, lan: TelegramUser) -> None:
    await bot.send_message(lan.id, "Chào")
    with pytest.raises(BadRequest):
        await bot.send_message(1, "Chào")

    log = [(call.method, call.chat_id, call.arguments["text"], call.outcome, call.accepted) for call in telegram.calls]
    assert log == [
        ("sendMessage", lan.id, "Chào", "ok", True),
        ("sendMessage", 1, "Chào", "400 Bad Request: chat not found", False),
    ]
