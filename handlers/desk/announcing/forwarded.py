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
_IN_A_LINK = re.compile(r"[^\W_][./@][^\W\d_]")
_AROUND = ".,;:!?()[]{}<>«»“”\"'…"


def codes(typed: str) -> tuple[str, ...]:
    """What looks like the code of an announcement, each as it is to be read."""
    found = (read_code(first + last, BROADCAST_PREFIX) for first, last in _CODE.findall(typed))
    return tuple(dict.fromkeys(code for code in found if code is not None))


def without_codes(typed: str) -> str:
    """A text without the codes of announcements in it."""
    return _CODE.sub(" ", typed)


def is_short(typed: str) -> bool:
    """Whether a text is too short to be told from others."""
    return len(words.fold(typed).split()) < FEW


class Forwarded:
    """A text that somebody was sent, read once, to be held against many of ours."""

    def __init__(self, typed: str) -> None:
        self._ways = [(folded, _links(part)) for part in (typed, without_codes(typed)) if (folded := words.fold(part))]
        self._lines = [_both_ways(line) for line in typed.splitlines() if words.fold(line)]

    def says_no_more(self, ours: Iterable[str]) -> bool:
        """Whether every word of it stands in one text of ours, in its order and without a gap."""
        texts = tuple(ours)
        return any(said in _folded(one) and _has_all(one, links) for one in texts for said, links in self._ways)

    def is_made_of(self, ours: Iterable[str]) -> bool:
        """Whether every line of it is a line of ours, as in a digest; of the first and the last a part will do.

        Which codes stand in a line is all the same.
        """
        texts = tuple(ours)
        known = {folded for one in texts for line in one.splitlines() for folded in _both_ways(line)}
        lines = self._lines
        ends = all(any(part in one for part in line for one in known) for line in (*lines[:1], *lines[-1:]))
        whole = all(not known.isdisjoint(line) for line in lines[1:-1])
        return bool(lines) and ends and whole and _has_all("\n".join(texts), self._ways[0][1])


def _both_ways(line: str) -> frozenset[str]:
    """A line with its codes and without them."""
    return frozenset(folded for part in (line, without_codes(line)) if (folded := words.fold(part)))


def _links(text: str) -> tuple[str, ...]:
    """The links in a text, without the signs around them."""
    found = (word.strip(_AROUND) for word in words.tidy(text).casefold().split())
    return tuple(word for word in found if _IN_A_LINK.search(word))


def _has_all(ours: str, links: tuple[str, ...]) -> bool:
    whole = words.tidy(ours).casefold()
    return all(link in whole for link in links)


@lru_cache(maxsize=4096)
def _folded(ours: str) -> str:
    return words.fold(ours)
