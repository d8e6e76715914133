"""What words mean that answer no question: commands, menu keywords, urgent words. Words come from the texts."""

import re
from dataclasses import dataclass

from handlers import words
from handlers.texts import Texts

_EDIT = re.compile(r"(?:sua|edit) (\d{1,2})")
_EXACT_EDIT = re.compile(r"(?:sửa|edit|/sua|/edit) (\d{1,2})")


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and the number it names if it is "edit 3"."""

    name: str
    number: int = 0


def alone(texts: Texts, typed: str, *, accented: bool) -> Command | None:
    """The command that these words are, standing alone.

    accented: only if every accent is right, since bare `huy`, `dung` and `sua` are people's names and milk.
    """
    exact = " ".join(words.tidy(typed).casefold().split())
    pattern, spoken = (_EXACT_EDIT, exact) if accented else (_EDIT, words.fold(typed))
    if found := pattern.fullmatch(spoken):
        return Command("edit", int(found[1]))
    known = texts.exact if accented else texts.heard
    for key, spellings in known.items():
        if key.startswith("commands.") and spoken in spellings:
            return Command(key.removeprefix("commands."))
    return None


def urgent(texts: Texts, typed: str) -> bool:
    """Whether an urgent word stands anywhere in what was typed."""
    return _holds(words.fold(typed), texts.heard["urgent_words"]) is not None


def keyword(texts: Texts, typed: str) -> str | None:
    """The conversation that these words ask for; the longest keyword found decides."""
    folded = words.fold(typed)
    best: tuple[int, str] | None = None
    for key, spellings in texts.heard.items():
        if key.startswith("keywords.") and (found := _holds(folded, spellings)):
            best = max(best or (0, ""), (len(found), key.removeprefix("keywords.")))
    return best[1] if best else None


def _holds(folded: str, spellings: frozenset[str]) -> str | None:
    padded = f" {folded} "
    found = [s for s in spellings if s and f" {s} " in padded]
    return max(found, key=len) if found else None
