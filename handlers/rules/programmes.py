"""The support programmes in force on a day: for whom each is, and its figures.

Why one that is too unsure to show is left out: hope that no official has confirmed would cost a family a day's way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from handlers.rules.book import per_book, rows_of_file
from handlers.rules.conditions import CONDITIONS, TIERS, Condition, Tier, not_asked
from handlers.rules.household import Household
from handlers.rules.rows import Confidence, RuleRow, RuleRows, is_hidden

Status = Literal["now", "recognised"]

EVERY_CLASS = frozenset({"poor", "near_poor", "escaped", "middle"})

_FROM_SUREST: tuple[Confidence, ...] = (
    "setting", "seen", "recalled_high", "derived", "recalled_medium", "design", "recalled_low", "unknown",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeOffer:
    """A programme for one family.

    row: its words. status: asked for now, or once the family is recognised. amounts: those that may be the family's,
    one a figure, the kind last in the row's id; a figure nobody knows has no value. sure: whether who it is for is
    known to be true of the family. highest_only: whether the one who gets it might get another allowance instead.
    """

    id: str
    row: RuleRow
    status: Status
    amounts: tuple[RuleRow, ...]
    sure: bool
    highest_only: bool = False

    @property
    def official_form(self) -> str:
        """The form of the law by which an allowance is asked for, with its law; empty if its row names none."""
        return str(words(self.row).get("official_form", ""))


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme in force on a day.

    classes: those it needs, empty for none. area: where one has to live, empty for anywhere. of: whose allowance it is,
    empty where it is none. instead_of: programmes nobody needs who is offered this one; alone: nor a family of one.
    amounts: each with whom it is for, None for everybody.
    """

    id: str
    row: RuleRow
    classes: frozenset[str]
    fits: Condition
    area: str
    of: tuple[str, ...]
    instead_of: tuple[str, ...]
    instead_of_alone: tuple[str, ...]
    amounts: tuple[tuple[RuleRow, Tier | None], ...]
    _offers: dict[object, ProgrammeOffer] = field(default_factory=dict)
    _whole: tuple[RuleRow, ...] | None = field(init=False)  # all of them, where each is for everybody

    def __post_init__(self) -> None:
        alike = all(tier is None for _, tier in self.amounts)
        object.__setattr__(self, "_whole", tuple(row for row, _ in self.amounts) if alike else None)

    @property
    def is_asked(self) -> bool:
        """Whether a family is asked all that says whether it is theirs."""
        return not (self.fits is not_asked or self.fits.__name__.startswith("perhaps_"))

    def amounts_for(self, household: Household, whose: str = "") -> tuple[RuleRow, ...]:
        """The amounts that may be a member's; all of them where nothing is known of her."""
        if self._whole is not None:
            return self._whole
        return tuple(row for row, tier in self.amounts if tier is None or tier(household, whose) is not False)

    def offer(
        self, status: Status, amounts: tuple[RuleRow, ...], *, sure: bool, highest_only: bool = False
    ) -> ProgrammeOffer:
        """The offer of some of its amounts; one object for all families that are offered the same."""
        key = (status, sure, highest_only, None if amounts is self._whole else amounts)
        found = self._offers.get(key)
        if found is None:
            found = ProgrammeOffer(
                id=self.id, row=self.row, status=status, amounts=amounts, sure=sure, highest_only=highest_only
            )
            self._offers[key] = found
        return found


@per_book
def allowance_form(day: date) -> str:
    """The form of the law by which allowances and pensions are asked for on a day; empty where it is not known."""
    forms = (str(words(programme.row).get("official_form", "")) for programme in in_force(day))
    return next((form for form in forms if form), "")


@per_book
def in_force(day: date) -> tuple[Programme, ...]:
    """Every programme in force on a day that may be shown, in the file's order."""
    rows = rows_of_file("programmes")
    return tuple(_programme(row, rows, day) for row in rows.under("programme.", day) if not is_hidden(row))


def words(row: RuleRow) -> Mapping[str, object]:
    """What a programme's row says of it."""
    return row.value if isinstance(row.value, Mapping) else {}


def _programme(row: RuleRow, rows: RuleRows, day: date) -> Programme:
    name, said = row.id.removeprefix("programme."), words(row)
    amounts = (*_monthly_amounts(name, str(said.get("base", "")), rows, day), *rows.under(f"amount.{name}.", day))
    return Programme(
        id=name,
        row=row,
        classes=frozenset(_names(said, "classes")),
        fits=CONDITIONS[str(said["who"])],
        area=str(said.get("area", "")),
        of=_names(said, "of"),
        instead_of=_names(said, "instead_of"),
        instead_of_alone=_names(said, "instead_of_alone"),
        amounts=tuple((amount, TIERS.get(label(amount))) for amount in amounts),
    )


def _names(said: Mapping[str, object], key: str) -> tuple[str, ...]:
    found = said.get(key)
    return found if isinstance(found, tuple) else ()


def label(amount: RuleRow) -> str:
    """What one of several amounts is for: the "meals" of amount.ban_tru_dtts.meals.monthly; empty for the only one."""
    return ".".join(amount.id.split(".")[2:-1])


def kind(amount: RuleRow) -> str:
    """How an amount is counted: monthly, one_off and so on, the last part of its id."""
    return amount.id.rpartition(".")[2]


def _monthly_amounts(name: str, base_id: str, rows: RuleRows, day: date) -> Iterator[RuleRow]:
    """A programme's amounts that are a parameter times a coefficient in hundredths, in VND a month."""
    base = rows.get(base_id, day)
    if base is not None:
        yield from (_times(base, row) for row in rows.under(f"coefficient.{name}.", day))


def _times(base: RuleRow, coefficient: RuleRow) -> RuleRow:
    """The product, as sure as the less sure of the two, and in force while both are."""
    both = (base, coefficient)
    factors = [row.value for row in both if isinstance(row.value, int)]
    compared = [row.checked_on for row in both]
    return RuleRow(
        id=f"amount.{coefficient.id.removeprefix('coefficient.')}.monthly",
        value=factors[0] * factors[1] // 100 if len(factors) == 2 else None,
        valid_from=max((row.valid_from for row in both if row.valid_from), default=None),
        valid_to=min((row.valid_to for row in both if row.valid_to), default=None),
        source="; ".join(dict.fromkeys((coefficient.source, base.source))),
        confidence=max(base.confidence, coefficient.confidence, key=_FROM_SUREST.index),
        note=base.note or coefficient.note,
        in_force_from=max((row.in_force_from for row in both if row.in_force_from), default=None),
        checked_on=None if None in compared else min(day for day in compared if day),
        evidence="one_secondary" if any(row.evidence == "one_secondary" for row in both) else base.evidence,
    )
