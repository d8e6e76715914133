"""Numbers and sums of money as Vietnamese people type or spell them: «mười hai», «2tr5», «1.500.000đ», «3 triệu/tháng».

Why a text with two numbers is not understood: «2-3 triệu» and «hai ba triệu» are ranges, and whoever is asked once
more loses a moment, while a wrong sum decides about a family.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from handlers.vietnamese.words import Lexicon, composed

Period = Literal["month", "year", "day"]

_MOST_LETTERS, _MOST_TOKENS = 2_000, 40
_MOST_DONG = 10**12
_TOO_MUCH = 10**15
_TOKEN = re.compile(
    r"(?!0)\d{1,3}([., ])\d{3}(?:\1\d{3})*(?!\d)(?:(?!\1)[.,]00?(?!\d))?|\d+(?:[.,]\d+)?|[^\W\d_]+|[^\w\s]"
)

_SPOKEN: Lexicon[int | str] = Lexicon(
    {
        **{"không": 0, "một,mốt,one": 1, "hai,two": 2, "ba,three": 3, "bốn,tư,four": 4, "năm,lăm,nhăm,five": 5},
        **{"sáu,six": 6, "bảy,bẩy,seven": 7, "tám,eight": 8, "chín,nine": 9, "ten": 10, "eleven": 11, "twelve": 12},
        **{"thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18},
        **{"nineteen": 19, "twenty": 20, "mười,mươi,chục": "ten", "trăm": "hundred", "linh,lẻ": "and"},
    }
)
_SCALES = Lexicon(
    {
        "k,nghìn,ngàn,thousand": 10**3,
        "xị,lít": 10**5,
        "tr,triệu,trđ,củ,chai,million": 10**6,
        "tỷ,tỉ,billion": 10**9,
    }
)
_MARKS = Lexicon({"rưỡi": "H", "nửa,half": "Q", "đồng,đ,vnđ,vnd": "D"})
_PERIODS: Lexicon[Period] = Lexicon(
    {"tháng,month,monthly": "month", "năm,year,yearly": "year", "ngày,day,daily": "day"}
)
_EACH = Lexicon({"mỗi,một,hằng,hàng,từng,cả,trong,per,each,every,a": True})
# With one of these it is a range, a share, less than nothing, or of a period we can't reckon with.
_VAGUE = Lexicon({"mấy,vài,hoặc,hay,đến,tới,âm,trừ,tuần,giờ,buổi,vụ,quý,or,to,few,several,minus,week,hour": True})
_AROUND = Lexicon(
    {
        "khoảng,tầm,chừng,cỡ,độ,gần,hơn,có,được,chỉ,dạ,ạ,vâng,thưa,là,tôi,tui,mình,nhà,gia,đình,thôi,tất,cả": True,
        "thu,nhập,lương,nhận,tổng,cộng,about,around,only,there,are,is,we,have,i,in,the,my,of,us": True,
    }
)
_COUNTED = Lexicon(
    {
        "người,đứa,bé,trẻ,em,cháu,con,nhỏ,nhân,khẩu,vợ,chồng,già,lớn,cái,m": True,
        "people,person,children,child,kids,members": True,
    }
)
_NOBODY = Lexicon({"không,ko,không có,ko có,không có ai,không ai,ko có ai,không có người nào,không có đứa nào,none": 0})
_AMOUNT = re.compile("(?:[NQ]S|S(?=[NH]))(?:NS)*[NH]?D?|D?ND?")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in VND, and the period it was said to be for."""

    dong: int
    per: Period | None


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of the text. kind: N number, S scale, H «rưỡi», Q «nửa», D «đồng», x a word, or the sign itself.

    digits: as typed, empty if the number was spelt, wholly or in part, or grouped, as in «1.500».
    """

    kind: str
    text: str
    value: Fraction = Fraction(0)
    digits: str = ""

    @property
    def spelt(self) -> bool:
        return any(c.isalpha() for c in self.text)


def number(text: str) -> int | None:
    """Read a whole number, in digits or in words, None if there isn't exactly one. «không có ai» is 0."""
    plain = composed(text[:_MOST_LETTERS], "NFKC")[:_MOST_LETTERS]
    if plain in _NOBODY:
        return 0
    tokens = _merge(_tokens(re.sub(r"(?i)m ?2(?!\d)", "m", plain)))
    if tokens is None or any(t.kind in "SHQD-%+/" or t.text in _VAGUE for t in tokens):
        return None
    found = [t for t in tokens if t.kind == "N"]
    if len(found) != 1 or found[0].value.denominator != 1 or found[0].value >= _TOO_MUCH:
        return None
    if found[0].spelt and not all(t.text in _AROUND or t.text in _COUNTED for t in tokens if t.kind == "x"):
        return None
    return int(found[0].value)


