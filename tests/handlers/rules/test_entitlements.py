"""What families get: named households by article, and what holds for every family on every day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from handlers.rules import programmes
from handlers.rules.arrears import owed
from handlers.rules.book import rows_of_file
from handlers.rules.entitled import EntitledCase, entitled_cases, line, table, wrong
from handlers.rules.entitlements import OLDER, general, monthly_sum, offers
from handlers.rules.household import Household, Range
from handlers.rules.programmes import ProgrammeOffer, in_force, kind, words
from handlers.rules.rows import is_hidden
from handlers.texts.loader import LANGUAGES
from handlers.verdicts import offers as told
from tests.handlers.rules.families import days_of_acts as days
from tests.handlers.rules.families import holders
from tests.handlers.told import voice
from tests.kit.cases import for_each

TODAY, MOST_LETTERS = date(2026, 12, 1), 700
CASES = [(case, day) for case in entitled_cases() for day in case.expected]
EDGES = sorted({row.valid_from for row in rows_of_file("programmes") if row.valid_from})


@for_each(("case", "day"), CASES)
def test_a_named_household_gets_what_its_articles_say(case: EntitledCase, day: date) -> None:
    assert list(wrong(case, day)) == []


def test_there_is_a_household_for_every_allowance_and_for_each_side_of_each_date_of_the_decree() -> None:
    allowances = {programme.id for programme in in_force(TODAY) if programme.of}
    told_of = (case.expected[day] for case, day in CASES)
    named = {one.split()[0].rstrip("?") for wanted in told_of for one in (*wanted.gets, *wanted.perhaps)}
    on = {day for _, day in CASES}

    assert len(entitled_cases()) >= 72
    assert allowances <= named
    assert {date(2026, 6, 30), date(2026, 7, 1), date(2026, 10, 4), date(2026, 10, 5), date(2027, 1, 15)} <= on


def test_a_changed_figure_shows_in_the_table_as_what_the_rules_say_instead() -> None:
    case, day = CASES[0]
    otherwise = replace(case.expected[day], gets=("huu_tri_75 1",))

    differing = list(wrong(replace(case, expected={day: otherwise}), day))

    assert differing[0] == "- huu_tri_75 1"
    assert "+ huu_tri_75 500000" in differing
    assert not any(one.lstrip().startswith(("- ", "+ ")) for one in table())


def sure_allowances(household: Household, day: date) -> Iterator[ProgrammeOffer]:
    own = {programme.id for programme in in_force(day) if programme.of}
    return (offer for offer in offers(household, day, likely=frozenset()) if offer.sure and offer.id in own)


@given(holders, days)
@settings(max_examples=300, deadline=None)
def test_nobody_is_promised_two_allowances_that_exclude_each_other(household: Household, day: date) -> None:
    whose = {programme.id: programme.of for programme in in_force(day)}
    sure = [offer for offer in sure_allowances(household, day) if offer.status == "now"]
    for someone in (*OLDER, "orphan", "under_3"):
        # Who has a paper of disability may be another one of the family than who is old.
        own = [offer for offer in sure if whose[offer.id] == (someone,)]
        assert len(own) <= 1, [offer.id for offer in own]
    disability = [offer.id for offer in sure if "disabled" in whose[offer.id]]
    assert len(disability) <= 1


@given(holders, days)
@settings(max_examples=200, deadline=None)
def test_every_figure_says_what_it_is_for_and_an_unknown_one_is_none(household: Household, day: date) -> None:
    for offer in offers(household, day, likely=frozenset()):
        for language in LANGUAGES:
            [entry] = told.lines([offer], day, household)
            assert "None" not in voice(language, day).say(entry)
        shown = [row for row in offer.amounts if not is_hidden(row) and isinstance(row.value, int)]
        several = [row for row in shown if kind(row) == "monthly"]
        assert len(several) < 2 or all(programmes.label(row) for row in several), offer.id
        assert all(row.holds(day) for row in offer.amounts)


@for_each("day", EDGES)
def test_what_is_told_on_a_day_are_the_rows_of_that_day(day: date) -> None:
    for offer in general(day):
        assert offer.row == rows_of_file("programmes").on(offer.row.id, day)
        assert all(row.holds(day) for row in offer.amounts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_two_programmes_fit_a_message(language: str) -> None:
    for day in EDGES:
        entries = [voice(language, day).say(one) for one in told.lines(general(day), day)]
        # Any two may follow each other in a family's own list.
        assert sum(sorted(map(len, entries))[-2:]) < MOST_LETTERS, max(entries, key=len)


@pytest.mark.parametrize("language", LANGUAGES)
def test_papers_and_law_of_two_programmes_fit_a_message(language: str) -> None:
    entries = [voice(language, TODAY).say(one) for one in told.details(general(TODAY), TODAY)]

    assert sum(sorted(map(len, entries))[-2:]) < MOST_LETTERS, max(entries, key=len)


def test_the_health_card_of_a_poor_family_comes_before_a_loan_to_work_abroad() -> None:
    family = Household(unit_id="xa_tay_giang", certificate="poor", living_here={"pupil": True, "no_labour": False})

    order = [offer.id for offer in offers(family, TODAY, likely=frozenset())]

    assert order.index("bhyt_ngheo") < order.index("hoc_phi") < order.index("vay_xkld")
    assert order.index("bhyt_ngheo") < order.index("ban_tru_dtts")


# What an act that reaches back owes


PENSIONER = Household(
    unit_id="phuong_thanh_khe",
    certificate="none",
    living_here={"aged_75": True, "aged_70": False, "aged_60": False},
    pension="none",
    allowances=Range.exactly(1),
)


def owing(household: Household, day: date) -> tuple[int, date, int] | None:
    offer = next(iter(sure_allowances(household, day)))
    found = owed(household, offer, day)
    return (found.monthly, found.since, found.months) if found else None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 10, 4), None, id="the act is not in force yet"),
        pytest.param(date(2026, 10, 5), (40_000, date(2026, 7, 1), 3), id="its first day"),
        pytest.param(date(2026, 12, 1), (40_000, date(2026, 7, 1), 5), id="July to November"),
        pytest.param(date(2027, 10, 4), (40_000, date(2026, 7, 1), 15), id="the last day of a year"),
        pytest.param(date(2027, 10, 5), None, id="a year later"),
    ],
)
def test_who_drew_the_old_level_is_told_what_is_owed(day: date, expected: tuple[int, date, int] | None) -> None:
    assert owing(PENSIONER, day) == expected


@pytest.mark.parametrize("allowances", [None, Range.exactly(0), Range(0, None)])
def test_who_does_not_surely_draw_one_is_owed_nothing(allowances: Range | None) -> None:
    assert owing(replace(PENSIONER, allowances=allowances), TODAY) is None


def test_where_the_figure_is_not_one_nothing_is_owed_for_sure() -> None:
    family = replace(PENSIONER, living_here={"disabled": True}, disability="severe")

    assert owing(family, TODAY) is None
    assert owing(replace(family, disabled_age="adult"), TODAY) == (60_000, date(2026, 7, 1), 5)


def test_what_is_owed_is_said_with_its_months() -> None:
    found = offers(PENSIONER, TODAY, likely=frozenset())
    text = voice("vi", TODAY).say(next(iter(told.lines(found, TODAY, PENSIONER))))

    assert "được truy lĩnh 40.000 đ mỗi tháng: đến nay 5 tháng là 200.000 đ, nếu chưa nhận" in text


def test_two_groups_that_may_be_one_person_are_not_added() -> None:
    family = replace(
        PENSIONER, living_here={"disabled": True, "orphan": True}, disability="severe", disabled_age="child"
    )

    assert monthly_sum(family, offers(family, TODAY, likely=frozenset()), TODAY) is None


def test_a_line_writes_a_programme_with_its_figures() -> None:
    assert [line(offer) for offer in sure_allowances(PENSIONER, TODAY)] == ["huu_tri_75 540000"]
    assert all(words(offer.row) for offer in general(TODAY))
