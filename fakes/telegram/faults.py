"""What can go wrong with a call, as a table, and a script of what goes wrong when.

Why each says whether the call takes effect: to a bot a cut line looks the same before and after the message was shown,
and the difference is a duplicate or a loss.
"""

import json
from dataclasses import dataclass, field, replace
from typing import Literal

from fakes.telegram.wire import Arguments, Refusal, bad, forbidden

End = Literal["answer", "hang", "reset", "cut"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong. accepts: the call takes effect all the same; end: how the line ends.

    An answer is the true one where body is empty. wait_s: before the end; gone_s: how long no connection is taken then.
    """

    name: str
    accepts: bool = False
    end: End = "answer"
    status: int = 200
    body: str = ""
    kind: str = "application/json"
    wait_s: float = 0.0
    gone_s: float = 0.0

    def after_effect(self) -> "Fault":
        """The same, with the call taking effect before."""
        return replace(self, name=f"{self.name}, after its effect", accepts=True)


def _refused(name: str, refusal: Refusal) -> Fault:
    return Fault(name, status=refusal.code, body=json.dumps(refusal.body()))


_PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"

# The line goes wrong.
HANG = Fault("no answer ever", accepts=True, end="hang")
"""Accepted and shown, but no answer comes."""
RESET = Fault("reset after the effect", accepts=True, end="reset")
"""Accepted and shown, then the connection is reset."""
RESET_BEFORE = Fault("reset before the effect", end="reset")
"""The connection is reset, and nothing was accepted."""
CUT = Fault("answer cut in the middle", accepts=True, end="cut")
"""Accepted and shown; of the answer half comes."""

# The answer is none of Telegram's.
NOT_JSON = Fault("200 that isn't JSON", accepts=True, body="<html>Captive portal</html>", kind="text/html")
"""Accepted and shown; something on the way answers in its place."""
SERVER_ERROR = _refused("500", Refusal(500, "Internal Server Error"))
"""Telegram's own trouble; nothing was accepted, but see `after_effect`."""
BAD_GATEWAY = Fault("502", status=502, body=_PAGE, kind="text/html")
"""The page of the server before Telegram's; nothing was accepted, but see `after_effect`."""

# Telegram refuses.
BLOCKED = _refused("blocked", forbidden("bot was blocked by the user"))
"""She blocked the bot."""
DEACTIVATED = _refused("deactivated", forbidden("user is deactivated"))
"""Her account is gone."""
KICKED = _refused("kicked", forbidden("bot was kicked from the group chat"))
"""The group has put the bot out."""
CHAT_NOT_FOUND = _refused("chat not found", bad("chat not found"))
"""There is no such chat."""
CANNOT_PARSE = _refused("can't parse", bad("can't parse entities: Can't find end of Bold entity at byte offset 0"))
"""The formatting is wrong."""
UNAUTHORIZED = _refused("401", Refusal(401, "Unauthorized"))
"""The token was revoked."""
NOT_FOUND = _refused("404", Refusal(404, "Not Found"))
"""The token isn't one."""
CONFLICT = _refused(
    "409",
    Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
)
"""Somebody else asks for the updates; for getUpdates."""

ALL = (
    HANG, RESET, RESET_BEFORE, CUT, NOT_JSON, SERVER_ERROR, BAD_GATEWAY, BLOCKED, DEACTIVATED, KICKED, CHAT_NOT_FOUND,
    CANNOT_PARSE, UNAUTHORIZED, NOT_FOUND, CONFLICT,
)  # fmt: skip


def slow(seconds: float) -> Fault:
    """Accepted at once; the true answer comes late."""
    return Fault(f"answer after {seconds} s", accepts=True, wait_s=seconds)


def too_many(retry_after: int) -> Fault:
    """429: wait so many seconds."""
    return _refused("429", Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after))


def migrated(to: int) -> Fault:
    """The group became a supergroup with another id."""
    description = "Bad Request: group chat was upgraded to a supergroup chat"
    return _refused("migrated", Refusal(400, description, migrate_to_chat_id=to))


def gone(seconds: float) -> Fault:
    """Reset before any effect; then no connection is taken for a while."""
    return replace(RESET_BEFORE, name=f"refused for {seconds} s", gone_s=seconds)


@dataclass(slots=True)
class _Planned:
    fault: Fault
    method: str | None
    chat: int | None
    left: int | None


@dataclass(slots=True)
class Faults:
    """What is to go wrong, in order: the first that fits a call happens to it."""

    _planned: list[_Planned] = field(default_factory=list)

    def add(
        self, fault: Fault, *, method: str | None = "sendMessage", chat: int | None = None, times: int | None = 1
    ) -> None:
        """Plan a fault. method: None for any; chat: None for any; times: None until cleared."""
        self._planned.append(_Planned(fault, method, chat, times))

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._planned.clear()

    @property
    def left(self) -> int:
        """How many are still to happen; those without an end count once."""
        return sum(1 if planned.left is None else planned.left for planned in self._planned)

    def take(self, method: str, given: Arguments) -> Fault | None:
        """What happens to this call, if anything."""
        for planned in self._planned:
            if planned.method not in (None, method) or planned.chat not in (None, given.number("chat_id")):
                continue
            if planned.left is not None:
                planned.left -= 1
                self._planned = [other for other in self._planned if other.left != 0]
            return planned.fault
        return None
