"""A bot of a few lines, to try the page without the product: it shows each thing a bot can show."""

from io import BytesIO

import aiohttp
from PIL import Image, ImageDraw

from fakes.telegram.server import FakeTelegram
from fakes.wire import Json

MENU: Json = {
    "inline_keyboard": [
        [{"text": "Xem tôi được hỗ trợ gì", "callback_data": "see"}],
        [{"text": "Gửi số điện thoại", "callback_data": "contact"}],
        [{"text": "Xem ảnh", "callback_data": "photo"}],
    ]
}
YES_NO: Json = {"inline_keyboard": [[{"text": "Có", "callback_data": "yes"}, {"text": "Không", "callback_data": "no"}]]}
ASK: Json = {
    "keyboard": [[{"text": "Gửi số của tôi", "request_contact": True}], [{"text": "Thôi"}]],
    "resize_keyboard": True,
    "one_time_keyboard": True,
}


class Echo:
    """Asks the fake for updates and answers them, until cancelled."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self._base = f"{telegram.origin}/bot{telegram.token}"

    async def run(self) -> None:
        """Answer one update after the other."""
        offset = 0
        async with aiohttp.ClientSession() as self._web:
            while True:
                updates = await self._call("getUpdates", offset=offset, timeout=30)
                assert isinstance(updates, list)
                for update in updates:
                    offset = update["update_id"] + 1
                    await self._answer(update)

    async def _answer(self, update: Json) -> None:
        if query := update.get("callback_query"):
            await self._call("answerCallbackQuery", callback_query_id=query["id"], text="Đã nhận")
            await self._pressed(query["message"], query["data"])
        elif message := update.get("message") or update.get("edited_message"):
            await self._heard(message, edited="edited_message" in update)

    async def _pressed(self, message: Json, data: str) -> None:
        chat, old = message["chat"]["id"], message.get("text", "")
        if data == "see":
            await self._say(chat, "Năm nay gia đình có giấy chứng nhận hộ nghèo không?", YES_NO)
        elif data == "contact":
            await self._say(chat, "Xin bấm nút bên dưới để gửi số.", ASK)
        elif data == "photo":
            form = aiohttp.FormData({"chat_id": str(chat), "caption": "Thẻ mã hồ sơ (mẫu)"})
            form.add_field("photo", _card(), filename="card.png", content_type="image/png")
            async with self._web.post(f"{self._base}/sendPhoto", data=form) as answer:
                await answer.read()
        else:
            chosen = f"{old}\n✓ {'Có' if data == 'yes' else 'Không'}"
            await self._call("editMessageText", chat_id=chat, message_id=message["message_id"], text=chosen)

    async def _heard(self, message: Json, *, edited: bool) -> None:
        chat = message["chat"]["id"]
        if "contact" in message:
            await self._say(chat, "Đã ghi số điện thoại. Cảm ơn.", {"remove_keyboard": True})
        elif message.get("text") == "/start":
            await self._say(chat, "Xin chào ông/bà.\nÔng/bà cần việc gì?", MENU)
        elif "text" in message:
            await self._say(chat, f"{'Đã sửa' if edited else 'Ông/bà nói'}: {message['text']}", None)
        else:
            await self._say(chat, "Đã nhận.", None)

    async def _say(self, chat: int, text: str, markup: Json | None) -> None:
        await self._call("sendMessage", chat_id=chat, text=text, **({"reply_markup": markup} if markup else {}))

    async def _call(self, method: str, **given: object) -> object:
        async with self._web.post(f"{self._base}/{method}", json=given) as answer:
            return (await answer.json()).get("result")


def _card() -> BytesIO:
    written, picture = BytesIO(), Image.new("RGB", (900, 500), "#0b5a54")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((60, 60, 840, 440), 40, fill="#ffffff")
    draw.text((320, 210), "HS-MAU0-0000", fill="#0b5a54", font_size=60, anchor="lt")
    picture.save(written, "PNG")
    written.seek(0)
    return written
