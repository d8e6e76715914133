"""Whatever a result says fits a phone's screen, wherever the family lives, however little of it is known."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules.examples import SOMEONE, named_cases
from handlers.rules.household import Certificate, Degree, Household, Income, Pension, Range
from handlers.rules.poverty import DEPENDANTS, assess, changed_places, standard
from handlers.texts.loader import LANGUAGES
from handlers.verdicts import results
from handlers.vietnamese import units
from tests.handlers.rules.families import TODAY, days, households
from tests.handlers.told import grounds, verdict, voice
from tests.kit.cases import for_each

MOST_LETTERS = 700
NAMES = sorted((unit.id for unit in units.all_units().values()), key=lambda unit: -len(units.all_units()[unit].name))
LONGEST = NAMES[:5]
# A unit of two types has a line more; the longest name of former places is among these.
OF_TWO_TYPES = [unit for unit in NAMES if changed_places(unit, TODAY)]
TELLS = re.compile(r"nghèo|\bpoor|\d[.,]\d{3}", re.I)


def told(household: Household, day: date, *languages: str) -> Iterator[str]:
    """The messages of a result in some languages, without what it stands on, which is as long as it has reasons."""
    phrases = (*verdict(household, day), grounds(household, day)[1])
    for language in languages:
        speaks = voice(language, day)
        yield from (speaks.say(phrase) for phrase in phrases)


def check(texts: Iterator[str]) -> None:
    for text in texts:
        assert len(text) <= MOST_LETTERS, text
        assert "\n\n" not in text.rstrip("\n") + "\n"
        assert not TELLS.search(text.split("\n")[0])


@for_each("unit", [*LONGEST, *OF_TWO_TYPES])
def test_a_named_household_s_result_fits_wherever_it_lives(unit: str) -> None:
    for case in named_cases():
        for day in case.expected:
            check(told(replace(case.household, unit_id=unit), day, *LANGUAGES))


@for_each("unit", OF_TWO_TYPES)
def test_a_family_that_lacks_everything_fits_where_two_lines_may_count(unit: str) -> None:
    lacks = {code: True for code in standard(TODAY).lacks if code != DEPENDANTS}
    income = Income(Range.exactly(4_500_001))
    family = Household(unit_id=unit, members=3, living_here=dict.fromkeys(SOMEONE, True), income=income, lacks=lacks)

    check(told(family, TODAY, *LANGUAGES))


def test_a_named_household_s_result_fits_where_it_lives() -> None:
    for case in named_cases():
        for day in case.expected:
            check(told(case.household, day, *LANGUAGES))


@given(households, st.sampled_from(NAMES), days, st.sampled_from(LANGUAGES))
@settings(max_examples=200, deadline=None)
def test_any_family_s_result_fits_in_any_of_the_94_units(h: Household, unit: str, day: date, language: str) -> None:
    check(told(replace(h, unit_id=unit), day, language))
    check(told(h, day, language))


def test_what_a_holder_is_told_fits_whoever_lives_there() -> None:
    certificates: tuple[Certificate, ...] = ("poor", "near_poor", "escaped")
    pensions: tuple[Pension | None, ...] = ("all", "none", "some", None)
    houses = [dict.fromkeys(SOMEONE, True), *({who: True} for who in SOMEONE), dict.fromkeys(SOMEONE, False)]
    for unit, certificate, pension, living_here in product(LONGEST[:2], certificates, pensions, houses):
        family = Household(unit_id=unit, certificate=certificate, living_here=living_here, pension=pension)
        for language in LANGUAGES:
            check(iter([voice(language, TODAY).say(results.holder(family, TODAY))]))


def test_what_a_family_of_no_class_is_told_of_fits_whoever_lives_there() -> None:
    pensions: tuple[Pension | None, ...] = ("all", "none", "some", None)
    degrees: tuple[Degree | None, ...] = ("especially_severe", "severe", None)
    houses = [dict.fromkeys(SOMEONE, True), *({who: True} for who in SOMEONE), dict.fromkeys(SOMEONE, False)]
    heard = 0
    for pension, degree, living_here in product(pensions, degrees, houses):
        family = Household(certificate="none", living_here=living_here, pension=pension, disability=degree)
        phrase = results.of_any_family(family, assess(family, TODAY))
        heard += phrase is not None
        check(voice(language, TODAY).say(phrase) for language in LANGUAGES if phrase is not None)
    assert heard > len(degrees)


def test_what_a_result_stands_on_begins_with_nothing_to_hide() -> None:
    for case, language in product(named_cases(), LANGUAGES):
        text = voice(language, TODAY).say(grounds(case.household, TODAY)[0])
        assert not TELLS.search(text.split("\n")[0])
        assert "\n\n\n" not in text
