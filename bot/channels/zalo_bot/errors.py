"""What a failed call to Zalo's Bot Platform means for the message, as one of the contract's errors with a short code.

Why a 403 is no refusal: its description is "internal server error", and only when it goes on is it about the chat.
"""

from bot.channels.contract import Misconfigured, Refused, SendError, TryLater, Unclear
from bot.channels.payload import read_object

QUOTA = "zalo_bot_quota"
# Nothing tells a burst from a month's quota used up, nor when it ends: one call a minute finds out.
QUOTA_S = 60.0


class Idle(SendError):
    """Nothing came while we asked for an update; of a message that was sent nobody knows."""


class Shaken(SendError):
    """Not sent, for a reason that may pass or may be this chat's."""


class NothingThere(SendError):
    """There is none of what was asked for, or it can't be had now."""


def answered(status: int, payload: bytes) -> object:
    """The result of a call, None where it has none. status: HTTP's. Raises SendError."""
    read = read_object(payload)
    if read is None or not isinstance(read.get("ok"), bool):
        # The page of a proxy in between says nothing about the account or the person.
        raise TryLater(QUOTA, QUOTA_S, account=True) if status == 429 else Unclear(f"http_{status}")
    if read["ok"] and status < 300:
        return read.get("result")
    code = read.get("error_code")
    raise _refusal(code if isinstance(code, int) and not isinstance(code, bool) else status)


def _refusal(code: int) -> SendError:
    name = f"http_{code}"
    match code:
        case 401:
            return Misconfigured("token")
        case 403:
            return Shaken(name)
        case 404 | 409:
            return NothingThere(name)
        case 408:
            return Idle(name)
        case 429:
            return TryLater(QUOTA, QUOTA_S, account=True)
        case 400 | 405 | 413 | 414 | 415 | 422:
            return Refused(name)
    return Unclear(name)
