"""Needs and gifts side by side: choose one, see what fits and why, and give so much of a gift to a need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from handlers.console.giving.gifts import Chip, place_of, units_within
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.console.screen.need_form import NeedForm, need_form
from handlers.console.screen.typed import Done, Faults, count, money
from handlers.console.screen.words import how_much, topic_of
from handlers.desk import Desk
from handlers.desk.allocations import (
    AllocationOutcome,
    Need,
    SuggestedGift,
    SuggestedNeed,
    same_measure,
)
from handlers.desk.pledges import MEETING, MONEY, MOST, NEEDED
from handlers.flow.counted import in_season
from handlers.texts import Bilingual, Phrase
from handlers.vietnamese.units import unit_name
from storage.tables import Pledge

A_SIDE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """A need. code: of the case or campaign; name: whom it is for, where she may know; to: the case's address.

    give: how much of the chosen gift is put forward for it, empty where none can be given here. why: it fits.
    """

    id: str
    code: str
    name: str
    to: str
    unit: Phrase
    need: Phrase
    kind: Phrase
    topic: Phrase | None
    left: Phrase
    months: tuple[int, ...]
    held: bool
    at: datetime | None
    give: str
    why: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftLine:
    """A gift of which something is left. what: as its giver said it. measure: of what is given on; empty: money.

    give, why: as in `NeedLine`.
    """

    code: str
    what: str
    measure: str
    where: Phrase
    kind: Phrase
    topic: Phrase | None
    left: Phrase
    months: tuple[int, ...]
    give: str
    why: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """The page. need, gift: the one that was chosen; the other side then holds what fits it. words: what is needed.

    closes: she may close the chosen need; need_form: where she may say what a case needs.
    """

    needs: tuple[NeedLine, ...]
    gifts: tuple[GiftLine, ...]
    need: NeedLine | None = None
    gift: GiftLine | None = None
    words: str = ""
    closes: bool = False
    allocates: bool = False
    need_form: NeedForm | None = None
    kinds: tuple[Chip, ...] = ()
    kind: str = ""
    units: tuple[tuple[str, str], ...] = ()
    unit: str = ""


def view(desk: Desk, given: Click) -> BoardPage:
    """Needs and gifts side by side, as the address narrows them."""
    kind = given["kind"] if given["kind"] in NEEDED else ""
    within = units_within(desk, "gift.see")
    unit = given["unit"] if given["unit"] in dict(within) else ""
    needs = [one for one in desk.needs.board(unit_id=unit, kind=kind, most=A_SIDE) if not one.held]
    known = _names(desk, *(one.case_code for one in needs))
    gifts = desk.board.gifts(unit_id=unit, kind=kind, most=A_SIDE)
    _note(desk, len(gifts))
    chips = tuple(_chip(one, kind, unit) for one in NEEDED)
    return BoardPage(
        needs=tuple(_need_line(desk, one, known) for one in needs),
        gifts=tuple(_gift_line(desk, one) for one in gifts),
        need_form=need_form(desk),
        allocates=desk.acting().reach("gift.allocate") is not None,
        kinds=chips,
        kind=kind,
        units=within,
        unit=unit,
    )


def view_need(desk: Desk, given: Click) -> BoardPage | None:
    """One need, and the gifts that fit it with their reasons."""
    need = desk.board.need(given.path["id"])
    if need is None:
        return None
    found = desk.suggestions.for_need(need.id)
    _note(desk, len(found))
    words = desk.needs.words(need.id) if desk.may("case.see", need.unit_id) else ""
    return BoardPage(
        needs=(),
        gifts=tuple(_suggested_gift(desk, one, need) for one in found),
        need=_need_line(desk, need, _names(desk, need.case_code)),
        words=words,
        closes=need.state == "open" and not need.held and desk.may("need.open", need.unit_id),
        allocates=desk.may("gift.allocate", need.unit_id),
    )


def view_gift(desk: Desk, given: Click) -> BoardPage | None:
    """One gift, and the needs that it fits with their reasons."""
    gift = desk.pledges.find(given.path["code"], "gift.see")
    if gift is None:
        return None
    found = desk.suggestions.for_gift(gift.code)
    _note(desk, 1)
    known = _names(desk, *(one.case_code for one in found))
    return BoardPage(
        needs=tuple(_suggested_need(desk, one, gift, known) for one in found),
        gifts=(),
        gift=_gift_line(desk, gift),
        allocates=desk.may("gift.allocate", gift.unit_id),
    )


def give_to_need(desk: Desk, given: Click) -> Done:
    """Give so much of a gift to the chosen need; of a job or a link the household is asked first."""
    if desk.board.need(given.path["id"]) is None:
        return None
    return _give(desk, given, given["gift"], given.path["id"])


def give_of_gift(desk: Desk, given: Click) -> Done:
    """Give so much of the chosen gift to a need; of a job or a link the household is asked first."""
    if desk.pledges.find(given.path["code"], "gift.see") is None:
        return None
    return _give(desk, given, given.path["code"], given["need"])


# Inside


def _field(outcome: AllocationOutcome) -> str:
    return "give" if outcome == "too_much" else ""


def _give(desk: Desk, given: Click, code: str, slot_id: str) -> Done:
    pledge = desk.pledges.find(code, "gift.see", noted=False)
    if pledge is None or not slot_id:
        return Invalid({"": "board_absent"})
    faults: Faults = {}
    amount = (money if pledge.measure == MONEY else count)(given, "give", faults, most=MOST)
    if faults or amount is None:
        return Invalid(faults)
    outcome = desk.allocations.allocate(pledge.code, slot_id, amount)
    if outcome == "done":
        asked = pledge.kind in MEETING
        return Redirect(f"/gifts/{pledge.code}", "gift_asked" if asked else "gift_allocated")
    return Invalid({_field(outcome): f"board_{outcome}"})


def _note(desk: Desk, count: int) -> None:
    if count:
        desk.note("pledge.listed", f"official:{desk.acting().id}", count=count)


def _names(desk: Desk, *codes: str) -> Mapping[str, str]:
    return desk.board.names({code for code in codes if code})


def _need_line(desk: Desk, one: Need, known: Mapping[str, str]) -> NeedLine:
    about = Phrase("plain", {"words": Bilingual(one.title)}) if one.title else Phrase(f"options.needs.{one.need}")
    return NeedLine(
        id=one.id,
        code=one.case_code or one.campaign_code,
        name=known.get(one.case_code, ""),
        to=f"/requests/{one.case_code}" if one.case_code in known else "",
        unit=_unit(one.unit_id),
        need=about,
        kind=Phrase(f"console.gifts.kind.{one.kind}"),
        topic=topic_of(desk, one.topic),
        left=how_much(one.left, one.measure),
        months=in_season(one.months),
        held=one.held,
        at=one.created_at,
        give="",
        why=(),
    )


def _suggested_need(desk: Desk, one: SuggestedNeed, gift: Pledge, known: Mapping[str, str]) -> NeedLine:
    left = gift.amount - gift.allocated
    give = str(min(left, one.left)) if same_measure(gift.measure, one.measure) else ""
    return NeedLine(
        id=one.slot_id,
        code=one.case_code or one.campaign_code,
        name=known.get(one.case_code, ""),
        to=f"/requests/{one.case_code}" if one.case_code in known else "",
        unit=_unit(one.unit_id),
        need=Phrase(f"options.needs.{one.need}"),
        kind=Phrase(f"console.gifts.kind.{gift.kind}"),
        topic=topic_of(desk, one.topic),
        left=how_much(one.left, one.measure),
        months=in_season(one.months),
        held=False,
        at=None,
        give=give,
        why=one.reasons,
    )


def _unit(unit_id: str | None) -> Phrase:
    return Phrase("plain", {"words": unit_name(unit_id)}) if unit_id else Phrase("campaign.whole_city")


def _gift_line(desk: Desk, pledge: Pledge) -> GiftLine:
    left = how_much(pledge.amount - pledge.allocated, pledge.measure)
    return GiftLine(
        code=pledge.code,
        what=desk.pledges.body(pledge).what,
        measure=_counted_in(pledge.measure),
        where=place_of(pledge),
        kind=Phrase(f"console.gifts.kind.{pledge.kind}"),
        topic=topic_of(desk, pledge.topic),
        left=left,
        months=in_season(pledge.months),
        give="",
        why=(),
    )


def _counted_in(measure: str) -> str:
    return "" if measure == MONEY else measure


def _suggested_gift(desk: Desk, one: SuggestedGift, need: Need) -> GiftLine:
    pledge = desk.pledges.by_code(one.code)
    what = desk.pledges.body(pledge).what if pledge is not None else ""
    give = str(min(one.left, need.left)) if same_measure(one.measure, need.measure) else ""
    where = Phrase("plain", {"words": unit_name(one.unit_id)}) if one.unit_id else Phrase("console.gifts.most_needed")
    return GiftLine(
        code=one.code,
        what=what,
        measure=_counted_in(one.measure),
        where=where,
        kind=Phrase(f"console.gifts.kind.{one.kind}"),
        topic=topic_of(desk, one.topic),
        left=how_much(one.left, one.measure),
        months=in_season(one.months),
        give=give,
        why=one.reasons,
    )


def _chip(one: str, kind: str, unit: str) -> Chip:
    on = one == kind
    fields = {"kind": "" if on else one, "unit": unit}
    return Chip(Phrase(f"console.gifts.kind.{one}"), on, urlencode({k: v for k, v in fields.items() if v}))


screen = Screen(path="/board", template="giving/board", right="gift.see", view=view, notes=True, menu="giving")
need_screen = Screen(path="/board/needs/{id}", template="giving/board", right="gift.see", view=view_need, notes=True)
gift_screen = Screen(path="/board/gifts/{code}", template="giving/board", right="gift.see", view=view_gift, notes=True)
screens = (screen, need_screen, gift_screen)
acts = (
    Act(path="/board/needs/{id}/give", right="gift.allocate", do=give_to_need, screen=need_screen),
    Act(path="/board/gifts/{code}/give", right="gift.allocate", do=give_of_gift, screen=gift_screen),
)
