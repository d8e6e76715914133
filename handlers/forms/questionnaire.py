"""The questions of the check, and the family they describe: shared by the check itself and by all that builds on it.

Why this order: place and certificate decide the law; then people; then money, because above every line the ten
questions about the house are pointless; then the lacks that are commonest and easiest to say.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import cast

from handlers.flow.banded import Band, Banded, MonthlyIncome
from handlers.flow.conversation import Answers
from handlers.flow.questions import Choice, Choices, Number, Question, UnitQuestion, YesNo
from handlers.rules import poverty
from handlers.rules.household import AgeGroup, Certificate, Degree, Household, Income, Pension, Range, Someone

MOST_INCOME = 500_000_000
MOST_AREA = 1_000
SOMEONE: tuple[Someone, ...] = (
    "aged_75", "aged_70", "aged_60", "disabled", "orphan", "under_3", "pupil", "single_parent", "no_labour",
)  # fmt: skip


def income_bands(a: Answers) -> tuple[Band, ...]:
    """Bands by today's line and the next, for so many people; none where the line is not known for sure."""
    people = a.get(members)
    edges = poverty.bands(a.get(unit), people, a.day) if people else ()
    if not edges:
        return ()
    lower = (Band(0, edges[0]), *(Band(low + 1, high) for low, high in pairwise(edges)))
    return (*lower, Band(edges[-1] + 1, None))


def no_bands(a: Answers) -> tuple[Band, ...]:
    return ()


def space_bands(a: Answers) -> tuple[Band, ...]:
    """Less than the standard's square metres a person, for so many people, or that and more."""
    people, known = a.get(members), poverty.standard(a.day)
    if not people or not known.thresholds:
        return ()
    edge = known.threshold("space") * people
    return (Band(0, edge - 1), Band(edge, None))


unit = UnitQuestion("unit", others=("elsewhere", "unknown"))
certificate = Choice("certificate", "poor", "near_poor", "escaped", "none", others=("unknown",))
members = Number("members", least=1, most=20, others=("unknown",))
children = Number("children", most=20, offered=(0, 1, 2, 3), others=("unknown",))
living_here = Choices("living_here", *SOMEONE, "nobody", alone=("nobody",), private=("disabled",), others=("unknown",))
allowances = Number("allowances", most=20, offered=(0, 1, 2, 3), others=("unknown",))
pension = Choice("pension", "all", "none", "some", others=("unknown",))
disability = Choice("disability", "especially_severe", "severe", "light", "none", others=("unknown",))
disabled_age = Choice("disabled_age", "child", "adult", "older", others=("unknown",))
cared_for = YesNo("cared_for", others=("unknown",))
unsupported = YesNo("unsupported", others=("unknown",))
raised_alone = Number("raised_alone", most=20, offered=(1, 2, 3), others=("unknown",))
income = MonthlyIncome("income", supplied=income_bands, most=MOST_INCOME, others=("unknown",))
income_each = MonthlyIncome("income_each", supplied=no_bands, most=MOST_INCOME, others=("unknown",))
out_of_work = YesNo("out_of_work", others=("unknown",))
toilet = Choice("toilet", "flush", "two_vault", "simple", "no_toilet", others=("unknown",))
house = YesNo("house", others=("unknown",))
insurance = YesNo("insurance", others=("unknown",))
water = Choice("water", "clean", "protected", "open", others=("unknown",))
adult_school = YesNo("adult_school", others=("nobody", "unknown"))
devices = Choices("devices", "internet", "tv", "phone", "nothing", alone=("nothing",), others=("unknown",))
child_school = YesNo("child_school", others=("unknown",))
space = Banded("space", supplied=space_bands, most=MOST_AREA, others=("unknown",))
nutrition = YesNo("nutrition", others=("unknown",))

# In the order they are asked. Of the lacks the dependants are computed.
ALL: tuple[Question[object], ...] = cast(
    "tuple[Question[object], ...]",
    (
        unit, certificate, members, children, living_here, raised_alone, disability, disabled_age, cared_for,
        unsupported, allowances, pension, income, income_each, out_of_work, toilet, house, insurance, water,
        adult_school, devices, child_school, space, nutrition,
    ),
)  # fmt: skip
# Never sent through servers abroad: what is told here is about health.
PRIVATE: tuple[Question[object], ...] = cast(
    "tuple[Question[object], ...]", (nutrition, disability, disabled_age, cared_for)
)


# Conditions


def lives_elsewhere(a: Answers) -> bool:
    return a.said(unit, "elsewhere")


def holds_a_certificate(a: Answers) -> bool:
    held = a.get(certificate)
    return held is not None and held != "none" and a.given("harder") is None


def holds_none(a: Answers) -> bool:
    return not holds_a_certificate(a)


def number_of_people_known(a: Answers) -> bool:
    return holds_none(a) and a.get(members) is not None


