"""The kinds of question: each hears what people type, writes an answer down, and reads it back.

Why an answer is kept as it was written: `hear(write(v)) == v` for every kind, so a stored session needs no other form,
and a question that changed since simply does not understand the old answer and is asked again.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from handlers import units, words
from handlers.flow import readers
from handlers.flow.message import Dong, Option, Phrase

if TYPE_CHECKING:
    from handlers.flow.conversation import Answers

T = TypeVar("T")
MOST_WORDS = 2_000
_OTHER = re.compile("#[a-z_]+")  # how an `Other` is written


@dataclass(frozen=True, slots=True)
class Said:
    """An answer on its way in: what was typed or sent, and the buttons that stood under the question."""

    text: str = ""
    photos: tuple[str, ...] = ()
    contact: str = ""
    shown: tuple[Option, ...] = ()
    today: date = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Other:
    """An answer beside the question's own kind, such as "I don't know" or "no phone"."""

    name: str


UNKNOWN = Other("unknown")
# What a plain "no" means at a question that has such a button.
MEANS_NO = ("no_phone", "forgotten", "skip", "none", "officer_asks")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible reading of an answer, with the words that show it."""

    written: str
    label: Phrase


@dataclass(frozen=True, slots=True)
class Unsure:
    """Heard, but not without doubt: one to nine candidates, to be confirmed by the person."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Misheard:
    """Not an answer to this question. because: the key of a sentence that says what is expected."""

    because: str = ""


class Question(Generic[T]):
    """One thing asked. key: the key of its text. others: further buttons, each an answer named `Other`."""

    expects: ClassVar[str] = "words"
    digits_are_answers: ClassVar[bool] = False
    takes_anything: ClassVar[bool] = False
    several: ClassVar[bool] = False

    def __init__(self, key: str, *, others: Iterable[str] = ()) -> None:
        self.key = key
        self.others = tuple(others)

    def hear(self, said: Said) -> "T | Other | Unsure | Misheard":
        """Settle what was said: a value, a doubt to confirm, or Misheard. Never raises."""
        picked = self._pick(said)
        if picked is not None:
            if picked.startswith("#"):
                return Other(picked[1:]) if picked[1:] in self.others else Misheard()
            return self.understand(replace(said, text=picked, photos=(), contact=""))
        refused = self._refused(said.text)
        return self.understand(said) if refused is None else refused

    def _refused(self, text: str) -> Other | None:
        """A plain "no" or "I don't know", where a button stands for it."""
        if "unknown" in self.others and readers.unknown(text):
            return UNKNOWN
        no = next((name for name in self.others if name in MEANS_NO), None)
        return Other(no) if no and (readers.unknown(text) or readers.yes_no(text) is False) else None

    def _pick(self, said: Said) -> str | None:
        """Match a label, its number, or the written form itself."""
        typed = said.text.strip()
        if typed.startswith("#") and typed[1:] in self.others:
            return typed
        options = [o for o in said.shown if o.written is not None]
        folded = words.fold(typed)
        for option in options:
            if folded and words.fold(option.label) == folded:
                return option.written
        number = typed.rstrip(" .)")
        if not self.digits_are_answers and number.isascii() and number.isdigit() and len(number) < 3:
            index = int(number) - 1
            if 0 <= index < len(options):
                return options[index].written
        return None

    def understand(self, said: Said) -> "T | Unsure | Misheard":
        """Read the question's own kind of answer."""
        raise NotImplementedError

    def write(self, value: "T | Other") -> str:
        return f"#{value.name}" if isinstance(value, Other) else self.spell(value)

    def spell(self, value: T) -> str:
        return str(value)

    def read(self, written: str) -> "T | Other":
        """Read a written answer. Raises ValueError if this question would not have written it."""
        if written.startswith("#") and written[1:] in self.others:
            return Other(written[1:])
        return self.parse(written)

    def parse(self, written: str) -> T:
        raise NotImplementedError

    def show(self, value: T) -> object:
        """How the value is read back to the person: words, or a phrase."""
        return str(value)

    def choices(self, answers: "Answers") -> tuple[Candidate, ...]:
        """The buttons of the question itself; those of `others` follow by themselves."""
        return ()


class Choice(Question[str]):
    """One of some named options, or of those that the facts supply."""

    expects = "choice"

    def __init__(
        self,
        key: str,
        *names: str,
        others: Iterable[str] = (),
        supplied: "Callable[[Answers], tuple[Candidate, ...]] | None" = None,
    ) -> None:
        super().__init__(key, others=others)
        self.names = names
        self.supplied = supplied

    def understand(self, said: Said) -> str | Unsure | Misheard:
        folded = words.fold(said.text)
        if said.text in self.names or (self.supplied and any(o.written == said.text for o in said.shown)):
            return said.text
        right = readers.yes_no(said.text) if {"yes", "no"} <= set(self.names) else None
        if right is not None:
            return "yes" if right else "no"
        if len(folded) < 3:
            return Misheard()
        near = [o for o in said.shown if o.written and _within(folded, words.fold(o.label))]
        if len(near) == 1 and (near[0].written in self.names or self.supplied):
            written = near[0].written or ""
            return Misheard() if written.startswith(("#", "@")) else written
        if len(near) > 1:
            return Unsure(tuple(Candidate(o.written or "", Phrase("plain", {"words": o.label})) for o in near[:9]))
        return Misheard()

    def parse(self, written: str) -> str:
        if written.startswith("#") or (self.supplied is None and written not in self.names):
            raise ValueError(self.key)
        return written

    def show(self, value: str) -> object:
        return Phrase(f"options.{self.key}.{value}")

    def choices(self, answers: "Answers") -> tuple[Candidate, ...]:
        if self.supplied is not None:
            return self.supplied(answers)
        return tuple(Candidate(name, Phrase(f"options.{self.key}.{name}")) for name in self.names)


