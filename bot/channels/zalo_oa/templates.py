"""Templates that Zalo approved, by the kind of message in whose place they go: a knock at the door, never the words.

Why their parameters are texts of ours and no values: a template reaches whoever holds the phone.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


class BadTemplates(Exception):
    """The file can't be used; the message is one plain line."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template: Zalo's id of it, and the words of its parameters."""

    id: str
    words: Mapping[str, str]


def load(path: Path, kinds: frozenset[str], sentence: Callable[[str, str], str]) -> Mapping[str, Template]:
    """Read a TOML file of `[kind] template = "id", params = { name = "key of a text" }`. Raises BadTemplates.

    kinds: those of messages that there are. sentence: the words of a text, by language and key; KeyError if none.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise BadTemplates("this file can't be read") from None
    except (UnicodeError, tomllib.TOMLDecodeError):
        raise BadTemplates("this is no TOML file") from None
    return {kind: _read(kind, entry, kinds, sentence) for kind, entry in given.items()}


def _read(
    kind: str, entry: object, kinds: frozenset[str], sentence: Callable[[str, str], str]
) -> Template:  # fmt: skip
    if kind not in kinds:
        raise BadTemplates(f"[{kind}] is no kind of message; there are {', '.join(sorted(kinds))}")
    params = entry.get("params", {}) if isinstance(entry, dict) else None
    number = entry.get("template") if isinstance(entry, dict) else None
    if not isinstance(number, str) or not number or not isinstance(params, dict):
        raise BadTemplates(f'[{kind}] needs template = "id", and perhaps params = {{ name = "key of a text" }}')
    try:
        return Template(number, {name: sentence("vi", str(key)) for name, key in params.items()})
    except KeyError:
        raise BadTemplates(f"[{kind}] names a text that there is not") from None
