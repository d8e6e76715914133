"""Puts an assessment into words: what is likely, why, what changes soon, what is open, and what to do. Two messages.

Why no figure stands here or in a text: each comes from a row in force on the day, printed as its confidence allows.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from handlers.flow.message import Card, Dong, Lines, Phrase
from handlers.rules import entitlements
from handlers.rules.household import Household
from handlers.rules.office import Office
from handlers.rules.poverty import Assessment, Verdict, changed_places
from handlers.rules.programmes import ProgrammeOffer, in_force, words
from handlers.verdicts import figures, offers
from handlers.vietnamese import units

# So that a message stays within one screen; what is left out stands in the basis and in the list of offers.
HOLDER_OFFERS, NAMED_LACKS = 2, 3


def first(household: Household, found: Assessment) -> Phrase:
    """What is likely, because of what, what the coming standard says, and that it is no decision."""
    lines = (
        Phrase(f"verdict.result.{found.outcome}"),
        *_because(household, found),
        *_other(household, found),
        *_coming(household, found),
        Phrase("verdict.no_decision", {"unit": _unit_kind(household)}),
    )
    return Phrase("verdict.first", {"today": found.day, "lines": Lines(lines)})


def holder_offers(household: Household, day: date) -> tuple[ProgrammeOffer, ...]:
    """What a family that holds a certificate is told first: the most valuable of what is known to fit."""
    return _first_of_all(entitlements.offers(household, day, likely=frozenset()))


def holder(household: Household, day: date) -> Phrase:
    """What a family that holds a certificate may get: the first of it, and what its allowances come to."""
    values = {"today": day, "holds": Phrase(f"verdict.holds.{household.certificate}")}
    offered = entitlements.offers(household, day, likely=frozenset())
    first_of_all = _first_of_all(offered)
    if not first_of_all:
        return Phrase("verdict.holder_open", values)
    lines = (*offers.lines(first_of_all, day, household), *offers.family_sum(household, offered, day))
    return Phrase("verdict.holder", values | {"lines": Lines(lines)})


def _first_of_all(offered: tuple[ProgrammeOffer, ...]) -> tuple[ProgrammeOffer, ...]:
    return tuple(offer for offer in offered if offer.status == "now" and offer.sure)[:HOLDER_OFFERS]


def without_asking(household: Household, day: date) -> Phrase | None:
    """What helps a family most of what is certain whatever else it says; None if that has to be asked for."""
    first_of_all = next(iter(entitlements.certain(household, day)), None)
    if first_of_all is None or not words(first_of_all.row).get("by_list"):
        return None
    return next(offers.lines((first_of_all,), day, household))


def of_any_family(household: Household, found: Assessment) -> Phrase | None:
    """What a family without a certificate may ask for at once because of who lives there; None if nothing is sure."""
    offered = entitlements.offers(household, found.day, likely=frozenset(found.verdict.classes))
    own = {programme.id for programme in in_force(found.day) if programme.of}
    if not any(offer.id in own for offer in _first_of_all(offered)):
        return None
    first_of_all = offers.lines(_first_of_all(offered), found.day, household)
    lines = (*first_of_all, *offers.family_sum(household, offered, found.day))
    return Phrase("verdict.of_any_family", {"lines": Lines(lines)})


def second(household: Household, found: Assessment, office: Office) -> Phrase:
    """What is still open, and what to do where until when."""
    lines = (*_open(household, found), _to_do(household, found, office), Phrase("verdict.residence"))
    return Phrase("verdict.second", {"lines": Lines(lines)})


def _because(household: Household, found: Assessment) -> Iterator[Phrase]:
    verdict = found.verdict
    if verdict.income != "unclear" or household.income is not None:
        yield _income_reason(household, found)
    if verdict.counted and verdict.income != "above" and verdict.found:
        yield _named("verdict", verdict.found, {"needed": figures.count(verdict.standard.min_deprived, found.day)})
    if found.outcome == "middle":
        yield Phrase("verdict.middle", {"cap": figures.money(verdict.standard.middle_cap[verdict.area], found.day)})


def _income_reason(household: Household, found: Assessment) -> Phrase:
    verdict = found.verdict
    line = figures.money(verdict.standard.line[verdict.area], found.day)
    values = {"line": line, "area": Phrase(f"area.{verdict.area}")}
    each = _each(household)
    if each is not None:
        return Phrase(f"verdict.income.{verdict.income}_exact", values | {"each": Dong(each)})
    return Phrase(f"verdict.income.{verdict.income}", values)


def _each(household: Household) -> int | None:
    """Income a person a month, if it was told to the dong."""
    income = household.income
    people = household.members if income is not None and income.per == "family" else 1
    if income is None or people is None or income.amount.least != income.amount.most:
        return None
    return income.amount.least // people


def _coming(household: Household, found: Assessment) -> Iterator[Phrase]:
    if found.coming is None:
        return
    coming = found.coming.verdict
    values = {
        "day": found.coming.day,
        "line": figures.money(coming.standard.line[coming.area], found.day),
        "area": Phrase(f"area.{coming.area}"),
    }
    same = found.verdict.income == "within" and coming.income == "within"
    yield Phrase("verdict.coming.still" if same else f"verdict.coming.{coming.income}", values)


def _open(household: Household, found: Assessment) -> Iterator[Phrase]:
    verdict = found.verdict
    if household.income is None:
        yield Phrase("verdict.open.income")
    if found.outcome in ("poor_or_near_poor", "open") and verdict.counted and verdict.open:
        yield _named("verdict.open", verdict.open, {})
    if verdict.open == ("nutrition",) and found.outcome == "poor_or_near_poor":
        yield Phrase("verdict.open.nutrition")


def _other(household: Household, found: Assessment) -> Iterator[Phrase]:
    """The doubt about the place, in the first message: nobody of a former commune may believe the other line."""
    if found.other is not None and found.other.outcome != found.verdict.outcome:
        yield _other_line(household, found.day, found.other)


def _named(where: str, codes: tuple[str, ...], values: Mapping[str, object]) -> Phrase:
    """Lacks by name; or how many there are, and the first of them."""
    few = len(codes) <= NAMED_LACKS
    names = tuple(Phrase(f"lack.{code}") for code in (codes if few else codes[: NAMED_LACKS - 1]))
    key = "lacks" if few else "many_lacks"
    return Phrase(f"{where}.{key}", {"names": names, "count": len(codes), **values})


def _other_line(household: Household, day: date, other: Verdict) -> Phrase:
    places = changed_places(household.unit_id, day)
    values = {
        "places": places,
        "line": figures.money(other.standard.line[other.area], day),
        "area": Phrase(f"area.{other.area}"),
        "result": Phrase(f"verdict.short.{other.outcome}"),
    }
    return Phrase("verdict.open.changed_place" if places else "verdict.open.unknown_place", values)


def is_above_every_line(found: Assessment) -> bool:
    """Whether by its income a family is of no class, under the coming standard too."""
    coming = found.coming
    return found.outcome == "none" and (coming is None or coming.verdict.income == "above")


def _to_do(household: Household, found: Assessment, office: Office) -> Phrase:
    values = {"form": office.review_form or figures.CONFIRM, "unit": _unit(household)}
    if office.review_to is None:
        return Phrase("verdict.do.ask", values)
    later = office.next_procedure
    after = Phrase("verdict.do.next_start", {"day": later.next_start}) if later else Phrase("verdict.do.later")
    do = "verdict.do.may_hand_in" if is_above_every_line(found) else "verdict.do.hand_in"
    return Phrase(do, values | {"ends": office.review_to, "after": after})


def _unit(household: Household) -> object:
    unit = units.all_units().get(household.unit_id or "")
    return unit.name if unit else Phrase("verdict.your_unit")


def _unit_kind(household: Household) -> object:
    unit = units.all_units().get(household.unit_id or "")
    return unit.kind if unit else Phrase("verdict.commune_or_ward")


def card(household: Household, found: Assessment, office: Office, *, demo: bool) -> Card:
    """A picture of what to do next, to keep or to show at the counter. It says nothing of what the result is."""
    ends = office.review_to
    return Card(
        "steps",
        {
            "title": Phrase("verdict.card.title"),
            "step1": Phrase("verdict.card.form", {"form": office.review_form or figures.CONFIRM}),
            "step2": Phrase("verdict.card.where", {"unit": _unit(household)})
            if ends is None
            else Phrase("verdict.card.until", {"unit": _unit(household), "ends": ends}),
            "step3": Phrase("verdict.card.ask"),
            "note": Phrase("verdict.card.note", {"today": found.day}),
            **({"demo": Phrase("page.demo")} if demo else {}),
        },
    )
