"""The 94 communes and wards of Đà Nẵng since 1 July 2025, and how people name them: new, old, or by former district.

Why a name is hardly ever guessed: 22 former districts have lent their name to one of the communes they were made
into, and some old communes differ by an accent alone. Whatever fits two places is handed back as two candidates.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

from handlers.vietnamese.words import Lexicon, accents, composed, fold, sort_key

_DATA = Path(__file__).with_name("units.csv")
_MOST_LETTERS, _MOST_CANDIDATES, _MOST_NEAR = 2_000, 9, 3
_LONGEST_NAME = 4  # words; three, and one more for «A Vương» and its like typed apart
_NEAR_ENOUGH = 0.8  # difflib's ratio; one or two letters wrong
_NEAR_WORDS, _LONGEST_NEAR, _MOST_STRETCHES = 6, 16, 24  # what is compared, so that a long text costs no time
_EVERYDAY = frozenset(("ba", "tu", "lang", "dang"))  # «Ba», «Tư», «Lăng», «Dang» are communes, but words as well

_KINDS = Lexicon(
    {
        "phường,p,ward": "phường",
        "xã,x,commune": "xã",
        "thị trấn,tt,town": "thị trấn",
        "đặc khu,đk": "đặc khu",
        "quận,q,huyện,h,thị xã,tx,thành phố,tp,district,city": "district",
        "thôn,xóm,làng,tổ,khối,khu,đường,street": "smaller",
    }
)
_SUFFIXES = Lexicon({"bắc,nam,đông,tây,trung": "side", "1,2,3": "number"})
_NO_NAMES = re.compile(r"\b(?:thanh pho|thi xa|thi tran|dac khu|da nang|quang nam|viet nam)\b")
_ROMAN = {"i": "1", "ii": "2", "iii": "3"}
_LARGER = ("Đà Nẵng", "Quảng Nam", "Việt Nam")  # named along with a unit, and no answer by themselves


@dataclass(frozen=True, slots=True)
class OldUnit:
    """A commune, ward or town until 30 June 2025. partial: it was split, and this is one part."""

    name: str
    district: str
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """A commune-level unit of today. code: the statistics office's. name: with its kind, as in «Xã Bà Nà»."""

    id: str
    code: str
    name: str
    kind: str
    old: tuple[OldUnit, ...]


@dataclass(frozen=True, slots=True)
class NamedCommune:
    """A unit somebody named. was: the old unit's full name if it was that which they typed."""

    unit: Commune
    was: str | None


@dataclass(frozen=True, slots=True)
class District:
    """A district until 30 June 2025, such as «Huyện Tây Giang»; it lies in several units."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PossiblePlaces:
    """What a typed place may be, best first. sure: there is one, a commune, and its name fits exactly."""

    candidates: tuple[NamedCommune | District, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of a place. within: ids of the unit and of the former districts it belongs to."""

    spelled: frozenset[tuple[int, str]]
    kind: str
    means: NamedCommune | District
    within: frozenset[str]

    @property
    def id(self) -> str:
        return self.means.unit.id if isinstance(self.means, NamedCommune) else self.means.id


@dataclass(frozen=True, slots=True)
class _Word:
    typed: str
    folded: str


@dataclass(frozen=True, slots=True)
class _Mention:
    """A stretch of the text and the names it fits, but for accents left out. smaller: a hamlet or street is meant."""

    names: tuple[_Name, ...]
    fits: bool
    smaller: bool = False


