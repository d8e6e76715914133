"""Formatted texts: what a person sees of them, and Telegram's words when they can't be read.

Only what a bot is likely to send: no nested quotes, no custom emoji, no dates.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape

from fakes.bot_api import Refusal, bad
from fakes.wire import Json, units

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
}  # fmt: skip
MARKS_2 = {"__": "underline", "||": "spoiler", "*": "bold", "_": "italic", "~": "strikethrough"}
MARKS_1 = {"*": "bold", "_": "italic"}
RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_HTML = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)([^<>]*)>|&(?:#\d+|#x[0-9A-Fa-f]+|lt|gt|amp|quot);|<")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


@dataclass(slots=True)
class _Written:
    """What was read so far. open: (mark, kind, where it began in the text, where in the source, more) of each."""

    text: str = ""
    found: list[Json] = field(default_factory=list)
    open: list[tuple[str, str, int, int, Json]] = field(default_factory=list)

    def begin(self, mark: str, kind: str, at: int, **more: str) -> None:
        self.open.append((mark, kind, units(self.text), at, dict(more)))

    def end(self) -> None:
        _, kind, begun, _, more = self.open.pop()
        if length := units(self.text) - begun:
            self.found.append({"type": kind, "offset": begun, "length": length, **more})


def parse(source: str, mode: str) -> tuple[str, list[Json]]:
    """The text as it is shown, without space around it, and its entities. Raises Refusal."""
    if not mode:
        return source.strip(), []
    if mode.lower() not in _MODES:
        raise bad("unsupported parse_mode")
    written = _MODES[mode.lower()](source)
    shown = written.text.rstrip()
    return shown, sorted(written.found, key=lambda entity: int(entity["offset"]))


def _html(source: str) -> _Written:
    written, at = _Written(), 0
    for found in _HTML.finditer(source):
        written.text += source[at : found.start()]
        at = found.end()
        if found[0].startswith("&"):
            written.text += unescape(found[0])
        elif found[1]:
            _close_tag(written, found[2].lower(), _bytes(source, found.start()))
        else:
            _open_tag(written, (found[2] or "").lower(), found[3] or "", _bytes(source, found.start()))
    written.text += source[at:]
    if written.open:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{written.open[-1][0]}"')
    return written


def _open_tag(written: _Written, tag: str, rest: str, at: int) -> None:
    if tag not in TAGS:
        raise _cannot(f'Unsupported start tag "{tag}" at byte offset {at}')
    link = re.search(r"href\s*=\s*[\"']?([^\"'\s]+)", rest) if tag == "a" else None
    more = {"url": unescape(link[1])} if link else {}
    written.begin(tag, TAGS[tag], at, **more)


def _close_tag(written: _Written, tag: str, at: int) -> None:
    if not written.open:
        raise _cannot(f"Unexpected end tag at byte offset {at}")
    if (expected := written.open[-1][0]) != tag:
        raise _cannot(f'Unmatched end tag at byte offset {at}, expected "</{expected}>", found "</{tag}>"')
    written.end()


def _markdown(source: str, marks: dict[str, str], reserved: frozenset[str]) -> _Written:
    written, at = _Written(), 0
    while at < len(source):
        here = source[at]
        if here == "\\" and source[at + 1 : at + 2] in (reserved or RESERVED):
            written.text += source[at + 1]
            at += 2
        elif here == "`":
            at = _code(written, source, at)
        elif here == "[":
            at = _link(written, source, at)
        elif mark := next((mark for mark in marks if source.startswith(mark, at)), None):
            if written.open and written.open[-1][0] == mark:
                written.end()
            else:
                written.begin(mark, marks[mark], _bytes(source, at))
            at += len(mark)
        elif here in reserved:
            raise _cannot(f"Character '{here}' is reserved and must be escaped with the preceding '\\'")
        else:
            written.text += here
            at += 1
    if written.open:
        raise _no_end(written.open[-1][1], written.open[-1][3])
    return written


def _code(written: _Written, source: str, at: int) -> int:
    mark = "```" if source.startswith("```", at) else "`"
    kind, end = ("pre" if len(mark) == 3 else "code"), source.find(mark, at + len(mark))
    if end < 0:
        raise _no_end(kind, _bytes(source, at))
    written.begin(mark, kind, at)
    written.text += source[at + len(mark) : end]
    written.end()
    return end + len(mark)


def _link(written: _Written, source: str, at: int) -> int:
    found = _LINK.match(source, at)
    if not found:
        raise _no_end("text_link", _bytes(source, at))
    written.begin("[", "text_link", at, url=found[2])
    written.text += found[1]
    written.end()
    return found.end()


_MODES: dict[str, Callable[[str], _Written]] = {
    "html": _html,
    "markdown": lambda source: _markdown(source, MARKS_1, frozenset()),
    "markdownv2": lambda source: _markdown(source, MARKS_2, RESERVED),
}


def _bytes(source: str, at: int) -> int:
    return len(source[:at].encode())


def _cannot(why: str) -> Refusal:
    return bad(f"can't parse entities: {why}")


def _no_end(kind: str, at: int) -> Refusal:
    name = "".join(part.capitalize() for part in kind.split("_"))
    return _cannot(f"Can't find end of {name} entity at byte offset {at}")
