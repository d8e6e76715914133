"""Loads the texts, checks that the languages say the same things, and prints phrases with their values.

Why a missing text fails at loading and not at the person: both files must have the same keys, and each pair the same
placeholders.
"""

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from handlers.texts.phrase import Bilingual, Dong, Lines, Phrase
from handlers.vietnamese import words

LANGUAGES = ("vi", "en")
_UNIT_BEHIND_A_WORD = re.compile(r"[^\W_][,;]? \{(units?)\}")
_KIND_OF_UNIT = re.compile(r"(?:^|(?<=, ))(?:Phường|Xã|Đặc khu)(?= )")


class BadText(Exception):
    """The texts of the languages do not fit each other; the message names the first key that does not."""


@dataclass(frozen=True, repr=False)  # printed, it would be every word we have
class Texts:
    """sentences: by language and dotted key. heard, exact: words that mean something, folded and as spelled."""

    sentences: Mapping[str, Mapping[str, str]]
    heard: Mapping[str, frozenset[str]]
    exact: Mapping[str, frozenset[str]]

    def sentence(self, language: str, key: str, scope: str = "") -> str:
        """The text of a key, looked for in the scope (a conversation) first. Raises KeyError if there is none."""
        known = self.sentences[language if language in self.sentences else LANGUAGES[0]]
        return known[f"{scope}.{key}"] if f"{scope}.{key}" in known else known[key]

    def has(self, key: str, scope: str = "") -> bool:
        known = self.sentences[LANGUAGES[0]]
        return f"{scope}.{key}" in known or key in known


@dataclass(frozen=True, kw_only=True)
class Voice:
    """Speaks one language.

    given: values every text may name, such as the hotline. abroad: what is said passes through servers abroad, so a
    text under [abroad] takes the place of one that would tell something private.
    """

    texts: Texts
    language: str
    zone: ZoneInfo
    given: Mapping[str, object]
    abroad: bool = False

    def say(self, phrase: Phrase, scope: str = "") -> str:
        """Print a phrase. Raises KeyError for a key or a value that is not there."""
        covered = self.abroad and self.texts.has(f"abroad.{phrase.key}")
        template = self.texts.sentence(self.language, f"abroad.{phrase.key}" if covered else phrase.key, scope)
        if "{" not in template:
            return template
        own = phrase.values
        values = {name: own[name] if name in own else self.given[name] for name in placeholders(template)}
        said = {name: self._value(value, scope) for name, value in values.items()}
        if self.language == "vi":
            said |= {name: _KIND_OF_UNIT.sub(_small, said[name]) for name in units_inside_sentences(template)}
        return template.format_map(said)

    def name(self, phrase: Phrase, scope: str = "") -> str:
        """The whole key of a phrase: with its scope if the text is that scope's own."""
        own = f"{scope}.{phrase.key}"
        return own if own in self.texts.sentences[LANGUAGES[0]] else phrase.key

    def _value(self, value: object, scope: str) -> str:
        match value:
            case Phrase():
                return self.say(value, scope)
            case Lines():
                return "\n".join(self._value(v, scope) for v in value.parts)
            case tuple() | list():
                return ", ".join(self._value(v, scope) for v in value)
            case Bilingual():
                return value.said[self.language]
            case Dong():
                return f"{value.amount:,}".replace(",", ".") + " đ"
            case datetime():
                here = value.astimezone(self.zone)
                return self.say(Phrase("clock.moment", {"clock": here.time(), "day": here.date()}))
            case time():
                key = "clock.with_minutes" if value.minute else "clock.sharp"
                return self.say(Phrase(key, {"hour": value.hour, "minutes": f"{value:%M}"}))
            case date():
                return f"{value:%d/%m/%Y}"
            case _:
                return str(value)


@lru_cache(maxsize=4096)
def placeholders(template: str) -> frozenset[str]:
    """The names in braces of a template."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


@lru_cache(maxsize=4096)
def units_inside_sentences(template: str) -> frozenset[str]:
    """The names of units that stand behind a word: «ở phường Hải Vân», but «Nơi: Phường Hải Vân»."""
    return frozenset(_UNIT_BEHIND_A_WORD.findall(template))


def _small(found: re.Match[str]) -> str:
    return found[0].lower()


@cache
def load() -> Texts:
    """Read the files beside this module. Raises BadText."""
    folder = Path(__file__).parent
    return build({language: (folder / f"{language}.toml").read_text("utf-8") for language in LANGUAGES})


def build(files: Mapping[str, str]) -> Texts:
    """Make the texts of the contents of one file per language. Raises BadText."""
    sentences: dict[str, dict[str, str]] = {}
    heard: dict[str, set[str]] = {}
    exact: dict[str, set[str]] = {}
    for language, content in files.items():
        sentences[language] = {}
        for key, value in _flat(tomllib.loads(content)):
            if isinstance(value, str):
                sentences[language][key] = value.strip()
            else:
                heard.setdefault(key, set()).update(words.fold(w) for w in value)
                exact.setdefault(key, set()).update(words.tidy(w).casefold() for w in value)
    _check(sentences)
    return Texts(sentences, {k: frozenset(v) for k, v in heard.items()}, {k: frozenset(v) for k, v in exact.items()})


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterable[tuple[str, str | list[str]]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            yield f"{prefix}{name}", value
        elif isinstance(value, list):
            yield f"{prefix}{name}", [str(v) for v in value]
        else:
            raise BadText(f"{prefix}{name}: a text or a list of words is expected")


def _check(sentences: Mapping[str, Mapping[str, str]]) -> None:
    first, *others = sentences
    for language in others:
        one, other = sentences[first], sentences[language]
        if missing := sorted(one.keys() ^ other.keys()):
            raise BadText(f"{missing[0]}: missing in {language if missing[0] in one else first}")
        for key, template in one.items():
            if _named(key, template) != _named(key, other[key]):
                raise BadText(f"{key}: {first} and {language} name different values")


def _named(key: str, template: str) -> frozenset[str]:
    """The names in braces. Raises BadText if a brace is not closed or holds more than a name."""
    try:
        fields = [field for field in string.Formatter().parse(template) if field[1] is not None]
    except ValueError as wrong:
        raise BadText(f"{key}: {wrong}") from wrong
    if any(spec or conversion or not (name or "").isidentifier() for _, name, spec, conversion in fields):
        raise BadText(f"{key}: braces hold a name and nothing else")
    return placeholders(template)
