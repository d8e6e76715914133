"""Encrypts what is personal, and finds it again without reading it.

Why a data key per person and per case: who erases loses her key, and with it every copy in every backup. Each sealed
field is bound to its place (`table.column:row`), so a value moved to another row no longer opens.
"""

import base64
import hashlib
import hmac
import os
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

_VERSION = b"\x01"
_NONCE = 12


class WrongKey(Exception):
    """The key does not open this; it is another key, another place, or the field was changed."""


def new_key() -> str:
    """Make a master key: 32 random bytes in URL-safe base64, as `ENCRYPTION_KEY` wants it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def decode_key(text: str) -> bytes:
    """Read a master key. Raises ValueError unless it is 32 bytes in URL-safe base64, padded or not."""
    key = base64.urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
    if len(key) != 32:
        raise ValueError("not 32 bytes")
    return key


class Cipher:
    """One data key at work."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, where: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._aead.encrypt(nonce, plain, where.encode())

    def open(self, sealed: bytes, where: str) -> bytes:
        """Raises WrongKey."""
        try:
            if sealed[:1] != _VERSION:
                raise ValueError("sealed in another way")
            return self._aead.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], where.encode())
        except (InvalidTag, ValueError) as wrong:
            raise WrongKey(where.partition(":")[0]) from wrong


class MasterKey:
    """Wraps data keys and makes look-up values; never stored beside what it protects."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._wrapping = Cipher(self._derive(b"wrap"))
        self._look_up_key = lru_cache(maxsize=32)(self._derive_look_up)

    def _derive(self, purpose: bytes) -> bytes:
        return HKDFExpand(algorithm=SHA256(), length=32, info=b"chungtay " + purpose).derive(self._key)

    def _derive_look_up(self, kind: str) -> bytes:
        return self._derive(b"look up " + kind.encode())

    def wrap(self, key: bytes, name: str) -> bytes:
        return self._wrapping.seal(key, f"data_key.wrapped:{name}")

    def unwrap(self, wrapped: bytes, name: str) -> Cipher:
        """Raises WrongKey."""
        return Cipher(self._wrapping.open(wrapped, f"data_key.wrapped:{name}"))

    def look_up(self, kind: str, value: str) -> bytes:
        """Return 16 bytes that are equal for equal values of one kind, and tell nothing without the key."""
        return hmac.digest(self._look_up_key(kind), value.encode("utf-8", "replace"), "sha256")[:16]

    def mac(self, purpose: str) -> "hmac.HMAC":
        """Begin a message authentication code: who has not the key can't make one. purpose: has a key of its own."""
        return hmac.new(self._derive(b"mac " + purpose.encode()), digestmod="sha256")

    def check_value(self) -> str:
        """What a database keeps to recognise its key."""
        return hashlib.sha256(self._derive(b"check")).hexdigest()[:32]
