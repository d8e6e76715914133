"""Needs and gifts side by side: choose one, see what fits and why, and give so much of a gift to a need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from handlers.console.giving.gifts import Chip, how_much, place_of, units_within
from handlers.console.screen import Act, Given, Screen, Went, Wrong
from handlers.console.screen.typed import Done, Faults, count, money
from handlers.console.screen.words import topic_of
from handlers.console.work import slots
from handlers.desk import Desk
from handlers.desk.allocations import (
    MEETING,
    MET_BY,
    AllocationOutcome,
    Need,
    SuggestedGift,
    SuggestedNeed,
    same_measure,
)
from handlers.desk.pledges import MONEY, MOST
from handlers.flow.counted import in_season
from handlers.texts import Bilingual, Phrase
from handlers.vietnamese.units import unit_name
from storage.tables import Pledge

A_SIDE = 50


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need. code: of the request or drive; name: whom it is for, where she may know; to: the request's address.

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


@dataclass(frozen=True, slots=True)
class GiftLine:
    """A gift of which something is left. what: as its giver said it. measure: of what is given on; empty: money.

    give, why: as of a need.
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


@dataclass(frozen=True, slots=True)
class Board:
    """The page. need, gift: the one that was chosen; the other side then holds what fits it. words: what is needed.

    closes: she may close the chosen need; need_form: where she may say what a request needs.
    """

    needs: tuple[NeedLine, ...]
    gifts: tuple[GiftLine, ...]
    need: NeedLine | None = None
    gift: GiftLine | None = None
    words: str = ""
    closes: bool = False
    allocates: bool = False
    need_form: slots.Form | None = None
    kinds: tuple[Chip, ...] = ()
    kind: str = ""
    units: tuple[tuple[str, str], ...] = ()
    unit: str = ""


def view(desk: Desk, given: Given) -> Board:
    """Needs and gifts side by side, as the address narrows them."""
    kind = given["kind"] if given["kind"] in MET_BY else ""
    within = units_within(desk, "gift.see")
    unit = given["unit"] if given["unit"] in dict(within) else ""
    needs = [one for one in desk.needs.board(unit_id=unit, kind=kind, most=A_SIDE) if not one.held]
    known = _names(desk, *(one.case_code for one in needs))
    gifts = desk.board.gifts(unit_id=unit, kind=kind, most=A_SIDE)
    _note(desk, len(gifts))
    chips = tuple(_chip(one, kind, unit) for one in MET_BY)
    return Board(
        tuple(_need_line(desk, one, known) for one in needs), tuple(_gift_line(desk, one) for one in gifts),
        need_form=slots.form(desk), allocates=desk.acting().reach("gift.allocate") is not None, kinds=chips, kind=kind,
        units=within, unit=unit,
    )  # fmt: skip


def view_need(desk: Desk, given: Given) -> Board | None:
    """One need, and the gifts that fit it with their reasons."""
    need = desk.board.need(given.path["id"])
    if need is None:
        return None
    found = desk.suggestions.for_need(need.id)
    _note(desk, len(found))
    words = desk.needs.words(need.id) if desk.may("case.see", need.unit_id) else ""
    return Board(
        (), tuple(_suggested_gift(desk, one, need) for one in found),
        need=_need_line(desk, need, _names(desk, need.case_code)), words=words,
        closes=need.state == "open" and not need.held and desk.may("need.open", need.unit_id),
        allocates=desk.may("gift.allocate", need.unit_id),
    )  # fmt: skip


def view_gift(desk: Desk, given: Given) -> Board | None:
    """One gift, and the needs that it fits with their reasons."""
    gift = desk.pledges.find(given.path["code"], "gift.see")
    if gift is None:
        return None
    found = desk.suggestions.for_gift(gift.code)
    _note(desk, 1)
    known = _names(desk, *(one.case_code for one in found))
    return Board(
        tuple(_suggested_need(desk, one, gift, known) for one in found), (), gift=_gift_line(desk, gift),
        allocates=desk.may("gift.allocate", gift.unit_id),
    )  # fmt: skip


def give_to_need(desk: Desk, given: Given) -> Done:
    """Give so much of a gift to the chosen need; of a job or a link the household is asked first."""
    if desk.board.need(given.path["id"]) is None:
        return None
    return _give(desk, given, given["gift"], given.path["id"])


def give_of_gift(desk: Desk, given: Given) -> Done:
    """Give so much of the chosen gift to a need; of a job or a link the household is asked first."""
    if desk.pledges.find(given.path["code"], "gift.see") is None:
        return None
    return _give(desk, given, given.path["code"], given["need"])


# Inside


def _field(outcome: AllocationOutcome) -> str:
    return "give" if outcome == "too_much" else ""


