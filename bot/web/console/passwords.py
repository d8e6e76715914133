"""Passwords of officials: hashed with argon2id, judged, and which ones are accepted.

Why nothing here knows a database: a hash takes longer than a transaction may, so the console hashes before or after
one, in a thread, and the desk sees hashes alone.
"""

from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST, MOST = 12, 200  # letters
_HASHER = PasswordHasher()
# Of a password nobody knows, made with the same parameters: judging it takes as long as judging a real one.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$2zOrojV8PoNdRcvIfQHN1w$ti5XJqBiaRpUUGMOV+/awKCfzsdIWSJS2JY2vjhqkNU"

Fault = Literal["too_short", "too_long", "is_email"]


def hash_password(password: str) -> str:
    """Hash a new password; about 50 ms of work and 64 MiB, to be done in a thread."""
    return _HASHER.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether a password is that of a hash. kept: None for an account that is not there, which takes as long."""
    try:
        right = _HASHER.verify(kept or NOBODYS, password[: MOST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def fault(password: str, email: str) -> Fault | None:
    """What is wrong with a password that somebody chose for the account of an e-mail; None if nothing is."""
    if len(password) < LEAST:
        return "too_short"
    if len(password) > MOST:
        return "too_long"
    mine = email.strip().casefold()
    return "is_email" if password.strip().casefold() in (mine, mine.partition("@")[0]) else None