def _within(part: str, whole: str) -> bool:
    return f" {part} " in f" {whole} "


class Choices(Question[tuple[str, ...]]):
    """Several of some named options.

    alone: those that stand by themselves, as "none of these" does. private: those not shown through a channel abroad.
    """

    expects = "choices"
    several = True

    def __init__(
        self,
        key: str,
        *names: str,
        alone: Iterable[str] = (),
        private: Iterable[str] = (),
        others: Iterable[str] = (),
    ) -> None:
        super().__init__(key, others=others)
        self.names = names
        self.alone = frozenset(alone)
        self.private = frozenset(private)

    def hear(self, said: Said) -> tuple[str, ...] | Other | Unsure | Misheard:
        picked = self._pick(said) or ""
        if picked.startswith("#") and picked[1:] in self.others:
            return Other(picked[1:])
        refused = self._refused(said.text)
        return self.understand(said) if refused is None else refused

    def understand(self, said: Said) -> tuple[str, ...] | Unsure | Misheard:
        """Hear "1 4", "1,4", labels, or the written form "food+housing"."""
        parts = said.text.split("+")
        if parts and all(part in self.names for part in parts):
            return self._together(parts)
        options = [o for o in said.shown if o.written is not None]
        numbers = words.fold(said.text).replace(" va ", " ").split()
        if numbers and all(n.isascii() and n.isdigit() and len(n) < 3 for n in numbers):
            wanted = [int(n) - 1 for n in numbers]
            if all(0 <= n < len(options) for n in wanted):
                return self._together([options[n].written or "" for n in wanted])
            return Misheard()
        folded = words.fold(said.text)
        found = [o.written for o in options if o.written in self.names and _names_it(folded, o.label)]
        return self._together([w for w in found if w]) if found else Misheard()

    def _together(self, parts: Iterable[str]) -> tuple[str, ...] | Misheard:
        chosen = tuple(name for name in self.names if name in set(parts))
        if not chosen or (len(chosen) > 1 and self.alone & set(chosen)):
            return Misheard("misheard.alone" if chosen else "")
        return chosen

    def spell(self, value: tuple[str, ...]) -> str:
        return "+".join(value)

    def parse(self, written: str) -> tuple[str, ...]:
        parts = tuple(written.split("+"))
        if not all(part in self.names for part in parts):
            raise ValueError(self.key)
        return parts

    def show(self, value: tuple[str, ...]) -> object:
        return tuple(Phrase(f"options.{self.key}.{name}") for name in value)

    def choices(self, answers: "Answers") -> tuple[Candidate, ...]:
        shown = (name for name in self.names if not (answers.abroad and name in self.private))
        return tuple(Candidate(name, Phrase(f"options.{self.key}.{name}")) for name in shown)


def _names_it(typed: str, label: str) -> bool:
    """Whether somebody typed this label, one of the things it lists, or a telling part of it."""
    listed = [words.fold(part) for part in re.split(r"[,;]| hoặc | or ", label.removeprefix("✓"))]
    whole = words.fold(label)
    return any(len(part) > 2 and _within(part, typed) for part in (whole, *listed)) or (
        len(typed) > 3 and _within(typed, whole)
    )


class YesNo(Question[bool]):
    """Yes or no."""

    expects = "yes_no"

    def understand(self, said: Said) -> bool | Unsure | Misheard:
        heard = readers.yes_no(said.text)
        return Misheard() if heard is None else heard

    def spell(self, value: bool) -> str:
        return "yes" if value else "no"

    def parse(self, written: str) -> bool:
        if written not in ("yes", "no"):
            raise ValueError(self.key)
        return written == "yes"

    def show(self, value: bool) -> object:
        return Phrase(f"options.{self.key}.{self.spell(value)}")

    def choices(self, answers: "Answers") -> tuple[Candidate, ...]:
        return tuple(Candidate(w, Phrase(f"options.{self.key}.{w}")) for w in ("yes", "no"))


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

    def choices(self, answers: "Answers") -> tuple[Candidate, ...]:
        return tuple(Candidate(str(n), Phrase("plain", {"words": str(n)})) for n in self.offered)


class Money(Question[int]):
    """An amount in VND; whatever was typed is echoed and confirmed before it counts."""

    expects = "money"
    digits_are_answers = True

    def __init__(self, key: str, *, most: int = 10**12, others: Iterable[str] = ()) -> None:
        super().__init__(key, others=others)
        self.most = most

    def understand(self, said: Said) -> int | Unsure | Misheard:
        if said.text.startswith("="):
            try:
                return self.parse(said.text)
            except ValueError:
                return Misheard()
        heard = [a.dong for a in readers.money(said.text) if a.dong <= self.most]
        if not heard:
            return Misheard()
        return Unsure(tuple(Candidate(self.spell(d), Phrase("plain", {"words": Dong(d)})) for d in heard))

    def spell(self, value: int) -> str:
        return f"={value}"

    def parse(self, written: str) -> int:
        value = int(written.removeprefix("="))
        if not 0 <= value <= self.most:
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


class Unit(Question[str]):
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

    def _doubt(self, candidates: Iterable[units.Place | units.District]) -> Unsure | Misheard:
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


class Contact(Phone):
    """A phone number that a channel can share with one press; typed numbers are as good."""

    expects = "contact"
