"""The book in use is replaced as one, and a turn ends with the one it began with."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.ages import figures_of_the_day
from handlers.rules.book import as_shipped, book_of, held, rows_of_file, use
from handlers.rules.entitlements import offers
from handlers.rules.household import Household
from handlers.rules.law_change_days import turns
from handlers.rules.poverty import assess, standard
from handlers.rules.programmes import in_force, words
from tests.handlers.rules.families import days_of_acts, holders
from tests.handlers.rules.test_overrides import FIGURE, NEW_YEAR, SOCIAL_BASE

DAY = date(2027, 1, 15)
# A single parent's allowance is the base itself, once for each child.
PARENT = Household(
    unit_id="phuong_hai_chau",
    certificate="poor",
    members=3,
    children=2,
    living_here={"single_parent": True},
    raised_alone=2,
)
RESTING = {one.id for one in in_force(DAY) if words(one.row).get("base") == SOCIAL_BASE}
CHANGED = book_of([FIGURE])


def allowance() -> set[object]:
    found = offers(PARENT, DAY, likely=frozenset())
    return {row.value for offer in found if offer.id == "tcxh_don_than" for row in offer.amounts}


def test_another_book_changes_what_is_answered_and_the_shipped_one_brings_it_back() -> None:
    shipped = allowance()

    use(CHANGED)
    changed = allowance()
    use(as_shipped())

    assert (shipped, changed, allowance()) == ({540_000}, {560_000}, {540_000})


def test_a_turn_ends_with_the_book_it_began_with() -> None:
    with held():
        began = allowance()
        use(CHANGED)
        ended = allowance()

    assert began == ended == {540_000}
    assert allowance() == {560_000}


def test_a_turn_holds_its_book_for_itself_alone() -> None:
    with ThreadPoolExecutor(1) as pool, held(CHANGED):
        elsewhere = pool.submit(allowance).result()

        assert (elsewhere, allowance()) == ({540_000}, {560_000})


def test_what_was_worked_out_is_remembered_for_each_book() -> None:
    with held(CHANGED):
        theirs = in_force(DAY)

    assert in_force(DAY) is in_force(DAY)
    assert in_force(DAY) is not theirs
    with held(CHANGED):
        assert in_force(DAY) is theirs


def test_a_standard_an_age_and_the_rows_themselves_are_the_book_s() -> None:
    line = replace(FIGURE, row_id="standard.line.rural", value=2_300_000)
    age = replace(FIGURE, row_id="age.social_pension", value=74)

    with held(book_of([line, age])):
        assert standard(DAY).line_of("rural") == 2_300_000
        assert figures_of_the_day(DAY)["age_75"] == 74
        assert rows_of_file("standards").on("age.social_pension", DAY).value == 74
        assert rows_of_file("goods") is not None
    assert standard(DAY).line_of("rural") == 2_200_000


def test_the_day_a_figure_counts_from_is_a_day_of_change() -> None:
    day = date(2026, 9, 7)

    with held(book_of([replace(FIGURE, valid_from=day, in_force_from=date(2026, 11, 1))])):
        changed = [(turn.id, turn.is_known) for found in turns(day, day) for turn in found.turnings]

    assert changed == [(SOCIAL_BASE, True)]
    assert turns(day, day) == ()


@given(holders, days_of_acts, st.integers(300_000, 900_000).filter(lambda base: base // 10 != 54_000))
def test_only_what_rests_on_a_changed_row_is_answered_otherwise(family: Household, day: date, base: int) -> None:
    shipped, outcome = told(family, day), assess(family, day).outcome

    with held(book_of([replace(FIGURE, value=base)])):
        changed, other_outcome = told(family, day), assess(family, day).outcome

    assert other_outcome == outcome
    if day < NEW_YEAR:
        assert changed == shipped
    # Which of one person's allowances is the highest may change; the figure of each is its own row's.
    for name in shipped.keys() & changed.keys():
        known = [value for value in shipped[name] if value is not None]
        assert (changed[name] != shipped[name]) == (day >= NEW_YEAR and name in RESTING and bool(known))


def told(family: Household, day: date) -> dict[str, tuple[object, ...]]:
    found = offers(family, day, likely=frozenset())
    return {one.id: tuple(row.value for row in one.amounts) for one in found}
