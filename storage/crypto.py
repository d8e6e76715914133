"""Encrypts what is personal, and finds it again without reading it.

Why a data key per person and per case: who erases loses her key, and with it every copy in every backup. Each sealed
field is bound to its place (`table.column:row`), so a value moved to another row no longer opens.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

_VERSION = b"\x01"
_MARKED = b"\x02"  # a wrapped key that begins with the name of its master key, in 4 bytes
_NONCE = 12
# Names of keys that are no data keys: a master key, wrapped by another.
NEXT, BEFORE, ROOT = "master:next", "master:before", "master:root"


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


class OneKey:
    """One master key at work; secret: its 32 bytes."""

    __slots__ = ("_wrapping", "check_value", "secret")

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._wrapping = Cipher(self.derive(b"wrap"))
        self.check_value = hashlib.sha256(self.derive(b"check")).hexdigest()[:32]

    def derive(self, purpose: bytes) -> bytes:
        """A key of its own for a purpose."""
        return HKDFExpand(algorithm=SHA256(), length=32, info=b"chungtay " + purpose).derive(self.secret)

    def wrap(self, key: bytes, name: str) -> bytes:
        return self._wrapping.seal(key, f"data_key.wrapped:{name}")

    def open(self, wrapped: bytes, name: str) -> bytes:
        """Raises WrongKey."""
        return self._wrapping.open(wrapped, f"data_key.wrapped:{name}")

    def mac(self, purpose: str) -> "hmac.HMAC":
        return hmac.new(self.derive(b"mac " + purpose.encode()), digestmod="sha256")


class MasterKey:
    """Wraps data keys and makes look-up values; never stored beside what it protects.

    While it is being replaced it holds two keys: the newer makes all that is new, and either opens. Look-up values stay
    those of the first key there ever was, the root: without what they were made from they can't be made anew. What
    another than the root wrapped names its key in front, so that a query finds what is left of the key before.
    """

    def __init__(self, key: bytes) -> None:
        self._keys: tuple[OneKey, ...] = (OneKey(key),)  # the newest first
        self._root = self._keys[0]
        self._look_up_key = lru_cache(maxsize=32)(self._derive_look_up)

    def _derive_look_up(self, kind: str) -> bytes:
        return self._root.derive(b"look up " + kind.encode())

    @property
    def keys(self) -> tuple[OneKey, ...]:
        """The keys that open, the newest first."""
        return self._keys

    @property
    def mark(self) -> bytes:
        """What wrapped keys of the newest begin with; empty for the root, whose keys begin with no mark."""
        return self._mark(self._keys[0])

    @property
    def name(self) -> str:
        """What the newest key is called where a person has to tell keys apart: 8 characters."""
        return name_of(self.check_value())

    def wrap(self, key: bytes, name: str) -> bytes:
        newest = self._keys[0]
        return self._mark(newest) + newest.wrap(key, name)

    def unwrap(self, wrapped: bytes, name: str) -> Cipher:
        """Raises WrongKey."""
        return Cipher(self._open(wrapped, name))

    def renew(self, wrapped: bytes, name: str) -> bytes:
        """Wrap with the newest key what the one before wrapped; the rest stays as it is. Raises WrongKey."""
        if wrapped.startswith(self.mark or _VERSION):
            return wrapped
        return self.wrap(self._open(wrapped, name), name)

    def look_up(self, kind: str, value: str) -> bytes:
        """Return 16 bytes that are equal for equal values of one kind, and tell nothing without the key."""
        return hmac.digest(self._look_up_key(kind), value.encode("utf-8", "replace"), "sha256")[:16]

    def mac(self, purpose: str) -> "hmac.HMAC":
        """Begin a message authentication code: who has not the key can't make one. purpose: has a key of its own."""
        return self._keys[0].mac(purpose)

    def check_value(self) -> str:
        """What a database keeps to recognise its key."""
        return self._keys[0].check_value

    def setting(self) -> str:
        """The newest key as `ENCRYPTION_KEY` wants it."""
        return base64.urlsafe_b64encode(self._keys[0].secret).decode()

    # How one key follows another

    def bridge_to(self, newer: bytes) -> dict[str, bytes]:
        """What a database keeps while a newer key takes over, by name: each key wrapped by the other, and the root."""
        taking_over = MasterKey(newer)
        taking_over._root = self._root
        return {
            NEXT: self.wrap(newer, NEXT),
            BEFORE: taking_over.wrap(self._keys[0].secret, BEFORE),
            ROOT: taking_over.wrap(self._root.secret, ROOT),
        }

    def learn(self, check: str | None, kept: Mapping[str, bytes]) -> bool:
        """Learn the other keys from what a database keeps; False if this is no key of that database.

        check: the check value of its key, of the one before while there are two. kept: as `bridge_to` made it.
        """
        newest = self._keys[0]
        if NEXT in kept:
            if newer := _opened(newest, kept, NEXT):
                self._keys = OneKey(newer), newest
            elif older := _opened(newest, kept, BEFORE):
                self._keys = newest, OneKey(older)
            else:
                return False
        elif check not in (None, newest.check_value):
            return False
        if ROOT not in kept:
            return True
        root = _opened(self._keys[0], kept, ROOT)
        if root is not None and root != self._root.secret:
            self._root = OneKey(root)
            self._look_up_key.cache_clear()
        return root is not None

    def forget_before(self) -> None:
        """Open with the newest key alone from now on."""
        self._keys = self._keys[:1]

    def _mark(self, key: OneKey) -> bytes:
        return b"" if key.secret == self._root.secret else _MARKED + bytes.fromhex(name_of(key.check_value))

    def _open(self, wrapped: bytes, name: str) -> bytes:
        newest, *before = self._keys
        try:
            return newest.open(_unmarked(wrapped), name)
        except WrongKey:
            if not before:
                raise
            return before[0].open(_unmarked(wrapped), name)


def name_of(check_value: str) -> str:
    """What a key is called, by its check value."""
    return check_value[:8]


def _unmarked(wrapped: bytes) -> bytes:
    return wrapped[5:] if wrapped[:1] == _MARKED else wrapped


def _opened(key: OneKey, kept: Mapping[str, bytes], name: str) -> bytes | None:
    with suppress(KeyError, WrongKey):
        return key.open(_unmarked(kept[name]), name)
    return None
