"""Pledges: what somebody promises to give, and how far it has come. It can be changed or stopped at any time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, cast

from sqlalchemy import func
from sqlmodel import col, select

from handlers.desk.messages import Reminders
from handlers.desk.money import Ledger
from handlers.desk.office import Context
from storage.ids import new_code, new_id, read_code
from storage.queries import pledges
from storage.queries.allocations import HELD
from storage.queries.pledges import OPEN
from storage.tables import Allocation, Pledge, PledgeEvent
from storage.tables.giving import GiftKind
from storage.vault import KeyGone

Giver = Literal["person", "group", "enterprise", "cooperative"]
MONEY = "VND"
MOST = 10**12  # of anything; a promise above it is a mistake or a joke


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a giver promises. amount: VND, or so many of `measure`. phone in international form.

    details: her words by what they answer, such as "where" or "wage". named: may be named in public.
    """

    kind: GiftKind
    giver: Giver
    amount: int
    name: str
    measure: str = MONEY
    phone: str = ""
    what: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    named: bool = False
    abroad: bool = False
    unit_id: str | None = None
    campaign_id: str | None = None
    topic: str | None = None
    months: tuple[int, ...] = ()
    due: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What is sealed of a pledge; everything is empty once that was forgotten."""

    name: str = ""
    phone: str = ""
    what: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pledges:
    """Pledges of one transaction."""

    context: Context

    # The giver

    def offer(self, offer: Offer) -> Pledge:
        """Keep a promise. Raises ValueError for an amount that is none, or more than anybody has."""
        if not 0 < offer.amount <= MOST:
            raise ValueError("no such amount")
        context = self.context
        pledge = Pledge(
            id=new_id(context.now), code=new_code("UH"), person_id=context.here().person_id, kind=offer.kind,
            giver=offer.giver, abroad=offer.abroad, named=offer.named, unit_id=offer.unit_id,
            campaign_id=offer.campaign_id, topic=offer.topic, amount=offer.amount, measure=offer.measure,
            months=sorted(set(offer.months)), due=offer.due, until=offer.until, created_at=context.now,
            changed_at=context.now,
        )  # fmt: skip
        context.vault.make(f"pledge:{pledge.id}", context.now)
        self.keep_body(pledge, Body(offer.name, offer.phone, offer.what, offer.details))
        context.unit.add(pledge)
        context.unit.flush()
        self.event(pledge, "offered", amount=pledge.amount)
        context.note("pledge.offered", f"pledge:{pledge.id}", kind=pledge.kind, unit=pledge.unit_id or "")
        return pledge

    def mine(self) -> list[Pledge]:
        """The pledges of the person who speaks, newest first."""
        query = select(Pledge).where(Pledge.person_id == self.context.here().person_id)
        return list(self.context.unit.scalars(query.order_by(col(Pledge.id).desc())))

    def find_mine(self, typed_code: str) -> Pledge | None:
        """A pledge of the person who speaks, by its code; somebody else's and none look alike."""
        found = self.by_code(typed_code)
        return found if found is not None and found.person_id == self.context.here().person_id else None

    def change(self, pledge: Pledge, *, amount: int | None = None, due: date | None = None) -> bool:
        """Change how much or when. False if it is over, or less is left than was given on or has come already."""
        if pledge.state not in OPEN:
            return False
        if amount is not None:
            if not max(pledge.allocated, pledge.received, 1) <= amount <= MOST:
                return False
            pledge.amount = amount
        if due is not None:
            pledge.due, pledge.reminders = due, 0
            self._call_off(pledge)
        pledge.changed_at = self.context.now
        self.event(pledge, "changed", amount=amount)
        if pledge.state != "offered":
            self.restate(pledge)  # less may be left now than was given on, or more
        self.context.note("pledge.changed", f"pledge:{pledge.id}")
        return True

    def unname(self) -> None:
        """Name the person who speaks in public no further, for whatever she promised."""
        for pledge in self.mine():
            pledge.named = False

    def hush(self, pledge: Pledge) -> None:
        """Send no further reminder of a pledge."""
        pledge.quiet = True
        self.context.unit.add(pledge)
        self._call_off(pledge)
        self.context.note("pledge.hushed", f"pledge:{pledge.id}")

    # Officials

    def find(self, typed_code: str, action: str, *, noted: bool = True) -> Pledge | None:
        """A pledge by its code, if the official at the desk may do this to it. Foreign, own and absent look alike."""
        pledge, context = self.by_code(typed_code), self.context
        if pledge is None or not context.allows(action, pledge.unit_id, f"pledge:{pledge.id}", noted=noted):
            return None
        if action != "gift.see" and pledge.person_id == context.acting().person_id:
            context.note("pledge.own_refused", f"pledge:{pledge.id}", action=action)
            return None
        return pledge

    def receive(self, pledge: Pledge, amount: int, *, reference: str = "", day: date | None = None) -> None:
        """Write down that something of a pledge has come. reference: the bank's. Raises ValueError if it is over."""
        if amount <= 0 or pledge.state in ("withdrawn", "lapsed"):
            raise ValueError("nothing to receive")
        if pledge.state == "offered":
            self.move_to(pledge, "accepted", "accepted")
        self.add(pledge, "received", amount)
        self._call_off(pledge)
        self.event(pledge, "received", amount=amount)
        Ledger(self.context).write(pledge, "received", amount, reference=reference, day=day)
        self.context.note("pledge.received", f"pledge:{pledge.id}")

    # What everybody builds on

    def by_code(self, typed_code: str) -> Pledge | None:
        """Any pledge by its code. Ask what may be done with it first."""
        code = read_code(typed_code, "UH")
        return self.context.unit.scalars(select(Pledge).where(Pledge.code == code)).first() if code else None

    def take(self, pledge: Pledge, amount: int) -> bool:
        """Give on so much of a pledge. False if less is left, whoever else gives it on at the same moment."""
        return pledges.take(self.context.unit, pledge, amount)

    def add(self, pledge: Pledge, column: pledges.Sum, amount: int) -> None:
        """Add to one of the sums; a negative amount takes back."""
        pledges.add(self.context.unit, pledge, column, amount, self.context.now)

    def restate(self, pledge: Pledge) -> None:
        """Bring a pledge to the state that its allocations led to: over once nothing of it is left or under way."""
        query = select(Allocation.state, func.count()).where(Allocation.pledge_id == pledge.id)
        found: dict[str, int] = dict(self.context.unit.execute(query.group_by(Allocation.state)).all())
        held = [state for state in HELD if found.get(state)]
        if not held and pledge.allocated == pledge.amount:
            new = "received"
        elif held and pledge.allocated == pledge.amount and set(held) <= {"handed_over", "differs"}:
            new = "handed_over"
        else:
            new = "allocated" if pledge.allocated else "accepted"
        if new != pledge.state:
            self.move_to(pledge, new, new)

    def move_to(
        self, pledge: Pledge, new: str, kind: str, *, amount: int | None = None, allocation_id: str | None = None,
        note: str = "",
    ) -> None:  # fmt: skip
        """Bring a pledge to a state that may follow its own. note: words, sealed with it. Raises ValueError."""
        old = pledges.move(pledge, new, self.context.now)
        self.context.unit.add(pledge)
        if pledge.closed_at is not None:
            self._call_off(pledge)
        self.event(pledge, kind, old=old, new=new, amount=amount, allocation_id=allocation_id, note=note)
        self.context.note(f"pledge.{kind}", f"pledge:{pledge.id}", old=old, new=new)

    def _call_off(self, pledge: Pledge) -> None:
        Reminders(self.context).call_off(pledge.person_id, f"reminder/{pledge.id}")

    def event(
        self, pledge: Pledge, kind: str, *, old: str | None = None, new: str | None = None, amount: int | None = None,
        allocation_id: str | None = None, note: str = "",
    ) -> None:  # fmt: skip
        """Write down one thing that happened to a pledge. note: words, not kept once the pledge's are forgotten."""
        context = self.context
        row = PledgeEvent(
            id=new_id(context.now), pledge_id=pledge.id, allocation_id=allocation_id, at=context.now, kind=kind,
            old=old, new=new, amount=amount, actor=str(context.actor),
        )  # fmt: skip
        if note and context.vault.has(f"pledge:{pledge.id}"):
            row.note = context.vault.seal(f"pledge:{pledge.id}", f"pledge_event.note:{row.id}", note)
        context.unit.add(row)

    def events(self, pledge: Pledge) -> list[PledgeEvent]:
        """What happened to a pledge, the first first."""
        query = select(PledgeEvent).where(PledgeEvent.pledge_id == pledge.id).order_by(col(PledgeEvent.id))
        return list(self.context.unit.scalars(query))

    def body(self, pledge: Pledge) -> Body:
        """Who gives, and her words; empty where that was forgotten."""
        if pledge.body is None:
            return Body()
        try:
            said = self.context.vault.open(f"pledge:{pledge.id}", f"pledge.body:{pledge.id}", pledge.body)
        except KeyGone:
            return Body()
        return Body(**cast("dict[str, str]", said))  # type: ignore[arg-type]  # we wrote it so

    def keep_body(self, pledge: Pledge, body: Body) -> None:
        """Seal who gives, and her words."""
        said = {"name": body.name, "phone": body.phone, "what": body.what, "details": dict(body.details)}
        pledge.body = self.context.vault.seal(f"pledge:{pledge.id}", f"pledge.body:{pledge.id}", said)
