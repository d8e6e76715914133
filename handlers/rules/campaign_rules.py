"""On which legal basis a campaign may ask for gifts, for how long, and by when all of it is to be handed on.

Why a limit that nobody knows forbids nothing: no law that we know of gives it. Whoever opens the campaign is told so
and has it confirmed, and no day is made up in its place.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from handlers.rules.book import per_book, rows_of_file
from handlers.rules.rows import Caution, RuleRow, caution, is_hidden

Problem = Literal["unknown_basis", "no_end", "ends_before_it_begins", "too_long"]

_FROM_SUREST: tuple[Caution, ...] = ("plain", "confirm", "hidden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A basis on a day. Its name is a text, drive_bases.<id>; the act and its source are in the row.

    longest, distribute: days, None where nobody knows them. own_account: whether an individual who asks for gifts opens
    an account for that campaign alone.
    """

    id: str
    row: RuleRow
    longest: int | None
    distribute: int | None
    own_account: bool
    caution: Caution

    @property
    def act(self) -> str:
        """The act as it is quoted: "NĐ 93/2021/NĐ-CP"."""
        return str(self.row.value)


@per_book
def bases(day: date) -> tuple[Basis, ...]:
    """Return the bases in force on a day, in the order in which they are offered."""
    return tuple(_basis(row, day) for row in rows_of_file("drives").under("basis.", day) if not is_hidden(row))


def basis_on(basis_id: str, day: date) -> Basis | None:
    """Return a basis if it is in force on a day."""
    return next((basis for basis in bases(day) if basis.id == basis_id), None)


def check(basis_id: str, from_day: date, until_day: date | None) -> tuple[Problem, ...]:
    """Say what speaks against a campaign from one day to another, both included; the law is that of its first day.

    The day of launch isn't counted (Civil Code 2015, Art. 147): 90 days from 1 March end on 30 May.
    """
    basis = basis_on(basis_id, from_day)
    problems: list[Problem] = [] if basis is not None else ["unknown_basis"]
    if until_day is None:
        problems.append("no_end")
    elif until_day < from_day:
        problems.append("ends_before_it_begins")
    elif basis is not None and basis.longest is not None and (until_day - from_day).days > basis.longest:
        problems.append("too_long")
    return tuple(problems)


def distribute_until(basis_id: str, until_day: date) -> date | None:
    """Return by when gifts are handed on if receiving ends on a day; None where no law gives a day.

    The givers may have been promised another day: that one counts then.
    """
    basis = basis_on(basis_id, until_day)
    return None if basis is None or basis.distribute is None else until_day + timedelta(days=basis.distribute)


def _basis(row: RuleRow, day: date) -> Basis:
    name = row.id.removeprefix("basis.")
    rows = rows_of_file("drives")
    longest, distribute, account = (
        rows.get(f"{what}.{name}", day) for what in ("longest", "distribute", "own_account")
    )
    clocks = [caution(clock, day) for clock in (longest, distribute)]
    worst = max((caution(row, day), *("confirm" if c == "hidden" else c for c in clocks)), key=_FROM_SUREST.index)
    return Basis(
        id=name,
        row=row,
        longest=_days(longest),
        distribute=_days(distribute),
        own_account=account is not None and account.value == "individual",
        caution=worst,
    )


def _days(row: RuleRow | None) -> int | None:
    """The days of a clock that may be shown."""
    return row.value if row is not None and isinstance(row.value, int) and not is_hidden(row) else None
