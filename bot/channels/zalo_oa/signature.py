"""The MAC of Zalo's webhook: whether a call is Zalo's, and for a captured one that is not, which ingredient is wrong.

Why two moments are tried: by Zalo's own pages it is the body's timestamp, by other people's code that of a header. The
body's comes first, and which of them fitted is told, so that it can be counted.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.channels.payload import MOST_BYTES, read_object

SIGNATURE, TIMESTAMP = "X-ZEvent-Signature", "X-ZEvent-Timestamp"
Moment = Literal["body", "header"]
_HEX = re.compile(r"(?:mac\s*=\s*)?([0-9a-fA-F]{64})")
_DIGITS = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the MAC is made of besides the call. app_secret: never part of it, but often taken for the other."""

    app_id: str
    oa_id: str
    secret_key: str
    app_secret: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """What became of a captured call. fits: it would be taken. code: which ingredient is wrong. said: in a sentence."""

    fits: bool
    code: str
    said: str


def mac(first: str, raw: bytes, timestamp: str, secret_key: str) -> str:
    """Plain SHA-256 over app id, raw body, timestamp and key, one after the other; small hexadecimal letters."""
    return hashlib.sha256(first.encode() + raw + timestamp.encode() + secret_key.encode()).hexdigest()


def given_mac(header: str) -> str:
    """The 64 letters of a header, with `mac=` before them or not; empty where it is none."""
    found = _HEX.fullmatch(header.strip())
    return found[1].lower() if found else ""


def matched(raw: bytes, signature: str, header_timestamp: str, secrets: Secrets) -> Moment | None:
    """Whose timestamp the MAC fits; None if it fits neither. The headers are empty where they are missing.

    An event of another app that was made with our key fits too: it is Zalo's, and whoever reads it sees the app.
    """
    offered = given_mac(signature)
    if not offered or len(raw) > MOST_BYTES:
        return None
    app_id, timestamp = _named(raw)
    moments: tuple[tuple[Moment, str], ...] = (("body", timestamp), ("header", header_timestamp.strip()))
    # No early end: how long it takes must not tell which of them was nearly right.
    fitting = [
        moment
        for moment, at in moments
        for first in dict.fromkeys((secrets.app_id, app_id or secrets.app_id))
        if hmac.compare_digest(mac(first, raw, at, secrets.secret_key), offered) and _DIGITS.fullmatch(at)
    ]
    return fitting[0] if fitting else None


def explain(raw: bytes, headers: Mapping[str, str], secrets: Secrets) -> Explained:
    """Say whether a captured call would be taken, and if not, which ingredient of its MAC is wrong."""
    names = {name.lower(): value for name, value in headers.items()}
    signature, header_timestamp = names.get(SIGNATURE.lower(), ""), names.get(TIMESTAMP.lower(), "")
    if not signature:
        return _wrong("no_signature", f"the header {SIGNATURE} is missing")
    if not given_mac(signature):
        return _wrong("bad_signature", f"the header {SIGNATURE} holds no MAC: 64 hexadecimal letters, mac= before them")
    app_id, timestamp = _named(raw)
    if not timestamp and not header_timestamp:
        return _wrong("no_timestamp", f"there is a timestamp neither in the body nor in the header {TIMESTAMP}")
    moment = matched(raw, signature, header_timestamp, secrets)
    if moment is not None and app_id != secrets.app_id:
        return _wrong("other_app", "it is an event of another app: ZALO_OA_APP_ID is not the app_id in the body")
    if moment is not None:
        return Explained(True, f"fits_{moment}", f"the MAC fits, with the timestamp of the {moment}")
    moments = tuple(dict.fromkeys(at.strip() for at in (timestamp, header_timestamp) if at.strip()))
    return _what_is_wrong(raw, given_mac(signature), moments, app_id, secrets)


def _what_is_wrong(raw: bytes, offered: str, moments: tuple[str, ...], app_id: str, secrets: Secrets) -> Explained:
    firsts, key = tuple(dict.fromkeys((secrets.app_id, app_id, ""))), secrets.secret_key

    def fits(body: bytes, first: str, with_key: str) -> bool:
        return any(mac(first, body, at, with_key) == offered for at in moments)

    if fits(raw, secrets.oa_id, key):
        return _wrong("oa_id_first", "it was made with the OA's id in place of the app's id as first term")
    if any(fits(raw, first, secrets.app_secret) for first in firsts if secrets.app_secret):
        return _wrong(
            "app_secret", "it was made with the app's secret: the value of ZALO_OA_APP_SECRET is the webhook's key"
        )
    if offered in set(_hmacs(raw, moments, firsts, key)):
        return _wrong("hmac", "it is an HMAC; Zalo's is plain SHA-256 over app id, body, timestamp and key")
    for what, body in _other_bytes(raw):
        if any(fits(body, first, key) for first in firsts) or offered in set(_hmacs(body, moments, firsts, key)):
            return _wrong("other_bytes", f"the body is not the bytes that were signed: it fits {what}")
    if fits(raw, "", key):
        return _wrong("no_app_id", "it was made without the app's id as first term")
    if app_id != secrets.app_id:
        return _wrong(
            "other_app", "the app_id in the body is not ZALO_OA_APP_ID, and ZALO_OA_SECRET_KEY does not fit either"
        )
    return _wrong(
        "secret_or_bytes",
        "the app's id is right and nothing else fits: ZALO_OA_SECRET_KEY is not the key on the app's Webhook page"
        " (it changes with Reset there), or the body was changed after it came",
    )


def _hmacs(raw: bytes, moments: tuple[str, ...], firsts: tuple[str, ...], key: str) -> Iterator[str]:
    yield hmac.digest(key.encode(), raw, "sha256").hex()
    for at in moments:
        yield hmac.digest(key.encode(), raw + at.encode(), "sha256").hex()
        for first in firsts:
            yield hmac.digest(key.encode(), first.encode() + raw + at.encode(), "sha256").hex()
            yield hmac.digest(key.encode(), first.encode() + raw + at.encode() + key.encode(), "sha256").hex()


def _other_bytes(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The same event in other bytes, as editors, frameworks and loggers write it."""
    if raw.rstrip(b"\r\n") != raw:
        yield "without the line's end after it", raw.rstrip(b"\r\n")
    yield "with a line's end after it", raw + b"\n"
    yield "with line ends of one letter", raw.replace(b"\r\n", b"\n")
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return
    for ascii_only in (False, True):
        for separators in ((",", ":"), (", ", ": ")):
            for in_order in (False, True):
                written = json.dumps(event, ensure_ascii=ascii_only, separators=separators, sort_keys=in_order)
                yield "the same JSON written anew", written.encode("utf-8", "surrogatepass")


def _named(raw: bytes) -> tuple[str, str]:
    """(app id, timestamp) that a body names; empty where it names none."""
    event = read_object(raw) or {}
    app_id, timestamp = event.get("app_id"), event.get("timestamp")
    return (
        app_id if isinstance(app_id, str) and app_id.isascii() else "",
        str(timestamp) if isinstance(timestamp, (str, int)) and str(timestamp).isascii() else "",
    )


def _wrong(code: str, said: str) -> Explained:
    return Explained(False, code, said)
