"""Needs that gifts can meet: of a request, in the household's own words, or an item of a campaign, told in public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, update
from sqlmodel import col, select

from handlers.desk.allocations.allocations import AllocationOutcome, Allocations
from handlers.desk.allocations.steps import AllocationSteps
from handlers.desk.cases import CLOSED, MOST_WORDS, Cases, Casework
from handlers.desk.money import CAMPAIGN_PREFIX, has_number
from handlers.desk.office import Context
from handlers.desk.pledges import HELD, MONEY, MOST, NEEDED
from handlers.texts.loader import LANGUAGES
from storage.ids import new_id, read_code
from storage.tables import Allocation, Campaign, Case, Grievance, NeedSlot
from storage.vault import KeyGone

MOST_SHORT = 40  # letters of a measure or a topic
# Where a request says in its own words what is needed.
SAID = {"work": "work", "trade": "goods"}


@dataclass(frozen=True, slots=True)
class OpenedNeed:
    """What came of opening a need, and its id where it was opened."""

    how: AllocationOutcome
    slot_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedGift:
    """What a need is about. need: as requests name it; kind: of the gift; amount: VND, or so many of `measure`.

    topic: of goods or work, to find what fits. months: of the year, for what has a season.
    """

    need: str
    kind: str
    amount: int
    measure: str = MONEY
    topic: str | None = None
    months: tuple[int, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether a gift could meet it."""
        short = max(len(self.measure), len(self.topic or "")) <= MOST_SHORT
        seasons = all(1 <= month <= 12 for month in self.months)
        money = self.kind != "money" or self.measure == MONEY
        named = bool(self.need.strip() and self.measure.strip())
        return self.kind in NEEDED and 0 < self.amount <= MOST and short and seasons and money and named


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A need on the board: nothing in it says whose it is. case_code, campaign_code: one of them.

    left: how much is still lacking. held: a gift is on its way to it. title: per language, of a campaign's.
    """

    id: str
    case_code: str
    campaign_code: str
    unit_id: str | None
    need: str
    kind: str
    topic: str | None
    amount: int
    left: int
    measure: str
    months: tuple[int, ...]
    state: str
    held: bool
    title: Mapping[str, str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Needs:
    """Needs of one transaction."""

    context: Context

    def open_for_case(
        self, case_code: str, need: str, kind: str, amount: int, measure: str = MONEY, topic: str | None = None,
        months: Sequence[int] = (), words: str = "",
    ) -> OpenedNeed:  # fmt: skip
        """Say what a request needs. words: seen by officials alone; empty: what the household itself said of it."""
        context = self.context
        case = Casework(context).find(read_code(case_code, "HS") or "", "need.open")
        if case is None or case.body is None:
            return OpenedNeed("absent")
        wanted = WantedGift(
            need=need,
            kind=kind,
            amount=amount,
            measure=measure.strip(),
            topic=(topic or "").strip() or None,
            months=tuple(sorted(set(months))),
        )
        words = words.strip() or str(Cases(context).read(case.id).get(SAID.get(need, ""), ""))
        if not wanted.complete or len(words) > MOST_WORDS:
            return OpenedNeed("invalid")
        if case.state in CLOSED:
            return OpenedNeed("not_now")
        slot = self._new(wanted, case.unit_id)
        slot.case_id = case.id
        if words:
            slot.words = context.vault.seal(f"case:{case.id}", f"need_slot.words:{slot.id}", words)
        return self._add(slot)

    def open_for_campaign(
        self, campaign_code: str, need: str, kind: str, amount: int, title: Mapping[str, str], measure: str = MONEY,
        topic: str | None = None, months: Sequence[int] = (),
    ) -> OpenedNeed:  # fmt: skip
        """Say what a campaign needs. title: in each language, as the public reads it.

        No account's number may be in it: nobody else looks at it before the public does.
        """
        context, code = self.context, read_code(campaign_code, CAMPAIGN_PREFIX)
        campaign = context.unit.scalars(select(Campaign).where(Campaign.code == (code or ""))).first()
        if campaign is None or not self._may_add_to(campaign):
            return OpenedNeed("absent")
        wanted = WantedGift(
            need=need,
            kind=kind,
            amount=amount,
            measure=measure.strip(),
            topic=(topic or "").strip() or None,
            months=tuple(sorted(set(months))),
        )
        told = all(0 < len(title.get(language, "").strip()) <= MOST_WORDS for language in LANGUAGES)
        payable = any(map(has_number, (*title.values(), wanted.measure)))
        if not wanted.complete or not told or payable or kind in ("job", "link"):
            return OpenedNeed("invalid")
        if campaign.state == "closed":
            return OpenedNeed("not_now")
        slot = self._new(wanted, campaign.unit_id)
        slot.campaign_id = campaign.id
        slot.title = {language: title[language].strip() for language in LANGUAGES}
        return self._add(slot)

    def close(self, slot_id: str) -> AllocationOutcome:
        """Close a need that nothing is on its way to; "taken" where something is."""
        slot = self._find(slot_id)
        if slot is None:
            return "absent"
        if slot.state != "open":
            return "not_now"
        held = select(Allocation.id).where(Allocation.slot_id == slot.id, col(Allocation.state).in_(HELD))
        if self.context.unit.scalars(held.limit(1)).first() is not None:
            return "taken"
        self._close(slot)
        return "done"

    def board(
        self, *, unit_id: str = "", kind: str = "", need: str = "", state: str = "open", case_code: str = "",
        campaign_code: str = "", after: str = "", only: str = "", most: int = 50,
    ) -> list[Need]:  # fmt: skip
        """Needs within reach, the oldest first. after: the id of the last one shown before; only: of one. state: empty
        for all.
        """
        narrowed: tuple[tuple[str, ColumnElement[bool]], ...] = (
            (unit_id, col(NeedSlot.unit_id) == unit_id),
            (kind, col(NeedSlot.kind) == kind),
            (need, col(NeedSlot.need) == need),
            (state, col(NeedSlot.state) == state),
            (case_code, col(Case.code) == read_code(case_code, "HS")),
            (campaign_code, col(Campaign.code) == read_code(campaign_code, CAMPAIGN_PREFIX)),
            (after, col(NeedSlot.id) > after),
            (only, col(NeedSlot.id) == only),
        )
        held = exists().where(col(Allocation.slot_id) == col(NeedSlot.id), col(Allocation.state).in_(HELD))
        query = (
            select(NeedSlot, Case.code, Campaign.code, held)
            .outerjoin(Case, col(Case.id) == col(NeedSlot.case_id))
            .outerjoin(Campaign, col(Campaign.id) == col(NeedSlot.campaign_id))
            .where(self.context.within(col(NeedSlot.unit_id)), *(wanted for asked, wanted in narrowed if asked))
        )
        found = self.context.unit.execute(query.order_by(col(NeedSlot.id)).limit(most)).all()
        left = AllocationSteps(self.context).lefts([slot for slot, *_ in found])
        return [_seen(slot, case or "", drive or "", bool(held), left[slot.id]) for slot, case, drive, held in found]

    def words(self, slot_id: str) -> str:
        """What is needed in the household's or the official's words, which is noted; empty where she may not read."""
        slot, context = self.context.row_by_id(NeedSlot, slot_id), self.context
        if slot is None or slot.words is None or not context.allows("case.see", slot.unit_id, f"need:{slot_id}"):
            return ""
        try:
            said = context.vault.open(f"case:{slot.case_id}", f"need_slot.words:{slot.id}", slot.words)
        except KeyGone:
            return ""
        context.note("need.read", f"need:{slot.id}")
        return str(said)

    def end_with(self, case: Case) -> None:
        """Close every need of a request that is over; what was on its way there and not handed over is free again."""
        query = select(NeedSlot).where(NeedSlot.case_id == case.id, NeedSlot.state == "open")
        for slot in self.context.unit.scalars(query).all():
            self._close(slot)
            Allocations(self.context).leave(slot)

    def move_with(self, case: Case) -> None:
        """Give the open needs of a request, what they hold and what is looked into to the unit it was placed in."""
        self.context.unit.flush()
        needs = select(NeedSlot.id).where(NeedSlot.case_id == case.id)
        held = select(Allocation.id).where(col(Allocation.slot_id).in_(needs), col(Allocation.state).in_(HELD))
        for moved in (
            update(NeedSlot).where(col(NeedSlot.case_id) == case.id, col(NeedSlot.state) == "open"),
            update(Allocation).where(col(Allocation.id).in_(held)),
            update(Grievance).where(col(Grievance.allocation_id).in_(held), col(Grievance.state) == "open"),
        ):
            self.context.unit.change(moved.values(unit_id=case.unit_id))

    def forget(self, case_id: str) -> None:
        """Forget what a household needs in its words, and what was found out about its gifts; ask for no more."""
        unit, of_case = self.context.unit, col(NeedSlot.case_id) == case_id
        unit.execute(update(NeedSlot).where(of_case).values(words=None))
        waiting = update(NeedSlot).where(of_case, col(NeedSlot.state) == "open")
        unit.execute(waiting.values(state="closed", closed_at=self.context.now))
        slots = select(NeedSlot.id).where(of_case)
        given = select(Allocation.id).where(col(Allocation.slot_id).in_(slots))
        unit.execute(update(Grievance).where(col(Grievance.allocation_id).in_(given)).values(words=None))

    # Inside

    def _find(self, slot_id: str) -> NeedSlot | None:
        """A need that the official at the desk may close."""
        context, slot = self.context, self.context.row_by_id(NeedSlot, slot_id)
        if slot is None:
            return None
        if slot.campaign_id is not None:
            return slot if self._may_add_to(context.unit.get_one(Campaign, slot.campaign_id)) else None
        return slot if context.allows("need.open", slot.unit_id, f"need:{slot_id}") else None

    def _may_add_to(self, campaign: Campaign) -> bool:
        """What a campaign needs is said by who opens needs there, or writes campaigns."""
        may = self.context.may("need.open", campaign.unit_id)
        return may or self.context.allows("campaign.write", campaign.unit_id, f"campaign:{campaign.id}")

    def _new(self, wanted: WantedGift, unit_id: str | None) -> NeedSlot:
        context = self.context
        return NeedSlot(
            id=new_id(context.now), unit_id=unit_id, need=wanted.need, kind=wanted.kind, topic=wanted.topic,
            amount=wanted.amount, measure=wanted.measure, months=list(wanted.months), opened_by=context.acting().id,
            created_at=context.now,
        )  # fmt: skip

    def _add(self, slot: NeedSlot) -> OpenedNeed:
        self.context.unit.add(slot)
        self.context.unit.flush()
        self.context.note("need.opened", f"need:{slot.id}", kind=slot.kind, need=slot.need, unit=slot.unit_id or "")
        return OpenedNeed("done", slot.id)

    def _close(self, slot: NeedSlot) -> None:
        slot.state, slot.closed_at = "closed", self.context.now
        self.context.unit.add(slot)
        self.context.note("need.closed", f"need:{slot.id}")


def _seen(slot: NeedSlot, case_code: str, campaign_code: str, held: bool, left: int) -> Need:
    return Need(
        id=slot.id,
        case_code=case_code,
        campaign_code=campaign_code,
        unit_id=slot.unit_id,
        need=slot.need,
        kind=slot.kind,
        topic=slot.topic,
        amount=slot.amount,
        left=left,
        measure=slot.measure,
        months=tuple(slot.months),
        state=slot.state,
        held=held,
        title=slot.title or {},
        created_at=slot.created_at,
    )
