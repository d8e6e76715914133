"""Identifiers: row ids that sort by time, nonces nobody guesses, and codes people read aloud."""

import itertools
import secrets
from datetime import datetime

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


# Rows made in one millisecond sort in the order they were made.
_made = itertools.count()
_latest = 0


def new_id(now: datetime) -> str:
    """Return 24 hexadecimal letters, later ones sorting later, 32 bits of them chance."""
    global _latest  # a clock that steps back must not make a later row sort before an earlier one
    _latest = max(_latest, int(now.timestamp() * 1000))
    return f"{_latest:011x}{next(_made) % 0x100000:05x}{secrets.token_hex(4)}"


def new_nonce() -> str:
    """Return 22 letters, 128 bits of chance."""
    return secrets.token_urlsafe(16)


def new_code(prefix: str) -> str:
    """Return a code such as HS-4K7M-92QX: 40 bits in Crockford's alphabet, which has no I, L, O or U."""
    symbols = "".join(secrets.choice(_CROCKFORD) for _ in range(8))
    return f"{prefix}-{symbols[:4]}-{symbols[4:]}"


def read_code(typed: str, prefix: str) -> str | None:
    """Read a code as people type it: any case, with or without dashes, O for 0. None if it is none."""
    symbols = "".join(c for c in typed.upper() if c.isalnum())
    # The symbols themselves may begin with the letters of the prefix.
    symbols = (symbols.removeprefix(prefix) if len(symbols) > 8 else symbols).translate(_MISREAD)
    if len(symbols) != 8 or any(c not in _CROCKFORD for c in symbols):
        return None
    return f"{prefix}-{symbols[:4]}-{symbols[4:]}"
