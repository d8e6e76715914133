"""Reads JSON that a platform sent: an update, or the answer to a call. The one reader of all channels.

Why not `orjson` alone: people send half of a surrogate pair, as a phone cuts an emoji in two, and platforms pass it on.
`orjson` refuses the whole text then, and one person's broken emoji would keep all other updates of an answer from us.
"""

import json
from collections.abc import Mapping
from typing import NoReturn, cast

import orjson

from bot.channels.contract import Unreadable

MOST_BYTES = 1 << 20
Fields = Mapping[str, object]


class NotJson(ValueError):
    """The bytes are no JSON; nothing of them is in the message."""


def read(raw: bytes) -> object:
    """Read any JSON. Halves of surrogate pairs are left out, bytes that are no UTF-8 become U+FFFD. Raises NotJson."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _read_slowly(raw)


def read_object(raw: bytes) -> Fields | None:
    """Read a JSON object; None for anything else."""
    try:
        found = read(raw)
    except NotJson:
        return None
    return cast("Fields", found) if isinstance(found, dict) else None


def read_update(raw: bytes) -> Fields:
    """Read one update or event as it came. Raises Unreadable, also above `MOST_BYTES`."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("too long")
    try:
        found = read(raw)
    except NotJson:
        raise Unreadable("no JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("no object")
    return cast("Fields", found)


def _read_slowly(raw: bytes) -> object:
    """The standard reader lets halves of surrogate pairs through; written again as UTF-8 they are gone."""
    try:
        found = json.loads(raw.decode(errors="replace"), parse_constant=_refuse)
        return orjson.loads(json.dumps(found, ensure_ascii=False).encode(errors="ignore"))
    except (ValueError, RecursionError):
        raise NotJson from None


def _refuse(name: str) -> NoReturn:
    raise NotJson(name)