def money(text: str) -> tuple[Amount, ...]:
    """Read a sum of money: one reading, or the likeliest two if the unit is missing; none above 10^12 VND.

    A bare number under 100 is millions before thousands, under 1,000 thousands before millions.
    """
    tokens = _tokens(composed(text[:_MOST_LETTERS], "NFKC")[:_MOST_LETTERS])
    if len(tokens) > _MOST_TOKENS or any(t.text in _VAGUE for t in tokens):
        return ()
    tokens, periods = _without_periods(tokens)
    merged = _merge(tokens)
    if merged is None or len(periods) > 1:
        return ()
    kinds = "".join(t.kind for t in merged)
    spans = [m.span() for m in _AMOUNT.finditer(kinds)]
    if len(spans) != 1 or kinds[: spans[0][0]].endswith(("-", "+")):
        return ()
    said = merged[slice(*spans[0])]
    if [t.kind for t in said] == ["N"]:
        others = (t for t in merged if t.kind == "x")
        readings = _bare(said[0]) if all(t.text in _AROUND for t in others) else []
    else:
        readings = _scaled(said)
    whole = (int(r) for r in readings if r.denominator == 1 and r <= _MOST_DONG)
    return tuple(Amount(dong, next(iter(periods), None)) for dong in whole)


def _tokens(plain: str) -> list[_Token]:
    return [_token(match) for match in _TOKEN.finditer(composed(plain))]


def _token(match: re.Match[str]) -> _Token:
    text = match[0]
    if text[0].isdigit():
        if match[1]:
            return _Token("N", text, _value(re.sub(r"[.,]00?$", "", text).replace(match[1], "")))
        return _Token("N", text, _value(text.replace(",", ".")), text)
    if (scale := _SCALES.get(text)) is not None:
        return _Token("S", text, Fraction(scale))
    if (mark := _MARKS.get(text)) is not None:
        return _Token(mark, text)
    return _Token(text if len(text) == 1 and not text.isalpha() else "x", text)


def _value(digits: str) -> Fraction:
    return Fraction(digits) if len(digits) <= 15 else Fraction(_TOO_MUCH)


def _without_periods(tokens: list[_Token]) -> tuple[list[_Token], set[Period]]:
    """Take out «một tháng», «/năm», «mỗi ngày»; «năm» by itself stays, being five as well."""
    kept: list[_Token] = []
    periods: set[Period] = set()
    for place, token in enumerate(tokens):
        period = _PERIODS.get(token.text)
        behind = tokens[place + 1 : place + 2]
        each = bool(kept) and (kept[-1].text in ("1", "/") or kept[-1].text in _EACH)
        if kept and kept[-1].text == "12" and period == "month":
            period, each = "year", True
        five = period == "year" and (not each or _counts_on(behind))
        if period is None or (five and token.text != "year"):
            kept.append(token)
            continue
        periods.add(period)
        if each:
            kept.pop()
            if kept and kept[-1].kind == "/":
                kept.pop()
    return kept, periods


def _counts_on(behind: Sequence[_Token]) -> bool:
    return any(t.kind == "S" or isinstance(_SPOKEN.get(t.text), str) for t in behind)


def _merge(tokens: Sequence[_Token]) -> list[_Token] | None:
    """Make one number of each run of number words; None if some run is no number, as «hai ba»."""
    merged: list[_Token] = []
    run: list[_Token] = []
    for token in (*tokens, _Token("", "")):
        if token.kind == "N" or token.text in _SPOKEN or (token.kind == "H" and _ends_in_hundred(run)):
            run.append(token)
            continue
        if len(run) == 1 and run[0].kind == "N":
            merged.append(run[0])
        elif run:
            value = _spoken([_part(t) for t in run])
            if value is None:
                return None
            merged.append(_Token("N", " ".join(t.text for t in run), Fraction(value)))
        run = []
        merged.append(token)
    return merged[:-1]


