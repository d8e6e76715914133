"""What a failed call to Telegram means for the message: each exception as one of the contract's, with a short code.

Why the cause is looked at: python-telegram-bot raises NetworkError for a connection that was never made and for an
answer that never came, and of the second nobody knows whether the message is with the person.
"""

from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.contract import (
    Misconfigured,
    Moved,
    PersonGone,
    PolledElsewhere,
    Refused,
    SendError,
    TryLater,
    Unclear,
)
from bot.channels.transport import failed

A_MOMENT_S = 5.0

# By words of Telegram's description, in small letters, which the codes stand for.
FORBIDDEN = {
    "blocked by the user": "blocked",
    "user is deactivated": "deactivated",
    "was kicked": "kicked",
    "not a member": "not_member",
    "can't initiate": "never_wrote",
    "was deleted": "deleted",
}
NOBODY = {"chat not found": "no_chat", "peer_id_invalid": "no_chat", "user not found": "no_chat"}
BAD = {
    "message is too long": "too_long",
    "can't parse entities": "entities",
    "button_data_invalid": "button",
    "file is too big": "too_big",
}
DONE = {"message is not modified": "same", "query is too old": "old"}


class HttpError(NetworkError):
    """An answer that is not Telegram's own, or one python-telegram-bot has no class for. status: HTTP's."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


def is_done(error: BaseException) -> bool:
    """Whether it is as wished all the same: an edit that changes nothing, or a press answered too late to matter."""
    return isinstance(error, BadRequest) and _code(error, DONE) is not None


def classified(error: BaseException) -> SendError:
    """What an exception of a call means. What nobody thought of is Unclear, by the name of its class."""
    match error:
        case SendError():
            return error
        case RetryAfter(retry_after=timedelta() as wait):
            return TryLater("http_429", wait.total_seconds())
        case ChatMigrated():
            return Moved("migrated", str(error.new_chat_id))
        case Forbidden():
            return PersonGone(_code(error, FORBIDDEN) or "forbidden")
        case BadRequest():
            nobody = _code(error, NOBODY)
            return PersonGone(nobody) if nobody else Refused(_code(error, BAD) or "bad_request")
        case InvalidToken():
            return Misconfigured("token")
        case Conflict():
            return PolledElsewhere("conflict")
        case HttpError():
            return _by_status(error.status)
        case NetworkError() if error.__cause__ is not None:
            return _by_transport(error.__cause__)
    return _by_transport(error)


def _by_status(status: int) -> SendError:
    code = f"http_{status}"
    match status:
        case 429:
            return TryLater(code, A_MOMENT_S)
        case 413:
            return Refused(code)
    return Unclear(code)


def _by_transport(error: BaseException) -> SendError:
    return Unclear("no_json") if type(error) is TelegramError else failed(error)


def _code(error: TelegramError, words: dict[str, str]) -> str | None:
    said = error.message.lower()
    return next((code for part, code in words.items() if part in said), None)
