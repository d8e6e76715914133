"""What breaks naive readers of JSON: hand-picked bodies, and real updates spoiled in every way a seed brings.

Why each is a name and bytes: what breaks a reader is often what no object of Python can hold.
"""

import copy
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import cast

from fakes.wire import Json

DEEP = 100_000
Path = tuple[str | int, ...]


def _said(text: str, number: str = "1", chat: str = "77", place: str = "1") -> bytes:
    """A message written as given, each part already JSON."""
    about = f'{{"id": {chat}, "type": "private"}}'
    sender = f'{{"id": {chat}, "is_bot": false, "first_name": "Lan"}}'
    message = f'{{"message_id": {place}, "date": 1795572000, "chat": {about}, "from": {sender}, "text": {text}}}'
    return f'{{"update_id": {number}, "message": {message}}}'.encode()


def bodies() -> dict[str, bytes]:
    """Bodies that nobody should send, by name; each with an update id of its own where it has any."""
    nested = "[" * 990 + "]" * 990
    document = f'{{"file_id": "a", "mime_type": {nested}}}'
    return {
        "nothing": b"",
        "no JSON": b"\xff\xfe{}",
        "half": _said('"a"')[:-20],
        "a list": b"[]",
        "null": b"null",
        "a text": b'"update_id"',
        "a number": b"7",
        "an empty object": b"{}",
        "nested lists": b"[" * DEEP,
        "nested lists that end": b"[" * DEEP + b"]" * DEEP,
        "nested objects": b'{"a":' * DEEP,
        "nested within a text": _said("[" * DEEP + "]" * DEEP, "9001"),
        "nested as far as is read": _said(nested, "9002"),
        "nested kind of a file": _said('"a"', "9003").replace(b'"text": "a"', f'"document": {document}'.encode()),
        "a number of 5000 digits": _said('"a"', "9" * 5000),
        "a place of 5000 digits": _said('"a"', "9004", place="9" * 5000),
        "a number of 5000 digits beside half a letter": _said('"\\ud800"', "9" * 5000),
        "not a number": _said("NaN", "9005"),
        "infinite": _said('"a"', "Infinity"),
        "not a number beside half a letter": _said('"\\ud800"', "9006", place="NaN"),
        "half a letter": _said('"a\\ud800b"', "9007"),
        "half a letter and NUL": _said('"a\\u0000\\udfffb"', "9008", chat="78"),
        "NUL": _said('"a\\u0000b"', "9009"),
        "only NUL": _said('"\\u0000"', "9010"),
        "bytes that are no UTF-8": _said('"a"', "9011").replace(b'"a"', b'"\xc3\x28"'),
        "2^63": _said('"a"', str(1 << 63)),
        "2^64": _said('"a"', str(1 << 64)),
        "the last of 64 bits": _said('"a"', "9012", place=str((1 << 63) - 1), chat=str((1 << 63) - 1)),
        "the first of 64 bits": _said('"a"', str(-(1 << 63)), place=str(-(1 << 63)), chat=str(-(1 << 63))),
        "a chat of 2^63": _said('"a"', "9013", chat=str(1 << 63)),
        "a supergroup's id": _said('"a"', "9014", chat="-1001234567890"),
        "a broken number": _said('"a"', "9015.5"),
        "a whole broken number": _said('"a"', "9016.0"),
        "true for a number": _said('"a"', "true"),
        "a number in quotes": _said('"a"', '"9017"'),
        "a very long text": _said(json.dumps("ơ" * 100_000), "9018"),
        "too long": _said(json.dumps("a" * (1 << 20)), "9019"),
        "the same field twice": _said('"a", "text": ["a"]', "9020"),
        "a press of 5000 digits": json.dumps(
            {"update_id": 9021, "callback_query": {"id": "1", "from": {"id": 77}, "data": f"a.{'9' * 5000}"}}
        ).encode(),
        "letters that are digits": json.dumps(
            {"update_id": 9022, "callback_query": {"id": "1", "from": {"id": 77}, "data": "a.\u0661"}}
        ).encode(),
    }


def spoiled_fields(update: Json) -> Iterator[tuple[str, bytes]]:
    """The update with each of its fields missing, and with each mistyped."""
    for path in _paths(update):
        name = ".".join(map(str, path))
        yield f"{name} missing", json.dumps(_with(update, path, _GONE)).encode()
        for wrong in _WRONG:
            yield f"{name} {str(wrong)[:12]!r}", json.dumps(_with(update, path, wrong)).encode()


def mutations(updates: Sequence[Json], seed: int, count: int) -> Iterator[bytes]:
    """So many updates, each spoiled in a few places: as an object, then perhaps as bytes."""
    rng = Random(seed)  # noqa: S311  # the same mutations again is what is wanted
    for _ in range(count):
        update = rng.choice(updates)
        for _ in range(rng.randint(1, 3)):
            update = _with(update, rng.choice(list(_paths(update)) or [()]), rng.choice((*_WRONG, _GONE)))
            if not isinstance(update, dict) or not update:
                break
        raw = bytearray(json.dumps(update).encode())
        for _ in range(rng.choice((0, 0, 1, 4))):
            at = rng.randrange(len(raw))
            raw[at : at + rng.randint(0, 3)] = rng.choice((b"\xff", b'"', b"}", b"\\ud83d", b"\0", b"9" * 30, b""))
        yield bytes(raw)


_GONE = object()
_WRONG: tuple[object, ...] = (
    None, True, -1, 0, 1 << 63, 1 << 64, 1e308, 1.5, "", "x", "\ud800", "a\0b", [], {}, [[]], [{}], {"id": "x"},
    "ơ" * 5000,
)  # fmt: skip


def _paths(found: object, before: Path = ()) -> Iterator[Path]:
    """Every place in an object, the innermost last."""
    parts = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for name, part in parts:
        yield (*before, name)
        yield from _paths(part, (*before, name))


def _with(update: Json, path: Path, value: object) -> Json:
    changed = copy.deepcopy(update)
    if not path:
        return cast("Json", {})
    where: object = changed
    for name in path[:-1]:
        where = where[name]  # type: ignore[index]  # the path is one of the update's own
    if value is _GONE:
        del where[path[-1]]  # type: ignore[attr-defined]  # as above
    else:
        where[path[-1]] = value  # type: ignore[index]  # as above
    return changed
