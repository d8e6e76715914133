"""The methods that write to people, as strict as the real ones: what Telegram refuses is refused in its own words.

core.telegram.org/bots/api has the limits; the words are those of the public server's source and of bots in the wild.
"""

from collections.abc import Callable

from fakes.bot_api import Arguments, bad
from fakes.telegram import entities, markup
from fakes.telegram.chats import Chat, Message
from fakes.telegram.markup import Markup
from fakes.telegram.world import BOT, TelegramWorld
from fakes.wire import Json, units

MOST_TEXT, MOST_CAPTION, MOST_ANSWER = 4096, 1024, 200  # UTF-16 units, two of them and letters
ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
)  # fmt: skip
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def get_me(world: TelegramWorld, given: Arguments) -> Json:
    """Who the bot is."""
    return BOT | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def send_message(world: TelegramWorld, given: Arguments) -> Json:
    """Show a text."""
    content, brought = _text(given), markup.read(given)
    return _show(world, _writable(world, given, brought), content, brought).json()


def send_photo(world: TelegramWorld, given: Arguments) -> Json:
    """Show a photo: an upload, or the id of one that was shown."""
    caption, found = entities.parse(given.text("caption"), given.text("parse_mode"))
    if units(caption) > MOST_CAPTION:
        raise bad("message caption is too long")
    brought = markup.read(given)
    chat = _writable(world, given, brought, spend=False)
    sizes = _photo(world, given)
    world.limiter.spend(chat.id, world.clock.now().timestamp())
    content: Json = {"photo": sizes} | ({"caption": caption} if caption else {})
    message = _show(world, chat, content | ({"caption_entities": found} if found else {}), brought)
    message.photo = world.files.by_id[str(sizes[-1]["file_id"])].content
    return message.json()


def edit_message_text(world: TelegramWorld, given: Arguments) -> Json:
    """Change one of the bot's texts; its buttons go unless they are given again."""
    content, brought = _text(given), markup.read(given)
    message = _editable(world, given, brought)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    return _edit(world, message, content, brought)


def edit_message_reply_markup(world: TelegramWorld, given: Arguments) -> Json:
    """Change the buttons under one of the bot's messages."""
    brought = markup.read(given)
    message = _editable(world, given, brought)
    return _edit(world, message, message.content, brought)


def delete_message(world: TelegramWorld, given: Arguments) -> bool:
    """Take a message away."""
    chat = _reachable(world, given)
    message = chat.find(_message_id(given))
    if message is None:
        raise bad("message to delete not found")
    # core.telegram.org/bots/api#deletemessage: within 48 hours, and of others only in private chats.
    if world.date() - message.date > 48 * 3600 or (message.mine and not chat.private):
        raise bad("message can't be deleted")
    chat.messages.remove(message)
    return True


def answer_callback_query(world: TelegramWorld, given: Arguments) -> bool:
    """End the waiting of who pressed, perhaps with a few words."""
    if len(given.text("text")) > MOST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    pressed = world.presses.get(given.text("callback_query_id"))
    if pressed is None or pressed[1] <= world.clock.now():
        raise bad(TOO_OLD)
    pressed[0].notice = given.text("text")
    return True


def send_chat_action(world: TelegramWorld, given: Arguments) -> bool:
    """Show that the bot is at work."""
    if given.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    _reachable(world, given)
    return True


def _text(given: Arguments) -> Json:
    text, found = entities.parse(given.text("text"), given.text("parse_mode"))
    if not text.strip():
        raise bad("message text is empty")
    if units(text) > MOST_TEXT:
        raise bad("message is too long")
    return {"text": text} | ({"entities": found} if found else {})


def _photo(world: TelegramWorld, given: Arguments) -> list[Json]:
    if upload := given.upload("photo"):
        return world.files.keep_photo(upload.content)
    if not given.text("photo"):
        raise bad("there is no photo in the request")
    if (sizes := world.files.photos.get(given.text("photo"))) is None:
        raise bad("wrong file identifier/HTTP URL specified")
    return sizes


def _reachable(world: TelegramWorld, given: Arguments) -> Chat:
    if not given.text("chat_id"):
        raise bad("chat_id is empty")
    if (chat := world.chats.get(given.number("chat_id"))) is None:
        raise bad("chat not found")
    if refusal := chat.shut():
        raise refusal
    return chat


def _writable(world: TelegramWorld, given: Arguments, brought: Markup, *, spend: bool = True) -> Chat:
    chat = _reachable(world, given)
    asks_contact = any(key.get("request_contact") for row in brought.rows for key in row)
    if asks_contact and not chat.private:
        raise bad("phone number can be requested in private chats only")
    if spend:
        world.limiter.spend(chat.id, world.clock.now().timestamp())
    return chat


def _message_id(given: Arguments) -> int:
    if not given.text("message_id"):
        raise bad("message identifier is not specified")
    return given.number("message_id")


def _editable(world: TelegramWorld, given: Arguments, brought: Markup) -> Message:
    message = _reachable(world, given).find(_message_id(given))
    if message is None:
        raise bad("message to edit not found")
    if message.mine:
        raise bad("message can't be edited")
    if brought.kind in ("keyboard", "remove"):
        raise bad("inline keyboard expected")
    return message


def _edit(world: TelegramWorld, message: Message, content: Json, brought: Markup) -> Json:
    if content == message.content and brought.rows == message.rows:
        raise bad(SAME)
    world.limiter.spend(message.chat.id, world.clock.now().timestamp())
    message.content, message.rows, message.edit_date = content, brought.rows, world.date()
    return message.json()


def _show(world: TelegramWorld, chat: Chat, content: Json, brought: Markup) -> Message:
    message = chat.show(BOT, world.date(), content)
    if brought.kind == "inline":
        message.rows = brought.rows
    elif brought.kind != "none":
        chat.keyboard = brought.rows
    return message


METHODS: dict[str, Callable[[TelegramWorld, Arguments], object]] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
}
