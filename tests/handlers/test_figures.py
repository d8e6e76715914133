"""Every figure a person is told comes from a row in force that may be shown."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from handlers.rules.book import rows_of_file
from handlers.rules.entitlements import general
from handlers.rules.entitlements import offers as offered
from handlers.rules.examples import NamedCase, named_cases
from handlers.rules.household import Household
from handlers.rules.office import office
from handlers.rules.poverty import assess, next_standard
from handlers.rules.rows import is_hidden
from handlers.texts import Lines, Phrase
from handlers.texts.loader import LANGUAGES
from handlers.verdicts import offers, results
from tests.handlers.told import grounds, verdict, voice
from tests.kit.cases import for_each

DAYS = [(case, day) for case in named_cases() for day in case.expected]
FILES = ("standards", "indicators", "programmes", "areas")
# A day, and the name of a law: numbers that are no amount.
DAY = re.compile(r"\d\d/\d\d/\d{4}")
NUMBER = re.compile(r"\d[\d.]*\d")


def offer_lines(household: Household, day: date) -> Phrase:
    found = offered(household, day, likely=assess(household, day).verdict.classes)
    return Phrase("plain", {"words": Lines(tuple(offers.lines(found, day)))})


def may_be_told(day: date) -> set[int]:
    """The figures in force on the day and on the first day of the coming standard."""
    return set().union(*(figures_of(each) for each in (day, next_standard(day)) if each))


def figures_of(day: date) -> set[int]:
    """The figures of the rows that may be shown, and each coefficient times the parameter its programme names."""
    rows = {row.id: row for name in FILES for row in rows_of_file(name).under("", day) if not is_hidden(row)}
    told = {row.value for row in rows.values() if isinstance(row.value, int)}
    for row_id, row in rows.items():
        programme = rows.get(f"programme.{row_id.split('.')[1]}") if row_id.startswith("coefficient.") else None
        words = programme.value if programme is not None and isinstance(programme.value, Mapping) else {}
        base = rows.get(str(words.get("base")))
        if base is not None and isinstance(base.value, int) and isinstance(row.value, int):
            told.add(base.value * row.value // 100)
    return told


def declared(household: Household) -> set[int]:
    """The income a family told, and a person's share of it."""
    if household.income is None:
        return set()
    ends = {end for end in (household.income.amount.least, household.income.amount.most) if end is not None}
    return ends | {end // household.members for end in ends if household.members}


def numbers(text: str, day: date) -> set[int]:
    """Every number of four digits or more, without days and without the names of laws and forms."""
    names = {row.source for name in (*FILES, "office") for row in rows_of_file(name)} | {office(day).review_form or ""}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "") if name else text
    found = {int(number.replace(".", "")) for number in NUMBER.findall(DAY.sub("", text))}
    return {number for number in found if number >= 1000}


@for_each(("case", "day"), DAYS)
def test_every_figure_of_a_verdict_and_of_an_offer_is_a_row_s_or_the_family_s_own(case: NamedCase, day: date) -> None:
    known = may_be_told(day) | declared(case.household)

    for language in LANGUAGES:
        speaks = voice(language, day)
        for phrase in (*verdict(case.household, day), *grounds(case.household, day), offer_lines(case.household, day)):
            assert numbers(speaks.say(phrase), day) <= known


@pytest.mark.parametrize("certificate", ["poor", "near_poor", "escaped"])
def test_every_figure_a_holder_is_told_is_a_row_s(certificate: str) -> None:
    case, day = DAYS[0]
    family = replace(case.household, certificate=certificate)  # type: ignore[arg-type]  # one of the three

    for language in LANGUAGES:
        assert numbers(voice(language, day).say(results.holder(family, day)), day) <= may_be_told(day)


def test_the_figures_were_read() -> None:
    case, day = DAYS[0]
    told = numbers(voice("vi", day).say(offer_lines(case.household, day)), day)

    assert len(told) > 5
    assert {row.value for offer in general(day) for row in offer.amounts} & told
