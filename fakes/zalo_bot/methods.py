"""The methods of the Bot Platform, as strict as part B of the wire contract says."""

import ipaddress
import unicodedata
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from fakes.bot_api import Arguments, Refusal, bad
from fakes.wire import Json, units
from fakes.zalo_bot.world import BOT, Chat, Message, Webhook, ZaloBotWorld, new_id

MOST_TEXT, MOST_CAPTION = 2000, 2000
SECRET_LETTERS = range(8, 257)
FETCHES = 3
LONGEST_S = 50
IDLE = Refusal(408, "Request timeout")
BY_WEBHOOK = Refusal(400, "Bad Request: getUpdates does not work while a webhook is set")
NONE_SET = Refusal(404, "Not Found")


async def get_me(world: ZaloBotWorld, given: Arguments) -> object:
    """Who the bot is."""
    return BOT | {"can_join_groups": True}


async def get_updates(world: ZaloBotWorld, given: Arguments) -> object:
    """One update, and never again; 408 when none came in time."""
    if world.webhook is not None:
        raise BY_WEBHOOK
    seconds = min(given.number("timeout", 30), LONGEST_S)
    try:
        await world.bell.until(lambda: world.waiting, seconds)
    except TimeoutError:
        raise IDLE from None
    if world.webhook is not None:
        raise BY_WEBHOOK
    return world.waiting.popleft()[1]


async def set_webhook(world: ZaloBotWorld, given: Arguments) -> object:
    """Push from now on."""
    url, secret = given.text("url"), given.text("secret_token")
    if len(secret) not in SECRET_LETTERS:
        raise bad("secret_token must have 8 to 256 characters")
    _check_address(world, url, ("https",) if world.public_only else ("https", "http"))
    world.webhook = Webhook(url, secret, world.date())
    return {"url": url, "updated_at": world.webhook.updated_at}


async def delete_webhook(world: ZaloBotWorld, given: Arguments) -> object:
    """Push no more."""
    world.webhook = None
    return {"url": "", "updated_at": world.date()}


async def get_webhook_info(world: ZaloBotWorld, given: Arguments) -> object:
    """Where is pushed; 404 where nowhere is."""
    if world.webhook is None:
        raise NONE_SET
    return {"url": world.webhook.url, "updated_at": world.webhook.updated_at}


async def send_message(world: ZaloBotWorld, given: Arguments) -> object:
    """Show a text."""
    chat, text = _chat(world, given), _words(given, "text", MOST_TEXT, least=1)
    _spend(world)
    return _show(world, chat, Message(new_id(), mine=False, text=text))


async def send_photo(world: ZaloBotWorld, given: Arguments) -> object:
    """Fetch a picture, and show it."""
    chat, caption, address = _chat(world, given), _words(given, "caption", MOST_CAPTION), given.text("photo")
    _check_address(world, address, ("https", "http"))
    photo = b""
    for _ in range(FETCHES):
        photo = await fetch(address)
    _spend(world)
    return _show(world, chat, Message(new_id(), mine=False, text=caption, photo=photo, address=address))


async def send_chat_action(world: ZaloBotWorld, given: Arguments) -> object:
    """Show that the bot is at work."""
    _chat(world, given)
    if given.text("action") != "typing":
        raise bad("action")
    return None


async def fetch(address: str) -> bytes:
    """A picture, as the platform fetches it. Raises Refusal."""
    try:
        async with ClientSession(timeout=ClientTimeout(total=30)) as web, web.get(address) as answer:
            if answer.status != 200 or not answer.content_type.startswith("image/"):
                raise bad("photo can't be fetched")
            return await answer.read()
    except (ClientError, OSError):
        raise bad("photo can't be fetched") from None


def _chat(world: ZaloBotWorld, given: Arguments) -> Chat:
    found = world.chats.get(given.text("chat_id"))
    if found is None or found.shut:
        raise Refusal(403, "Internal server error")
    return found


def _words(given: Arguments, name: str, most: int, least: int = 0) -> str:
    """Words by the larger of two counts, for which of them counts isn't said. Accents that hang loose are refused."""
    text = given.text(name)
    if not least <= max(len(text), units(text)) <= most:
        raise bad(f"{name} must have {least} to {most} characters")
    if least and not text.strip():
        raise bad(f"{name} is empty")
    if unicodedata.normalize("NFC", text) != text:
        raise bad(f"{name} is not composed")
    return text


def _check_address(world: ZaloBotWorld, address: str, schemes: tuple[str, ...]) -> None:
    try:
        url = urlsplit(address)
        host = url.hostname or ""
    except ValueError:
        raise bad("url") from None
    if url.scheme not in schemes or not host:
        raise bad("url")
    if world.public_only and (host == "localhost" or _is_private(host)):
        raise bad("url must be public")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _spend(world: ZaloBotWorld) -> None:
    if world.quota is not None:
        if world.quota <= 0:
            raise Refusal(429, "Quota exceeded")
        world.quota -= 1


def _show(world: ZaloBotWorld, chat: Chat, message: Message) -> Json:
    chat.messages.append(message)
    return {"message_id": message.id, "date": world.date()}


METHODS: dict[str, Callable[[ZaloBotWorld, Arguments], Awaitable[object]]] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendChatAction": send_chat_action,
}