def _give(desk: Desk, given: Given, code: str, slot_id: str) -> Done:
    pledge = desk.pledges.find(code, "gift.see", noted=False)
    if pledge is None or not slot_id:
        return Wrong({"": "board_absent"})
    faults: Faults = {}
    amount = (money if pledge.measure == MONEY else count)(given, "give", faults, most=MOST)
    if faults or amount is None:
        return Wrong(faults)
    outcome = desk.allocations.allocate(pledge.code, slot_id, amount)
    if outcome == "done":
        asked = pledge.kind in MEETING
        return Went(f"/gifts/{pledge.code}", "gift_asked" if asked else "gift_allocated")
    return Wrong({_field(outcome): f"board_{outcome}"})


def _note(desk: Desk, count: int) -> None:
    if count:
        desk.note("pledge.listed", f"official:{desk.acting().id}", count=count)


def _names(desk: Desk, *codes: str) -> Mapping[str, str]:
    return desk.board.names({code for code in codes if code})


def _need_line(desk: Desk, one: Need, known: Mapping[str, str]) -> NeedLine:
    about = Phrase("plain", {"words": Bilingual(one.title)}) if one.title else Phrase(f"options.needs.{one.need}")
    return NeedLine(
        one.id, one.case_code or one.campaign_code, known.get(one.case_code, ""),
        f"/requests/{one.case_code}" if one.case_code in known else "", _unit(one.unit_id), about,
        Phrase(f"console.gifts.kind.{one.kind}"), topic_of(desk, one.topic), how_much(one.left, one.measure),
        in_season(one.months), one.held, one.created_at, "", (),
    )  # fmt: skip


def _suggested_need(desk: Desk, one: SuggestedNeed, gift: Pledge, known: Mapping[str, str]) -> NeedLine:
    left = gift.amount - gift.allocated
    give = str(min(left, one.left)) if same_measure(gift.measure, one.measure) else ""
    return NeedLine(
        one.slot_id, one.case_code or one.campaign_code, known.get(one.case_code, ""),
        f"/requests/{one.case_code}" if one.case_code in known else "", _unit(one.unit_id),
        Phrase(f"options.needs.{one.need}"), Phrase(f"console.gifts.kind.{gift.kind}"), topic_of(desk, one.topic),
        how_much(one.left, one.measure), in_season(one.months), False, None, give, one.reasons,
    )  # fmt: skip


def _unit(unit_id: str | None) -> Phrase:
    return Phrase("plain", {"words": unit_name(unit_id)}) if unit_id else Phrase("campaign.whole_city")


def _gift_line(desk: Desk, pledge: Pledge) -> GiftLine:
    left = how_much(pledge.amount - pledge.allocated, pledge.measure)
    return GiftLine(
        pledge.code, desk.pledges.body(pledge).what, _counted_in(pledge.measure), place_of(pledge),
        Phrase(f"console.gifts.kind.{pledge.kind}"), topic_of(desk, pledge.topic), left, in_season(pledge.months),
        "", (),
    )  # fmt: skip


def _counted_in(measure: str) -> str:
    return "" if measure == MONEY else measure


def _suggested_gift(desk: Desk, one: SuggestedGift, need: Need) -> GiftLine:
    pledge = desk.pledges.by_code(one.code)
    what = desk.pledges.body(pledge).what if pledge is not None else ""
    give = str(min(one.left, need.left)) if same_measure(one.measure, need.measure) else ""
    where = Phrase("plain", {"words": unit_name(one.unit_id)}) if one.unit_id else Phrase("console.gifts.most_needed")
    return GiftLine(
        one.code, what, _counted_in(one.measure), where, Phrase(f"console.gifts.kind.{one.kind}"),
        topic_of(desk, one.topic), how_much(one.left, one.measure), in_season(one.months), give, one.reasons,
    )  # fmt: skip


def _chip(one: str, kind: str, unit: str) -> Chip:
    on = one == kind
    fields = {"kind": "" if on else one, "unit": unit}
    return Chip(Phrase(f"console.gifts.kind.{one}"), on, urlencode({k: v for k, v in fields.items() if v}))


screen = Screen("/board", "board", "gift.see", view, notes=True, menu="giving")
need_screen = Screen("/board/needs/{id}", "board", "gift.see", view_need, notes=True)
gift_screen = Screen("/board/gifts/{code}", "board", "gift.see", view_gift, notes=True)
screens = (screen, need_screen, gift_screen)
acts = (
    Act("/board/needs/{id}/give", "gift.allocate", give_to_need, need_screen),
    Act("/board/gifts/{code}/give", "gift.allocate", give_of_gift, gift_screen),
)
