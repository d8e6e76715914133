"""E1: 100,000 households, as after a change of law, through the verdict and all programmes, and through their reasons.

The peer: the same conditions as bare ifs, and of each person's allowances the highest, without reasons.
"""

import random
import resource
import statistics
from collections.abc import Callable
from datetime import date

from handlers.forms.questionnaire import SOMEONE
from handlers.rules.entitlements import offers
from handlers.rules.household import Household, Income, Range
from handlers.rules.poverty import DEPENDANTS, assess, standard
from handlers.rules.programmes import in_force
from handlers.rules.reasons import reasons

DAY = date(2026, 11, 24)
COUNT, ROUNDS = 100_000, 5
CODES = [code for code in standard(DAY).lacks if code != DEPENDANTS]
LINES = {"xã": (1_500_000, 2_250_000, 2_200_000), "phường": (2_000_000, 3_000_000, 2_800_000)}
UNITS = {"xa_tay_giang": "xã", "xa_viet_an": "xã", "phuong_thanh_khe": "phường", "phuong_cam_le": "phường"}


def households(seed: int) -> list[Household]:
    """Made-up families, a fifth of whose answers are not known."""
    chance = random.Random(seed)  # noqa: S311  # made-up data, not a secret

    def told() -> bool | None:
        return None if chance.random() < 0.2 else chance.random() < 0.3

    return [
        Household(
            unit_id=chance.choice(list(UNITS)),
            certificate="none",
            members=chance.randint(1, 8),
            children=chance.randint(0, 3),
            allowances=Range.exactly(chance.randint(0, 1)),
            living_here={someone: told() for someone in SOMEONE},
            pension=chance.choice(["all", "none", None]),
            income=Income(Range.exactly(chance.randint(0, 20_000_000))),
            lacks={code: told() for code in CODES},
        )
        for _ in range(COUNT)
    ]


def ours(household: Household) -> int:
    """The verdict, today and under the coming standard, and the offers."""
    found = assess(household, DAY)
    return len(offers(household, DAY, likely=frozenset(found.verdict.classes)))


def with_reasons(household: Household) -> int:
    """The same, and what each result stands on."""
    found = assess(household, DAY)
    offered = offers(household, DAY, likely=frozenset(found.verdict.classes))
    return len(offered) + len(reasons(household, found))


def bare(household: Household) -> int:  # noqa: C901  # bare ifs are what it is for
    """The same conditions as bare ifs, one allowance a person: no reasons, no rows, no ranges of dates."""
    line, cap, coming = LINES[UNITS[household.unit_id or ""]]
    income, members = household.income, household.members or 1
    amount = income.amount.least if income else 0
    found = open_ = 0
    for code in CODES:
        lack = household.lacks[code]
        if lack is None:
            open_ += 1
        elif lack:
            found += 1
    most = (household.children or 0) + (household.allowances.most or 0 if household.allowances else 0)
    if most * 2 > members:
        found += 1
    classes = set()
    if amount <= line * members:
        if found + open_ >= 3:
            classes.add("poor")
        if found < 3:
            classes.add("near_poor")
    elif amount <= cap * members:
        classes.add("middle")
    else:
        classes.add("none")
    near_soon = amount <= coming * members
    count = 0
    best: dict[str, int] = {}
    for needed, fits, of, figures in CONDITIONS_OF_THE_DAY:
        if needed and household.certificate not in needed and not needed & classes:
            continue
        if fits(household) is False:
            continue
        if not of:
            count += 1
        for whose in of:
            highest = 0
            for figure, tier in figures:
                if (tier is None or tier(household, whose) is not False) and figure > highest:
                    highest = figure
            if highest >= best.get(whose, 0):
                best[whose] = highest
    return count + len(best) + near_soon


CONDITIONS_OF_THE_DAY = [
    (p.classes, p.fits, p.of, [(row.value, tier) for row, tier in p.amounts if isinstance(row.value, int)])
    for p in in_force(DAY)
]


def cpu_us(work: Callable[[Household], int], given: list[Household]) -> float:
    """CPU microseconds a household."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for household in given:
        work(household)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_utime - before) / len(given) * 1e6


def main() -> None:
    """Print the medians of interleaved rounds."""
    given = households(1)
    ways = (ours, with_reasons, bare)
    spent: dict[str, list[float]] = {way.__name__: [] for way in ways}
    for _ in range(ROUNDS):
        for way in ways:
            spent[way.__name__].append(cpu_us(way, given))
    one, reasoned, other = (statistics.median(spent[way.__name__]) for way in ways)
    print(f"E1  {one:.1f} µs a household, bare ifs {other:.1f} µs, ratio {one / other:.1f} (bar: at most 4)")
    print(f"    {reasoned:.1f} µs with reasons, ratio {reasoned / other:.1f}; {one * COUNT / 1e6:.1f} s for {COUNT:,}")


if __name__ == "__main__":
    main()
