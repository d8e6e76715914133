"""Questions answered by typing or sending: numbers, money, years, days, phones, places, words, photos."""

import re
from collections.abc import Iterable
from datetime import date

from handlers.flow import readers
from handlers.flow.answers import Answers, Condition
from handlers.flow.message import Dong, Phrase
from handlers.flow.questions.question import Candidate, Misheard, Question, Said, Unsure
from handlers.vietnamese import units, words

MOST_WORDS = 2_000
_OTHER = re.compile("#[a-z_]+")  # how an `Other` is written


class Number(Question[int]):
    """A whole number from least to most, both included; `offered` become buttons."""

    expects = "number"
    digits_are_answers = True

    def __init__(
        self, key: str, *, least: int = 0, most: int = 99, offered: Iterable[int] = (), others: Iterable[str] = ()
    ) -> None:
        super().__init__(key, others=others)
        self.least, self.most, self.offered = least, most, tuple(offered)

    def understand(self, said: Said) -> int | Unsure | Misheard:
        heard = readers.number(said.text)
        return heard if heard is not None and self.least <= heard <= self.most else Misheard()

    def parse(self, written: str) -> int:
        value = int(written)
        if not self.least <= value <= self.most:
            raise ValueError(self.key)
        return value

    def choices(self, answers: Answers) -> tuple[Candidate, ...]:
        return tuple(Candidate(str(n), Phrase("plain", {"words": str(n)})) for n in self.offered)


class Money(Question[int]):
    """An amount in VND, from least to most; whatever was typed is echoed and confirmed before it counts."""

    expects = "money"
    digits_are_answers = True

    def __init__(self, key: str, *, least: int = 0, most: int = 10**12, others: Iterable[str] = ()) -> None:
        super().__init__(key, others=others)
        self.least, self.most = least, most

    def understand(self, said: Said) -> int | Unsure | Misheard:
        if said.text.startswith("="):
            try:
                return self.parse(said.text)
            except ValueError:
                return Misheard()
        if readers.not_meant(said.text):
            return Misheard("misheard.not_meant")
        heard = [a.dong for a in readers.money(said.text) if self.least <= a.dong <= self.most]
        if not heard:
            return Misheard("misheard.phone_as_money" if readers.phone(said.text) else "")
        return Unsure(tuple(Candidate(self.spell(d), Phrase("plain", {"words": Dong(d)})) for d in heard))

    def spell(self, value: int) -> str:
        return f"={value}"

    def parse(self, written: str) -> int:
        value = int(written.removeprefix("="))
        if not self.least <= value <= self.most:
            raise ValueError(self.key)
        return value

    def show(self, value: int) -> object:
        return Dong(value)


class Year(Question[int]):
    """A year of birth; two digits or an age are echoed."""

    expects = "year"
    digits_are_answers = True

    def __init__(self, key: str, *, earliest: int = 1900, others: Iterable[str] = ()) -> None:
        super().__init__(key, others=others)
        self.earliest = earliest

    def understand(self, said: Said) -> int | Unsure | Misheard:
        heard = [y for y in readers.year(said.text, said.today.year) if self.earliest <= y.value <= said.today.year]
        if len(heard) == 1 and heard[0].sure:
            return heard[0].value
        if not heard:
            return Misheard()
        return Unsure(tuple(Candidate(str(y.value), Phrase("plain", {"words": str(y.value)})) for y in heard))

    def parse(self, written: str) -> int:
        return int(written)


class Day(Question[date]):
    """A calendar day."""

    expects = "day"
    digits_are_answers = True

    def understand(self, said: Said) -> date | Unsure | Misheard:
        heard = readers.day(said.text, said.today)
        if len(heard) == 1:
            return heard[0]
        if not heard:
            return Misheard()
        return Unsure(tuple(Candidate(d.isoformat(), Phrase("plain", {"words": d})) for d in heard))

    def spell(self, value: date) -> str:
        return value.isoformat()

    def parse(self, written: str) -> date:
        return date.fromisoformat(written)

    def show(self, value: date) -> object:
        return value


class Phone(Question[str]):
    """A phone number, typed or shared as a contact; kept in international form."""

    expects = "phone"
    digits_are_answers = True

    def understand(self, said: Said) -> str | Unsure | Misheard:
        heard = readers.phone(said.contact or said.text)
        return Misheard() if heard is None else heard

    def parse(self, written: str) -> str:
        if not written.startswith("+"):
            raise ValueError(self.key)
        return written

    def show(self, value: str) -> object:
        return readers.write_phone(value)


