"""Gifts suggested to a need, and needs to a gift, the best first, each with its reasons. Officials decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import case, or_
from sqlmodel import col, select

from handlers.desk.allocations import matching
from handlers.desk.allocations.allocations import within
from handlers.desk.allocations.matching import Match
from handlers.desk.allocations.steps import Steps, by_id
from handlers.desk.pledges.pledges import HELD
from handlers.texts import Phrase
from handlers.vietnamese import units
from storage.tables import Allocation, Campaign, Case, NeedSlot, Pledge

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

LOOKED_AT = 500  # of what might fit, the oldest


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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

    desk: "Desk"

    def for_need(self, slot_id: str, most: int = 10) -> list[SuggestedGift]:
        """Gifts for a need, best first, of equals the oldest; none where it is held, over or not hers."""
        desk, slot = self.desk, by_id(self.desk, NeedSlot, slot_id)
        if slot is None or slot.state != "open" or not desk.may("gift.allocate", slot.unit_id) or self._held(slot):
            return []
        query = select(Pledge).where(
            Pledge.kind == slot.kind, col(Pledge.state).in_(("accepted", "allocated", "handed_over")),
            col(Pledge.allocated) < col(Pledge.amount),
            or_(col(Pledge.until).is_(None), col(Pledge.until) >= desk.today()),
            within(desk, col(Pledge.unit_id), "gift.allocate"),
        )  # fmt: skip
        need, found = _need(slot, Steps(desk).left(slot)), []
        case_row = desk.unit.get(Case, slot.case_id) if slot.case_id else None
        mine, asks = desk.acting().person_id, case_row.person_id if case_row is not None else None
        near = case(
            (col(Pledge.campaign_id) == (slot.campaign_id or ""), 0), (col(Pledge.unit_id) == (slot.unit_id or ""), 1),
            else_=2,
        )  # fmt: skip
        for pledge in desk.unit.scalars(query.order_by(near, col(Pledge.id)).limit(LOOKED_AT)).all():
            fits = self._match(_gift(pledge), need)
            if fits is not None and (mine is None or mine not in (pledge.person_id, asks)):
                found.append(_gift_seen(pledge, fits))
        return sorted(found, key=lambda one: -one.points)[:most]

    def for_gift(self, pledge_code: str, most: int = 10) -> list[SuggestedNeed]:
        """Needs for a gift, best first, of equals the oldest; none where nothing of it is left or it is not hers."""
        desk, pledge = self.desk, self.desk.pledges.by_code(pledge_code)
        if pledge is None or not desk.may("gift.allocate", pledge.unit_id):
            return []
        held = select(Allocation.slot_id).where(col(Allocation.state).in_(HELD))
        query = (
            select(NeedSlot, Case.code, Case.person_id, Campaign.code)
            .outerjoin(Case, col(Case.id) == col(NeedSlot.case_id))
            .outerjoin(Campaign, col(Campaign.id) == col(NeedSlot.campaign_id))
            .where(NeedSlot.state == "open", NeedSlot.kind == pledge.kind, col(NeedSlot.id).not_in(held))
            .where(within(desk, col(NeedSlot.unit_id), "gift.allocate"))
        )
        near = case(
            (col(NeedSlot.campaign_id) == (pledge.campaign_id or ""), 0),
            (col(NeedSlot.unit_id) == (pledge.unit_id or ""), 1),
            else_=2,
        )
        rows = desk.unit.execute(query.order_by(near, col(NeedSlot.id)).limit(LOOKED_AT)).all()
        left, mine, found = Steps(desk).lefts([slot for slot, *_ in rows]), desk.acting().person_id, []
        for slot, code, person_id, campaign in rows:
            fits = self._match(_gift(pledge), _need(slot, left[slot.id]))
            if fits is not None and (mine is None or mine not in (pledge.person_id, person_id)):
                found.append(_need_seen(slot, code or "", campaign or "", left[slot.id], fits))
        return sorted(found, key=lambda one: -one.points)[:most]

    # Inside

    def _match(self, gift: matching.Gift, need: matching.Need) -> Match | None:
        return matching.match(gift, need, self.desk.today(), former_districts())

    def _held(self, slot: NeedSlot) -> bool:
        query = select(Allocation.id).where(Allocation.slot_id == slot.id, col(Allocation.state).in_(HELD))
        return self.desk.unit.scalars(query.limit(1)).first() is not None


def _gift(pledge: Pledge) -> matching.Gift:
    return matching.Gift(
        pledge.kind, pledge.amount - pledge.allocated, pledge.measure, pledge.state, pledge.unit_id, pledge.campaign_id,
        pledge.topic, tuple(pledge.months), pledge.until, pledge.verified_by is not None,
    )  # fmt: skip


def _need(slot: NeedSlot, left: int) -> matching.Need:
    return matching.Need(
        slot.kind, left, slot.measure, slot.need, slot.unit_id, slot.campaign_id, slot.topic, tuple(slot.months)
    )


@cache
def former_districts() -> Mapping[str, frozenset[str]]:
    """The former districts of each unit: units that share one are neighbours."""
    return {unit.id: frozenset(old.district for old in unit.old) for unit in units.all_units().values()}


def _gift_seen(pledge: Pledge, fits: Match) -> SuggestedGift:
    return SuggestedGift(
        pledge.code, pledge.kind, pledge.amount - pledge.allocated, pledge.measure, pledge.unit_id, pledge.topic,
        tuple(pledge.months), pledge.until, fits.points, fits.reasons,
    )  # fmt: skip


def _need_seen(slot: NeedSlot, case_code: str, campaign_code: str, left: int, fits: Match) -> SuggestedNeed:
    return SuggestedNeed(
        slot.id, case_code, campaign_code, slot.need, left, slot.measure, slot.unit_id, slot.topic, tuple(slot.months),
        fits.points, fits.reasons,
    )  # fmt: skip