@cache
def all_units() -> Mapping[str, Commune]:
    """Give the units by id, in Vietnamese order of their full names."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    units = []
    for (code, name), parts in groupby(rows, lambda row: (row["code"], row["unit"])):
        old = tuple(OldUnit(p["old"], p["district"], p["part"] == "part") for p in parts if p["old"])
        units.append(Commune(id=_slug(name), code=code, name=name, kind=_split_kind(name)[0], old=old))
    return MappingProxyType({unit.id: unit for unit in sorted(units, key=lambda unit: sort_key(unit.name))})


def units_of(district_id: str) -> tuple[NamedCommune, ...]:
    """List the units made of a former district, at most 7, in Vietnamese order; none if there was no such district."""
    units = all_units().values()
    return tuple(NamedCommune(unit, None) for unit in units if district_id in {_slug(old.district) for old in unit.old})


def find(typed: str, *, misspelt: bool = True) -> PossiblePlaces:
    """Find the places that a text names, with or without accents, kinds and old districts. Never raises.

    At most 9 candidates, or 3 if the name is misspelt; none if the text names no place. misspelt: look for such a name
    too.
    """
    text = composed(typed[:_MOST_LETTERS])
    phrases = [words for part in re.split(r"[,;:\n()/–-]+", text) if (words := _words_of(part))]
    if sum(len(word.folded) for words in phrases for word in words) < 3:
        return PossiblePlaces((), sure=False)
    accented = bool(accents(text))
    for exactly, index in zip((True, False), _indexes(), strict=True):
        mentions = [mention for words in phrases for mention in _mentions(words, index, accented=accented)]
        if mentions:
            mentions = _narrow([m for m in mentions if not m.smaller] or mentions)
            candidates = _places(name for mention in mentions for name in mention.names)
            one_place = len(candidates) == 1 and isinstance(candidates[0], NamedCommune)
            return PossiblePlaces(candidates, sure=one_place and exactly and all(m.fits for m in mentions))
    return PossiblePlaces(_nearly(phrases) if misspelt else (), sure=False)


@cache
def _slug(name: str) -> str:
    return fold(name).replace(" ", "_")


def _split_kind(name: str) -> tuple[str, str]:
    """Part «Thị trấn Trà My» into its kind, in small letters, and the rest."""
    words = name.split()
    size = 1 if words[0] in ("Phường", "Xã", "Quận", "Huyện") else 2
    return " ".join(words[:size]).lower(), " ".join(words[size:])


def _key(name: str) -> str:
    return "".join(_ROMAN.get(word, word) for word in fold(name).split())


def _every_name() -> Iterator[tuple[str, _Name]]:
    """Go through all names, present ones first, so that they win over an old one of the same unit."""
    units = all_units().values()
    districts = {unit.id: frozenset(_slug(old.district) for old in unit.old) for unit in units}
    for unit in units:
        bare = _split_kind(unit.name)[1]
        yield bare, _Name(accents(bare), unit.kind, NamedCommune(unit, None), districts[unit.id] | {unit.id})
    for unit in units:
        for old in unit.old:
            kind, bare = _split_kind(old.name)
            place = NamedCommune(unit, f"{old.name}, {old.district}")
            yield bare, _Name(accents(bare), kind, place, frozenset((unit.id, _slug(old.district))))
    for name in sorted({old.district for unit in units for old in unit.old}, key=sort_key):
        bare = _split_kind(name)[1]
        yield bare, _Name(accents(bare), "district", District(_slug(name), name), frozenset((_slug(name),)))


@cache
def _indexes() -> tuple[Mapping[str, tuple[_Name, ...]], Mapping[str, tuple[_Name, ...]]]:
    """Index the names by their letters alone, so that «A Vương» and «Avuong» are one.

    A second index has names such as «Hòa Thọ Đông» and «Quế Xuân 2» by what is left without the last word.
    """
    names: dict[str, tuple[_Name, ...]] = {_key(name): () for name in _LARGER}
    stems: dict[str, tuple[_Name, ...]] = {}
    for bare, name in _every_name():
        names[_key(bare)] = (*names.get(_key(bare), ()), name)
        stem, _, last = bare.rpartition(" ")
        if " " in stem and _ROMAN.get(last.lower(), last) in _SUFFIXES:
            stems[_key(stem)] = (*stems.get(_key(stem), ()), name)
    return names, stems


def _words_of(text: str) -> list[_Word]:
    typed = re.findall(r"[^\W_]+", text)
    pairs = [(word, fold(word).replace(" ", "")) for word in typed]
    return [_Word(word, _ROMAN.get(folded, folded) if place else folded) for place, (word, folded) in enumerate(pairs)]


def _mentions(words: list[_Word], index: Mapping[str, tuple[_Name, ...]], *, accented: bool) -> list[_Mention]:
    """Find the names in a phrase, longest first, none overlapping, and return them as they were typed."""
    taken: dict[int, tuple[int, tuple[_Name, ...]]] = {}
    used: set[int] = set()
    for size in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            span = range(start, start + size)
            names = index.get("".join(words[i].folded for i in span))
            if names is None or not used.isdisjoint(span) or _is_everyday_word(words, span):
                continue
            used.update(span)
            taken[start] = (start + size, names)
    mentions = []
    floor = 0  # A word of the name before is no kind: «Bình Dương Thăng Bình» has no street in it.
    for start, (end, fitting) in sorted(taken.items()):
        if fitting:
            mentions.append(_settle(words[floor:], start - floor, end - floor, fitting, accented=accented))
        floor = end
    return mentions


def _is_everyday_word(words: list[_Word], span: range) -> bool:
    """Tell whether a name such as «Ba» stands in a sentence without its kind before it."""
    everyday = len(span) == 1 and words[span.start].folded in _EVERYDAY
    return everyday and len(words) > 1 and _kind_around(words, span.start, span.stop) in (None, "district", "smaller")


def _kind_around(words: list[_Word], start: int, end: int) -> str | None:
    """Read the kind typed before a name, or behind it as in «Hoa Khanh ward»."""
    before = [" ".join(word.typed for word in words[max(0, start - size) : start]) for size in (2, 1)]
    behind = words[end].typed if end < len(words) and words[end].typed.isascii() and len(words[end].typed) > 2 else ""
    return next((kind for part in (*before, behind) if (kind := _KINDS.get(part))), None)


def _settle(words: list[_Word], start: int, end: int, names: tuple[_Name, ...], *, accented: bool) -> _Mention:
    """Choose among the names that share these letters by accents, by kind, and by what stands behind."""
    heard = accents("".join(word.typed for word in words[start:end]))
    kind = _kind_around(words, start, end)
    behind = words[end] if end < len(words) else _Word("", "")
    suffix = _SUFFIXES.get(behind.folded if behind.folded.isdigit() else behind.typed)
    if kind == "smaller":
        return _Mention(names, fits=False, smaller=True)
    if kind == "district":
        districts = tuple(name for name in names if name.kind == kind)
        return _Mention(districts or names, fits=bool(districts))
    if kind or suffix == "number":
        names = tuple(name for name in names if name.kind != "district") or names
    if suffix:
        # «An Hải Tây» was merged before the list begins: its sisters are as likely as «An Hải».
        stem = _key(" ".join(word.typed for word in words[start:end]))
        return _Mention(names + _indexes()[1].get(stem, ()), fits=False)
    fitting = [name for name in names if heard <= name.spelled and kind in (None, name.kind)]
    exact = [name for name in fitting if accented and heard == name.spelled]
    return _Mention(tuple(exact or fitting or names), fits=bool(fitting))


def _narrow(mentions: list[_Mention]) -> list[_Mention]:
    """Take «Hòa Sơn, Hòa Vang» as one place if the other names say where it lies."""
    if len(mentions) == 1:
        return mentions
    for mention in mentions:
        others = [{name.id for name in other.names} for other in mentions if other is not mention]
        places = (name for name in mention.names if isinstance(name.means, NamedCommune))
        kept = tuple(name for name in places if all(name.within & other for other in others))
        if kept:
            return [_Mention(kept, mention.fits)]
    return mentions


def _places(names: Iterable[_Name]) -> tuple[NamedCommune | District, ...]:
    """Take each unit and district once, in order."""
    found: dict[str, NamedCommune | District] = {}
    for name in names:
        found.setdefault(name.id, name.means)
    return tuple(found.values())[:_MOST_CANDIDATES]


def _nearly(phrases: list[list[_Word]]) -> tuple[NamedCommune | District, ...]:
    """Find the names that differ from a stretch of the text by one or two letters, nearest first."""
    names = _indexes()[0]
    stretches: list[str] = []
    for words in phrases:
        line = _NO_NAMES.sub(" ", " ".join(word.folded for word in words if word.typed not in _KINDS))
        kept = line.split()[-_NEAR_WORDS:]
        for size, least in ((3, 6), (2, 6), (4, 6), (1, 7)):
            runs = ("".join(kept[i : i + size]) for i in range(len(kept) - size + 1))
            stretches.extend(run for run in runs if least <= len(run) <= _LONGEST_NEAR)
    near: list[_Name] = []
    for stretch in stretches[:_MOST_STRETCHES]:
        for key in get_close_matches(stretch, names, _MOST_NEAR, _NEAR_ENOUGH):
            near.extend(names[key])
    return _places(near)[:_MOST_NEAR]


def unit_name(unit_id: str | None) -> str:
    """A unit's name; a dash where it is not known yet."""
    unit = all_units().get(unit_id or "")
    return unit.name if unit else "–"
