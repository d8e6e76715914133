"""What officials are to compare, and what they entered beside what was shipped."""

from dataclasses import replace
from datetime import date, timedelta

from handlers.rules import catalogue
from handlers.rules.book import FILES, book_of, held, shipped_rows
from tests.kit.rules import COMPARED, FIGURE

SHIPPED_ON = date(2026, 12, 1)


def test_soon_after_a_release_only_what_one_secondary_source_says_is_to_be_compared() -> None:
    found = catalogue.to_compare(SHIPPED_ON)

    assert found
    assert {row.evidence for row in found} == {"one_secondary"}


def test_after_ninety_days_every_row_that_may_count_is_to_be_compared_the_oldest_first() -> None:
    day = SHIPPED_ON + timedelta(days=91)
    alive = [row for name in FILES for row in shipped_rows(name) if row.valid_to is None or row.valid_to >= day]

    found = catalogue.to_compare(day)

    assert {(row.id, row.valid_from) for row in found} == {
        (row.id, row.valid_from) for row in alive if row.confidence != "setting"
    }
    compared = [row.checked_on or date.min for row in found]
    assert compared == sorted(compared)


def test_what_was_compared_again_is_not_listed() -> None:
    day = SHIPPED_ON + timedelta(days=91)

    with held(book_of([replace(COMPARED, compared_on=day)])):
        listed = {row.id for row in catalogue.to_compare(day)}
        lines = list(catalogue.to_compare_lines(day))

    assert COMPARED.row_id not in listed
    assert any(line.startswith("amount.huu_tri_75.monthly [2026-07-01]: 540000  compared: ") for line in lines)


def test_an_entry_stands_beside_what_was_shipped() -> None:
    lost = replace(FIGURE, row_id="parameter.gone")

    lines = list(catalogue.entry_lines(book_of([FIGURE, COMPARED, lost])))

    assert lines == [
        "parameter.social_base from 2027-01-01: 560000 (NĐ 1/2027/NĐ-CP Điều 4);"
        " shipped: 540000 (NĐ 335/2026/NĐ-CP Điều 4), compared 2026-12-01",
        "parameter.base_salary from 2026-07-01: compared on 2026-11-24 (NĐ 161/2026/NĐ-CP);"
        " shipped: 2530000 (NĐ 161/2026/NĐ-CP), compared 2026-11-24",
        "parameter.gone from 2027-01-01: 560000 (NĐ 1/2027/NĐ-CP Điều 4); left out: absent; shipped: nothing",
    ]
