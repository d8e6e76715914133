"""For whom a programme is, as its row names it: True, False, or None where that is not known.

What begins with "perhaps" is asked in part only: it can be ruled out, but not known to be so. Why what is not known
stays open: leaving a programme out would be a "no" that nobody gave.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from handlers.rules.household import Degree, Household

Condition = Callable[[Household], bool | None]
# Whether a figure with this label is that of a member. whose: as in a programme's "of", "" where it is nobody's own.
Tier = Callable[[Household, str], bool | None]


def all_true(*told: bool | None) -> bool | None:
    """Whether all hold: one that doesn't settles it, one that is not known leaves it open."""
    return False if False in told else None if None in told else True


def any_true(*told: bool | None) -> bool | None:
    """Whether one holds: one that does settles it, one that is not known leaves it open."""
    return True if True in told else None if None in told else False


def everybody(household: Household) -> bool | None:
    return True


def not_asked(household: Household) -> bool | None:
    return None


# Older people


def aged_75(household: Household) -> bool | None:
    return household.has("aged_75")


def aged_75_without_pension(household: Household) -> bool | None:
    return all_true(household.has("aged_75"), _without_pension(household, alone=household.has("aged_70") is False))


def perhaps_aged_80_without_pension(household: Household) -> bool | None:
    old_enough = None if household.eldest is None else household.eldest >= 80
    return all_true(aged_75_without_pension(household), old_enough)


def aged_70_without_pension(household: Household) -> bool | None:
    return all_true(household.has("aged_70"), _without_pension(household, alone=household.has("aged_75") is False))


def _without_pension(household: Household, *, alone: bool) -> bool | None:
    """alone: whether everybody of 70 and over is in the one group of ages, so that "some" means some of them."""
    if household.pension == "some":
        return True if alone else None
    return None if household.pension is None else household.pension == "none"


def aged_60_plus(household: Household) -> bool | None:
    return any_true(household.has("aged_75"), household.has("aged_70"), household.has("aged_60"))


def aged_60_to_74(household: Household) -> bool | None:
    return any_true(household.has("aged_70"), household.has("aged_60"))


def older_and_unsupported(household: Household) -> bool | None:
    return all_true(aged_60_plus(household), household.unsupported)


def perhaps_taken_in(household: Household) -> bool | None:
    return all_true(older_and_unsupported(household), None)


def perhaps_a_social_pensioner(household: Household) -> bool | None:
    return all_true(any_true(aged_75_without_pension(household), aged_70_without_pension(household)), None)


# People with a disability


def severely_disabled(household: Household) -> bool | None:
    return _disabled(household, "severe")


def especially_disabled(household: Household) -> bool | None:
    return _disabled(household, "especially_severe")


def especially_disabled_and_cared_for(household: Household) -> bool | None:
    return all_true(_disabled(household, "especially_severe"), household.cared_for)


def perhaps_severely_disabled_with_a_small_child(household: Household) -> bool | None:
    severe = any_true(_disabled(household, "severe"), _disabled(household, "especially_severe"))
    # Whose paper is not an adult's bears no child; but the paper asked for is that of one member alone.
    return all_true(severe, None)


def _disabled(household: Household, degree: Degree) -> bool | None:
    """Whether somebody's paper says this degree; who has no paper yet may be given one."""
    told = household.disability
    says = None if told in (None, "none") else told == degree
    return all_true(household.has("disabled"), says)


# Children and those who raise them


def orphan(household: Household) -> bool | None:
    return household.has("orphan")


def perhaps_raises_an_orphan(household: Household) -> bool | None:
    return all_true(household.has("orphan"), None)


def single_parent(household: Household) -> bool | None:
    return household.has("single_parent")


def child(household: Household) -> bool | None:
    return any_true(household.has("under_3"), None if household.children is None else household.children > 0)


def under_3(household: Household) -> bool | None:
    return household.has("under_3")


def child_under_6(household: Household) -> bool | None:
    return any_true(household.has("under_3"), all_true(child(household), None))


def perhaps_at_nursery_school(household: Household) -> bool | None:
    return all_true(child(household), None)


def pupil(household: Household) -> bool | None:
    return household.has("pupil")


def schoolchild(household: Household) -> bool | None:
    """A child who isn't at school yet may go to a preschool."""
    return True if household.has("pupil") else any_true(household.has("pupil"), all_true(child(household), None))


def perhaps_an_orphaned_or_disabled_pupil(household: Household) -> bool | None:
    return all_true(schoolchild(household), any_true(household.has("orphan"), household.has("disabled")), None)


def disabled_pupil(household: Household) -> bool | None:
    """A disabled child at school, where there is but one who may be it."""
    is_child = None if household.disabled_age is None else household.disabled_age == "child"
    return all_true(household.has("pupil"), household.has("disabled"), True if is_child else None)


def perhaps_a_disabled_student(household: Household) -> bool | None:
    return all_true(household.has("pupil"), household.has("disabled"), None)


