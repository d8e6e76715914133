"""What officials enter over the shipped rows: never two on a day, no day without, nothing else changed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.book import FILES, Book, as_shipped, book_of, shipped_rows
from handlers.rules.overrides import MOST, Fault, Override, number, takes_a_figure
from handlers.rules.rows import RuleRow, caution

TODAY, ONE_DAY = date(2026, 12, 3), timedelta(days=1)
NEW_YEAR = date(2027, 1, 1)
SOCIAL_BASE = "parameter.social_base"
FIGURE = Override(
    what="figure",
    row_id=SOCIAL_BASE,
    valid_from=NEW_YEAR,
    value=560_000,
    compared_on=TODAY,
    document="NĐ 1/2027/NĐ-CP Điều 4",
    evidence="text",
)
COMPARED = Override(
    what="compared",
    row_id="parameter.base_salary",
    valid_from=date(2026, 7, 1),
    value=2_530_000,
    compared_on=TODAY,
    document="NĐ 161/2026/NĐ-CP",
    evidence="text",
)
IDS = sorted(row_id for name in FILES for row_id, rows in shipped_rows(name).series.items() if takes_a_figure(rows))

figures = st.builds(
    Override,
    what=st.just("figure"),
    row_id=st.sampled_from(IDS),
    valid_from=st.dates(date(2021, 1, 1), date(2032, 1, 1)),
    value=st.integers(1, 10_000_000),
    compared_on=st.just(TODAY),
    document=st.just("NĐ 1/2027/NĐ-CP"),
    evidence=st.sampled_from(["text", "two_secondary", "one_secondary"]),
    in_force_from=st.none() | st.dates(date(2021, 1, 1), date(2032, 1, 1)),
)
marks = st.sampled_from([row for name in FILES for row in shipped_rows(name)]).map(
    lambda row: replace(COMPARED, row_id=row.id, valid_from=row.valid_from, value=number(row))
)
ROWS = [row for name in FILES for row in shipped_rows(name)]


def edges(rows: Iterable[RuleRow]) -> set[date]:
    found = {day for row in rows for day in (row.valid_from, row.valid_to) if day is not None}
    return {day + step for day in found for step in (-ONE_DAY, timedelta(0), ONE_DAY)}


def all_rows(book: Book) -> list[RuleRow]:
    return [row for rows in book.rows.values() for row in rows]


@given(st.lists(figures | marks, max_size=6))
def test_whatever_is_entered_no_two_rows_hold_on_a_day_and_no_day_loses_its_row(entered: list[Override]) -> None:
    book = book_of(entered)

    assert len(book.overrides) + len(book.left_out) == len(entered)
    for one in entered:
        before, after = as_shipped().series(one.row_id), book.series(one.row_id)
        for day in edges((*before, *after)):
            assert sum(row.holds(day) for row in after) <= 1
            if any(row.holds(day) for row in before):
                assert any(row.holds(day) for row in after)


@given(figures)
def test_a_figure_changes_what_holds_from_its_day_and_nothing_before_it_or_beside_it(one: Override) -> None:
    book = book_of([one])

    before, after = as_shipped().series(one.row_id), book.series(one.row_id)
    others = [row for row in all_rows(book) if row.id != one.row_id]
    assert others == [row for row in ROWS if row.id != one.row_id]
    for day in edges((*before, *after)):
        old = next((row for row in before if row.holds(day)), None)
        new = next((row for row in after if row.holds(day)), None)
        if old is not None and new is not None and new.value != old.value:
            assert (new.value, new.valid_from) == (one.value, one.valid_from)
            assert one.valid_from is not None
            assert day >= one.valid_from


@given(st.lists(figures | marks, max_size=4))
def test_without_what_was_withdrawn_all_is_as_shipped(entered: list[Override]) -> None:
    book_of(entered)

    assert all_rows(book_of([])) == ROWS


def test_a_new_figure_ends_the_one_before_on_the_day_before() -> None:
    earlier, new = book_of([FIGURE]).series(SOCIAL_BASE)[-2:]

    assert earlier == replace(as_shipped().series(SOCIAL_BASE)[-1], valid_to=date(2026, 12, 31))
    assert (new.value, new.valid_from, new.valid_to) == (560_000, NEW_YEAR, None)
    assert (new.source, new.confidence, new.checked_on) == (FIGURE.document, "seen", TODAY)


def test_a_new_figure_ends_where_the_one_it_stands_for_was_to_end() -> None:
    one = replace(FIGURE, row_id="standard.line.rural", valid_from=date(2026, 6, 1), value=1_600_000)

    new, coming = book_of([one]).series("standard.line.rural")[-2:]

    assert (new.value, new.valid_to) == (1_600_000, date(2026, 12, 31))
    assert coming == as_shipped().series("standard.line.rural")[-1]


def test_a_figure_from_the_very_day_of_a_row_stands_in_its_place() -> None:
    one = replace(FIGURE, valid_from=date(2026, 7, 1), in_force_from=date(2026, 10, 5))

    book = book_of([one])

    assert len(book.series(SOCIAL_BASE)) == len(as_shipped().series(SOCIAL_BASE))
    assert book.series(SOCIAL_BASE)[-1].value == 560_000


def test_a_figure_that_nobody_knew_can_be_entered_and_may_then_be_shown() -> None:
    one = replace(FIGURE, row_id="standard.middle_cap.rural", value=3_000_000)

    row = book_of([one]).row("standard.middle_cap.rural", NEW_YEAR)

    assert row is not None
    assert caution(row, TODAY) == "plain"
    assert row.valid_to == date(2030, 12, 31)


def test_a_figure_goes_on_from_the_day_after_the_last_row_ended() -> None:
    one = replace(FIGURE, row_id="standard.line.rural", valid_from=date(2031, 1, 1), value=2_500_000)

    assert book_of([one]).series("standard.line.rural")[-1].value == 2_500_000


def test_what_an_official_compared_with_the_act_is_shown_without_a_caution() -> None:
    long_after = TODAY + timedelta(days=120)
    shipped = as_shipped().row(COMPARED.row_id, COMPARED.valid_from)

    compared = book_of([replace(COMPARED, compared_on=long_after)]).row(COMPARED.row_id, COMPARED.valid_from)

    assert (caution(shipped, long_after), caution(compared, long_after)) == ("confirm", "plain")
    assert compared is not None
    assert compared.value == 2_530_000


def test_what_only_one_secondary_source_says_keeps_its_caution() -> None:
    compared = book_of([replace(COMPARED, evidence="one_secondary")]).row(COMPARED.row_id, COMPARED.valid_from)

    assert caution(compared, TODAY) == "confirm"


def test_one_that_fits_no_more_is_left_out_and_named() -> None:
    mark = replace(COMPARED, row_id=SOCIAL_BASE, valid_from=NEW_YEAR, value=560_000)

    assert book_of([FIGURE, mark]).left_out == ()
    assert book_of([mark]).left_out == ((mark, "absent"),)


@pytest.mark.parametrize(
    ("one", "fault"),
    [
        pytest.param(replace(FIGURE, row_id="parameter.of_nothing"), "absent", id="no such row"),
        pytest.param(replace(FIGURE, row_id="first_contact_working_days"), "absent", id="the office's own"),
        pytest.param(replace(FIGURE, document=""), "document", id="no act"),
        pytest.param(replace(FIGURE, evidence=""), "evidence", id="nothing was read"),
        pytest.param(replace(FIGURE, row_id="standard.indicators"), "not_a_figure", id="a name"),
        pytest.param(replace(FIGURE, row_id="programme.huu_tri_75"), "not_a_figure", id="a programme"),
        pytest.param(replace(FIGURE, value=0), "size", id="nothing"),
        pytest.param(replace(FIGURE, value=MOST + 1), "size", id="too much"),
        pytest.param(replace(FIGURE, value=None), "size", id="no figure"),
        pytest.param(replace(FIGURE, valid_from=None), "gap", id="from no day"),
        pytest.param(replace(FIGURE, valid_from=date(2020, 1, 1)), "gap", id="before the first"),
        pytest.param(
            replace(FIGURE, row_id="standard.line.rural", valid_from=date(2031, 1, 2)), "gap", id="a day too late"
        ),
        pytest.param(replace(FIGURE, in_force_from=NEW_YEAR), "in_force", id="reaches back over nothing"),
        pytest.param(
            replace(FIGURE, value=540_000, in_force_from=date(2026, 10, 5), valid_from=date(2026, 9, 1)),
            "same",
            id="what holds already",
        ),
        pytest.param(replace(COMPARED, valid_from=NEW_YEAR), "absent", id="a row of no such day"),
        pytest.param(replace(COMPARED, value=2_340_000), "changed", id="another figure was compared"),
        pytest.param(replace(COMPARED, compared_on=date(2026, 1, 1)), "earlier", id="compared later already"),
        pytest.param(
            replace(COMPARED, row_id="standard.middle_cap.rural", valid_from=NEW_YEAR, value=None),
            "no_value",
            id="nothing to compare",
        ),
    ],
)  # fmt: skip
def test_what_can_not_be_used_says_why(one: Override, fault: Fault) -> None:
    assert as_shipped().tried(one) == fault


def test_no_two_files_share_an_id() -> None:
    ids = [row_id for name in FILES for row_id in shipped_rows(name).series]

    assert len(ids) == len(set(ids))
