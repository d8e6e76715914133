"""Gifts given to needs by officials: allotted, handed over, given back.

What the sums come to, of each pledge, by the lines of its code in the ledger:
- allocated = Σ allotted - Σ returned: what its allocations hold, or brought home.
- handed = Σ handed_over - Σ of those returned lines that come after a handed_over line of the same allocation.
- confirmed = Σ confirmed: what arrived by the word of a household, or of a second official who looked into it.
An allocation has one allotted line. Where less is handed over than was allotted, the rest has a returned line before
the handed_over line. One that is declined or given back has a returned line of all; one that is taken back after it
was handed over has a returned line of what was handed over.

Why a household is asked before an employer or buyer hears of it: its name belongs to it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import col, select

from handlers.desk.allocations.news import AllocationNews
from handlers.desk.allocations.steps import AllocationSteps, GivenGift, same_measure
from handlers.desk.cases import MOST_WORDS, Cases
from handlers.desk.consents import Consents
from handlers.desk.office import Context
from handlers.desk.pledges import HELD, MEETING, OPEN, PledgeNews, Pledges
from storage.ids import read_code
from storage.tables import Allocation, Campaign, Case, NeedSlot, Pledge, PledgeEvent
from storage.vault import KeyGone

# done; absent, or none of her business; not possible in this state; another gift holds the need; more than is there, or
# is needed; her own gift, request or hand-over; something in the form is missing or wrong.
AllocationOutcome = Literal["done", "absent", "not_now", "taken", "too_much", "own", "invalid"]
FREE = ("asked", "allocated")  # given on, and not handed over


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAllocation:
    """An allocation in a list: nothing in it says who gives or gets. case_code, campaign_code: one of them.

    amount: in the measure of the pledge. said: how much the household says it has got.
    """

    id: str
    state: str
    pledge_code: str
    slot_id: str
    case_code: str
    campaign_code: str
    unit_id: str | None
    kind: str
    need: str
    amount: int
    measure: str
    allocated_by: str
    allocated_at: datetime
    handed_amount: int | None
    handed_by: str | None
    handed_at: datetime | None
    answer: str | None
    said: int | None


@dataclass(frozen=True, slots=True)
class HouseholdContact:
    """Whom an employer or buyer may ring up. phone: in international form; empty where there is none."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Allocations:
    """What the official at the desk does with gifts and needs."""

    context: Context

    def allocate(self, pledge_code: str, slot_id: str, amount: int) -> AllocationOutcome:
        """Give so much of a pledge to a need; of a job or a link the household is asked first."""
        pledge, slot, wrong = self._pair(pledge_code, slot_id)
        if pledge is None or slot is None:
            return wrong
        in_the_way = self._in_the_way(pledge, slot, amount)
        if in_the_way is not None:
            return in_the_way
        asks = pledge.kind in MEETING
        given = self._steps.give(pledge, slot, amount, "asked" if asks else "allocated")
        if not isinstance(given, GivenGift):
            return "taken" if given == "taken" else "too_much"
        if asks:
            AllocationNews(self.context).asks(given)
        else:
            PledgeNews(self.context).allotted(pledge, given.row.unit_id, given.row.id)
        return "done"

    def hand_over(self, allocation_id: str, amount: int, words: str = "") -> AllocationOutcome:
        """Write down that so much was handed over; the rest is free again. The household is asked whether it arrived.

        Of money at most what has come and is not handed over yet. words: how it was handed over.
        """
        given, wrong = self._find(allocation_id, "gift.hand_over")
        if given is None:
            return wrong
        if amount < 1 or len(words) > MOST_WORDS:
            return "invalid"
        if given.row.state != "allocated":
            return "not_now"
        come = given.pledge.received - given.pledge.handed
        if amount > given.row.amount or (given.pledge.kind == "money" and amount > come):
            return "too_much"
        self._steps.hand(given, amount)
        self._write_down(given, "gift_handed_over", words)
        AllocationNews(self.context).handed_over(given)
        PledgeNews(self.context).handed_over(given.pledge, given.row.id)
        return "done"

    def give_back(self, allocation_id: str, why: str) -> AllocationOutcome:
        """Take a gift from a need before it was handed over; both are free again."""
        given, wrong = self._find(allocation_id, "gift.allocate")
        if given is None:
            return wrong
        if not why.strip() or len(why) > MOST_WORDS:
            return "invalid"
        if given.row.state not in FREE:
            return "not_now"
        self._steps.undo(given, "returned")
        self._write_down(given, "gift_given_back", why)
        return "done"

    def withdraw(self, pledge: Pledge) -> bool:
        """Take a promise back; what was given on is free again. False once something has come or was handed over."""
        if pledge.state not in OPEN or pledge.received or pledge.handed:
            return False
        self.free(pledge)
        Pledges(self.context).move_to(pledge, "withdrawn", "withdrawn")
        return True

    def free(self, pledge: Pledge) -> int:
        """Take a pledge from every need it was not handed over to yet, as its giver stops; officials there are told."""
        rows = self._free_ones(col(Allocation.pledge_id) == pledge.id)
        for given in map(self._steps.of, rows):
            self._steps.undo(given, "returned")
            AllocationNews(self.context).freed(given)
        return len(rows)

    def leave(self, slot: NeedSlot) -> None:
        """Take from a need that is closed what was not handed over yet; officials there are told."""
        for given in map(self._steps.of, self._free_ones(col(Allocation.slot_id) == slot.id)):
            self._steps.undo(given, "returned")
            AllocationNews(self.context).freed(given)

    def contact(self, allocation_id: str) -> HouseholdContact | None:
        """Whom an employer or buyer may ring up, once the household said yes; it is noted. None before, and after it
        took the yes back.
        """
        given, _ = self._find(allocation_id, "gift.allocate")
        if given is None or given.pledge.kind not in MEETING or given.row.state in ("asked", "declined", "returned"):
            return None
        found = self.contact_of(given)
        if found is not None:
            self.context.note("allocation.contact_shown", f"allocation:{given.row.id}")
        return found

    def listed(
        self, *, states: Sequence[str] = (), kinds: Sequence[str] = (), pledge_code: str = "", slot_id: str = "",
        unit_id: str = "", after: str = "", only: str = "", most: int = 50, handed_before: datetime | None = None,
    ) -> list[ListedAllocation]:  # fmt: skip
        """Allocations within reach, newest first. states, kinds: all if empty. after: the id of the last one shown."""
        query = (
            sa.select(Allocation, Pledge, NeedSlot, col(Case.code), col(Campaign.code))
            .join(Pledge, col(Pledge.id) == col(Allocation.pledge_id))
            .join(NeedSlot, col(NeedSlot.id) == col(Allocation.slot_id))
            .outerjoin(Case, col(Case.id) == col(NeedSlot.case_id))
            .outerjoin(Campaign, col(Campaign.id) == col(NeedSlot.campaign_id))
            .where(self.context.within(col(Allocation.unit_id)))
        )
        narrowed: tuple[tuple[object, ColumnElement[bool]], ...] = (
            (states, col(Allocation.state).in_(states)),
            (kinds, col(Pledge.kind).in_(kinds)),
            (pledge_code, col(Pledge.code) == read_code(pledge_code, "UH")),
            (slot_id, col(Allocation.slot_id) == slot_id),
            (unit_id, col(Allocation.unit_id) == unit_id),
            (after, col(Allocation.id) < after),
            (only, col(Allocation.id) == only),
        )
        query = query.where(*(condition for asked, condition in narrowed if asked))
        if handed_before is not None:
            query = query.where(col(Allocation.handed_at) < handed_before)
        found = self.context.unit.execute(query.order_by(col(Allocation.id).desc()).limit(most))
        return [
            _listed(GivenGift(row, pledge, slot), case or "", drive or "") for row, pledge, slot, case, drive in found
        ]

    # Inside

    @property
    def _steps(self) -> AllocationSteps:
        return AllocationSteps(self.context)

    def _pair(self, pledge_code: str, slot_id: str) -> tuple[Pledge | None, NeedSlot | None, AllocationOutcome]:
        """A pledge and a need that the official may bring together."""
        context = self.context
        pledge, slot = Pledges(context).by_code(pledge_code), context.row_by_id(NeedSlot, slot_id)
        if pledge is None or slot is None:
            return None, None, "absent"
        may_give = context.allows("gift.allocate", pledge.unit_id, f"pledge:{pledge.id}")
        if not (may_give and context.allows("gift.allocate", slot.unit_id, f"need:{slot.id}")):
            return None, None, "absent"
        if self.is_own(pledge, slot):
            context.note("allocation.own_refused", f"need:{slot.id}", action="gift.allocate")
            return None, None, "own"
        return pledge, slot, "done"

    def _in_the_way(self, pledge: Pledge, slot: NeedSlot, amount: int) -> AllocationOutcome | None:
        """What keeps a pledge from a need; the last word has the database."""
        for_another = pledge.campaign_id is not None and pledge.campaign_id != slot.campaign_id
        nobody_to_ask = pledge.kind in MEETING and slot.case_id is None
        if amount < 1 or pledge.kind != slot.kind or pledge.kind == "idea" or for_another or nobody_to_ask:
            return "invalid"
        over = pledge.until is not None and pledge.until < self.context.today()
        unverified = pledge.kind in MEETING and pledge.verified_by is None
        if slot.state != "open" or over or unverified or pledge.state not in ("accepted", "allocated", "handed_over"):
            return "not_now"
        if self._is_held(slot):
            return "taken"
        comparable = same_measure(pledge.measure, slot.measure)
        return "too_much" if comparable and amount > self._steps.left(slot) else None

    def _is_held(self, slot: NeedSlot) -> bool:
        query = select(Allocation.id).where(Allocation.slot_id == slot.id, col(Allocation.state).in_(HELD))
        return self.context.unit.scalars(query.limit(1)).first() is not None

    def _find(self, allocation_id: str, action: str) -> tuple[GivenGift | None, AllocationOutcome]:
        given = self._steps.find(allocation_id)
        if given is None or not self.context.allows(action, given.row.unit_id, f"allocation:{allocation_id}"):
            return None, "absent"
        if self.is_own(given.pledge, given.slot):
            self.context.note("allocation.own_refused", f"allocation:{allocation_id}", action=action)
            return None, "own"
        return given, "done"

    def _free_ones(self, of: ColumnElement[bool]) -> Sequence[Allocation]:
        query = select(Allocation).where(of, col(Allocation.state).in_(FREE)).order_by(col(Allocation.id))
        return self.context.unit.scalars(query).all()

    def _write_down(self, given: GivenGift, kind: str, words: str) -> None:
        """Keep an official's words with the request; with the pledge only where the need is a campaign's."""
        case = self.context.unit.get(Case, given.slot.case_id) if given.slot.case_id else None
        if case is None:
            Pledges(self.context).event(given.pledge, kind, allocation_id=given.row.id, note=words)
        elif case.body is not None:
            Cases(self.context).add_event(case, kind, note=words)

    def is_own(self, pledge: Pledge, slot: NeedSlot) -> bool:
        """Whether a gift or a need came from the own chats of the official at the desk."""
        mine = self.context.acting().person_id
        case = self.context.unit.get(Case, slot.case_id) if slot.case_id else None
        return mine is not None and mine in (pledge.person_id, case.person_id if case else None)

    def contact_of(self, given: GivenGift) -> HouseholdContact | None:
        """Name and phone of a household whose yes is in force, and was not taken back since this offer."""
        case = self.context.unit.get(Case, given.slot.case_id) if given.slot.case_id else None
        if case is None or case.body is None or not Consents(self.context).in_force("meet", case.person_id):
            return None
        agreed = [event.at for event in Pledges(self.context).events(given.pledge) if _agrees(event, given)]
        if Consents(self.context).withdrawn_since("meet", case.person_id, max(agreed, default=self.context.now)):
            return None
        try:
            said = Cases(self.context).read(case.id)
        except KeyGone:
            return None
        return HouseholdContact(str(said.get("name", "")), str(said.get("phone", "")))


def _agrees(event: PledgeEvent, given: GivenGift) -> bool:
    return event.kind == "agreed" and event.allocation_id == given.row.id


def _listed(given: GivenGift, case_code: str, campaign_code: str) -> ListedAllocation:
    row, pledge, slot = given.row, given.pledge, given.slot
    return ListedAllocation(
        id=row.id,
        state=row.state,
        pledge_code=pledge.code,
        slot_id=slot.id,
        case_code=case_code,
        campaign_code=campaign_code,
        unit_id=row.unit_id,
        kind=pledge.kind,
        need=slot.need,
        amount=row.amount,
        measure=pledge.measure,
        allocated_by=row.allocated_by,
        allocated_at=row.allocated_at,
        handed_amount=row.handed_amount,
        handed_by=row.handed_by,
        handed_at=row.handed_at,
        answer=row.answer,
        said=row.confirmed_amount,
    )
