"""How often signing in may fail: counted by account and network, never so that strangers lock the owner out.

Why a browser where she signed in before has a count of its own: whoever floods her account from elsewhere uses up
the strangers' tries, not hers.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from handlers.desk import Desk

WINDOW = timedelta(minutes=15)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong tries under one name in a window."""

    name: str
    most: int
    window: timedelta


def limits(desk: Desk, email: str, network: str, device: str) -> tuple[Limit, ...]:
    """What a try counts for: of a browser known for this account its own count alone."""
    account = desk.officials.login_of(email).hex()
    if is_known(desk, account, device):
        return (Limit(f"device/{device}", 5, WINDOW),)
    return (
        Limit(f"account/{account}/{network}", 5, WINDOW),
        Limit(f"network/{network}", 30, WINDOW),
        Limit(f"account/{account}", 100, HOUR),
    )


def is_spent(desk: Desk, under: tuple[Limit, ...]) -> bool:
    """Whether nothing more may be tried now."""
    return any(desk.signing_in.tries(limit.name, limit.window) >= limit.most for limit in under)


def count(desk: Desk, email: str, under: tuple[Limit, ...]) -> None:
    """Count one wrong try, and note it; the last that a limit lets through closes it, which is noted too."""
    closes = [limit for limit in under if desk.signing_in.count_try(limit.name, limit.window) == limit.most]
    desk.signing_in.note_failed(email, closes=[limit.name.partition("/")[0] for limit in closes])


def new_device(desk: Desk, email: str) -> str:
    """The value of a cookie that says that the account's owner signed in here."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_mark(desk, desk.officials.login_of(email).hex(), nonce)}"


def is_known(desk: Desk, account: str, device: str) -> bool:
    """Whether the cookie was made for this account."""
    nonce, _, mark = device.partition(".")
    return bool(nonce) and secrets.compare_digest(_mark(desk, account, nonce).encode(), mark.encode())


def _mark(desk: Desk, account: str, nonce: str) -> str:
    return desk.vault.look_up("console device", f"{account}/{nonce}").hex()
