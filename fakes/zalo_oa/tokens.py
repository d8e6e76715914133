"""Tokens as OAuth v4 gives them: an access token for 25 hours, a refresh token that can be used once.

Why every presentation of a refresh token is kept: whoever does not know how a refresh ended may ask once more, and
never a third time.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fakes.wire import Json
from fakes.zalo_oa.wire import OauthRefusal, Refusal

ACCESS_LIFE, REFRESH_LIFE, CODE_LIFE = timedelta(hours=25), timedelta(days=90), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pair:
    """What one success gives."""

    access: str
    refresh: str

    def json(self) -> Json:
        """The answer of the endpoint; the seconds are a text there."""
        seconds = str(int(ACCESS_LIFE.total_seconds()))
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": seconds}


@dataclass(frozen=True, slots=True)
class Presentation:
    """A refresh token that was brought. outcome: "issued", "used", "expired" or "unknown"."""

    token: str
    at: datetime
    outcome: str


@dataclass(slots=True)
class Tokens:
    """Every token there ever was. now: the fake's clock. current: the access token that is taken, empty for none.

    presented: every refresh token that was brought, in order.
    """

    now: Callable[[], datetime]
    current: str = ""
    presented: list[Presentation] = field(default_factory=list)
    _made: int = 0
    _access: dict[str, datetime] = field(default_factory=dict)
    _refresh: dict[str, datetime] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def issue(self) -> Pair:
        """A new pair, as the console hands one out; the access token before it is dead."""
        self._made += 1
        mark = hashlib.sha256(f"pair {self._made}".encode()).hexdigest()[:24]
        pair = Pair(f"fake-access-{self._made:03}-{mark}", f"fake-refresh-{self._made:03}-{mark}")
        self.current = pair.access
        self._access[pair.access] = self.now() + ACCESS_LIFE
        self._refresh[pair.refresh] = self.now() + REFRESH_LIFE
        return pair

    def revoke(self) -> None:
        """End the grant: no token given until now is taken any more."""
        self.current = ""
        self._refresh.clear()

    def kill_access(self) -> None:
        """Let the access token be invalid before its time; the refresh token still is good."""
        self.current = ""

    def check(self, token: str) -> None:
        """Raises Refusal -216 for a token that isn't the current one, -220 for one whose 25 hours are over."""
        if not token or token != self.current:
            raise Refusal(-216)
        if self.now() >= self._access[token]:
            raise Refusal(-220)

    def refresh(self, token: str) -> Pair:
        """Take a refresh token and give a new pair. Raises OauthRefusal."""
        outcome = self._outcome(token)
        self.presented.append(Presentation(token, self.now(), outcome))
        if outcome != "issued":
            raise OauthRefusal("Invalid refresh token", f"refresh_token is {outcome}")
        self._used.add(token)
        return self.issue()

    def consent(self, challenge: str) -> str:
        """An administrator agreed: the code to be redeemed."""
        code = f"fake-code-{len(self._codes) + 1:03}"
        self._codes[code] = (challenge, self.now() + CODE_LIFE)
        return code

    def redeem(self, code: str, verifier: str) -> Pair:
        """Take a code, once and within ten minutes, from whoever has the verifier. Raises OauthRefusal."""
        challenge, until = self._codes.pop(code, ("", self.now()))
        if self.now() >= until:
            raise OauthRefusal("Invalid authorization code", "code is invalid or expired")
        if challenge_of(verifier) != challenge:
            raise OauthRefusal("Invalid code verifier", "code_verifier does not fit the code_challenge")
        return self.issue()

    def times_presented(self) -> Counter[str]:
        """How often each refresh token was brought."""
        return Counter(one.token for one in self.presented)

    def _outcome(self, token: str) -> str:
        if token in self._used:
            return "used"
        until = self._refresh.get(token)
        if until is None:
            return "unknown"
        return "issued" if self.now() < until else "expired"


def challenge_of(verifier: str) -> str:
    """The PKCE challenge of a verifier: base64url of its SHA-256, unpadded."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
