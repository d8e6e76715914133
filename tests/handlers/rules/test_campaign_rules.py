"""The legal bases of drives: which holds on a day, how long a drive may last, and by when gifts are handed on."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import texts
from handlers.rules import catalogue
from handlers.rules.book import rows_of_file
from handlers.rules.campaign_rules import Problem, bases, basis_on, check, distribute_until
from handlers.rules.rows import caution
from tests.kit.cases import for_each

TODAY = date(2026, 11, 25)
DECREE_93 = ("disaster", "epidemic", "incident", "illness")
EVERY = (*DECREE_93, "fund_for_the_poor", "charity_fund")


def test_the_bases_are_offered_in_the_file_s_order() -> None:
    assert tuple(basis.id for basis in bases(TODAY)) == EVERY


def test_every_basis_has_a_name_in_both_languages() -> None:
    named = texts.load()

    for language in ("vi", "en"):
        assert [key for key in EVERY if f"drive_bases.{key}" not in named.sentences[language]] == []


@pytest.mark.parametrize("basis_id", DECREE_93)
def test_decree_93_holds_from_its_first_day(basis_id: str) -> None:
    assert basis_on(basis_id, date(2021, 12, 10)) is None
    begun = basis_on(basis_id, date(2021, 12, 11))
    assert begun is not None
    assert (begun.act, begun.longest, begun.distribute, begun.own_account) == ("NĐ 93/2021/NĐ-CP", 90, 20, True)


def test_the_fund_s_regulation_holds_from_its_first_day_and_nobody_knows_its_clocks() -> None:
    assert basis_on("fund_for_the_poor", date(2016, 12, 28)) is None
    fund = basis_on("fund_for_the_poor", date(2016, 12, 29))
    assert fund is not None
    assert (fund.longest, fund.distribute, fund.caution) == (None, None, "confirm")


def test_what_is_not_sure_is_to_be_confirmed() -> None:
    cautions = {basis.id: basis.caution for basis in bases(TODAY)}

    assert cautions == {
        "disaster": "plain",
        "epidemic": "plain",
        "incident": "plain",
        "illness": "confirm",
        "fund_for_the_poor": "confirm",
        "charity_fund": "confirm",
    }


FIRST = date(2026, 3, 1)


@for_each(
    ("basis_id", "from_day", "until_day", "problems"),
    [
        pytest.param("disaster", FIRST, date(2026, 5, 30), (), id="the ninetieth day"),
        pytest.param("disaster", FIRST, date(2026, 5, 31), ("too_long",), id="the day after it"),
        pytest.param("disaster", FIRST, FIRST, (), id="one day"),
        pytest.param("disaster", FIRST, date(2026, 2, 28), ("ends_before_it_begins",), id="the past"),
        pytest.param("disaster", FIRST, None, ("no_end",), id="no end"),
        pytest.param("illness", FIRST, date(2026, 5, 31), ("too_long",), id="too long, though to be confirmed"),
        pytest.param("fund_for_the_poor", FIRST, date(2027, 3, 1), (), id="a clock nobody knows stops nobody"),
        pytest.param("fund_for_the_poor", FIRST, None, ("no_end",), id="the fund's drive too has an end"),
        pytest.param("charity_fund", FIRST, date(2027, 3, 1), (), id="a charity fund's clock isn't known"),
        pytest.param("poverty", FIRST, date(2026, 3, 2), ("unknown_basis",), id="no such basis"),
        pytest.param("", FIRST, None, ("unknown_basis", "no_end"), id="nothing at all"),
        pytest.param("disaster", date(2021, 12, 10), date(2021, 12, 20), ("unknown_basis",), id="before the decree"),
    ],
)
def test_a_drive_is_checked_by_the_law_of_its_first_day(
    basis_id: str, from_day: date, until_day: date | None, problems: tuple[Problem, ...]
) -> None:
    assert check(basis_id, from_day, until_day) == problems


def test_gifts_of_decree_93_are_handed_on_within_twenty_days() -> None:
    assert distribute_until("disaster", date(2026, 5, 30)) == date(2026, 6, 19)


@pytest.mark.parametrize("basis_id", ["fund_for_the_poor", "charity_fund", "no_such"])
def test_no_day_is_made_up_where_no_law_gives_one(basis_id: str) -> None:
    assert distribute_until(basis_id, TODAY) is None


@given(st.sampled_from(EVERY), st.dates(date(2022, 1, 1), date(2060, 1, 1)), st.integers(-400, 400))
def test_a_drive_without_problems_is_no_longer_than_its_basis_allows(basis_id: str, first: date, days: int) -> None:
    basis = basis_on(basis_id, first)

    assert basis is not None
    fits = days >= 0 and (basis.longest is None or days <= basis.longest)
    assert (check(basis_id, first, first + timedelta(days=days)) == ()) == fits


def test_every_row_belongs_to_a_basis_and_every_basis_has_its_clocks() -> None:
    ids = set(rows_of_file("drives").series)

    assert {row_id.partition(".")[2] for row_id in ids} == set(EVERY)
    assert {f"{clock}.{basis}" for clock in ("basis", "longest", "distribute") for basis in EVERY} <= ids


def test_whoever_may_not_be_shown_plainly_has_a_note_for_an_official() -> None:
    assert [row.id for row in rows_of_file("drives") if caution(row, TODAY) != "plain" and not row.note] == []


def test_the_bases_are_among_the_rows_that_officials_check() -> None:
    assert "basis.disaster: NĐ 93/2021/NĐ-CP" in "\n".join(catalogue.lines(TODAY))
