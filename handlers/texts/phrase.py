"""What is still to be put into words: a text's key with its values, in no language yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence still to be said: its text's key, and the values it names.

    values may be words, numbers, dates, times, other phrases, or a tuple of these, which is printed as a list.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dong:
    """An amount of money in VND, printed as 1.500.000 đ."""

    amount: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Several things said one below the other."""

    parts: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Bilingual:
    """Words that a row of data has in every language."""

    said: Mapping[str, str]
