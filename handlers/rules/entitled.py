"""Named households with what the law gives them on a day: a table an official can check, and the tests too.

A line is a programme with its figures: "huu_tri_75 540000"; "?" after the name where it may or may not be theirs. Left
out is what is open to everybody alike: loans, work, legal aid and gifts.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

from handlers.rules.entitlements import monthly_sum, offers
from handlers.rules.household import Household, Range, Someone
from handlers.rules.programmes import ProgrammeOffer, in_force, words

_FILE = Path(__file__).parent / "data" / "entitled.toml"
_LEFT_OUT = ("vay_", "dao_tao_nghe", "viec_lam", "tgpl", "sinh_ke", "dn_", "tw_", "hoc_phi", "vien_thong", "xoa_nha")
SOMEONE = get_args(Someone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled:
    """What is expected on one day.

    gets: all that is theirs for sure. perhaps: some of what may be. never: what they are not told of. how: form, who
    decides, working days, of the first allowance. sum: VND a month of all allowances, None where that isn't certain.
    """

    gets: tuple[str, ...]
    perhaps: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    how: str = ""
    sum: int | None = None


@dataclass(frozen=True, slots=True)
class EntitledCase:
    """One household, the articles its figures are derived from, and what is expected for it, by day."""

    name: str
    because: str
    household: Household
    expected: Mapping[date, Entitled]


@cache
def entitled_cases() -> tuple[EntitledCase, ...]:
    """All named households, in the file's order."""
    content = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(_read(case) for case in content["case"])


def wrong(case: EntitledCase, day: date) -> Iterator[str]:
    """In what the rules differ from what is expected on a day; nothing where they agree."""
    expected, found = case.expected[day], offers(case.household, day, likely=frozenset())
    sure = [line(offer) for offer in found if offer.sure and _is_told(offer)]
    open_ones = {line(offer) for offer in found if not offer.sure}
    yield from (f"- {one}" for one in expected.gets if one not in sure)
    yield from (f"+ {one}" for one in sure if one not in expected.gets)
    yield from (f"- {one}" for one in expected.perhaps if one not in open_ones)
    told = {offer.id for offer in found}
    yield from (f"+ {one}" for one in expected.never if one in told)
    if expected.how and (said := how(found, day)) != expected.how:
        yield from (f"- {expected.how}", f"+ {said}")
    total = monthly_sum(case.household, found, day)
    if (total.monthly if total else None) != expected.sum:
        yield from (f"- = {expected.sum}", f"+ = {total.monthly if total else None}")


def line(offer: ProgrammeOffer) -> str:
    """A programme with its figures, as the file writes it."""
    figures = (str(row.value) for row in offer.amounts if row.value is not None)
    return " ".join((offer.id if offer.sure else f"{offer.id}?", *figures))


def how(found: tuple[ProgrammeOffer, ...], day: date) -> str:
    """Form, who decides and working days of the first allowance that is sure."""
    own = {programme.id for programme in in_force(day) if programme.of}
    said = next((words(offer.row) for offer in found if offer.sure and offer.id in own), {})
    return " · ".join(str(said.get(key, "–")) for key in ("form_vi", "decided_by_vi", "working_days"))


def table() -> Iterator[str]:
    """Each household with what it gets on each day; "-" and "+" mark what the rules say otherwise."""
    for case in entitled_cases():
        yield f"{case.name}  ({case.because})"
        for day, expected in case.expected.items():
            total = f"  = {expected.sum:,} a month".replace(",", ".") if expected.sum else ""
            yield f"  {day}  {'; '.join((*expected.gets, *expected.perhaps)) or '–'}{total}"
            yield from (f"    {one}" for one in (expected.how,) if one)
            yield from (f"  {one}" for one in wrong(case, day))


def differing() -> Iterator[str]:
    """Names of the households for which the rules no longer say what is expected."""
    for case in entitled_cases():
        if any(one for day in case.expected for one in wrong(case, day)):
            yield case.name


def _is_told(offer: ProgrammeOffer) -> bool:
    return not offer.id.startswith(_LEFT_OUT) or offer.id.startswith("hoc_phi_")


def _read(case: Mapping[str, Any]) -> EntitledCase:
    here, told = case.get("living_here"), dict(case)
    days = {key: told.pop(key) for key in case if key.startswith("on_")}
    allowances = told.pop("allowances", None)
    name, because = told.pop("name"), told.pop("because")
    told["living_here"] = {someone: None if here is None else someone in here for someone in SOMEONE}
    household = Household(allowances=None if allowances is None else Range.exactly(allowances), **told)
    expected = {date.fromisoformat(key[3:].replace("_", "-")): _expected(of) for key, of in days.items()}
    return EntitledCase(name, because, household, expected)


def _expected(told: Mapping[str, Any]) -> Entitled:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    return Entitled(**values)
