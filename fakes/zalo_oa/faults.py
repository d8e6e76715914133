"""What can go wrong with a call to the account, beside what can with all; a token may be used up without an answer."""

import json
from dataclasses import replace

from fakes.faults import BAD_GATEWAY, CUT, HANG, NOT_JSON, RESET, RESET_BEFORE, Fault, Faults, gone, slow
from fakes.zalo_oa.wire import OauthRefusal, Refusal

__all__ = [
    "BAD_GATEWAY", "CS", "CUT", "HANG", "HANG_BEFORE", "LOST_ROTATION", "NOT_JSON", "NOT_JSON_BEFORE", "RESET",
    "RESET_BEFORE", "SERVER_ERROR", "TOKEN", "Fault", "ZaloOaFaults", "code", "gone", "oauth_code", "slow",
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


class ZaloOaFaults(Faults):
    """What is to go wrong with calls, by their path."""

    def add(self, fault: Fault, *, path: str | None = CS, user: str | None = None, times: int | None = 1) -> None:
        """Plan a fault. path: None for any but the token endpoint; user: an id; times: None until cleared."""
        self._plan(fault, path, user, times)

    def take(self, path: str, user: str) -> Fault | None:
        """What happens to this call, if anything."""
        return self._next(path, user, by_name=path == TOKEN)
