"""What Telegram refuses is refused, in its own words."""

import json

import aiohttp
import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken

from fakes.telegram.server import FakeTelegram, fake_telegram
from fakes.telegram.user import TelegramUser
from tests.fakes.telegram.conftest import YES_NO, open_bot
from tests.kit.clock import HandClock


async def post(telegram: FakeTelegram, method: str, **body: object) -> tuple[int, dict[str, object]]:
    """(status, answer) of a call with a JSON body, for what no client would send."""
    url = f"{telegram.origin}/bot{telegram.token}/{method}"
    async with aiohttp.ClientSession() as web, web.post(url, json=body) as answer:
        return answer.status, await answer.json()


def inline(**button: object) -> str:
    return json.dumps({"inline_keyboard": [[button]]})


REFUSED: dict[str, tuple[str, dict[str, object], str]] = {
    "no text": ("sendMessage", {"text": " \n"}, "message text is empty"),
    "4097 letters": ("sendMessage", {"text": "ạ" * 4097}, "message is too long"),
    "2049 letters of two units": ("sendMessage", {"text": "😀" * 2049}, "message is too long"),
    "a lone surrogate": ("sendMessage", {"text": "\ud800"}, "strings must be encoded in UTF-8"),
    "no chat": ("sendMessage", {"chat_id": 1, "text": "x"}, "chat not found"),
    "no chat given": ("sendMessage", {"chat_id": "", "text": "x"}, "chat_id is empty"),
    "an open tag": (
        "sendMessage",
        {"text": "a <b", "parse_mode": "HTML"},
        'can\'t parse entities: Unsupported start tag "" at byte offset 2',
    ),
    "an open bold": (
        "sendMessage",
        {"text": "ạ *b", "parse_mode": "MarkdownV2"},
        "can't parse entities: Can't find end of Bold entity at byte offset 4",
    ),
    "a bare full stop": (
        "sendMessage",
        {"text": "Hết.", "parse_mode": "MarkdownV2"},
        "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
    ),
    "tags crossed": (
        "sendMessage",
        {"text": "<b><i>x</b></i>", "parse_mode": "HTML"},
        'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    ),
    "another format": ("sendMessage", {"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    "markup that isn't JSON": (
        "sendMessage",
        {"text": "x", "reply_markup": "{"},
        "can't parse reply keyboard markup JSON object",
    ),
    "markup that is null": ("sendMessage", {"text": "x", "reply_markup": None}, "object expected as reply markup"),
    "buttons not in rows": (
        "sendMessage",
        {"text": "x", "reply_markup": json.dumps({"inline_keyboard": [{"text": "a"}]})},
        'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ),
    "a button without a label": (
        "sendMessage",
        {"text": "x", "reply_markup": inline(callback_data="a")},
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    "a button without an effect": (
        "sendMessage",
        {"text": "x", "reply_markup": inline(text="a")},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    "data of 65 bytes": (
        "sendMessage",
        {"text": "x", "reply_markup": inline(text="a", callback_data="ạ" * 21 + "xx")},
        "BUTTON_DATA_INVALID",
    ),
    "no data": (
        "sendMessage",
        {"text": "x", "reply_markup": inline(text="a", callback_data="")},
        "BUTTON_DATA_INVALID",
    ),
    "a long caption": ("sendPhoto", {"photo": "x", "caption": "ạ" * 1025}, "message caption is too long"),
    "a photo nobody has": ("sendPhoto", {"photo": "AgAC"}, "wrong file identifier/HTTP URL specified"),
    "no photo": ("sendPhoto", {}, "there is no photo in the request"),
    "a press nobody made": (
        "answerCallbackQuery",
        {"callback_query_id": "1"},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    "an edit of nothing": ("editMessageText", {"message_id": 99, "text": "x"}, "message to edit not found"),
    "an edit of hers": ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
    "a deletion of nothing": ("deleteMessage", {"message_id": 99}, "message to delete not found"),
    "an unknown action": ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
    "an unknown file": ("getFile", {"file_id": "x"}, "invalid file_id"),
    "http over the net": (
        "setWebhook",
        {"url": "http://chungtay.example/"},
        "bad webhook: An HTTPS URL must be provided for webhook",
    ),
    "a secret with a space": (
        "setWebhook",
        {"url": "https://chungtay.example/", "secret_token": "a b"},
        "secret token contains unallowed characters",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_telegram_refuses_is_refused_in_its_words(
    telegram: FakeTelegram, lan: TelegramUser, name: str
) -> None:
    method, body, why = REFUSED[name]

    status, answer = await post(telegram, method, **({"chat_id": lan.id} | body))

    assert (status, answer) == (400, {"ok": False, "error_code": 400, "description": f"Bad Request: {why}"})
    assert (lan.heard, telegram.accepted()) == ([], [])


LARGEST: dict[str, tuple[str, dict[str, object]]] = {
    "4096 units": ("sendMessage", {"text": "😀" * 2048}),
    "64 bytes": ("sendMessage", {"text": "x", "reply_markup": inline(text="a", callback_data="ạ" * 21 + "x")}),
}


@pytest.mark.parametrize("name", LARGEST)
async def test_what_just_fits_is_taken(telegram: FakeTelegram, lan: TelegramUser, name: str) -> None:
    method, body = LARGEST[name]

    status, answer = await post(telegram, method, chat_id=lan.id, **body)

    assert (status, answer["ok"], len(lan.heard)) == (200, True, 1)


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, lan: TelegramUser) -> None:
    told = await bot.send_message(lan.id, "Chọn một", reply_markup=YES_NO)

    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("Chọn một", lan.id, told.message_id, reply_markup=YES_NO)


async def test_a_photo_that_is_none_is_refused(bot: Bot, lan: TelegramUser) -> None:
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(lan.id, b"%PDF-1.7")

    assert lan.heard == []


async def test_a_press_can_be_answered_for_150_seconds() -> None:
    clock = HandClock()
    async with fake_telegram(clock=clock) as telegram, open_bot(telegram) as bot:
        lan = telegram.user("Lan")
        lan.says("/start")
        await bot.send_message(lan.id, "Chọn một", reply_markup=YES_NO)
        lan.presses("Có")
        query = (await bot.get_updates())[-1].callback_query
        assert query is not None
        clock.move(seconds=149)
        await query.answer()

        clock.move(seconds=1)

        with pytest.raises(BadRequest, match="too old"):
            await query.answer()


async def test_the_bot_may_not_write_first(telegram: FakeTelegram, bot: Bot) -> None:
    huy = telegram.user("Huy")

    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(huy.id, "Chào")

    assert huy.sees == []


async def test_a_wrong_token_is_not_known(telegram: FakeTelegram) -> None:
    async with open_bot(telegram, token="7000000001:wrong") as bot:
        with pytest.raises(InvalidToken, match="Unauthorized"):
            await bot.get_me()


async def test_an_unknown_method_is_not_found(telegram: FakeTelegram) -> None:
    status, answer = await post(telegram, "sendSmoke")

    assert (status, answer["description"]) == (404, "Not Found: method not found")
