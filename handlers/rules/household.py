"""A family as the rules see it. None means "not known" and is never "no"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Certificate = Literal["poor", "near_poor", "escaped", "none"]
# Who lives there, as the question "Trong nhà có ai?" lists them.
Someone = Literal[
    "aged_75", "aged_70", "aged_60", "disabled", "orphan", "pupil", "single_parent", "no_labour"
]  # fmt: skip
Pension = Literal["all", "none", "some"]


@dataclass(frozen=True, slots=True)
class Range:
    """A whole number known only within bounds; most None: without an upper bound."""

    least: int
    most: int | None

    @classmethod
    def exactly(cls, number: int) -> "Range":
        return cls(number, number)


@dataclass(frozen=True, slots=True)
class Income:
    """Declared income in VND a month, averaged over the last twelve. per: of the whole family, or of one person."""

    amount: Range
    per: Literal["family", "person"] = "family"


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """What a family says of itself.

    unit_id: one of the 94. children: under the child age of the standard. allowances: older or disabled members who
    draw a monthly social allowance. living_here: who lives there, None where not known. pension: whether those of 70
    and over draw one. lacks: by the code of the indicator; the dependants are computed where they are not told.
    """

    unit_id: str | None = None
    certificate: Certificate | None = None
    members: int | None = None
    children: int | None = None
    allowances: Range | None = None
    living_here: Mapping[str, bool | None] = field(default_factory=dict)
    pension: Pension | None = None
    income: Income | None = None
    lacks: Mapping[str, bool | None] = field(default_factory=dict)

    def has(self, someone: Someone) -> bool | None:
        """Whether such a person lives there; None if not known."""
        return self.living_here.get(someone)
