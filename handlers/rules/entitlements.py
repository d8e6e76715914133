"""What a family may ask for on a day: what helps most comes first, and of one person's allowances one, the highest.

Why a programme whose condition is not known stays in the list: leaving it out would be a "no" that nobody gave. Why the
lower allowances of a person are left out: eight lines for one person who gets one promise a sum that nobody pays
(Điều 6 khoản 2, Điều 31 khoản 1 NĐ 335/2026/NĐ-CP; before it Điều 6 NĐ 20/2021/NĐ-CP).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from handlers.rules.book import per_book
from handlers.rules.conditions import all_true
from handlers.rules.household import Certificate, Household, Someone
from handlers.rules.poverty import Area, areas
from handlers.rules.programmes import Programme, ProgrammeOffer, Status, in_force, kind
from handlers.rules.rows import RuleRow

OLDER: tuple[Someone, ...] = ("aged_75", "aged_70", "aged_60")


class Claim(NamedTuple):
    """An allowance that one person may get."""

    programme: Programme
    status: Status
    sure: bool
    whose: str
    amounts: tuple[RuleRow, ...]

    @property
    def least(self) -> int:
        """VND a month; a figure nobody knows counts as 0."""
        return min(self._figures)

    @property
    def most(self) -> int:
        """VND a month, as least."""
        return max(self._figures)

    @property
    def _figures(self) -> list[int]:
        return [row.value for row in self.amounts if isinstance(row.value, int)] or [0]


@dataclass(frozen=True, slots=True)
class Sum:
    """What all the allowances of a family come to, VND a month. exact: whether it was told how many people get one."""

    monthly: int
    exact: bool


def offers(household: Household, day: date, *, likely: frozenset[str]) -> tuple[ProgrammeOffer, ...]:
    """What a family may ask for, in the file's order.

    likely: the classes it may be found to belong to. The certificate it says it holds counts as recognised: whoever
    takes the request checks it. What is known not to fit is left out; what is not known stays, and is not sure.
    """
    possible = areas(household.unit_id, day)
    fitting: list[tuple[Programme, Status, bool]] = []
    for programme, status in _of_classes(household.certificate, likely, day):
        fits = programme.fits(household)
        if programme.area and fits is not False:
            fits = all_true(fits, lives_there(programme.area, possible))
        if fits is not False:
            fitting.append((programme, status, fits is True))
    if idle := _idle(household, fitting):
        fitting = [one for one in fitting if one[0].id not in idle]
    return _offered(household, fitting)


def certain(household: Household, day: date) -> tuple[ProgrammeOffer, ...]:
    """What is the family's whatever else it may say: nobody's own allowance, and nothing that gives way to a better."""
    programmes = in_force(day)
    may_go = {programme.id for programme in programmes if programme.of}
    may_go.update(other for one in programmes for other in (*one.instead_of, *one.instead_of_alone))
    found = offers(household, day, likely=frozenset())
    return tuple(offer for offer in found if offer.status == "now" and offer.sure and offer.id not in may_go)


def lives_there(area: str, possible: tuple[Area, ...]) -> bool | None:
    """Whether a family lives where a programme is for. possible: what its place may count as, rural or urban.

    None where its place may count as both, and for the specially hard areas, whose list nobody has confirmed.
    """
    if area == "rural":
        return area in possible if len(possible) == 1 else None
    return None


@per_book
def general(day: date) -> tuple[ProgrammeOffer, ...]:
    """Everything there is on a day, for somebody who was asked nothing."""
    nobody = Household()
    return tuple(
        programme.offer(
            "recognised" if programme.classes else "now",
            tuple(row for row, _ in programme.amounts),
            sure=programme.fits(nobody) is True and not programme.area,
        )
        for programme in in_force(day)
    )


def monthly_sum(household: Household, offered: tuple[ProgrammeOffer, ...], day: date) -> Sum | None:
    """What the family's allowances come to; None where that isn't certain, or there is but one.

    Certain is what is asked for now, fits for sure, has one figure, and is nobody's that may be counted twice.
    """
    own = {programme.id: programme for programme in in_force(day) if programme.of}
    allowances = [
        (own[offer.id], offer)
        for offer in offered
        if offer.id in own and offer.status == "now" and (offer.sure or own[offer.id].is_asked)
    ]
    if may_be_one_person(household):
        return None
    total, exact, counted = 0, household.members == 1, 0
    for programme, offer in allowances:
        figures = [row.value for row in offer.amounts if kind(row) == "monthly" and isinstance(row.value, int)]
        children = household.raised_alone if "single_parent" in programme.of else 1
        if not offer.sure or len(figures) != 1 or children is None:
            return None
        total, counted = total + figures[0] * children, counted + children
        exact = exact or (programme.of == ("single_parent",) and len(allowances) == 1)
    if counted < 2:
        return None
    return Sum(total, exact)


# Inside


@per_book
def _of_classes(
    certificate: Certificate | None, likely: frozenset[str], day: date
) -> tuple[tuple[Programme, Status], ...]:
    """The programmes of a day for the class that a family is of, or may be found to be of."""
    found: list[tuple[Programme, Status]] = []
    for programme in in_force(day):
        if not programme.classes or certificate in programme.classes:
            found.append((programme, "now"))
        elif not programme.classes.isdisjoint(likely):
            found.append((programme, "recognised"))
    return tuple(found)


def _idle(household: Household, fitting: list[tuple[Programme, Status, bool]]) -> set[str]:
    """What a family does not need, since it is offered better."""
    idle: set[str] = set()
    for programme, status, sure in fitting:
        if programme.instead_of and status == "now":
            idle.update(programme.instead_of)
        if programme.instead_of_alone and status == "now" and sure and household.members == 1:
            idle.update(programme.instead_of_alone)
    return idle


def _offered(household: Household, fitting: list[tuple[Programme, Status, bool]]) -> tuple[ProgrammeOffer, ...]:
    claims = [claim for one in fitting if one[0].of for claim in _claims(household, *one)]
    kept, rivals = _highest(claims) if len(claims) > 1 else (claims, set[str]())
    own: dict[str, list[Claim]] = {}
    for claim in kept:
        own.setdefault(claim.programme.id, []).append(claim)
    offered: list[ProgrammeOffer] = []
    for programme, status, sure in fitting:
        if not programme.of:
            offered.append(programme.offer(status, programme.amounts_for(household), sure=sure))
        elif programme.id in own:
            theirs = own[programme.id]
            amounts = theirs[0].amounts
            if len(theirs) > 1:
                amounts = tuple(dict.fromkeys(row for claim in theirs for row in claim.amounts))
            rivalled = any(claim.whose in rivals for claim in theirs)
            offered.append(programme.offer(status, amounts, sure=sure, highest_only=rivalled))
    return tuple(offered)


def _claims(
    household: Household, programme: Programme, status: Status, sure: bool
) -> Iterator[Claim]:  # as `fitting` holds it
    for whose in _owners(household, programme.of):
        yield Claim(programme, status, sure, whose, programme.amounts_for(household, whose))


def _owners(household: Household, of: tuple[str, ...]) -> Iterator[str]:
    """Those of a family whose allowance it may be."""
    for whose in of:
        if whose == "disabled":
            yield _disabled_one(household)
        elif whose not in OLDER or household.living_here.get(whose) is not False:
            yield whose


def _disabled_one(household: Household) -> str:
    """The group of ages that the disabled member belongs to, where that can be but one; else one of her own."""
    if household.disabled_age != "older":
        return "disabled"
    ages = [age for age in OLDER if household.has(age) is not False]
    return ages[0] if len(ages) == 1 and household.has(ages[0]) else "disabled"


def may_be_one_person(household: Household) -> bool:
    """Whether two groups that were told may be one person, who gets one allowance."""
    if not household.has("disabled") or _disabled_one(household) != "disabled":
        return False
    may_be: tuple[Someone, ...] = {"older": OLDER, "child": ("orphan", "under_3"), "adult": ()}.get(
        household.disabled_age or "", (*OLDER, "orphan", "under_3")
    )
    return any(household.has(someone) for someone in may_be)


def _highest(claims: list[Claim]) -> tuple[list[Claim], set[str]]:
    """Of each person's claims the highest, and those that may turn out higher still; and whose had several."""
    kept: list[Claim] = []
    rivals: set[str] = set()
    of_each: dict[str, list[Claim]] = {}
    for claim in claims:
        of_each.setdefault(claim.whose, []).append(claim)
    for whose, own in of_each.items():
        if len(own) > 1:
            rivals.add(whose)
            own = list(_not_lower(own))  # the same person's, fewer
        kept += own
    return kept, rivals


def _not_lower(own: list[Claim]) -> Iterator[Claim]:
    best = max((claim for claim in own if claim.sure and claim.status == "now"), key=_least, default=None)
    later = max((claim for claim in own if claim.sure and claim.status == "recognised"), key=_least, default=None)
    for claim in own:
        if claim is best or (best is not None and claim.most <= best.least):
            if claim is best:
                yield claim
        elif claim is later or later is None or claim.status == "now" or claim.most > later.least:
            yield claim


def _least(claim: Claim) -> int:
    return claim.least
