"""How people say how many of something, «2 tạ gạo», and in which months, «tháng 3 đến 5».

Why weights become kilograms: an official gives on a part of what was promised, and parts of one sack add up to it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from handlers.flow.amounts import number
from handlers.vietnamese.words import Lexicon, composed

_MOST_LETTERS = 200
YEAR = tuple(range(1, 13))
_PIECE = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[-–−]")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:,\d{3})+")
_PLAIN = re.compile(r"[1-9]\d{0,8}(?:[.,]\d{1,2})?|0[.,]\d{1,2}")

# Phrase: what it is counted in, and how many of these it is.
_MEASURES: Lexicon[tuple[str, int]] = Lexicon(
    {
        "kg,ký,kí,ki,kilo,ki lô,kilogram,kilograms": ("kg", 1),
        "yến": ("kg", 10),
        "tạ": ("kg", 100),
        "tấn,ton,tons,tonne,tonnes": ("kg", 1_000),
        "lít,litre,litres,liter,liters": ("lít", 1),
        "thùng,box,boxes,carton,cartons": ("thùng", 1),
        "bao,sack,sacks,bag,bags": ("bao", 1),
        "gói,hộp,pack,packs,packet,packets": ("gói", 1),
        "chai,bottle,bottles": ("chai", 1),
        "cái,chiếc,piece,pieces": ("cái", 1),
        "bộ,set,sets": ("bộ", 1),
        "đôi,pair,pairs": ("đôi", 1),
        "cuốn,quyển,book,books": ("cuốn", 1),
        "suất,phần,portion,portions": ("suất", 1),
        "con,animal,animals": ("con", 1),
        "cây,tree,trees,seedling,seedlings": ("cây", 1),
    }
)
MEASURES = ("kg", "lít", "thùng", "bao", "gói", "chai", "cái", "bộ", "đôi", "cuốn", "suất", "con", "cây")
_HALF = Lexicon({"nửa,half": True})
_AND_A_HALF = Lexicon({"rưỡi": True})
_LESS = Lexicon({"âm,trừ,minus": True})

_SPOKEN_MONTHS = Lexicon(
    {
        "một,giêng": 1, "hai": 2, "ba": 3, "bốn,tư": 4, "năm": 5, "sáu": 6, "bảy,bẩy": 7, "tám": 8, "chín": 9,
        "mười": 10, "mười một": 11, "mười hai": 12,
    }
)  # fmt: skip
_NAMED_MONTHS = Lexicon(
    {
        "january,jan": 1, "february,feb": 2, "march,mar": 3, "april,apr": 4, "may": 5, "june,jun": 6, "july,jul": 7,
        "august,aug": 8, "september,sep": 9, "october,oct": 10, "november,nov": 11, "december,dec": 12,
    }
)  # fmt: skip
_ALL_YEAR = Lexicon({"quanh năm,cả năm,suốt năm,tháng nào cũng có,all year,all year round,year round": True})
_MONTH = Lexicon({"tháng,month,months": True})
_UP_TO = Lexicon({"đến,tới,to,until,till": True})
_BESIDE = Lexicon({"và,với,từ,mùa,vụ,khoảng,dạ,ạ,from,and,about,in": True})


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of something. measure: one of `MEASURES`, or empty where it was not said."""

    count: int
    measure: str


def quantity(text: str) -> Quantity | None:
    """Read how many, with or without what they are counted in; None if there isn't one whole number of them."""
    pieces = _pieces(text)
    for place in range(1, len(pieces)):
        for size in (2, 1):
            named = _MEASURES.get(" ".join(pieces[place : place + size]))
            if named is not None and place + size <= len(pieces):
                count = _count(pieces[:place])
                half = place + size < len(pieces) and pieces[place + size] in _AND_A_HALF
                if count is None:
                    continue
                return _whole((count + Fraction(half, 2)) * named[1], named[0])
    count = _count(pieces)
    return None if count is None else _whole(count, "")