def number_of_people_unknown(a: Answers) -> bool:
    return holds_none(a) and a.get(members) is None


def older_or_disabled_live_here(a: Answers) -> bool:
    found = a.get(living_here) or ()
    return any(someone in found for someone in ("aged_75", "aged_70", "aged_60", "disabled"))


def people_of_seventy_live_here(a: Answers) -> bool:
    found = a.get(living_here) or ()
    return "aged_75" in found or "aged_70" in found


def disabled_people_live_here(a: Answers) -> bool:
    return "disabled" in (a.get(living_here) or ())


def somebody_is_severely_disabled(a: Answers) -> bool:
    return disabled_people_live_here(a) and a.get(disability) in ("severe", "especially_severe")


def somebody_is_especially_disabled(a: Answers) -> bool:
    return disabled_people_live_here(a) and a.get(disability) == "especially_severe"


def older_people_of_the_poor_live_here(a: Answers) -> bool:
    found = a.get(living_here) or ()
    return a.get(certificate) == "poor" and any(someone in found for someone in ("aged_75", "aged_70", "aged_60"))


def a_single_parent_of_the_poor_lives_here(a: Answers) -> bool:
    return a.get(certificate) in ("poor", "near_poor") and "single_parent" in (a.get(living_here) or ())


def lacks_matter(a: Answers) -> bool:
    return holds_none(a) and poverty.lacks_matter(family(a), a.day)


def lacks_matter_and_somebody_can_work(a: Answers) -> bool:
    return lacks_matter(a) and "no_labour" not in (a.get(living_here) or ())


def lacks_matter_and_children_live_here(a: Answers) -> bool:
    return lacks_matter(a) and a.get(children) != 0


def children_fit_in_the_family(a: Answers) -> bool:
    return (a.get(children) or 0) <= (a.get(members) or 0)


# The family


def family(a: Answers) -> Household:
    """The family that the answers given so far describe."""
    return Household(
        unit_id=a.get(unit),
        certificate=cast("Certificate | None", a.get(certificate)),
        members=a.get(members),
        children=a.get(children),
        allowances=_allowances(a),
        living_here=_living_here(a),
        pension=cast("Pension | None", a.get(pension)),
        # What is private is not read through a channel abroad either.
        disability=None if a.abroad else cast("Degree | None", a.get(disability)),
        disabled_age=None if a.abroad else cast("AgeGroup | None", a.get(disabled_age)),
        cared_for=None if a.abroad else a.get(cared_for),
        unsupported=a.get(unsupported),
        raised_alone=a.get(raised_alone),
        income=_income(a),
        lacks=_lacks(a),
    )


def _living_here(a: Answers) -> Mapping[str, bool | None]:
    found = a.get(living_here)
    if found is None:
        return dict.fromkeys(SOMEONE, None)
    # What was not shown, because this channel's servers are abroad, is not known.
    hidden = ("disabled",) if a.abroad else ()
    return {someone: None if someone in hidden else someone in found for someone in SOMEONE}


def _allowances(a: Answers) -> Range | None:
    answer = a.get(allowances)
    if answer is None:
        nobody = a.get(living_here) is not None and not older_or_disabled_live_here(a) and not a.abroad
        return Range.exactly(0) if nobody else None
    return Range.exactly(answer)


def _income(a: Answers) -> Income | None:
    whole, each = a.get(income), a.get(income_each)
    if whole is not None:
        return Income(Range(whole.least, whole.most))
    return Income(Range(each.least, each.most), per="person") if each is not None else None


def _lacks(a: Answers) -> Mapping[str, bool | None]:
    found: dict[str, bool | None] = {
        "work": False if "no_labour" in (a.get(living_here) or ()) else a.get(out_of_work),
        "insurance": a.get(insurance),
        "house": a.get(house),
        "adult_school": False if a.said(adult_school, "nobody") else a.get(adult_school),
        "toilet": _among(a.get(toilet), "simple", "no_toilet"),
        "water": _among(a.get(water), "open"),
        "child_school": False if a.get(children) == 0 else a.get(child_school),
        "nutrition": False if a.get(children) == 0 else a.get(nutrition),
        "space": _too_small(a),
    }
    at_home = a.get(devices)
    if at_home is not None:
        found |= {"internet": "internet" not in at_home, "devices": "tv" not in at_home and "phone" not in at_home}
    return found


def _among(answer: str | None, *lacking: str) -> bool | None:
    return None if answer is None else answer in lacking


def _too_small(a: Answers) -> bool | None:
    area, people, known = a.get(space), a.get(members), poverty.standard(a.day)
    if area is None or people is None or not known.thresholds:
        return None
    edge = known.threshold("space") * people
    if area.most is not None and area.most < edge:
        return True
    return False if area.least >= edge else None
