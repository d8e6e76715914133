"""What a person answered, as conditions, conversations and the questions themselves read it.

Why below the questions: a question's buttons may depend on the answers given before it. Of a question, answers need no
more than its key and how its written answers are read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Other:
    """An answer beside the question's own kind, such as "I don't know" or "no phone"."""

    name: str


UNKNOWN = Other("unknown")


class AnsweredQuestion(Protocol[T_co]):
    """What answers need of a question."""

    @property
    def key(self) -> str: ...
    def read(self, written: str) -> T_co | Other:
        """Read a written answer. Raises ValueError if this question would not have written it."""


class AnsweredRepeat(Protocol):
    """What answers need of questions that are asked again and again."""

    @property
    def name(self) -> str: ...
    def count(self, written: Mapping[str, str]) -> int:
        """How many times round have begun."""


class Answers:
    """What the person answered, by question.

    day: the office's day when the conversation was opened. abroad: she writes through servers outside the country.
    """

    __slots__ = ("_facts", "_item", "_written", "abroad", "day")

    def __init__(
        self, written: Mapping[str, str], day: date, facts: object = None, *, item: str = "", abroad: bool = False
    ) -> None:
        self._written = written
        self._facts = facts
        self._item = item
        self.day = day
        self.abroad = abroad

    def value(self, question: AnsweredQuestion[T]) -> T | Other | None:
        """The answer, an `Other` such as "unknown", or None where there is none."""
        written = self._written.get(self._item + question.key)
        if written is None:
            return None
        try:
            return question.read(written)
        except ValueError:
            return None

    def get(self, question: AnsweredQuestion[T]) -> T | None:
        """The answer proper, or None: not asked, not answered, not known."""
        value = self.value(question)
        return None if isinstance(value, Other) else value

    def __getitem__(self, question: AnsweredQuestion[T]) -> T:
        """The answer proper. Raises KeyError where there is none."""
        value = self.get(question)
        if value is None:
            raise KeyError(question.key)
        return value

    def __contains__(self, question: AnsweredQuestion[T]) -> bool:
        return self.value(question) is not None

    def said(self, question: AnsweredQuestion[T], other: str) -> bool:
        """Whether the answer was this `Other`."""
        return self.value(question) == Other(other)

    def given(self, slot: str) -> str | None:
        """A written value that no question asked for, such as one an opening brought along."""
        return self._written.get(slot)

    def written(self) -> Mapping[str, str]:
        """Every answer as it is written down."""
        return {slot: written for slot, written in self._written.items() if not slot.startswith("@")}

    def facts(self, kind: type[F]) -> F:
        """What the conversation looked up for this turn. Raises TypeError if it looked up something else."""
        if not isinstance(self._facts, kind):
            raise TypeError(kind.__name__)
        return self._facts

    def items(self, repeat: AnsweredRepeat) -> "Iterator[Answers]":
        """The answers of each time round a `Repeat`."""
        for n in range(repeat.count(self._written)):
            yield Answers(self._written, self.day, self._facts, item=f"{repeat.name}.{n}.", abroad=self.abroad)


Condition = Callable[[Answers], bool]
