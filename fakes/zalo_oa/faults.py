"""What can go wrong with a call, and a script of what goes wrong when; lines break as with all our fakes.

Why each says whether the call takes effect: a cut line looks the same before and after a message was shown, or a token
was used up.
"""

import json
from dataclasses import dataclass, field, replace

from fakes.telegram.faults import BAD_GATEWAY, CUT, HANG, NOT_JSON, RESET, RESET_BEFORE, Fault, gone, slow
from fakes.zalo_oa.wire import OauthRefusal, Refusal

__all__ = [
    "BAD_GATEWAY", "CS", "CUT", "HANG", "HANG_BEFORE", "LOST_ROTATION", "NOT_JSON", "NOT_JSON_BEFORE", "RESET",
    "RESET_BEFORE", "SERVER_ERROR", "TOKEN", "Fault", "Faults", "code", "gone", "oauth_code", "slow",
]  # fmt: skip

CS, TOKEN = "/v3.0/oa/message/cs", "/v4/oa/access_token"

HANG_BEFORE = replace(HANG, name="no answer ever, no effect", accepts=False)
"""Nothing was accepted, and no answer comes."""
NOT_JSON_BEFORE = replace(NOT_JSON, name="200 that isn't JSON, no effect", accepts=False)
"""Something on the way answers, and nothing was accepted."""
SERVER_ERROR = Fault("500", status=500, body="<html>Internal Server Error</html>", kind="text/html")
"""Zalo's own trouble; nothing was accepted, but see `after_effect`."""
LOST_ROTATION = RESET
"""For the token endpoint: the refresh token was used up, and the new pair is lost on the way."""


def code(error: int, message: str = "") -> Fault:
    """A refusal by its code, in the envelope of the API."""
    return Fault(str(error), body=json.dumps(Refusal(error, message).body()))


def oauth_code(error: int, name: str = "Invalid app", reason: str = "the app is not active") -> Fault:
    """A refusal of the token endpoint, in its own shape."""
    return Fault(f"oauth {error}", body=json.dumps(OauthRefusal(name, reason, error).body()))


@dataclass(slots=True)
class _Planned:
    fault: Fault
    path: str | None
    user: str | None
    left: int | None


@dataclass(slots=True)
class Faults:
    """What is to go wrong, in order: the first that fits a call happens to it."""

    _planned: list[_Planned] = field(default_factory=list)

    def add(self, fault: Fault, *, path: str | None = CS, user: str | None = None, times: int | None = 1) -> None:
        """Plan a fault. path: None for any but the token endpoint; user: an id; times: None until cleared."""
        self._planned.append(_Planned(fault, path, user, times))

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._planned.clear()

    @property
    def left(self) -> int:
        """How many are still to happen; those without an end count once."""
        return sum(1 if planned.left is None else planned.left for planned in self._planned)

    def take(self, path: str, user: str) -> Fault | None:
        """What happens to this call, if anything."""
        for planned in self._planned:
            if planned.path != path and (planned.path is not None or path == TOKEN):
                continue
            if planned.user not in (None, user):
                continue
            if planned.left is not None:
                planned.left -= 1
                self._planned = [other for other in self._planned if other.left != 0]
            return planned.fault
        return None