def quantity_of(text: str) -> tuple[Quantity, str] | None:
    """Read «2 cái chăn»: how many, counted in what, and of what; None if one of them was not said, or several were."""
    pieces = _pieces(text)
    for size in (1, 2):
        for place in range(1, len(pieces) - size):
            named, rest = _MEASURES.get(" ".join(pieces[place : place + size])), pieces[place + size :]
            count = _count(pieces[:place]) if named is not None else None
            if named is not None and count is not None:
                only_one = not any(p[0].isdigit() or p in _AND_A_HALF for p in rest) and not _counts(rest)
                found = _whole(count * named[1], named[0])
                return (found, " ".join(rest)) if found is not None and only_one else None
    return None


def months(text: str) -> tuple[int, ...] | None:
    """Read months of the year, 1 to 12 in order: listed, from one to another, or all; None if it says anything else."""
    pieces = _pieces(text)
    if " ".join(pieces) in _ALL_YEAR:
        return YEAR
    found: list[int] = []
    reaches = False
    for said in _said(pieces):
        if said is None:
            return None
        if said == 0:
            reaches = bool(found)
            continue
        found += _from_to(found[-1], said) if reaches else [said]
        reaches = False
    return tuple(sorted(set(found))) if found and not reaches else None


def in_season(months: Sequence[int]) -> tuple[int, ...]:
    """Months in the order of a season: one that goes over the new year begins in the old one."""
    found = sorted(set(months))
    gap = next((place for place in range(1, len(found)) if found[place] - found[place - 1] > 1), 0)
    over_new_year = {1, 12} <= set(found)
    return tuple(found[gap:] + found[:gap]) if over_new_year else tuple(found)


def _pieces(text: str) -> list[str]:
    plain = composed(text[:_MOST_LETTERS], "NFKC")[:_MOST_LETTERS]
    return _PIECE.findall(plain)


def _count(pieces: Sequence[str]) -> Fraction | None:
    """The one number of some words; «nửa» is a half. None of two, of less than nothing, or of a phone number."""
    if any(p in _LESS or p in "-–−" for p in pieces):
        return None
    if len(pieces) == 1 and pieces[0] in _HALF:
        return Fraction(1, 2)
    figures = [p for p in pieces if p[0].isdigit()]
    if not all(p.isascii() and (_GROUPED.fullmatch(p) or _PLAIN.fullmatch(p)) for p in figures):
        return None
    whole = number(" ".join(pieces))
    if whole is not None:
        return Fraction(whole)
    return Fraction(figures[0].replace(",", ".")) if len(pieces) == len(figures) == 1 else None


def _counts(pieces: Sequence[str]) -> bool:
    """Whether something is counted somewhere in these words."""
    return any(quantity(" ".join(pieces[place : place + 2])) for place in range(len(pieces) - 1))


def _whole(count: Fraction, measure: str) -> Quantity | None:
    return Quantity(int(count), measure) if count > 0 and count.denominator == 1 else None


def _said(pieces: Sequence[str]) -> Iterator[int | None]:
    """Each month, 0 for «đến», None for what is no month. A spelt one counts only where a month is spoken of."""
    place, spoken_of = 0, False
    while place < len(pieces):
        piece, two = pieces[place], " ".join(pieces[place : place + 2])
        spoken = _SPOKEN_MONTHS.get(two) if " " in two else None
        step = 2 if spoken else 1
        spoken = spoken or _SPOKEN_MONTHS.get(piece)
        if piece[0].isdigit():
            yield int(piece) if piece.isascii() and piece.isdigit() and len(piece) < 3 and int(piece) in YEAR else None
        elif spoken_of and spoken:
            yield spoken
            place += step - 1
        elif piece in _UP_TO or piece in "-–−":
            yield 0
        elif (named := _NAMED_MONTHS.get(piece)) is not None:
            yield named
        elif piece not in _MONTH and piece not in _BESIDE:
            yield None
        spoken_of = piece in _MONTH or piece in _UP_TO or (spoken_of and bool(spoken))
        place += 1


def _from_to(first: int, last: int) -> list[int]:
    """The months after one up to another, over the new year if need be."""
    return [(first + step) % 12 + 1 for step in range((last - first) % 12)]
