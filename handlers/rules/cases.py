"""Named households with the results the law gives: a table an official can check, and the tests too."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

from handlers.rules.household import Household, Income, Range, Someone
from handlers.rules.poverty import Assessment, assess

_FILE = Path(__file__).parent / "data" / "cases.toml"
SOMEONE = get_args(Someone)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the law gives on one day. income: where it stands to the line; found, open: codes joined by "+"."""

    outcome: str
    income: str
    found: str
    open: str

    @classmethod
    def of(cls, found: Assessment) -> "Expected":
        """What an assessment says, in the same form."""
        verdict = found.verdict
        return cls(found.outcome, verdict.income, "+".join(verdict.found), "+".join(verdict.open))


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
    """One line a household and day: what was expected, and in brackets what the rules say if that differs."""
    for case in named_cases():
        yield case.name
        for day, expected in case.expected.items():
            now = Expected.of(assess(case.household, day))
            found = expected.found or "–"
            differs = "" if now == expected else f"   [rules: {now.outcome}, {now.income}, {now.found or '–'}]"
            yield f"  {day}  {expected.outcome:<18} income {expected.income:<8} lacks {found}{differs}"


def differing() -> Iterator[str]:
    """Names of the households for which the rules no longer say what is expected."""
    for case in named_cases():
        if any(Expected.of(assess(case.household, day)) != expected for day, expected in case.expected.items()):
            yield case.name


def _read(case: Mapping[str, Any]) -> NamedCase:
    days = {key: value for key, value in case.items() if key.startswith("on_")}
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
    expected = {date.fromisoformat(key.removeprefix("on_").replace("_", "-")): Expected(**v) for key, v in days.items()}
    return NamedCase(str(case["name"]), household, expected)


def _range(case: Mapping[str, Any], name: str) -> Range | None:
    least = case.get(f"{name}_least")
    return None if least is None else Range(least, case.get(f"{name}_most"))


def _income(case: Mapping[str, Any]) -> Income | None:
    amount = _range(case, "income")
    return None if amount is None else Income(amount, per=cast("Any", case.get("income_per", "family")))
