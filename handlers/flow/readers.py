"""How Vietnamese people type an answer: yes and no, numbers, money, years, days, phones, national ids.

Why so little is guessed: what is not understood is asked again, which costs a moment; what is misunderstood stays in
somebody's file. Only the first 2,000 letters are read, and no reader raises, whatever it is given.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from handlers.flow.amounts import Amount, money, number
from handlers.vietnamese.words import Lexicon, composed, fold

__all__ = [
    "Amount",
    "YearRead",
    "day",
    "money",
    "national_id",
    "not_meant",
    "number",
    "phone",
    "unknown",
    "write_phone",
    "year",
    "yes_no",
]

_MOST_LETTERS = 2_000
_MOST_WORDS = 8  # an answer in passing; a longer text is a story
_OLDEST = 120  # years
_PLANS_AHEAD = 5  # years that a day whose year has two digits may lie ahead
_COUNTRY = "VN"

# «Cô» is missing: without its accent it is a yes.
_COURTESY = Lexicon({"dạ,ạ,vâng,ừ,thưa,ông,bà,anh,chị,em,cháu,con,chú,bác,ơi,nha,nhé,nhen,đó,vậy,rồi,please": True})
_ASSENT = Lexicon({"dạ,vâng,ừ,rồi": True})
_ANSWERS = Lexicon(
    {
        "có,ừa,ừm,ờ,uh,ok,oke,okay,okie,đúng,phải,đồng ý,được,chính xác,có chứ": True,
        "yes,y,yeah,yep,right,correct,sure": True,
        "không,ko,k,kg,kh,khg,hông,hổng,hong,hem,chưa,sai,no,n,nope": False,
        "không có,ko có,k có,hông có,chưa có,không phải,ko phải,không đúng,ko đúng": False,
        "không đồng ý,ko đồng ý,không được,ko được,đâu có,không đâu,không có đâu,không phải đâu": False,
    }
)
_NOT = ("không", "ko", "k", "kg", "kh", "hông", "hổng", "hong", "hem", "chẳng", "chả", "chưa")
_KNOW = ("biết", "rõ", "nhớ", "chắc", "biết rõ", "nhớ rõ", "chắc chắn", "nắm rõ", "biết gì", "biết chắc")
_UNKNOWN = Lexicon(
    {
        ",".join(f"{no} {know}" for no in _NOT for know in _KNOW): True,
        "chịu,quên,don't know,dont know,do not know,not sure,no idea,idk,unknown": True,
        "don't remember,dont remember,can't remember": True,
    }
)
_SPEAKER = Lexicon({"tôi,tui,mình,cũng,nữa,luôn,lắm,thì,i,am,im": True})

_JOKES = Lexicon(
    {
        "đùa thôi,đùa chút,đùa tí,đùa đấy,đùa đó,đùa mà,nói đùa,giỡn thôi,giỡn chơi,giỡn chút,nói giỡn,nói chơi": True,
        "just kidding,only joking,just joking": True,
    }
)

_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![/.-]?\d)")
_ISO_DATE = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?!-?\d)")
_SPELT_DATE = re.compile(r"(?<!\d)(\d{1,2}) thang (\d{1,2})(?: nam (\d{4}|\d{2})| (\d{4}))?(?!\d)")
_NEARBY = Lexicon(
    {
        "hôm nay,bữa nay,ngày hôm nay,nay,today": 0,
        "mai,ngày mai,sáng mai,trưa mai,chiều mai,tối mai,tomorrow": 1,
        "mốt,ngày mốt,ngày kia": 2,
        "hôm qua,bữa qua,ngày hôm qua,yesterday": -1,
        "hôm kia,bữa kia": -2,
    }
)
_AGE = re.compile(r"(?<!\d)(\d{1,3}) ?(?:t|tuoi|years? old|yo)\b")
_YEAR_ENDING = re.compile(r"(?:\D*\b(?:sinh|nam|sn) ?)?(\d{2})(?: a)?")
_PHONE = re.compile(r"\+?[0-9](?:[ .()-]{0,2}[0-9]){6,}")
_MOST_PARTS = 8  # of a phone number written with spaces
_NATIONAL_ID = re.compile(r"(?<![0-9])(?:[0-9][ .]?){11}[0-9](?![0-9])")


@dataclass(frozen=True, slots=True)
class YearRead:
    """A year of birth. sure: typed with four digits, alone or in a short phrase."""

    value: int
    sure: bool


def yes_no(text: str) -> bool | None:
    """Read a yes or a no said by itself or with courtesies, such as «dạ có» or «không ạ»."""
    words = _words(text)
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    plain = [word for word in words if word not in _COURTESY]
    if not plain:
        return True if any(word in _ASSENT for word in words) else None
    return _ANSWERS.get(" ".join(plain))


def unknown(text: str) -> bool:
    """Tell whether a text says "I don't know"."""
    words = _words(text)
    plain = [word for word in words if word not in _COURTESY and word not in _SPEAKER]
    return len(words) <= _MOST_WORDS and " ".join(plain) in _UNKNOWN


def not_meant(text: str) -> bool:
    """Tell whether a text says that it is a joke: «một tỷ, đùa thôi»."""
    return any(f"{one} {two}" in _JOKES for one, two in pairwise(_words(text)))


def year(text: str, today: int) -> tuple[YearRead, ...]:
    """Read a year of birth from four digits, two digits, an age or a date. today: the present year.

    Two digits give each year of that ending in which somebody of 0 to 120 was born, the later first.
    """
    plain = _plain(text)
    typed = list(dict.fromkeys(int(y) for y in re.findall(r"(?<!\d)\d{4}(?!\d)", plain)))
    if typed:
        sure = len(typed) == 1 and len(plain.split()) <= _MOST_WORDS
        born = all(1900 <= y <= today for y in typed) and len(typed) <= 2
        return tuple(YearRead(y, sure) for y in typed) if born else ()
    age = _age(text)
    if age is not None:
        return (YearRead(today - age, sure=False),) if age <= _OLDEST else ()
    dates = _DATE.findall(plain)
    ending = _YEAR_ENDING.fullmatch(plain.strip(" .!"))
    last = dates[0][3] if len(dates) == 1 else ending[1] if ending else ""
    return tuple(
        YearRead(y, sure=False) for y in range(today, today - _OLDEST - 1, -1) if last and y % 100 == int(last)
    )


def day(text: str, today: date) -> tuple[date, ...]:
    """Read one calendar day. Without a year it is the next such day; two digits may give two, the nearer first."""
    plain = _plain(text)
    away = _NEARBY.get(" ".join(word for word in _words(text) if word not in _COURTESY))
    if away is not None:
        return (today + timedelta(days=away),)
    iso = _ISO_DATE.findall(plain)
    if iso:
        return _days([iso[0][0]], iso[0][1], iso[0][2]) if len(iso) == 1 else ()
    found = [(d, m, y) for d, _, m, y in _DATE.findall(plain)]
    found += [(d, m, y or z) for d, m, y, z in _SPELT_DATE.findall(plain)]
    if len(found) != 1:
        return ()
    d, m, y = found[0]
    if len(y) == 4:
        return _days([y], m, d)
    if y:
        years = (n for n in range(today.year - _OLDEST, today.year + _PLANS_AHEAD + 1) if n % 100 == int(y))
        return tuple(sorted(_days(years, m, d), key=lambda one: abs(one - today)))
    # A leap day may be eight years away.
    return tuple(one for one in _days(range(today.year, today.year + 9), m, d) if one >= today)[:1]


def phone(text: str) -> str | None:
    """Read a phone number, the first if there are several, and give it in E.164 form, as +84905123456.

    Valid as libphonenumber knows the numbering plans. Vietnamese numbers may begin with 0, 84 or +84, others with +.
    """
    for found in _PHONE.finditer(_typed(text)):
        parts = found[0].split()
        # Two numbers may stand side by side with only a space between them.
        tries = [parts, *(parts[:size] for size in range(1, min(len(parts), _MOST_PARTS)))]
        for tried in tries:
            number_read = _e164("".join(tried))
            if number_read is not None:
                return number_read
    return None


def write_phone(e164: str) -> str:
    """Write a phone number for people: «0905123456», or «+1 415-555-2671» for one from abroad."""
    import phonenumbers  # when first needed: its tables take a quarter of a second

    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    if phonenumbers.region_code_for_number(parsed) == _COUNTRY:
        return f"0{parsed.national_number}"
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def national_id(text: str) -> str | None:
    """Read a personal number of 12 digits. The former card of 9 digits is none.

    Three digits for province or country of birth registration, one for century and sex (0 to 3: born 1900 to 2099),
    two for the year, six at random; there is no check digit. Source: decree 137/2015/NĐ-CP, circular 59/2021/TT-BCA.
    """
    found = _NATIONAL_ID.findall(_typed(text))
    digits = re.sub("[ .]", "", found[0]) if len(found) == 1 else ""
    return digits if re.fullmatch("(?!000)[0-3][0-9]{2}[0-3][0-9]{8}", digits) else None


def _typed(text: str) -> str:
    """Make full-width figures plain ones; one letter may become many, so the text is cut twice."""
    return composed(text[:_MOST_LETTERS], "NFKC")[:_MOST_LETTERS]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _typed(text))


def _plain(text: str) -> str:
    """Leave out accents and capitals but keep the signs between figures."""
    return " ".join("".join(fold(c) if c.isalpha() else c for c in _typed(text)).split())


def _age(text: str) -> int | None:
    """Read «70 tuổi», «70t», «bảy mươi tuổi»; in years."""
    ages = _AGE.findall(_plain(text))
    words = _words(text)
    place = next((place for place, word in enumerate(words) if fold(word) == "tuoi"), None)
    if ages or place is None:
        return int(ages[0]) if len(ages) == 1 else None
    return number(" ".join(words[:place]))


def _days(years: Iterable[int | str], month: str, day_of_month: str) -> tuple[date, ...]:
    """Give that day in each of the years in which there is one."""
    found: list[date] = []
    for one in years:
        with suppress(ValueError):
            found.append(date(int(one), int(month), int(day_of_month)))
    return tuple(found)


def _e164(typed: str) -> str | None:
    digits = re.sub("[^0-9+]", "", typed)
    if digits.startswith("84") and len(digits) > 10:
        digits = f"+{digits}"
    if not digits.startswith(("+", "0")):
        return None
    import phonenumbers  # as above

    try:
        parsed = phonenumbers.parse(digits, _COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    ours = phonenumbers.region_code_for_number(parsed) == _COUNTRY
    peoples = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    if not phonenumbers.is_valid_number(parsed) or (ours and phonenumbers.number_type(parsed) not in peoples):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
