"""A figure that is picked from bands or typed: income by the lines of the law, space by square metres.

Why bands: few people know their income to the dong, and a band says all that the rules have to know.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from handlers.flow import readers
from handlers.flow.answers import Answers
from handlers.flow.questions import Candidate, Misheard, Question, Said, Unsure
from handlers.texts.phrase import Dong, Phrase

_WRITTEN = re.compile(r"(\d{1,13})-(\d{1,13})?")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Band:
    """From least to most, both included; most None: without an upper bound. A typed figure is a band of one."""

    least: int
    most: int | None

    @property
    def exact(self) -> bool:
        return self.least == self.most


class Banded(Question[Band]):
    """A figure picked from supplied bands, or typed as a whole number.

    supplied: the bands to choose from, in order, from the answers given before.
    """

    expects = "number"
    digits_are_answers = True

    def __init__(
        self, key: str, *, supplied: Callable[[Answers], tuple[Band, ...]], most: int, others: Iterable[str] = ()
    ) -> None:
        super().__init__(key, others=others)
        self.supplied = supplied
        self.most = most

    def understand(self, said: Said) -> Band | Unsure | Misheard:
        if _WRITTEN.fullmatch(said.text):
            return self.parse(said.text)
        return self.typed(said)

    def typed(self, said: Said) -> Band | Unsure | Misheard:
        """Read a typed figure."""
        heard = readers.number(said.text)
        return Misheard() if heard is None or not 0 <= heard <= self.most else Band(heard, heard)

    def spell(self, value: Band) -> str:
        return f"{value.least}-{'' if value.most is None else value.most}"

    def parse(self, written: str) -> Band:
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError(self.key)
        return Band(int(found[1]), int(found[2]) if found[2] else None)

    def show(self, value: Band) -> object:
        """Read back a figure, or the band it lies in."""
        if value.exact:
            return self.figure(value.least)
        if value.most is None:
            return Phrase("band.above", {"least": self.figure(value.least - 1)})
        if value.least == 0:
            return Phrase("band.up_to", {"most": self.figure(value.most)})
        return Phrase("band.between", {"least": self.figure(value.least - 1), "most": self.figure(value.most)})

    def figure(self, number: int) -> object:
        """A figure as people write it."""
        return str(number)

    def choices(self, answers: Answers) -> tuple[Candidate, ...]:
        return tuple(Candidate(self.spell(b), Phrase("plain", {"words": self.show(b)})) for b in self.supplied(answers))


class MonthlyIncome(Banded):
    """Income in VND a month. A typed amount is echoed first; an amount a year is divided by twelve."""

    expects = "money"

    def typed(self, said: Said) -> Band | Unsure | Misheard:
        monthly = [_a_month(amount) for amount in readers.money(said.text)]
        heard = [dong for dong in monthly if dong is not None and dong <= self.most]
        if not heard:
            return Misheard()
        labels = (Phrase("band.a_month", {"amount": Dong(dong)}) for dong in heard)
        return Unsure(tuple(Candidate(f"{d}-{d}", label) for d, label in zip(heard, labels, strict=True)))

    def figure(self, number: int) -> object:
        return Dong(number)


def _a_month(amount: readers.Amount) -> int | None:
    """VND a month; None for an amount a day, which says nothing of how many days there was work."""
    if amount.per == "day":
        return None
    return round(amount.dong / MONTHS) if amount.per == "year" else amount.dong
