"""What would change a result: each change does so, and none that does is left out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from hypothesis import given, settings

from handlers.rules.changes import Change, would_change
from handlers.rules.examples import named_cases
from handlers.rules.household import Household, Income, Range
from handlers.rules.poverty import Outcome, areas, assess, standard
from tests.handlers.rules.families import CODES, NEW_YEAR, TODAY, days, households

# Where only one line applies, by that line.
SURE = {"rural": "xa_tay_giang", "urban": "phuong_thanh_khe"}
LACKING = dict.fromkeys(CODES, False)
FAMILY = Household(
    unit_id="xa_tay_giang",
    certificate="none",
    members=4,
    children=1,
    allowances=Range.exactly(0),
    living_here={},
    pension=None,
    income=Income(Range.exactly(4_000_000)),
    lacks=LACKING,
)


def applied(household: Household, change: Change, day: date) -> Outcome:
    """The outcome once the change is true."""
    if change.about == "place":
        return assess(replace(household, unit_id=SURE[change.how]), day).outcome
    if change.about == "income":
        line = standard(day).line_of(areas(household.unit_id, day)[0])
        each = line if change.how == "within" else line + 1
        return assess(replace(household, income=Income(Range.exactly(each), "person")), day).outcome
    return assess(replace(household, lacks={**household.lacks, change.about: change.how == "lacking"}), day).outcome


def every_single_change(household: Household, day: date) -> Iterator[Change]:
    """Whatever could be otherwise, whether it alters the result or not; with the outcome that it would give."""
    verdict = assess(household, day).verdict
    lacks = [code for code in verdict.standard.lacks if code not in verdict.found]
    tried = [(code, "lacking") for code in lacks] + [(code, "met") for code in lacks if code in verdict.open]
    tried += [("income", "within"), ("income", "above")]
    possible = areas(household.unit_id, day)
    tried += [("place", area) for area in possible if len(possible) > 1]
    for about, how in tried:
        change = Change(about, how, "open")  # type: ignore[arg-type]  # one of its words
        yield replace(change, to=applied(household, change, day))


def told(household: Household, day: date = TODAY) -> set[tuple[str, str, str]]:
    return {(change.about, change.how, change.to) for change in would_change(household, day)}


def test_two_lacks_become_three_by_any_of_the_others() -> None:
    two = replace(FAMILY, lacks={**LACKING, "house": True, "water": True})

    assert told(two) == {
        *((code, "lacking", "poor") for code in ("dependants", *CODES) if code not in ("house", "water")),
        ("income", "above", "middle"),
    }


def test_the_last_thing_not_known_settles_it_either_way() -> None:
    one_open = replace(FAMILY, lacks={**LACKING, "house": True, "water": True, "nutrition": None})

    assert {("nutrition", "lacking", "poor"), ("nutrition", "met", "near_poor")} <= told(one_open)


def test_above_the_line_only_the_income_counts() -> None:
    rich = replace(FAMILY, income=Income(Range.exactly(40_000_000)))

    assert told(rich) == {("income", "within", "near_poor"), ("income", "above", "middle")}
    assert told(rich, NEW_YEAR) == {("income", "within", "poor_or_near_poor")}


def test_where_two_lines_may_apply_the_other_one_is_told_if_it_differs() -> None:
    between = replace(FAMILY, unit_id="phuong_hoa_khanh", income=Income(Range.exactly(7_200_000)))
    below_both = replace(between, income=Income(Range.exactly(4_000_000)))

    assert ("place", "rural", "middle") in told(between)
    assert not any(about == "place" for about, _, _ in told(below_both))


@given(households, days)
@settings(max_examples=200)
def test_every_change_gives_what_it_says_and_none_is_missing(h: Household, day: date) -> None:
    today = assess(h, day).outcome

    assert set(would_change(h, day)) == {c for c in every_single_change(h, day) if c.to != today}


def test_for_the_named_households_too_none_is_missing_and_none_is_told_twice() -> None:
    for case in named_cases():
        for day in case.expected:
            today, found = assess(case.household, day).outcome, would_change(case.household, day)

            assert set(found) == {c for c in every_single_change(case.household, day) if c.to != today}
            assert len(found) == len(set(found))
