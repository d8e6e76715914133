"""Questions of gifts: how many of what, and in which months."""

import re

from handlers.flow import counted
from handlers.flow.answers import Answers
from handlers.flow.counted import Quantity
from handlers.flow.message import Phrase
from handlers.flow.questions.question import Candidate, Misheard, Question, Said, Unsure
from handlers.vietnamese.words import fold

_OF_PROMISES = ("người", "ý tưởng")
_WRITTEN = re.compile(r"([1-9]\d{0,8})(?: (\w+))?")


class HowMany(Question[Quantity]):
    """So many of something, «10 thùng»; what it is counted in may be left out."""

    expects = "how_many"
    digits_are_answers = True
    most = 10**7

    def understand(self, said: Said) -> Quantity | Unsure | Misheard:
        try:
            return self.parse(said.text)
        except ValueError:
            heard = counted.quantity(said.text)
            return heard if heard is not None and heard.count <= self.most else Misheard()

    def spell(self, value: Quantity) -> str:
        return f"{value.count} {value.measure}".strip()

    def parse(self, written: str) -> Quantity:
        found = _WRITTEN.fullmatch(written)
        if found is None or not written.isprintable() or not found[1].isascii() or int(found[1]) > self.most:
            raise ValueError(self.key)
        if found[2] is not None and found[2] not in counted.MEASURES:
            raise ValueError(self.key)
        return Quantity(int(found[1]), found[2] or "")

    def show(self, value: Quantity) -> object:
        return counted_in_words(value.count, value.measure)


class Months(Question[tuple[int, ...]]):
    """Months of the year, 1 to 12: «tháng 3 đến 5», «quanh năm»."""

    expects = "months"
    digits_are_answers = True

    def understand(self, said: Said) -> tuple[int, ...] | Unsure | Misheard:
        try:
            return self.parse(said.text)
        except ValueError:
            return counted.months(said.text) or Misheard()

    def spell(self, value: tuple[int, ...]) -> str:
        return "+".join(map(str, value))

    def parse(self, written: str) -> tuple[int, ...]:
        if not re.fullmatch(r"[1-9]\d?(?:\+[1-9]\d?)*", written, re.ASCII):
            raise ValueError(self.key)
        found = tuple(map(int, written.split("+")))
        if sorted(set(found)) != list(found) or not set(found) <= set(counted.YEAR):
            raise ValueError(self.key)
        return found

    def show(self, value: tuple[int, ...]) -> object:
        return (
            Phrase("months_all_year")
            if value == counted.YEAR
            else Phrase("months_named", {"months": counted.in_season(value)})
        )

    def choices(self, answers: Answers) -> tuple[Candidate, ...]:
        return (Candidate(self.spell(counted.YEAR), Phrase("all_year")),)


def counted_in_words(count: int, measure: str) -> object:
    """So many of something as it is said; what we don't count in is left as it was written."""
    figures = f"{count:,}".replace(",", ".")
    if measure not in (*counted.MEASURES, *_OF_PROMISES):
        return f"{figures} {measure}".strip()
    number, name = "one" if count == 1 else "many", fold(measure).replace(" ", "_")
    return Phrase(f"measure.{number}.{name}", {"count": figures})