def perhaps_a_student(household: Household) -> bool | None:
    return all_true(household.has("pupil"), None)


def perhaps_an_orphaned_student(household: Household) -> bool | None:
    return all_true(household.has("pupil"), household.has("orphan"), None)


def perhaps_a_student_on_an_allowance(household: Household) -> bool | None:
    drawing = any_true(household.has("orphan"), household.has("disabled"), draws_allowance(household))
    return all_true(household.has("pupil"), drawing, None)


# Work, and who draws something


def worker(household: Household) -> bool | None:
    nobody_can_work = household.has("no_labour")
    return None if nobody_can_work is None else not nobody_can_work


def perhaps_a_worker_who_insures_herself(household: Household) -> bool | None:
    return all_true(worker(household), None)


def draws_allowance(household: Household) -> bool | None:
    """The allowances told are those of older and disabled people; an orphan or a single parent may draw one too."""
    told = household.allowances
    if told is not None and told.least > 0:
        return True
    others = all_true(any_true(household.has("orphan"), household.has("single_parent")), None)
    return any_true(False if told is not None and told.most == 0 else None, others)


def on_an_allowance(household: Household) -> bool | None:
    """Whether somebody draws a monthly allowance or the social pension, or would be given one who asks."""
    in_need = household.certificate in ("poor", "near_poor")
    of_the_poor = any_true(aged_70_without_pension(household), household.has("single_parent"))
    return any_true(
        draws_allowance(household),
        aged_75_without_pension(household),
        household.has("orphan"),
        especially_disabled(household),
        severely_disabled(household),
        of_the_poor if in_need else all_true(of_the_poor, None),
    )


def draws_allowance_and_is_not_poor(household: Household) -> bool | None:
    return False if household.certificate == "poor" else draws_allowance(household)


def perhaps_with_hiv(household: Household) -> bool | None:
    return True if household.hiv else None


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {"": everybody}
    | {
        condition.__name__: condition
        for condition in (
            not_asked, aged_75, aged_75_without_pension, perhaps_aged_80_without_pension, aged_70_without_pension,
            aged_60_to_74, older_and_unsupported, perhaps_taken_in, perhaps_a_social_pensioner, severely_disabled,
            especially_disabled, especially_disabled_and_cared_for, perhaps_severely_disabled_with_a_small_child,
            orphan, perhaps_raises_an_orphan, single_parent, child, under_3, child_under_6, perhaps_at_nursery_school,
            pupil, schoolchild, perhaps_an_orphaned_or_disabled_pupil, disabled_pupil, perhaps_a_disabled_student,
            perhaps_a_student, perhaps_an_orphaned_student, perhaps_a_student_on_an_allowance, worker,
            perhaps_a_worker_who_insures_herself, draws_allowance, on_an_allowance, draws_allowance_and_is_not_poor,
            perhaps_with_hiv,
        )
    }
)  # fmt: skip


# Whose a figure is


def _years(household: Household, whose: str) -> tuple[int, int]:
    """The ages that a member of a group may have, both ends included."""
    least, most = {"aged_75": (75, 150), "aged_70": (70, 74), "aged_60": (60, 69)}.get(whose, (0, 150))
    eldest = household.eldest
    return (eldest, eldest) if eldest is not None and least <= eldest <= most else (least, most)


def _aged(least: int, most: int) -> Tier:
    def is_so(household: Household, whose: str) -> bool | None:
        lowest, highest = _years(household, whose)
        if least <= lowest and highest <= most:
            return True
        return False if highest < least or lowest > most else None

    return is_so


def _disabled_aged(*groups: str) -> Tier:
    def is_so(household: Household, whose: str) -> bool | None:
        if whose in ("aged_75", "aged_70", "aged_60"):
            return "older" in groups
        return None if household.disabled_age is None else household.disabled_age in groups

    return is_so


def _with_hiv(*groups: str) -> Tier:
    return lambda household, whose: None if household.hiv is None else household.hiv in groups


def _class(*certificates: str) -> Tier:
    return lambda household, whose: None if household.certificate is None else household.certificate in certificates


def _of_no_class(household: Household, whose: str) -> bool | None:
    """Who is neither poor nor near-poor; whether of an ethnic minority no chat asks."""
    return False if household.certificate in ("poor", "near_poor") else None


TIERS: Mapping[str, Tier] = MappingProxyType(
    {
        "from_60_to_74": _aged(60, 74),
        "from_60_to_79": _aged(60, 79),
        "from_75": _aged(75, 150),
        "from_80": _aged(80, 150),
        "adult": _disabled_aged("adult"),
        "child_or_older": _disabled_aged("child", "older"),
        "adult_with_hiv": _with_hiv("adult", "older"),
        "from_4_with_hiv": _with_hiv("child"),
        "under_4_with_hiv": _with_hiv("child"),
        "poor": _class("poor"),
        "near_poor": _class("near_poor"),
        "minority": _of_no_class,
        "others": _of_no_class,
    }
)  # fmt: skip
