"""How people write, brought to one spelling: no accents, teencode and words of the country put into common ones.

Why a table and not a dictionary of Vietnamese: whoever writes «hk» or «răng» writes it a hundred times a day, while a
slip of the thumb is never twice the same; for that the pieces of words are heard.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from handlers.vietnamese import words

_TABLE = Path(__file__).parent / "data" / "spellings.tsv"
MOST_LETTERS = 1000  # of a message; who says what she wants says it in so many

# What a number is matters more than which: a phone's, a code of ours, anything else.
_PHONE = re.compile(r"\b(?:0|84)(?: ?\d){8,10}\b")
_CODE = re.compile(r"\b(?:hs|uh|kc|tb|cd) ?[0-9a-z]{4} ?[0-9a-z]{4}\b")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text as typed, in small letters, without what stands between them."""
    return tuple(_WORD.findall(words.composed(text[:MOST_LETTERS]).casefold()))


def plain(text: str) -> str:
    """The same in the common spelling, folded; "0" for a number, "0phone" and "0code" for those."""
    table = _spellings()
    typed = _CODE.sub("0code", _PHONE.sub("0phone", " ".join(tokens(text)))).split()
    folded = words.fold(" ".join(table.get(word) or table.get(words.fold(word)) or word for word in typed))
    return _DRAWN_OUT.sub(r"\1", _NUMBER.sub("0", folded))


@cache
def _spellings() -> Mapping[str, str]:
    """By how it is written: an accent typed has to be that of the table, none at all fits any."""
    table: dict[str, str] = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            written, word = line.split("\t")
            table.setdefault(written, word)
    return table
