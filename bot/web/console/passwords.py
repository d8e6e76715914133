"""Passwords of officials: hashed with argon2id, judged, and which ones are accepted.

Why nothing here knows a database: a hash takes longer than a transaction may, so the console hashes before or after
one, in a thread, and the desk sees hashes alone.
"""

import re
from functools import cache
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from handlers.vietnamese import units, words

LEAST, MOST = 12, 200  # letters
_HASHER = PasswordHasher()
# Of a password nobody knows, made with the same parameters: judging it takes as long as judging a real one.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$2zOrojV8PoNdRcvIfQHN1w$ti5XJqBiaRpUUGMOV+/awKCfzsdIWSJS2JY2vjhqkNU"

STRONG = 4  # of 4, as zxcvbn counts: more than ten thousand million guesses
JUDGED = 72  # letters; whatever comes behind them makes no password weaker
# What is said in this office all day; the names of wards and communes come with it.
OURS = (
    "chungtay", "danang", "quangnam", "vietnam", "vinguoingheo", "nguoingheo", "honguoingheo", "hongheo", "hocanngheo",
    "matkhau", "quantri", "canbo", "chutich", "ubnd", "mttq", "mattran", "phuong", "uyban", "bangdieukhien",
)  # fmt: skip

Fault = Literal["too_short", "too_long", "is_email", "common"]


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
    if password.strip().casefold() in (mine, mine.partition("@")[0]):
        return "is_email"
    return "common" if _is_easy(password, [mine, *re.split(r"[@.]", mine)]) else None


def _is_easy(password: str, hers: list[str]) -> bool:
    """Whether a password is soon guessed by who knows common ones, the place and whose it is; with its accents or
    without, as both are typed.
    """
    from zxcvbn import zxcvbn  # its lists take a tenth of a second to load, and are used once in an account's life

    bare = "".join(words.fold(password).split())
    return any(
        zxcvbn(one[:JUDGED], user_inputs=[*_our_words(), *hers])["score"] < STRONG for one in (password, bare) if one
    )


@cache
def _our_words() -> tuple[str, ...]:
    places = ("".join(words.fold(unit.name).split()) for unit in units.all_units().values())
    short = ("".join(words.fold(unit.name).split()[1:]) for unit in units.all_units().values())
    return (*OURS, *places, *short)
