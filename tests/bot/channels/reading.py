"""What people do in Telegram, as the updates it makes of that; and our reader beside the library's own."""

from collections.abc import Callable
from io import BytesIO

import orjson
from PIL import Image
from telegram import Update

from bot.channels.contract import Received
from bot.channels.payload import read_update
from bot.channels.telegram import updates
from fakes.telegram.server import FakeTelegram
from fakes.telegram.world import BOT
from fakes.wire import Json
from tests.kit.clock import HandClock

GROUP = -1001234567890
NAME = str(BOT["username"])


def made(telegram: FakeTelegram) -> Json:
    """The last update that was made."""
    return telegram.world.updates.waiting()[-1].json()


def read(update: Json) -> Received | None:
    """Read as it goes over the wire."""
    return updates.read(read_update(orjson.dumps(update)), bot_id=BOT["id"], username=NAME)


def understood(update: Json) -> Received:
    """What was read, which must be something, and say of the update what python-telegram-bot says."""
    found, oracle = read(update), Update.de_json(update, None)
    assert found is not None
    assert oracle.effective_chat is not None
    assert (found.update_id, found.chat) == (str(oracle.update_id), str(oracle.effective_chat.id))
    if oracle.effective_message is not None and found.kind != "press":
        assert found.written_at == oracle.effective_message.date
        assert found.kind == "group" or found.body["place"] == oracle.effective_message.message_id
    return found


def picture(width: int = 1000, height: int = 700) -> bytes:
    """A picture as people send them."""
    written = BytesIO()
    Image.new("RGB", (width, height), "teal").save(written, "PNG")
    return written.getvalue()


def every_kind() -> dict[str, Json]:
    """One update of each kind that a person makes, by name."""
    telegram = FakeTelegram(clock=HandClock())
    lan = telegram.user("Lan", id=77)
    group = lan.makes_group("Tổ 7", id=GROUP)
    shown = lan.chat.show(BOT, 0, {"text": "Ông/bà cần việc gì?"})
    deeds: dict[str, Callable[[], object]] = {
        "joined": lambda: None,
        "text": lambda: lan.says("Xin chào 👩‍🌾"),
        "edited": lambda: lan.edits("Chào"),
        "command": lambda: lan.says("/start"),
        "press": lambda: lan.presses_data("nonce.0", shown),
        "contact": lambda: lan.shares_contact("+84905123456"),
        "foreign contact": lambda: lan.shares_contact("+84905123457", own=False),
        "photo": lambda: lan.sends_photo(picture(), caption="Nhà tôi"),
        "image file": lambda: lan.sends_document("nha.png", picture(), kind="image/png"),
        "file": lambda: lan.sends_document("don.pdf", b"%PDF-", kind="application/pdf"),
        "sticker": lambda: lan.sends_sticker(),
        "voice": lambda: lan.sends_voice(),
        "location": lambda: lan.sends_location(),
        "group": lambda: lan.says_in(group, "/start"),
        "blocked": lambda: lan.blocks(),
    }
    found = {}
    for name, deed in deeds.items():
        deed()
        found[name] = made(telegram)
    return found
