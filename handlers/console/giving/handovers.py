"""Hand-overs: what was given to a need and is to be handed over, and what waits for the resident's word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from handlers.console.giving.gift import LOOKS
from handlers.console.giving.gifts import Chip, units_within
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.console.screen.typed import Done, Faults, count, money, words
from handlers.console.screen.words import how_much
from handlers.desk import Desk
from handlers.desk.allocations import PARTS, AllocationOutcome, ListedAllocation, hand_overs
from handlers.desk.pledges import MONEY, MOST
from handlers.texts import Phrase
from handlers.vietnamese.units import unit_name

A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLine:
    """A hand-over in the list. code: of the case or the campaign. days: since it was handed over, while it waits."""

    id: str
    code: str
    gift: str
    unit: str
    kind: Phrase
    need: Phrase
    amount: Phrase
    look: str
    state: Phrase
    at: datetime
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOversPage:
    """The list. part: which of them; further: the query of the next page, or empty."""

    lines: tuple[HandoverLine, ...]
    chips: tuple[Chip, ...]
    part: str
    units: tuple[tuple[str, str], ...]
    unit: str
    further: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One of them. to: the address of the case, where she may open it. left: how much is to be handed over.

    hands: she may hand it over now; money: it is money, and asks for a second code; takes_back: she may take it back.
    """

    line: HandoverLine
    to: str
    opens_gift: bool
    by: str
    handed_by: str
    said: Phrase | None
    left: str
    measure: str
    money: bool
    hands: bool
    takes_back: bool


def view(desk: Desk, given: Click) -> HandOversPage:
    """Hand-overs of one part of the way."""
    part = given["part"] if given["part"] in PARTS else next(iter(PARTS))
    within = units_within(desk, "gift.see")
    unit = given["unit"] if given["unit"] in dict(within) else ""
    after = given["after"] if given["after"].isascii() and given["after"].isalnum() else ""
    found = desk.hand_overs.part(part, unit_id=unit, after=after, most=A_PAGE + 1)
    narrowed = {"unit": unit} if unit else {}
    chips = tuple(
        Chip(Phrase(f"console.handovers.part.{one}"), one == part, urlencode({"part": one, **narrowed}))
        for one in PARTS
    )
    last = {"part": part, **narrowed, "after": found[A_PAGE - 1].id} if len(found) > A_PAGE else {}
    return HandOversPage(
        lines=tuple(_line(desk, one) for one in found[:A_PAGE]),
        chips=chips,
        part=part,
        units=within,
        unit=unit,
        further=urlencode(last),
    )


def view_one(desk: Desk, given: Click) -> HandOver | None:
    """One hand-over: of what, to which need, by whom, and what the resident said."""
    one = desk.hand_overs.find(given.path["id"])
    return _one(desk, one) if one is not None else None


def hand_over(desk: Desk, given: Click) -> Done:
    """Write down that goods, time, a job or a link were handed over; the resident is asked."""
    return _hand_over(desk, given, of_money=False)


def hand_over_money(desk: Desk, given: Click) -> Done:
    """Write down that money was handed over; the resident is asked."""
    return _hand_over(desk, given, of_money=True)


def take_back(desk: Desk, given: Click) -> Done:
    """Take a gift back from a need before it is handed over."""
    faults = words(given, "why")
    if faults:
        return Invalid(faults)
    return _told(given, desk.allocations.give_back(given.path["id"], given["why"]), "handover_taken_back")


# Inside


def _hand_over(desk: Desk, given: Click, *, of_money: bool) -> Done:
    faults: Faults = words(given, "handed_words", needed=False)
    amount = (money if of_money else count)(given, "handed", faults, most=MOST)
    if faults or amount is None:
        return Invalid(faults)
    one = desk.hand_overs.find(given.path["id"])
    if one is None:
        return None
    if (one.measure == MONEY) != of_money:
        return Invalid({"": "handover_not_now"})
    return _told(given, desk.allocations.hand_over(one.id, amount, given["handed_words"]), "handed_over")


def _told(given: Click, outcome: AllocationOutcome, done: str) -> Done:
    match outcome:
        case "done":
            return Redirect(f"/handovers/{given.path['id']}", done)
        case "absent":
            return None
        case "too_much":
            return Invalid({"handed": "handover_too_much"})
        case "not_now" | "own":
            return Invalid({"": f"handover_{outcome}"}, outdated=outcome == "not_now")
        case _:
            return Invalid({"": "invalid"})


def _line(desk: Desk, one: ListedAllocation) -> HandoverLine:
    waits = one.state == "handed_over" and one.handed_at is not None
    passed = desk.now - (one.handed_at or one.allocated_at)
    late = waits and passed > timedelta(days=hand_overs.SILENT_DAYS)
    return HandoverLine(
        id=one.id,
        code=one.case_code or one.campaign_code,
        gift=one.pledge_code,
        unit=unit_name(one.unit_id),
        kind=Phrase(f"console.gifts.kind.{one.kind}"),
        need=Phrase(f"options.needs.{one.need}"),
        amount=how_much(one.handed_amount or one.amount, one.measure),
        look="late" if late else LOOKS[one.state],
        state=Phrase(f"console.gifts.part.{one.state}"),
        at=one.handed_at or one.allocated_at,
        days=passed.days if waits else None,
    )


def _one(desk: Desk, one: ListedAllocation) -> HandOver:
    names, may = desk.officials, desk.may
    said = None
    if one.answer:
        amount = how_much(one.said, one.measure) if one.said is not None else Phrase("plain", {"words": "–"})
        said = Phrase(f"console.handovers.said.{one.answer}", {"amount": amount})
    return HandOver(
        line=_line(desk, one),
        to=f"/requests/{one.case_code}" if one.case_code and may("case.see", one.unit_id) else "",
        opens_gift=desk.hand_overs.opens_gift(one),
        by=names.name_of(one.allocated_by),
        handed_by=names.name_of(one.handed_by),
        said=said,
        left=str(one.amount),
        measure=one.measure,
        money=one.measure == MONEY,
        hands=one.state == "allocated" and may("gift.hand_over", one.unit_id),
        takes_back=one.state in ("asked", "allocated") and may("gift.allocate", one.unit_id),
    )


one_screen = Screen(path="/handovers/{id}", template="giving/handover", right="gift.see", view=view_one)
screens = (
    Screen(path="/handovers", template="giving/handovers", right="gift.see", view=view, menu="giving"),
    one_screen,
)
acts = (
    Act(path="/handovers/{id}/hand-over", right="gift.hand_over", do=hand_over, screen=one_screen, checked=True),
    Act(
        path="/handovers/{id}/hand-over-money",
        right="gift.hand_over",
        do=hand_over_money,
        screen=one_screen,
        checked=True,
    ),
    Act(path="/handovers/{id}/take-back", right="gift.allocate", do=take_back, screen=one_screen),
)
