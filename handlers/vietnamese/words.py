"""Vietnamese words as people type them: folded for search, tidied for keeping, in dictionary order.

Why not one fold for everything: without accents «dừng» (stop) and «đúng» (right) are the same letters. Whoever
types no accents is understood all the same, but an accent that was typed is believed; see `Lexicon`.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # à ả ã á ạ
_SHAPES = {"\u0306", "\u0302", "\u031b"}  # ă â ơ
_PLAIN_D = str.maketrans("đĐðÐ", "dDdD")
_STROKED_D = str.maketrans("ðÐ", "đĐ")
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(ord("a") + place) for place, letter in enumerate(_ALPHABET)}
_VOWELS = frozenset("aeiouy")
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_MARKS_KEPT = 3
# More letters in a row that are neither of Europe, nor Vietnamese, nor common signs than a pile of marks may have.
_MAY_BE_A_PILE = re.compile(f"[^\0-\u02ff\u1ea0-\u1ef9\u2000-\u206f]{{{_MARKS_KEPT + 1}}}")

Form = Literal["NFC", "NFD", "NFKC"]


def composed(text: str, form: Form = "NFC") -> str:
    """Bring a text to one of Unicode's forms. Of a pile of combining marks only the first three stay.

    Why nothing else calls Unicode's own function: it sorts the marks of a letter, which takes a second for 40,000.
    """
    if _MAY_BE_A_PILE.search(text):
        text = _without_piles(text)
    return unicodedata.normalize(form, text)


def _without_piles(text: str) -> str:
    kept: list[str] = []
    pile = 0
    for c in text:
        pile = pile + 1 if unicodedata.category(c).startswith("M") else 0
        if pile <= _MARKS_KEPT:
            kept.append(c)
    return "".join(kept)


def fold(text: str) -> str:
    """Reduce to lower-case letters and digits without accents, words parted by one space: «Đà Nẵng» is "da nang"."""
    letters = (c for c in composed(text, "NFD") if not unicodedata.category(c).startswith("M"))
    plain = "".join(letters).translate(_PLAIN_D).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def tidy(text: str) -> str:
    """Keep what may be stored of a text someone typed.

    NFC; control characters but newline and tab, lone surrogates, invisible and direction characters are dropped (a
    joiner between two emoji stays), and of a pile of combining marks the first three.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isprintable():
        return composed(text).strip()
    around = zip(" " + text, text, text[1:] + " ", strict=False)
    seen = "".join(c for before, c, after in around if _may_be_seen(c, before, after))
    return composed(seen).strip()


def _may_be_seen(c: str, before: str, after: str) -> bool:
    if c == _JOINER:
        return _is_emoji(before) and _is_emoji(after)
    return c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"}


def _is_emoji(c: str) -> bool:
    skin_tone = "\U0001f3fb" <= c <= "\U0001f3ff"
    return c == _EMOJI_STYLE or skin_tone or unicodedata.category(c) == "So"


def sort_key(text: str) -> str:
    """Give the text a key in Vietnamese dictionary order: letters first (a ă â … d đ …), tones only between equals."""
    letters: list[str] = []
    tones: list[str] = []
    for word in re.findall(r"[^\W_]+", composed(text.translate(_STROKED_D)).casefold()):
        parts = composed(word, "NFD")
        shaped = composed("".join(c for c in parts if c not in _TONES))
        letters.append("".join(_RANK.get(c, c) for c in shaped))
        tones.append(max((_TONES[c] for c in parts if c in _TONES), default="0"))
    # A tab sorts before the space between words, and that before every letter.
    return " ".join(letters) + "\t" + "".join(tones)


def prefixes(name: str) -> frozenset[str]:
    """List each folded word of a name and its beginnings of three letters and more, for finding people by name."""
    words = fold(name).split()
    return frozenset(words) | {word[:size] for word in words for size in range(3, len(word))}


def accents(text: str) -> frozenset[tuple[int, str]]:
    """Tell which accents were typed and where; «Hoà» and «Hòa» have the same.

    A shape (ă â ơ đ) is placed by its letter, a tone by its run of vowels, spaces left out.
    """
    found: set[tuple[int, str]] = set()
    letter, vowels, in_vowels = -1, -1, False
    for c in composed(text.translate(_STROKED_D).casefold(), "NFD"):
        if c in _TONES:
            found.add((vowels, c))
        elif c in _SHAPES:
            found.add((letter, c))
        elif c.isalnum():
            letter += 1
            if c == "đ":
                found.add((letter, c))
            vowels += c in _VOWELS and not in_vowels
            in_vowels = c in _VOWELS
    return frozenset(found)


class Lexicon(Generic[T]):
    """Phrases written with all their accents and what each means.

    A phrase typed without some or all of its accents is found; one with an accent that doesn't belong is not.
    """

    def __init__(self, meanings: Mapping[str, T]) -> None:
        """Meanings: phrase -> what it means; several phrases, parted by commas, may share one entry."""
        self._entries: dict[str, list[tuple[frozenset[tuple[int, str]], T]]] = {}
        for phrases, meaning in meanings.items():
            for phrase in phrases.split(","):
                self._entries.setdefault(fold(phrase), []).append((accents(phrase), meaning))

    def get(self, typed: str) -> T | None:
        """Say what a typed phrase means, None if it isn't one of ours."""
        entries = self._entries.get(fold(typed))
        if entries is None:
            return None
        heard = accents(typed)
        return next((meaning for spelled, meaning in entries if heard <= spelled), None)

    def __contains__(self, typed: str) -> bool:
        return self.get(typed) is not None
