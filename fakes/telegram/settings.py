"""The methods that say how the bot is reached, what it is called with, and where a file is."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from fakes.bot_api import Arguments, bad
from fakes.telegram.files import MOST_DOWNLOAD
from fakes.telegram.updates import BY_WEBHOOK
from fakes.telegram.world import TelegramWorld, Webhook
from fakes.wire import HERE, Json

MOST_CONNECTIONS = 100


def set_webhook(world: TelegramWorld, given: Arguments) -> bool:
    """Have updates pushed. Like a Bot API server of one's own (--local) it takes http and any port, on this machine."""
    url, secret = given.text("url"), given.text("secret_token")
    if not url:
        return delete_webhook(world, given)
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in HERE:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    world.updates.choose(given)
    world.updates.stop_poll(BY_WEBHOOK)
    _perhaps_drop(world, given)
    connections = min(max(given.number("max_connections", 40), 1), MOST_CONNECTIONS)
    world.webhook = Webhook(url, secret, connections)
    return True


def delete_webhook(world: TelegramWorld, given: Arguments) -> bool:
    """Have updates wait for getUpdates."""
    _perhaps_drop(world, given)
    world.webhook = Webhook()
    return True


def get_webhook_info(world: TelegramWorld, given: Arguments) -> Json:
    """Where updates go, how many wait, and what went wrong last."""
    hook = world.webhook
    found: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.waiting()),
        "allowed_updates": list(world.updates.wanted),
    }
    if hook.url:
        found["max_connections"] = hook.connections
    if hook.error:
        found |= {"last_error_date": hook.error_at, "last_error_message": hook.error}
    return found


def set_my_commands(world: TelegramWorld, given: Arguments) -> bool:
    """Keep the commands of the menu."""
    commands = given.value("commands", "commands")
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad("BOT_COMMANDS_INVALID")
    for one in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(one.get("command", "")).removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands = commands
    return True


def get_file(world: TelegramWorld, given: Arguments) -> Json:
    """Where a file can be fetched."""
    if not given.text("file_id"):
        raise bad("file_id not specified")
    if (kept := world.files.by_id.get(given.text("file_id"))) is None:
        raise bad("invalid file_id")
    if len(kept.content) > MOST_DOWNLOAD:
        raise bad("file is too big")
    return kept.json() | {"file_path": kept.path}


def _perhaps_drop(world: TelegramWorld, given: Arguments) -> None:
    if given.flag("drop_pending_updates"):
        world.updates.clear()


SETTINGS: dict[str, Callable[[TelegramWorld, Arguments], object]] = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "getFile": get_file,
}
