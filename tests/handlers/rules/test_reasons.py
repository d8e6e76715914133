"""What a result stands on: the right rows, each once, in force on their day, with the questions that led there."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings

from handlers.forms import questionnaire
from handlers.rules.entitlements import general
from handlers.rules.household import Household, Income, Range
from handlers.rules.poverty import assess
from handlers.rules.reasons import COMING, Reason, of_offers, reasons
from tests.handlers.rules.families import CODES, NEW_YEAR, TODAY, days, households
from tests.kit.cases import for_each

QUESTIONS = {question.key for question in questionnaire.ALL}
# Four in the mountains with four million a month, and nothing known of the house.
FAMILY = Household(
    unit_id="xa_tay_giang",
    certificate="none",
    members=4,
    children=1,
    allowances=Range.exactly(0),
    living_here={},
    pension=None,
    income=Income(Range.exactly(4_000_000)),
)


def because(household: Household, day: date = TODAY) -> dict[str, Reason]:
    return {reason.about: reason for reason in reasons(household, assess(household, day))}


def test_a_poor_family_s_reasons_are_its_place_the_line_the_count_and_each_lack() -> None:
    found = because(replace(FAMILY, lacks=dict.fromkeys(("house", "water", "toilet"), True)))

    now = [about for about in found if not about.startswith(COMING)]
    assert now == ["area", "line", "min_deprived", "house", "water", "toilet"]
    assert found["toilet"].row.source == "Phụ lục NĐ 07/2021/NĐ-CP, chỉ số 10"
    assert found["line"].row.valid_to == date(2026, 12, 31)


def test_above_the_line_the_cap_is_a_reason_and_no_lack_is() -> None:
    rich = replace(FAMILY, income=Income(Range.exactly(8_000_000)), lacks=dict.fromkeys(CODES, True))

    now = [about for about in because(rich) if not about.startswith(COMING)]

    assert now == ["area", "line", "middle_cap"]


def test_under_a_standard_whose_lacks_nobody_can_count_that_is_the_reason() -> None:
    found = because(FAMILY, NEW_YEAR)

    assert list(found) == ["area", "line", "indicators"]
    assert found["indicators"].row.value is None


def test_where_the_type_of_the_place_changed_both_lines_are_reasons() -> None:
    found = because(replace(FAMILY, unit_id="phuong_hoa_khanh"))

    assert {"area", "changed", "line", "other_line"} <= found.keys()


@for_each(
    ("change", "about", "answers"),
    [
        ({}, "line", ("income", "members")),
        ({"members": None, "income": Income(Range.exactly(1), per="person")}, "line", ("income_each",)),
        ({"members": None, "income": None}, "line", ("income_each",)),
        ({}, "area", ("unit",)),
        ({"lacks": {"work": True}}, "work", ("out_of_work",)),
        ({"lacks": {"toilet": True}}, "toilet", ("toilet",)),
        ({"lacks": {"space": True}}, "space", ("space", "members")),
        ({"lacks": {"internet": True}}, "internet", ("devices",)),
        ({"children": 4}, "dependants", ("members", "children", "allowances")),
        ({"children": 0, "allowances": None, "lacks": {"nutrition": False}}, "min_deprived", ("children",)),
    ],
)
def test_a_reason_names_the_questions_that_led_to_it(
    change: dict[str, object], about: str, answers: tuple[str, ...]
) -> None:
    assert because(replace(FAMILY, **change))[about].answers == answers  # type: ignore[arg-type]  # fields of it


def test_who_holds_a_certificate_has_the_programmes_for_reasons() -> None:
    offered = general(TODAY)[:2]

    assert [(reason.row, reason.answers) for reason in of_offers(offered)] == [
        (offer.row, ("certificate",)) for offer in offered
    ]


@given(households, days)
@settings(max_examples=200)
def test_every_reason_is_a_row_of_its_day_named_once_and_led_to_by_questions_of_the_check(
    h: Household, day: date
) -> None:
    found = assess(h, day)

    told = reasons(h, found)

    assert len({(reason.row.id, reason.row.valid_from) for reason in told}) == len({reason.about for reason in told})
    assert len(told) == len({reason.about for reason in told})
    for reason in told:
        begins = found.coming.day if found.coming is not None and reason.about.startswith(COMING) else day
        assert reason.row.holds(begins)
        assert set(reason.answers) <= QUESTIONS


@given(households, days)
@settings(max_examples=200)
def test_every_lack_that_was_counted_is_a_reason_and_no_other(h: Household, day: date) -> None:
    found = assess(h, day)
    counts = found.verdict.income != "above" or (found.other is not None and found.other.income != "above")

    told = {reason.about.removeprefix("other_") for reason in reasons(h, found)} & {*CODES, "dependants"}

    assert told == (set(found.verdict.found) if counts else set())