class NationalId(Question[str]):
    """A citizen's number of twelve digits; shown back only in part."""

    expects = "national_id"
    digits_are_answers = True

    def understand(self, said: Said) -> str | Unsure | Misheard:
        heard = readers.national_id(said.text)
        return Misheard() if heard is None else heard

    def parse(self, written: str) -> str:
        if readers.national_id(written) != written:
            raise ValueError(self.key)
        return written

    def show(self, value: str) -> object:
        return f"{value[:4]}••••••{value[-2:]}"


class UnitQuestion(Question[str]):
    """One of the 94 communes and wards, by its present name, an old one, or a former district."""

    expects = "unit"

    def understand(self, said: Said) -> str | Unsure | Misheard:
        written = said.text.strip()
        if written in units.all_units():
            return written
        if written.startswith("district:"):
            return self._doubt(units.units_of(written.removeprefix("district:")))
        found = units.find(said.text)
        only = found.candidates[0] if len(found.candidates) == 1 else None
        if isinstance(only, units.District):
            return self._doubt(units.units_of(only.id))
        if found.sure and only is not None:
            return only.unit.id
        return self._doubt(found.candidates)

    def _doubt(self, candidates: Iterable[units.NamedCommune | units.District]) -> Unsure | Misheard:
        shown: dict[str, Phrase] = {}
        for c in candidates:
            if isinstance(c, units.District):
                shown[f"district:{c.id}"] = Phrase("unit.district", {"name": c.name})
            elif c.was:
                shown.setdefault(c.unit.id, Phrase("unit.was", {"name": c.unit.name, "was": c.was}))
            else:
                shown.setdefault(c.unit.id, Phrase("unit.now", {"name": c.unit.name}))
        return Unsure(tuple(Candidate(w, label) for w, label in shown.items())[:9]) if shown else Misheard()

    def parse(self, written: str) -> str:
        if written not in units.all_units():
            raise ValueError(self.key)
        return written

    def show(self, value: str) -> object:
        return units.all_units()[value].name


class Words(Question[str]):
    """Free words, up to 2,000 letters; a name, a place, a story."""

    expects = "words"
    takes_anything = True

    def __init__(self, key: str, *, most: int = MOST_WORDS, others: Iterable[str] = ()) -> None:
        super().__init__(key, others=others)
        self.most = most

    def understand(self, said: Said) -> str | Unsure | Misheard:
        heard = words.tidy(said.text)
        if len(heard) > self.most:
            return Misheard("misheard.too_long" if self.most == MOST_WORDS else "misheard.shorter")
        if not any(c.isalnum() for c in heard) or _OTHER.fullmatch(heard):
            return Misheard()
        return heard

    def spell(self, value: str) -> str:
        return value

    def parse(self, written: str) -> str:
        if _OTHER.fullmatch(written):
            raise ValueError(self.key)
        return written


class Name(Words):
    """A person's name: it has letters and no digits."""

    expects = "name"

    def __init__(self, key: str, *, others: Iterable[str] = ()) -> None:
        super().__init__(key, most=100, others=others)

    def understand(self, said: Said) -> str | Unsure | Misheard:
        heard = super().understand(said)
        if isinstance(heard, str):
            heard = " ".join(heard.split())
            if any(c.isdigit() for c in heard):
                return Misheard()
        return heard


class Photos(Question[tuple[str, ...]]):
    """Photos, by the ids of their files."""

    expects = "photos"

    def understand(self, said: Said) -> tuple[str, ...] | Unsure | Misheard:
        return said.photos or Misheard()

    def spell(self, value: tuple[str, ...]) -> str:
        return "+".join(value)

    def parse(self, written: str) -> tuple[str, ...]:
        if written.startswith("#"):
            raise ValueError(self.key)
        return tuple(written.split("+"))

    def show(self, value: tuple[str, ...]) -> object:
        return Phrase("photos.count", {"count": len(value)})


class OwnPhone(Phone):
    """The speaker's own phone number, shared with one press where the channel has a button for it, or typed.

    unless: what makes it somebody else's number.
    """

    def __init__(self, key: str, *, unless: Condition | None = None, others: Iterable[str] = ()) -> None:
        super().__init__(key, others=others)
        self.unless = unless

    def takes_contact(self, answers: Answers) -> bool:
        return self.unless is None or not self.unless(answers)
