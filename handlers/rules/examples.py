"""Named households with the results the law gives: a table an official can check, and the tests too."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, cast, get_args

from handlers.rules.household import Household, Income, Range, Someone
from handlers.rules.poverty import assess
from handlers.rules.reasons import Reason, reasons

_FILE = Path(__file__).parent / "data" / "examples.toml"
SOMEONE = get_args(Someone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the law gives on one day.

    income: where it stands to the line. found, open: codes of lacks joined by "+". reasons: what the result stands on,
    one entry a source: what is from there, then the source, as in "line, min_deprived: NĐ 351/2025/NĐ-CP".
    """

    outcome: str
    income: str
    found: str
    open: str
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, household: Household, day: date) -> "Expected":
        """What the rules say of a household on a day, in the same form."""
        found = assess(household, day)
        verdict, sources = found.verdict, tuple(_by_source(reasons(household, found)))
        lacks, unknown = "+".join(verdict.found), "+".join(verdict.open)
        return cls(outcome=found.outcome, income=verdict.income, found=lacks, open=unknown, reasons=sources)

    def lines(self) -> Iterator[str]:
        """The result in one line, then each source with what is from there."""
        yield f"{self.outcome:<18} income {self.income:<8} lacks {self.found or '–'}; not known {self.open or '–'}"
        yield from (f"  {reason}" for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class NamedCase:
    """One household and what is expected for it, by day."""

    name: str
    household: Household
    expected: Mapping[date, Expected]


@cache
def named_cases() -> tuple[NamedCase, ...]:
    """All named households, in the file's order."""
    content = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(_read(case) for case in content["case"])


def table() -> Iterator[str]:
    """Each household with what is expected, days alike together; "-" and "+" mark what the rules say otherwise."""
    for case in named_cases():
        yield case.name
        told = [(day, wanted, Expected.of(case.household, day)) for day, wanted in case.expected.items()]
        for (wanted, now), days in groupby(told, key=lambda one: one[1:]):
            yield "  " + ", ".join(str(day) for day, *_ in days)
            yield from (f"  {line}" for line in _compared(wanted, now))


def differing() -> Iterator[str]:
    """Names of the households for which the rules no longer say what is expected."""
    for case in named_cases():
        if any(Expected.of(case.household, day) != expected for day, expected in case.expected.items()):
            yield case.name


def _compared(wanted: Expected, now: Expected) -> Iterator[str]:
    """Every line that is expected, "-" before one the rules don't say; then "+" before each they say instead."""
    expected, said = list(wanted.lines()), list(now.lines())
    yield from (f"{' ' if line in said else '-'} {line}" for line in expected)
    yield from (f"+ {line}" for line in said if line not in expected)


def _by_source(found: tuple[Reason, ...]) -> Iterator[str]:
    sources: dict[str, list[str]] = {}
    for reason in found:
        sources.setdefault(reason.row.source or "–", []).append(reason.about)
    yield from (f"{', '.join(abouts)}: {source}" for source, abouts in sources.items())


def _read(case: Mapping[str, Any]) -> NamedCase:
    here = case.get("living_here")
    lacks: dict[str, bool | None] = dict.fromkeys(case["lacking"], True)
    lacks |= dict.fromkeys(case["not_lacking"], False)
    household = Household(
        unit_id=case.get("unit"),
        certificate="none",
        members=case.get("members"),
        children=case.get("children"),
        allowances=_range(case, "allowances"),
        living_here={someone: None if here is None else someone in here for someone in SOMEONE},
        income=_income(case),
        lacks=lacks,
    )
    days = {key.removeprefix("on_").replace("_", "-"): told for key, told in case.items() if key.startswith("on_")}
    expected = {date.fromisoformat(day): _expected(told) for day, told in days.items()}
    return NamedCase(str(case["name"]), household, expected)


def _expected(told: Mapping[str, Any]) -> Expected:
    return Expected(**{**told, "reasons": tuple(told["reasons"])})


def _range(case: Mapping[str, Any], name: str) -> Range | None:
    least = case.get(f"{name}_least")
    return None if least is None else Range(least, case.get(f"{name}_most"))


def _income(case: Mapping[str, Any]) -> Income | None:
    amount = _range(case, "income")
    return None if amount is None else Income(amount, per=cast("Any", case.get("income_per", "family")))
