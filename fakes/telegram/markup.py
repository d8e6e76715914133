"""Keyboards: buttons under a message and below the chat, refused as Telegram refuses them."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from fakes.bot_api import Arguments, Refusal, bad
from fakes.wire import Json

MOST_BUTTONS = 100
MOST_DATA = 64  # bytes; core.telegram.org/bots/api#inlinekeyboardbutton
ACTIONS = (
    "callback_data", "url", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Markup:
    """What a message brings with it. rows: none for "none" and "remove"."""

    kind: Literal["none", "inline", "keyboard", "remove"] = "none"
    rows: list[list[Json]] = field(default_factory=list)


def read(arguments: Arguments) -> Markup:
    """Read `reply_markup`. Raises Refusal."""
    if "reply_markup" not in arguments.given or not arguments.text("reply_markup"):
        return Markup()
    given = arguments.value("reply_markup", "reply keyboard markup JSON object")
    if not isinstance(given, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in given:
        rows = _rows(given["inline_keyboard"], "inline_keyboard", "InlineKeyboardMarkup")
        return Markup("inline", [[_inline(button) for button in row] for row in rows if row])
    if "keyboard" in given:
        rows = _rows(given["keyboard"], "keyboard", "ReplyKeyboardMarkup")
        return Markup("keyboard", [[_key(button) for button in row] for row in rows if row])
    return Markup("remove" if given.get("remove_keyboard") is True else "none")


def _rows(given: object, name: str, where: str) -> list[list[object]]:
    if not isinstance(given, list):
        raise bad(f'field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in given):
        raise bad(f'field "{name}" of the {where} must be an Array of Arrays')
    if sum(len(row) for row in given) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return given


def _inline(button: object) -> Json:
    if not isinstance(button, dict):
        raise _no_button("inline keyboard button: InlineKeyboardButton must be an Object")
    _check_text(button, "inline keyboard button")
    if not any(action in button for action in ACTIONS):
        raise _no_button("inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not _is_data(button["callback_data"]):
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not _is_address(str(button["url"])):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button


def _key(button: object) -> Json:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict):
        raise _no_button("keyboard button: KeyboardButton must be an Object")
    _check_text(button, "keyboard button")
    return button


def _check_text(button: Json, what: str) -> None:
    # Telegram leaves out a button with an empty text without a word; here it is refused, since nobody can want that.
    if not button.get("text"):
        raise _no_button(f'{what}: Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise _no_button(f'{what}: Field "text" must be of type String')


def _no_button(why: str) -> Refusal:
    return bad(f"can't parse {why}")


def _is_data(data: object) -> bool:
    return isinstance(data, str) and 1 <= len(data.encode()) <= MOST_DATA


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "tg" or (parts.scheme in ("http", "https") and "." in (parts.hostname or ""))
