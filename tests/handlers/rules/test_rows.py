"""Rows are read whole or not at all, and answer for a day."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from handlers.rules.rows import COMPARED_FOR, BadRow, Caution, Confidence, NotInForce, RuleRow, caution, load
from tests.kit.cases import for_each

TODAY, ONE_DAY = date(2026, 12, 1), timedelta(days=1)
COMPARED = RuleRow(
    id="line", value=1, valid_from=None, valid_to=None, source="a law", confidence="seen", checked_on=TODAY
)
LINE = """
[[row]]
id = "line"
value = 1_500_000
valid_from = 2022-01-01
valid_to = 2026-12-31
source = "NĐ 07/2021/NĐ-CP Điều 3"
confidence = "seen"
"""
NEXT_LINE = """
[[row]]
id = "line"
value = 2_200_000
valid_from = 2027-01-01
source = "NĐ 351/2025/NĐ-CP"
confidence = "seen"
"""
OPEN_TO_THE_LEFT = """
[[row]]
id = "line"
value = 700_000
valid_to = 2021-12-31
source = "QĐ 59/2015/QĐ-TTg"
confidence = "seen"
"""
MARKED_LATER_LINE = NEXT_LINE.replace("2027-01-01", "2028-01-01") + "after_gap = true\n"


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        pytest.param(date(1999, 1, 1), 700_000, id="open to the left"),
        pytest.param(date(2021, 12, 31), 700_000, id="last day of the first"),
        pytest.param(date(2022, 1, 1), 1_500_000, id="first day of the second"),
        pytest.param(date(2026, 12, 31), 1_500_000, id="last day of the second"),
        pytest.param(date(2027, 1, 1), 2_200_000, id="first day of the third"),
        pytest.param(date(2099, 1, 1), 2_200_000, id="open to the right"),
    ],
)
def test_a_day_has_the_row_in_force_on_it(day: date, amount: int) -> None:
    rows = load(NEXT_LINE + LINE + OPEN_TO_THE_LEFT)

    assert rows.on("line", day).value == amount


@pytest.mark.parametrize(
    ("row_id", "day"),
    [
        pytest.param("line", date(2021, 12, 31), id="the day before the first row"),
        pytest.param("line", date(2027, 1, 1), id="the day after a row without a successor"),
        pytest.param("line", date(2027, 12, 31), id="within a marked gap"),
        pytest.param("lime", date(2026, 1, 1), id="an id nobody wrote"),
    ],
)
def test_a_day_without_a_row_has_none_in_force(row_id: str, day: date) -> None:
    rows = load(LINE + MARKED_LATER_LINE)

    assert rows.get(row_id, day) is None
    with pytest.raises(NotInForce, match=f"{row_id}.*{day}"):
        rows.on(row_id, day)


def test_a_row_keeps_all_that_was_written() -> None:
    rows = load(LINE + 'note = "Q3"\n')

    assert list(rows) == [
        RuleRow(
            id="line",
            value=1_500_000,
            valid_from=date(2022, 1, 1),
            valid_to=date(2026, 12, 31),
            source="NĐ 07/2021/NĐ-CP Điều 3",
            confidence="seen",
            note="Q3",
        )
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("113850", 113_850, id="whole number"),
        pytest.param('"Mẫu số 01"', "Mẫu số 01", id="words"),
        pytest.param("2026-12-14", date(2026, 12, 14), id="day"),
        pytest.param('["ho_ngheo", "ho_can_ngheo"]', ("ho_ngheo", "ho_can_ngheo"), id="list of words"),
        pytest.param("{ rural = 1, per = { child = 2 } }", {"rural": 1, "per": {"child": 2}}, id="table in a table"),
    ],
)
def test_a_value_is_read_as_its_kind(written: str, value: object) -> None:
    rows = load(LINE.replace("1_500_000", written))

    assert rows.on("line", date(2026, 1, 1)).value == value


def test_a_table_read_from_a_file_can_not_be_changed() -> None:
    value = load(LINE.replace("1_500_000", "{ rural = 1 }")).on("line", date(2026, 1, 1)).value

    with pytest.raises(TypeError):
        value["rural"] = 2  # type: ignore[index]  # the point of the test


def test_rows_under_a_prefix_come_in_the_order_of_the_file() -> None:
    rows = load("".join(LINE.replace('"line"', f'"{name}"') for name in ("call.b", "call.a", "other")))

    assert [row.id for row in rows.under("call.", date(2026, 1, 1))] == ["call.b", "call.a"]
    assert rows.under("call.", date(2027, 1, 1)) == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(LINE + 'unit = "VND"\n', '"unit" is not known', id="unknown key"),
        pytest.param("title = 1\n" + LINE, '"title" is not known', id="unknown key outside of a row"),
        pytest.param(LINE + LINE, "two rows hold on 2022-01-01", id="the same days twice"),
        pytest.param(LINE + NEXT_LINE.replace("2027-01-01", "2026-12-31"), "two rows hold", id="overlap of a day"),
        pytest.param(NEXT_LINE + MARKED_LATER_LINE, "two rows hold", id="a row after one without end"),
        pytest.param(OPEN_TO_THE_LEFT + OPEN_TO_THE_LEFT, "two rows hold on the same days", id="both open to the left"),
        pytest.param(LINE + NEXT_LINE.replace("2027-01-01", "2027-01-02"), "nothing holds between", id="unmarked gap"),
        pytest.param(LINE + NEXT_LINE + "after_gap = true\n", "after_gap, but", id="marked, but no gap"),
        pytest.param(LINE + "after_gap = true\n", "after_gap, but", id="marked, but the first row"),
        pytest.param(LINE.replace("NĐ 07/2021/NĐ-CP Điều 3", " "), "needs its source", id="blank source"),
        pytest.param(LINE.replace("source", "# source"), "needs its source", id="no source"),
        pytest.param(LINE.replace('"seen"', '"certain"'), "'certain' is none of seen", id="unknown confidence"),
        pytest.param(LINE.replace("confidence", "# confidence"), "None is none of seen", id="no confidence"),
        pytest.param(LINE.replace('"seen"', "[]"), "is none of seen", id="confidence is a list"),
        pytest.param(LINE.replace("2026-12-31", "2021-12-31"), "is before valid_from", id="ends before it begins"),
        pytest.param(LINE.replace('"seen"', '"unknown"'), "unknown has no value", id="unknown, with a figure"),
        pytest.param(LINE.replace("value", "# value"), "there is no value", id="seen, without a figure"),
        pytest.param(LINE.replace('"seen"', '"setting"'), "go together", id="a law passed off as a setting"),
        pytest.param(LINE.replace("NĐ 07/2021/NĐ-CP Điều 3", "office setting"), "go together", id="setting as seen"),
        pytest.param(LINE.replace("1_500_000", "0.7"), "0.7 is no whole number", id="float"),
        pytest.param(LINE.replace("1_500_000", "true"), "True is no whole number", id="true"),
        pytest.param(LINE.replace("1_500_000", "2026-12-14T00:00:00"), "is no whole number", id="moment as value"),
        pytest.param(LINE.replace("1_500_000", "[1, 2]"), "is no whole number", id="list of numbers"),
        pytest.param(LINE.replace("1_500_000", "{ rural = 0.5 }"), "0.5 is no whole number", id="float in a table"),
        pytest.param(LINE.replace("2026-12-31", '"2026-12-31"'), "valid_to is not a day", id="day in quotes"),
        pytest.param(LINE.replace("2022-01-01", "2022-01-01T00:00:00"), "valid_from is not a day", id="moment as day"),
        pytest.param(LINE + "note = 3\n", "note is not words", id="note is a number"),
        pytest.param(LINE + 'evidence = "heard"\n', "'heard' is none of text", id="unknown evidence"),
        pytest.param(LINE + "in_force_from = 2022-01-01\n", "later than valid_from", id="reaches back not a day"),
        pytest.param(LINE + "checked_on = true\n", "checked_on is not a day", id="compared on no day"),
        pytest.param(LINE + 'after_gap = "yes"\n', "after_gap is true or absent", id="mark is words"),
    ],
)
def test_a_bad_row_is_named_in_a_sentence_with_its_file(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadRow) as caught:
        load(file)

    said = str(caught.value)
    assert said.startswith("rules.toml: ")
    assert sentence in said
    assert 'row "line"' in said or "title" in said
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("[[row]]\nvalue = 1\n", "text: row 1 has no id", id="no id"),
        pytest.param(
            LINE + LINE.replace('"line"', '"Line 2"'), "text: row 2 has no id", id="id with capital and space"
        ),
        pytest.param("row = 3\n", "text: rows are written as", id="row is a number"),
        pytest.param("row = [3]\n", "text: rows are written as", id="row is a list of numbers"),
        pytest.param("[[row]\n", "text: this is not TOML", id="broken TOML"),
    ],
)
def test_a_text_that_holds_no_rows_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadRow, match=sentence):
        load(text)


CAUTIONS: dict[Confidence, Caution] = {
    "seen": "plain",
    "recalled_high": "plain",
    "derived": "plain",
    "recalled_medium": "confirm",
    "design": "confirm",
    "recalled_low": "hidden",
    "unknown": "hidden",
    "setting": "plain",
}


@for_each(("confidence", "shown"), CAUTIONS.items())
def test_confidence_decides_how_a_figure_is_shown(confidence: Confidence, shown: Caution) -> None:
    assert caution(replace(COMPARED, confidence=confidence), TODAY) == shown


def test_every_confidence_has_its_caution_and_no_row_is_hidden() -> None:
    assert set(CAUTIONS) == set(get_args(Confidence))
    assert caution(None, TODAY) == "hidden"


@for_each(
    ("changed", "day", "shown"),
    [
        pytest.param({}, TODAY + COMPARED_FOR, "plain", id="the last day it counts as compared"),
        pytest.param({}, TODAY + COMPARED_FOR + ONE_DAY, "confirm", id="compared too long ago"),
        pytest.param({"checked_on": None}, TODAY, "confirm", id="never compared"),
        pytest.param({"checked_on": None, "confidence": "setting"}, TODAY, "plain", id="the office's own word"),
        pytest.param({"checked_on": None, "valid_to": TODAY - ONE_DAY}, TODAY, "plain", id="ended: it can't change"),
        pytest.param({"evidence": "one_secondary"}, TODAY, "confirm", id="one secondary source"),
        pytest.param({"evidence": "two_secondary"}, TODAY, "plain", id="two secondary sources"),
        pytest.param({"confidence": "unknown", "value": None}, TODAY, "hidden", id="hidden stays hidden"),
    ],
)
def test_a_row_nobody_compared_or_of_one_source_is_to_be_confirmed(
    changed: dict[str, Any], day: date, shown: Caution
) -> None:
    assert caution(replace(COMPARED, **changed), day) == shown


def test_a_file_says_once_when_its_rows_were_compared_and_a_row_may_say_it_of_itself() -> None:
    rows = load("checked_on = 2026-11-24\n" + LINE + NEXT_LINE + "checked_on = 2026-12-01\n")

    assert [row.checked_on for row in rows] == [date(2026, 11, 24), date(2026, 12, 1)]


def test_a_row_that_reaches_back_says_when_its_act_entered_into_force() -> None:
    row = load(NEXT_LINE + "in_force_from = 2027-03-01\n").on("line", date(2027, 1, 1))

    assert (row.reaches_back, row.in_force_from) == (True, date(2027, 3, 1))
