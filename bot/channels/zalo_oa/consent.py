"""The consent of the account's administrator, as PKCE wants it: what is given to Zalo's console, and what is checked.

Why the verifier stays the same: the console keeps the challenge made of it, and each consent after is measured by that.
"""

import base64
import hashlib
import re
import secrets
import string
from dataclasses import dataclass
from urllib.parse import urlencode

CALLBACK = "/zalo/consent"
LENGTH = 43
_LETTERS = string.ascii_letters + string.digits
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class ConsentLink:
    """What the console asks for, and the link that an administrator of the account opens."""

    callback: str
    challenge: str
    state: str
    address: str


def new_verifier() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))


def is_verifier(text: str) -> bool:
    """Whether it is one as RFC 7636 wants it, section 4.1."""
    return _VERIFIER.fullmatch(text) is not None


def challenge(verifier: str) -> str:
    """Base64url, unpadded, of its SHA-256: RFC 7636, section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def link(oauth_base: str, app_id: str, public_url: str, verifier: str, state: str) -> ConsentLink:
    """The link to Zalo's page of consent."""
    callback, made = public_url + CALLBACK, challenge(verifier)
    asked = urlencode({"app_id": app_id, "redirect_uri": callback, "code_challenge": made, "state": state})
    return ConsentLink(callback, made, state, f"{oauth_base}/v4/oa/permission?{asked}")