def _ends_in_hundred(run: Sequence[_Token]) -> bool:
    return bool(run) and _SPOKEN.get(run[-1].text) == "hundred"


def _part(token: _Token) -> int | str:
    if token.kind == "H":
        return "half"
    if token.kind == "N":
        return int(token.digits) if token.digits.isdigit() and len(token.digits) <= 2 else "?"
    spoken = _SPOKEN.get(token.text)
    return "?" if spoken is None else spoken


def _spoken(parts: list[int | str]) -> int | None:
    """Reckon a number under a thousand from its parts: figures, "ten", "hundred", "and", "half"."""
    if "hundred" not in parts:
        return _under_hundred(parts)
    place = parts.index("hundred")
    head = _under_hundred(parts[:place]) if place else 1
    match parts[place + 1 :]:
        case _ if head is None or head > 9:
            return None
        case []:
            return head * 100
        case ["half"]:
            return head * 100 + 50
        case ["and", int(figure)] if figure < 10:
            return head * 100 + figure
        # «Trăm hai» is a hundred and twenty.
        case [int(figure)] if figure < 10:
            return head * 100 + figure * 10
        case rest:
            tens = _under_hundred(rest)
            return None if tens is None else head * 100 + tens


def _under_hundred(parts: Sequence[int | str]) -> int | None:
    match parts:
        case [int(one)]:
            return one
        case ["ten"]:
            return 10
        case ["ten", int(one)] if 0 < one < 10:
            return 10 + one
        case [int(ten), "ten"] if 0 < ten < 10:
            return ten * 10
        case [int(ten), "ten", int(one)] if 0 < ten < 10 and 0 < one < 10:
            return ten * 10 + one
        case _:
            return None


def _bare(said: _Token) -> list[Fraction]:
    """Guess the unit of a number that has none: a phone number or an id is no money."""
    value, digits = said.value, said.digits
    looks_like_id = (digits.startswith("0") and digits.isdigit() and len(digits) > 1) or (
        digits.startswith("84") and len(digits) == 11
    )
    if looks_like_id or (said.spelt and not value):
        return []
    if value >= 10_000 or not value:
        return [value]
    if value >= 1_000:
        return [value * 1_000, value]
    scales = (10**6, 10**3) if value < 100 else (10**3, 10**6)
    return [value * scale for scale in scales]


def _scaled(said: Sequence[_Token]) -> list[Fraction]:
    """Add up «1 triệu 200 nghìn», «2tr5», «hai triệu rưỡi», «500.000 đ»."""
    total, count, scale = Fraction(0), None, None
    last: _Token | None = None
    for token in said:
        if token.kind == "S":
            part = token.value * (Fraction(1) if count is None else count)
            if scale is not None and part >= scale:
                return []
            total, scale, count, last = total + part, token.value, None, None
        elif token.kind in "NQ":
            count, last = Fraction(1, 2) if token.kind == "Q" else token.value, token
        elif token.kind == "H" and scale is not None:
            total += scale / 2
    if last is not None:
        tail = last.value if scale is None else _tail(last, scale)
        if tail is None:
            return []
        total += tail
    # «1.250 triệu» is 1,250 millions in a ledger, and one and a quarter to whoever writes a point for a comma.
    first = said[0]
    pointed = re.fullmatch(r"\d{1,3}[.,]\d{3}", first.text) and [t.kind for t in said[:2]] == ["N", "S"]
    if pointed and len(said) == 2 and said[1].value >= 10**6:
        return [total, total / 1_000]
    return [total]


def _tail(said: _Token, scale: Fraction) -> Fraction | None:
    """Reckon what follows a scale: «2tr5» and «hai triệu năm» are five tenths, «1 triệu 250» is 250 thousandths."""
    if said.digits.isdigit() and len(said.digits) <= 3:
        parts: int = 10 ** len(said.digits)
        return said.value * scale / parts
    if not said.spelt:
        return said.value if said.value < scale else None
    return said.value * scale / (10 if said.value < 10 else 1_000)
