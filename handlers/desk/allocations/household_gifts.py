"""A household's own word: whether it wants to meet an employer or buyer, and whether what was handed over arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import col, select

from handlers.desk.allocations.allocations import Allocations
from handlers.desk.allocations.grievances import Grievances
from handlers.desk.allocations.in_words import GiftWords
from handlers.desk.allocations.news import AllocationNews, Asked, asks_of
from handlers.desk.allocations.steps import AllocationSteps, GivenGift
from handlers.desk.cases import Cases
from handlers.desk.consents import Consents
from handlers.desk.messages import Disclosures
from handlers.desk.office import Context
from handlers.desk.pledges import MEETING, PledgeNews
from handlers.flow.message import Phrase
from storage.tables import Allocation, Case, NeedSlot, Pledge

Answer = Literal["all", "less", "not_yet", "not_mine"]
# done; not hers, or not there; answered before; nobody waits for it any more; no such amount.
How = Literal["done", "absent", "answered", "over", "invalid"]
MEET_TEXT = "meet/1"
OFFERED = ("asked", "allocated", "declined")


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer. answer: the one that stands."""

    how: How
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A job or a link that was offered. state: "asked" while it waits for a word. ask: the offer in words."""

    id: str
    case_code: str
    state: str
    kind: str
    name: object
    ask: Phrase
    for_other: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A gift that was handed over. day: on which. asks: the question that it waits with. answer: hers, empty before."""

    id: str
    kind: str
    asks: Asked
    what: object
    day: date
    answer: str
    waits: bool


@dataclass(frozen=True, slots=True)
class HouseholdGifts:
    """Gifts to the requests of the person who speaks. Those of somebody else and absent ones look alike."""

    context: Context

    def offers(self) -> list[Offered]:
        """Jobs and links offered to her, those that wait for a word first, then the newest."""
        rows = self._mine(OFFERED, MEETING)
        found = [self._offered(given, case) for given, case in rows]
        return sorted(found, key=lambda one: one.state != "asked")

    def offer(self, allocation_id: str) -> Offered | None:
        """One of them."""
        found = self._hers(allocation_id)
        if found is None or found[0].row.state not in OFFERED or found[0].pledge.kind not in MEETING:
            return None
        return self._offered(*found)

    def answer_offer(self, allocation_id: str, *, wants: bool) -> Answered:
        """Say whether she wants to meet them. Only a yes gives her name and phone, and it is kept as consent."""
        found = self._hers(allocation_id)
        if found is None or found[0].pledge.kind not in MEETING:
            return Answered("absent")
        given, case = found
        if given.row.state != "asked":
            return Answered("over" if given.row.state == "returned" else "answered", given.row.state)
        if not wants:
            AllocationSteps(self.context).undo(given, "declined")
            AllocationNews(self.context).declined(given)
            return Answered("done", "declined")
        Consents(self.context).give("meet", MEET_TEXT, told_by="helper" if case.for_other else "self")
        self.context.unit.flush()
        AllocationSteps(self.context).agree(given)
        AllocationNews(self.context).agreed(given)
        contact = Allocations(self.context).contact_of(given)
        if contact is not None:
            PledgeNews(self.context).may_meet(
                given.pledge, given.row.id, f"case:{case.id}", contact.name, contact.phone
            )
        return Answered("done", "allocated")

    def take_name_back(self) -> None:
        """Take her name out of what employers and buyers were told, as she does not agree to it any more."""
        mine = select(Case.id).where(Case.person_id == self.context.here().person_id)
        for case_id in self.context.unit.scalars(mine).all():
            Disclosures(self.context).take_out(f"case:{case_id}", of="/may_meet/")

    def ask_first(self, allocation_id: str) -> bool:
        """Tell officials that she wants to speak to one before she answers."""
        found = self._hers(allocation_id)
        if found is None or found[0].row.state != "asked":
            return False
        AllocationNews(self.context).asks_first(found[0])
        return True

    def brought(self) -> list[Brought]:
        """What was handed over to her and waits for her word, the oldest first."""
        return [self._brought(*one) for one in reversed(self._mine(("handed_over",)))]

    def find_brought(self, allocation_id: str) -> Brought | None:
        """One gift that was handed over to her, whatever became of it."""
        found = self._hers(allocation_id)
        return self._brought(*found) if found is not None and found[0].row.handed_at is not None else None

    def confirm(self, allocation_id: str, answer: Answer, amount: int | None = None) -> Answered:
        """Say whether it arrived. amount: how much she has got, of less than was written down.

        Anything but all is looked into by another official than the one who handed it over. One word counts: who says
        another later is told which stands.
        """
        found = self._hers(allocation_id)
        if found is None or found[0].row.handed_at is None:
            return Answered("absent")
        given, case = found
        row = given.row
        if row.answer is not None:
            return Answered("answered", row.answer)
        if row.state != "handed_over":
            return Answered("over")
        if answer == "less" and not (amount is not None and 0 < amount < (row.handed_amount or 0)):
            return Answered("invalid")
        if answer == "all":
            row.answer, row.answered_at = "all", self.context.now
            AllocationSteps(self.context).settle(given, "confirmed")
            Grievances(self.context).end_silence(given)
            PledgeNews(self.context).confirmed(given.pledge, row.id)
        else:
            AllocationSteps(self.context).differ(given, answer, amount if answer == "less" else None)
            Grievances(self.context).open(given, answer)
        if case.body is not None:
            Cases(self.context).add_event(case, "gift_confirmed" if answer == "all" else "gift_differs")
        return Answered("done", answer)

    # Inside

    def _mine(self, states: Sequence[str], kinds: Sequence[str] = ()) -> list[tuple[GivenGift, Case]]:
        query = (
            select(Allocation, Pledge, NeedSlot, Case)
            .join(Pledge, col(Pledge.id) == col(Allocation.pledge_id))
            .join(NeedSlot, col(NeedSlot.id) == col(Allocation.slot_id))
            .join(Case, col(Case.id) == col(NeedSlot.case_id))
            .where(Case.person_id == self.context.here().person_id, col(Allocation.state).in_(states))
        )
        if kinds:
            query = query.where(col(Pledge.kind).in_(kinds))
        found = self.context.unit.execute(query.order_by(col(Allocation.id).desc()))
        return [(GivenGift(row, pledge, slot), case) for row, pledge, slot, case in found if case.body is not None]

    def _hers(self, allocation_id: str) -> tuple[GivenGift, Case] | None:
        given = AllocationSteps(self.context).find(allocation_id)
        case = self.context.unit.get(Case, given.slot.case_id) if given is not None and given.slot.case_id else None
        hers = case is not None and case.person_id == self.context.here().person_id and case.body is not None
        return (given, case) if given is not None and case is not None and hers else None

    def _offered(self, given: GivenGift, case: Case) -> Offered:
        name, ask = GiftWords(self.context).name(given), GiftWords(self.context).offer(given)
        return Offered(
            id=given.row.id,
            case_code=case.code,
            state=given.row.state,
            kind=given.pledge.kind,
            name=name,
            ask=ask,
            for_other=case.for_other,
        )

    def _brought(self, given: GivenGift, case: Case) -> Brought:
        row, kind = given.row, given.pledge.kind
        return Brought(
            id=row.id,
            kind=kind,
            asks=asks_of(kind, for_other=case.for_other),
            what=GiftWords(self.context).what(given),
            day=(row.handed_at or self.context.now).astimezone(self.context.zone).date(),
            answer=row.answer or "",
            waits=row.state == "handed_over",
        )
