"""What can go wrong with a call to Telegram alone: how it refuses, in its own words."""

from fakes.bot_api import Refusal, bad, refused
from fakes.faults import OF_THE_LINE, Fault
from fakes.telegram.chats import forbidden
from fakes.telegram.updates import OTHER

SERVER_ERROR = refused(Refusal(500, "Internal Server Error"))
"""Telegram's own trouble; nothing was accepted, but see `after_effect`."""
BLOCKED = refused(forbidden("bot was blocked by the user"), "blocked")
"""She blocked the bot."""
DEACTIVATED = refused(forbidden("user is deactivated"), "deactivated")
"""Her account is gone."""
KICKED = refused(forbidden("bot was kicked from the group chat"), "kicked")
"""The group has put the bot out."""
CHAT_NOT_FOUND = refused(bad("chat not found"), "chat not found")
"""There is no such chat."""
CANNOT_PARSE = refused(bad("can't parse entities: Can't find end of Bold entity at byte offset 0"), "can't parse")
"""The formatting is wrong."""
UNAUTHORIZED = refused(Refusal(401, "Unauthorized"))
"""The token was revoked."""
NOT_FOUND = refused(Refusal(404, "Not Found"))
"""The token isn't one."""
CONFLICT = refused(Refusal(409, f"Conflict: {OTHER}"))
"""Somebody else asks for the updates; for getUpdates."""

ALL = (
    *OF_THE_LINE, SERVER_ERROR, BLOCKED, DEACTIVATED, KICKED, CHAT_NOT_FOUND, CANNOT_PARSE, UNAUTHORIZED, NOT_FOUND,
    CONFLICT,
)  # fmt: skip


def too_many(retry_after: int) -> Fault:
    """429: wait so many seconds."""
    return refused(Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after))


def migrated(to: int) -> Fault:
    """The group became a supergroup with another id."""
    description = "Bad Request: group chat was upgraded to a supergroup chat"
    return refused(Refusal(400, description, migrate_to_chat_id=to), "migrated")
