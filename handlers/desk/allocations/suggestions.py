"""Gifts suggested to a need, and needs to a gift, the best first, each with its reasons. Officials decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import case, or_
from sqlmodel import col, select

from handlers.desk.allocations import matching
from handlers.desk.allocations.matching import Match
from handlers.desk.allocations.steps import AllocationSteps
from handlers.desk.office import Context
from handlers.desk.pledges import HELD, Pledges
from handlers.texts import Phrase
from handlers.vietnamese import units
from storage.tables import Allocation, Campaign, Case, NeedSlot, Pledge

LOOKED_AT = 500  # of what might fit, the oldest


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedGift:
    """A gift that fits a need. left: how much of it is not given on. until: after that day it is of no use."""

    code: str
    kind: str
    left: int
    measure: str
    unit_id: str | None
    topic: str | None
    months: tuple[int, ...]
    until: date | None
    points: int
    reasons: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedNeed:
    """A need that a gift fits. left: how much is still lacking. case_code, campaign_code: one of them."""

    slot_id: str
    case_code: str
    campaign_code: str
    need: str
    left: int
    measure: str
    unit_id: str | None
    topic: str | None
    months: tuple[int, ...]
    points: int
    reasons: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Suggestions to the official at the desk: only of what she may give on herself."""

    context: Context

    def for_need(self, slot_id: str, most: int = 10) -> list[SuggestedGift]:
        """Gifts for a need, best first, of equals the oldest; none where it is held, over or not hers."""
        context, slot = self.context, self.context.row_by_id(NeedSlot, slot_id)
        if slot is None or slot.state != "open" or not context.may("gift.allocate", slot.unit_id) or self._held(slot):
            return []
        query = select(Pledge).where(
            Pledge.kind == slot.kind, col(Pledge.state).in_(("accepted", "allocated", "handed_over")),
            col(Pledge.allocated) < col(Pledge.amount),
            or_(col(Pledge.until).is_(None), col(Pledge.until) >= context.today()),
            context.within(col(Pledge.unit_id), "gift.allocate"),
        )  # fmt: skip
        need, found = _need(slot, AllocationSteps(context).left(slot)), []
        case_row = context.unit.get(Case, slot.case_id) if slot.case_id else None
        mine, asks = context.acting().person_id, case_row.person_id if case_row is not None else None
        near = case(
            (col(Pledge.campaign_id) == (slot.campaign_id or ""), 0), (col(Pledge.unit_id) == (slot.unit_id or ""), 1),
            else_=2,
        )  # fmt: skip
        for pledge in context.unit.scalars(query.order_by(near, col(Pledge.id)).limit(LOOKED_AT)).all():
            fits = self._match(_gift(pledge), need)
            if fits is not None and (mine is None or mine not in (pledge.person_id, asks)):
                found.append(_gift_seen(pledge, fits))
        return sorted(found, key=lambda one: -one.points)[:most]

    def for_gift(self, pledge_code: str, most: int = 10) -> list[SuggestedNeed]:
        """Needs for a gift, best first, of equals the oldest; none where nothing of it is left or it is not hers."""
        context, pledge = self.context, Pledges(self.context).by_code(pledge_code)
        if pledge is None or not context.may("gift.allocate", pledge.unit_id):
            return []
        held = select(Allocation.slot_id).where(col(Allocation.state).in_(HELD))
        query = (
            select(NeedSlot, Case.code, Case.person_id, Campaign.code)
            .outerjoin(Case, col(Case.id) == col(NeedSlot.case_id))
            .outerjoin(Campaign, col(Campaign.id) == col(NeedSlot.campaign_id))
            .where(NeedSlot.state == "open", NeedSlot.kind == pledge.kind, col(NeedSlot.id).not_in(held))
            .where(context.within(col(NeedSlot.unit_id), "gift.allocate"))
        )
        near = case(
            (col(NeedSlot.campaign_id) == (pledge.campaign_id or ""), 0),
            (col(NeedSlot.unit_id) == (pledge.unit_id or ""), 1),
            else_=2,
        )
        rows = context.unit.execute(query.order_by(near, col(NeedSlot.id)).limit(LOOKED_AT)).all()
        left, mine, found = AllocationSteps(context).lefts([slot for slot, *_ in rows]), context.acting().person_id, []
        for slot, code, person_id, campaign in rows:
            fits = self._match(_gift(pledge), _need(slot, left[slot.id]))
            if fits is not None and (mine is None or mine not in (pledge.person_id, person_id)):
                found.append(_need_seen(slot, code or "", campaign or "", left[slot.id], fits))
        return sorted(found, key=lambda one: -one.points)[:most]

    # Inside

    def _match(self, gift: matching.GiftTraits, need: matching.NeedTraits) -> Match | None:
        return matching.match(gift, need, self.context.today(), former_districts())

    def _held(self, slot: NeedSlot) -> bool:
        query = select(Allocation.id).where(Allocation.slot_id == slot.id, col(Allocation.state).in_(HELD))
        return self.context.unit.scalars(query.limit(1)).first() is not None


def _gift(pledge: Pledge) -> matching.GiftTraits:
    return matching.GiftTraits(
        kind=pledge.kind,
        left=pledge.amount - pledge.allocated,
        measure=pledge.measure,
        state=pledge.state,
        unit_id=pledge.unit_id,
        campaign_id=pledge.campaign_id,
        topic=pledge.topic,
        months=tuple(pledge.months),
        until=pledge.until,
        verified=pledge.verified_by is not None,
    )


def _need(slot: NeedSlot, left: int) -> matching.NeedTraits:
    return matching.NeedTraits(
        kind=slot.kind,
        left=left,
        measure=slot.measure,
        need=slot.need,
        unit_id=slot.unit_id,
        campaign_id=slot.campaign_id,
        topic=slot.topic,
        months=tuple(slot.months),
    )


@cache
def former_districts() -> Mapping[str, frozenset[str]]:
    """The former districts of each unit: units that share one are neighbours."""
    return {unit.id: frozenset(old.district for old in unit.old) for unit in units.all_units().values()}


def _gift_seen(pledge: Pledge, fits: Match) -> SuggestedGift:
    return SuggestedGift(
        code=pledge.code,
        kind=pledge.kind,
        left=pledge.amount - pledge.allocated,
        measure=pledge.measure,
        unit_id=pledge.unit_id,
        topic=pledge.topic,
        months=tuple(pledge.months),
        until=pledge.until,
        points=fits.points,
        reasons=fits.reasons,
    )


def _need_seen(slot: NeedSlot, case_code: str, campaign_code: str, left: int, fits: Match) -> SuggestedNeed:
    return SuggestedNeed(
        slot_id=slot.id,
        case_code=case_code,
        campaign_code=campaign_code,
        need=slot.need,
        left=left,
        measure=slot.measure,
        unit_id=slot.unit_id,
        topic=slot.topic,
        months=tuple(slot.months),
        points=fits.points,
        reasons=fits.reasons,
    )
