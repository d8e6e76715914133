"""The poverty standard: named households on three days, and what must hold for any household."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules.examples import Expected, NamedCase, named_cases
from handlers.rules.household import Household, Income, Range
from handlers.rules.poverty import CLASSES, areas, assess, bands, dependants_lack, lacks_matter, standard
from handlers.rules.rows import NotInForce
from tests.handlers.rules.families import CODES, LAST_DAY, NEW_YEAR, TODAY, amounts, days, households
from tests.kit.cases import for_each


@for_each("case", named_cases())
def test_a_named_household_gets_the_result_of_the_law(case: NamedCase) -> None:
    assert {day: Expected.of(case.household, day) for day in case.expected} == case.expected


def test_there_are_a_hundred_named_households_each_on_the_days_around_the_change() -> None:
    assert len({case.name for case in named_cases()}) >= 100
    assert all(set(case.expected) == {TODAY, LAST_DAY, NEW_YEAR} for case in named_cases())


@pytest.mark.parametrize(
    ("household", "day", "line", "article"),
    [
        ("xa_tay_giang", date(2025, 12, 31), 1_500_000, "Điều 3 NĐ 07/2021/NĐ-CP"),
        ("xa_tay_giang", date(2026, 1, 1), 1_500_000, "NĐ 351/2025/NĐ-CP, tiếp tục áp dụng Điều 3 NĐ 07/2021/NĐ-CP"),
        ("phuong_thanh_khe", LAST_DAY, 2_000_000, "NĐ 351/2025/NĐ-CP, tiếp tục áp dụng Điều 3 NĐ 07/2021/NĐ-CP"),
        ("phuong_thanh_khe", NEW_YEAR, 2_800_000, "NĐ 351/2025/NĐ-CP"),
        ("xa_tay_giang", NEW_YEAR, 2_200_000, "NĐ 351/2025/NĐ-CP"),
    ],
)
def test_the_line_and_its_article_change_on_their_day(household: str, day: date, line: int, article: str) -> None:
    verdict = assess(Household(unit_id=household), day).verdict

    row = verdict.standard.line[verdict.area]
    assert (row.value, row.source) == (line, article)


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2031, 1, 1)])
def test_outside_the_known_standards_nothing_is_assessed(day: date) -> None:
    with pytest.raises(NotInForce):
        assess(Household(), day)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("xa_tay_giang", ("rural",)),
        ("phuong_thanh_khe", ("urban",)),
        ("phuong_hoa_khanh", ("urban", "rural")),
        ("xa_dai_loc", ("rural", "urban")),
        ("dac_khu_hoang_sa", ("rural", "urban")),
        (None, ("rural", "urban")),
    ],
)
def test_which_lines_may_apply_follows_the_units_type_and_its_past(unit: str | None, expected: tuple[str, ...]) -> None:
    assert areas(unit, TODAY) == expected


def test_both_standards_are_shown_only_while_the_review_makes_next_years_list() -> None:
    household = Household(unit_id="xa_tay_giang")

    shown = [assess(household, day).coming is not None for day in (date(2026, 8, 31), TODAY, LAST_DAY, NEW_YEAR)]

    assert shown == [False, True, True, False]


def test_bands_are_the_lines_times_the_people_and_left_out_where_the_line_is_not_sure() -> None:
    assert bands("xa_viet_an", 3, TODAY) == (4_500_000, 6_600_000)
    assert bands("xa_viet_an", 3, NEW_YEAR) == (6_600_000,)
    assert bands("phuong_hoa_khanh", 3, TODAY) == ()


def test_asking_stops_as_soon_as_the_lacks_can_change_nothing() -> None:
    within = Household(
        unit_id="xa_tay_giang",
        certificate="none",
        members=4,
        children=0,
        allowances=Range.exactly(0),
        living_here={},
        pension=None,
        income=Income(Range.exactly(4_000_000)),
    )

    assert lacks_matter(within, TODAY)
    assert not lacks_matter(replace(within, lacks=dict.fromkeys(CODES[:3], True)), TODAY)
    assert not lacks_matter(replace(within, lacks=dict.fromkeys(CODES, False)), TODAY)
    assert not lacks_matter(replace(within, income=Income(Range.exactly(9_000_000))), TODAY)
    assert not lacks_matter(within, NEW_YEAR)


@pytest.mark.parametrize(("aged_75", "most_depend"), [(False, True), (True, None), (None, None)])
def test_an_allowance_that_may_be_the_social_pension_leaves_open_whether_most_depend(
    aged_75: bool | None, most_depend: bool | None
) -> None:
    household = Household(
        members=3,
        children=1,
        allowances=Range.exactly(1),
        living_here={"aged_75": aged_75, "aged_70": False},
    )

    assert dependants_lack(household, standard(TODAY)) is most_depend


# What must hold for any household


@given(households, days, amounts, st.integers(1, 5_000_000))
@settings(max_examples=300)
def test_more_income_never_makes_a_family_poorer_in_class(h: Household, day: date, amount: int, more: int) -> None:
    poorer = assess(replace(h, income=Income(Range.exactly(amount))), day).verdict.classes
    richer = assess(replace(h, income=Income(Range.exactly(amount + more))), day).verdict.classes

    assert min(map(CLASSES.index, richer)) >= min(map(CLASSES.index, poorer))
    assert max(map(CLASSES.index, richer)) >= max(map(CLASSES.index, poorer))


@given(households, days, st.sampled_from(CODES))
@settings(max_examples=300)
def test_one_more_lack_never_makes_a_family_less_poor(h: Household, day: date, code: str) -> None:
    without = assess(replace(h, lacks={**h.lacks, code: False}), day).verdict.classes
    lacking = assess(replace(h, lacks={**h.lacks, code: True}), day).verdict.classes

    assert min(map(CLASSES.index, lacking)) <= min(map(CLASSES.index, without))
    assert max(map(CLASSES.index, lacking)) <= max(map(CLASSES.index, without))


@given(households, days, st.sampled_from(CODES), st.booleans(), amounts)
@settings(max_examples=300)
def test_not_knowing_leaves_every_class_possible_that_knowing_could_give(
    h: Household, day: date, code: str, lacking: bool, amount: int
) -> None:
    open_lack = replace(h, lacks={**h.lacks, code: None})
    open_income = replace(h, income=None)

    assert (
        assess(replace(h, lacks={**h.lacks, code: lacking}), day).verdict.classes
        <= assess(open_lack, day).verdict.classes
    )
    known = replace(h, income=Income(Range.exactly(amount)))
    assert assess(known, day).verdict.classes <= assess(open_income, day).verdict.classes


@given(households, days)
@settings(max_examples=200)
def test_the_same_answers_on_the_same_day_give_the_same_verdict(h: Household, day: date) -> None:
    assert assess(h, day) == assess(replace(h), day)
