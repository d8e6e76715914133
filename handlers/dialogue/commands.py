"""What words mean that answer no question: commands, menu keywords, urgent words. Words come from the texts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handlers.texts import Texts
from handlers.vietnamese import words

_EDIT = re.compile(r"(?:sua|edit) (\d{1,2})")
_EXACT_EDIT = re.compile(r"(?:sửa|edit|/sua|/edit) (\d{1,2})")
_LINK = re.compile(r"(?:lien ?ket|link) ([0-9a-z]{4} ?[0-9a-z]{4})")
_EXACT_LINK = re.compile(r"liên kết ([0-9a-z]{4}[ -]?[0-9a-z]{4})")
# The code of an announcement, alone or somewhere in what was sent on to us.
_ANNOUNCED = re.compile(r"(?:^| )tb ?[0-9a-z]{4} ?[0-9a-z]{4}(?: |$)")
_JUST_ANNOUNCED = re.compile(r"(?:tin )?tb ?[0-9a-z]{4} ?[0-9a-z]{4}")
# What officials do to one announcement, by its code.
_ACTS = {
    "stop_announcement": (re.compile(r"(?:dung|stop) (tb ?[0-9a-z]{4} ?[0-9a-z]{4})"), words.accents("dừng")),
    "announcement": (re.compile(r"(?:duyet|approve) (tb ?[0-9a-z]{4} ?[0-9a-z]{4})"), words.accents("duyệt")),
}
_STOP_SLASH = re.compile(r"(?:/dung|/stop)\s+(\S.*)", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and what it names: the number of "edit 3", the code of "link 4K7M-92QX", or all that was sent on."""

    name: str
    number: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A conversation that a keyword names. alone: whether nothing else was typed."""

    conversation: str
    alone: bool


def alone(texts: Texts, typed: str, *, accented: bool) -> Command | None:
    """The command that these words are, standing alone.

    accented: a single word only if every accent is right, since bare `huy`, `dung` and `sua` are people's names and
    milk; nobody is called «quay lai».
    """
    exact = " ".join(words.tidy(typed).casefold().split())
    folded = words.fold(typed)
    pattern, spoken = (_EXACT_EDIT, exact) if accented else (_EDIT, folded)
    if (found := pattern.fullmatch(spoken)) and words.accents(typed) <= words.accents("sửa"):
        return Command("edit", int(found[1]))
    pattern = _EXACT_LINK if accented else _LINK
    if (found := pattern.fullmatch(spoken)) and words.accents(typed) <= words.accents("liên kết"):
        return Command("link", code=found[1])
    if (command := _of_announcement(typed, folded)) is not None:
        return command
    if (_JUST_ANNOUNCED.fullmatch if accented else _ANNOUNCED.search)(folded):
        return Command("verify", code=words.tidy(typed))
    for key, spellings in texts.heard.items():
        if not key.startswith("commands.") or folded not in spellings:
            continue
        bare = not accented or " " in folded
        if exact in texts.exact[key] or (bare and _spelled(exact, texts.exact[key])):
            return Command(key.removeprefix("commands."))
    # Bare «/dung» is everybody's word for no more news; with anything behind it, it names an announcement.
    slash = _STOP_SLASH.fullmatch(words.tidy(typed)) if typed.lstrip().startswith("/") else None
    return Command("stop_announcement", code=slash[1]) if slash else None


def _of_announcement(typed: str, folded: str) -> Command | None:
    """What is to be done to an announcement, where its code stands behind the word and nothing else does."""
    for name, (pattern, accents) in _ACTS.items():
        if (found := pattern.fullmatch(folded)) and words.accents(typed) <= accents:
            return Command(name, code=found[1])
    return None


def urgent(texts: Texts, typed: str) -> bool:
    """Whether an urgent word stands anywhere in what was typed."""
    return _holds(texts, _parts(typed), "urgent_words") is not None


def keyword(texts: Texts, typed: str) -> Named | None:
    """The conversation that these words name; the longest keyword found decides."""
    parts = _parts(typed)
    best: tuple[int, str] | None = None
    for key in texts.heard:
        if key.startswith("keywords.") and (found := _holds(texts, parts, key)):
            best = max(best or (0, ""), (len(found), key.removeprefix("keywords.")))
    whole = len(" ".join(folded for folded, _ in parts))
    return Named(best[1], alone=best[0] == whole) if best else None


def _parts(typed: str) -> list[tuple[str, str]]:
    """Each word, folded and as it was typed."""
    return [(words.fold(word), word) for word in re.findall(r"[^\W_]+", words.tidy(typed))]


def _holds(texts: Texts, parts: Sequence[tuple[str, str]], key: str) -> str | None:
    """The longest phrase under a key that stands among these words."""
    padded = f" {' '.join(folded for folded, _ in parts)} "
    found = [s for s in texts.heard[key] if s and f" {s} " in padded and _stands(s, parts, texts.exact[key])]
    return max(found, key=len) if found else None


def _stands(phrase: str, parts: Sequence[tuple[str, str]], spellings: Iterable[str]) -> bool:
    wanted = phrase.split()
    for start in range(len(parts) - len(wanted) + 1):
        window = parts[start : start + len(wanted)]
        if [folded for folded, _ in window] == wanted and _spelled(" ".join(word for _, word in window), spellings):
            return True
    return False


def _spelled(typed: str, spellings: Iterable[str]) -> bool:
    """Whether this is one of some phrases, with all, some or none of its accents: «từ từ» is not «tự tử»."""
    accents = words.accents(typed)
    return any(words.fold(s) == words.fold(typed) and accents <= words.accents(s) for s in spellings)
