"""Whether a text that somebody was sent says what an announcement of ours says, and nothing else.

Why word for word: whoever deceives people takes our code, or most of our message, and puts a few words of his own in.
What was cut off at either end, typed without accents or in capitals is ours all the same.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from handlers.desk.announcing.rows import BROADCAST_PREFIX
from handlers.vietnamese import words
from storage.ids import read_code

FEW = 6  # words; so few of ours stand in other people's messages too
_CODE = re.compile(r"(?<![^\W_])TB[\s\-–]*([0-9A-Z]{4})[\s\-–]*([0-9A-Z]{4})(?![^\W_])", re.I)
# Signs count only there: «da-nang.vn» and «da.nang.vn» are not one address, though both have the same words.
_LINK = re.compile(r"\S*[^\W_][./@][^\W\d_]\S*")
_AROUND = ".,;:!?()[]{}<>«»“”\"'…"


def codes(typed: str) -> tuple[str, ...]:
    """What looks like the code of an announcement, each as it is to be read."""
    found = (read_code(first + last, BROADCAST_PREFIX) for first, last in _CODE.findall(typed))
    return tuple(dict.fromkeys(code for code in found if code is not None))


def without_codes(typed: str) -> str:
    """A text without the codes of announcements in it."""
    return _CODE.sub(" ", typed)


def says_no_more(typed: str, ours: Iterable[str]) -> bool:
    """Whether every word of a text stands in one text of ours, in its order and without a gap."""
    texts = tuple(ours)
    return any(_stands_in(part, one) for one in texts for part in (typed, without_codes(typed)))


def is_made_of(typed: str, ours: Iterable[str]) -> bool:
    """Whether every line of a text is a line of ours, as in a digest; of the first and the last a part will do.

    Which codes stand in a line is all the same.
    """
    texts = tuple(ours)
    known = {folded for one in texts for line in one.splitlines() for folded in _both_ways(line)}
    lines = [_both_ways(line) for line in typed.splitlines() if words.fold(line)]
    ends = all(any(part in one for part in line for one in known) for line in (*lines[:1], *lines[-1:]))
    whole = all(not known.isdisjoint(line) for line in lines[1:-1])
    return bool(lines) and ends and whole and _has_only_links_of(typed, "\n".join(texts))


def is_short(typed: str) -> bool:
    """Whether a text is too short to be told from others."""
    return len(words.fold(typed).split()) < FEW


def _stands_in(typed: str, ours: str) -> bool:
    folded = words.fold(typed)
    return bool(folded) and folded in _folded(ours) and _has_only_links_of(typed, ours)


def _both_ways(line: str) -> frozenset[str]:
    """A line with its codes and without them."""
    return frozenset(folded for part in (line, without_codes(line)) if (folded := words.fold(part)))


def _has_only_links_of(typed: str, ours: str) -> bool:
    whole = words.tidy(ours).casefold()
    links = (link.strip(_AROUND) for link in _LINK.findall(words.tidy(typed).casefold()))
    return all(link in whole for link in links)


@lru_cache(maxsize=4096)
def _folded(ours: str) -> str:
    return words.fold(ours)
