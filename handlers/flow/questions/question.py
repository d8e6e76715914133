"""What every question has: buttons, a way to hear an answer, and a written form that is kept."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Generic, TypeVar

from handlers.flow import readers
from handlers.flow.answers import UNKNOWN, Answers, Other
from handlers.flow.message import Option, Phrase
from handlers.vietnamese import words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer on its way in: what was typed or sent, and the buttons that stood under the question."""

    text: str = ""
    photos: tuple[str, ...] = ()
    contact: str = ""
    shown: tuple[Option, ...] = ()
    today: date = date(2000, 1, 1)


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


class Question(ABC, Generic[T]):
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
        refused = self.refused(said.text)
        return self.understand(said) if refused is None else refused

    def refused(self, text: str) -> Other | None:
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

    @abstractmethod
    def understand(self, said: Said) -> "T | Unsure | Misheard":
        """Read the question's own kind of answer."""

    def write(self, value: "T | Other") -> str:
        return f"#{value.name}" if isinstance(value, Other) else self.spell(value)

    def spell(self, value: T) -> str:
        return str(value)

    def read(self, written: str) -> "T | Other":
        """Read a written answer. Raises ValueError if this question would not have written it."""
        if written.startswith("#") and written[1:] in self.others:
            return Other(written[1:])
        return self.parse(written)

    @abstractmethod
    def parse(self, written: str) -> T:
        """Read what `spell` wrote. Raises ValueError."""

    def show(self, value: T) -> object:
        """How the value is read back to the person: words, or a phrase."""
        return str(value)

    def takes_contact(self, answers: Answers) -> bool:
        """Whether her own number, given by a channel's button, is an answer."""
        return False

    def choices(self, answers: Answers) -> tuple[Candidate, ...]:
        """The buttons of the question itself; those of `others` follow by themselves."""
        return ()
