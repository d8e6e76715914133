"""A script of what goes wrong with calls to the fake Bot Platform. Lines are alike: those faults are Telegram's."""

import json
from dataclasses import dataclass, field

from fakes.telegram.faults import BAD_GATEWAY, CUT, HANG, NOT_JSON, RESET, RESET_BEFORE, Fault
from fakes.telegram.wire import Arguments, Refusal


def refused(code: int, description: str, *, status: int = 0) -> Fault:
    """The platform says no. status: HTTP's, the same as the code unless given."""
    return Fault(str(code), status=status or code, body=json.dumps(Refusal(code, description).body()))


BAD_REQUEST = refused(400, "Bad Request")
UNAUTHORIZED = refused(401, "Unauthorized")
FORBIDDEN = refused(403, "Internal server error")
"""So it is spelled on their pages; some say that the chat is out of reach, others that it passes."""
NOT_FOUND = refused(404, "Not Found")
TIMED_OUT = refused(408, "Request timeout")
QUOTA = refused(429, "Quota exceeded")
SERVER_ERROR = refused(500, "Internal server error")

ALL = (
    HANG, RESET, RESET_BEFORE, CUT, NOT_JSON, BAD_GATEWAY, BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TIMED_OUT,
    QUOTA, SERVER_ERROR,
)  # fmt: skip


@dataclass(slots=True)
class _Planned:
    fault: Fault
    method: str | None
    chat: str
    left: int | None


@dataclass(slots=True)
class Faults:
    """What is to go wrong, in order: the first that fits a call happens to it."""

    _planned: list[_Planned] = field(default_factory=list)

    def add(
        self, fault: Fault, *, method: str | None = "sendMessage", chat: str = "", times: int | None = 1
    ) -> None:  # fmt: skip
        """Plan a fault. method: None for any; chat: empty for any; times: None until cleared."""
        self._planned.append(_Planned(fault, method, chat, times))

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._planned.clear()

    def take(self, method: str, given: Arguments) -> Fault | None:
        """What happens to this call, if anything."""
        for planned in self._planned:
            if planned.method not in (None, method) or planned.chat not in ("", given.text("chat_id")):
                continue
            if planned.left is not None:
                planned.left -= 1
                self._planned = [other for other in self._planned if other.left != 0]
            return planned.fault
        return None
