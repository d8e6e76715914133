"""A family as the rules see it. None means "not known" and is never "no"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Certificate = Literal["poor", "near_poor", "escaped", "none"]
# Who lives there, as the question "Trong nhà có ai?" lists them.
Someone = Literal[
    "aged_75", "aged_70", "aged_60", "disabled", "orphan", "under_3", "pupil", "single_parent", "no_labour"
]  # fmt: skip
Pension = Literal["all", "none", "some"]
# What the disability paper says; "none": there is no paper yet.
Degree = Literal["especially_severe", "severe", "light", "none"]
# Under 16; 16 to 59; 60 and over.
AgeGroup = Literal["child", "adult", "older"]


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
    draw a monthly allowance of the State, the social pension included. living_here: who lives there, None where not
    known. pension: whether those of 70 and over draw one. lacks: by the code of the indicator; the dependants are
    computed where they are not told. disability, disabled_age: of the member whose disability is the most severe.
    cared_for: whether the family itself cares for that member. unsupported: whether somebody of 60 and over has nobody
    bound to support them. raised_alone: children of a single parent. eldest: years of the oldest member. hiv: who
    has it; no chat asks for that.
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
    disability: Degree | None = None
    disabled_age: AgeGroup | None = None
    cared_for: bool | None = None
    unsupported: bool | None = None
    raised_alone: int | None = None
    eldest: int | None = None
    hiv: AgeGroup | None = None

    def has(self, someone: Someone) -> bool | None:
        """Whether such a person lives there; None if not known."""
        return self.living_here.get(someone)
