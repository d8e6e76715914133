"""Gifts on their way: promised, accepted and needed, without a walk through every question."""

from dataclasses import dataclass, replace

from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.allocations import AllocationOutcome
from handlers.desk.pledges import Offer
from storage.database import Unit
from storage.ids import new_code, new_id
from storage.tables import Allocation, Campaign, LedgerLine, NeedSlot, Pledge
from tests.kit.town import Town

RICE = Offer(
    kind="goods", giver="person", amount=10, name="Trần Văn Cho", measure="kg", what="gạo", phone="+84905111222"
)
MONEY = Offer(kind="money", giver="person", amount=1_000_000, name="Trần Văn Cho", phone="+84905111222")
JOB = Offer(
    kind="job",
    giver="enterprise",
    amount=3,
    name="Công ty Mẫu",
    measure="người",
    what="may công nghiệp",
    phone="+84905111222",
    details={"job_place": "khu công nghiệp", "wage": "6.000.000 đ", "wage_per": "một tháng"},
)
BUYS = Offer(
    kind="link",
    giver="cooperative",
    amount=50,
    name="Hợp tác xã Mẫu",
    measure="kg",
    what="măng khô",
    months=(8, 9),
    details={"wants": "Thu mua", "floor_price": "90.000 đ"},
)
HELP = Offer(
    kind="time", giver="group", amount=2, name="Nhóm Mẫu", measure="người", what="sửa nhà", phone="+84905111222"
)
COLUMNS = ("allocated", "received", "handed", "confirmed")


async def promises(town: Town, who: str, offer: Offer = RICE, *, accepted: bool = True, **changed: object) -> str:
    """Somebody has promised a gift; returns its code. accepted: by an official, who verified who hires or buys.

    changed: what differs from the offer.
    """
    citizen = town.citizen(who)
    await citizen.says("/menu")

    def promise(desk: Desk) -> str:
        pledge = desk.pledges.offer(replace(offer, **changed))  # type: ignore[arg-type]  # fields of an offer
        if accepted:
            desk.pledges.move_to(pledge, "accepted", "accepted")
            pledge.verified_by, pledge.verified_at = (
                ("tam", desk.now) if offer.kind in ("job", "link") else (None, None)
            )
        return pledge.code

    return await citizen.at_desk(promise)


async def needs(town: Town, officer: str, case_code: str, kind: str = "goods", amount: int = 10, **more: object) -> str:
    """A request's need is open; returns the slot's id."""
    measure = {"money": "VND", "goods": "kg", "job": "người", "link": "kg", "time": "buổi"}[kind]
    wanted = {"measure": measure, "need": "food", **more}
    need = str(wanted.pop("need"))

    def open_one(desk: Desk) -> str:
        opened = desk.needs.open_for_case(case_code, need, kind, amount, **wanted)  # type: ignore[arg-type]  # as above
        assert opened.how == "done", opened
        return opened.slot_id

    return await town.as_official(officer, open_one)


async def drive(town: Town, unit_id: str | None = None) -> str:
    """A campaign is open; returns its code."""

    def open_one(desk: Desk) -> str:
        campaign = Campaign(
            id=new_id(desk.now), code=new_code("CD"), state="open", title={"vi": "Đợt mẫu", "en": "Sample drive"},
            about={"vi": "x", "en": "x"}, organiser="Mặt trận mẫu", basis="charity_fund", first_day=desk.today(),
            last_day=desk.today(), unit_id=unit_id, written_by="an", created_at=desk.now, changed_at=desk.now,
        )  # fmt: skip
        desk.unit.add(campaign)
        return campaign.code

    return await town.at_desk(Actor("operator"), open_one)


async def gives(town: Town, officer: str, code: str, slot_id: str, amount: int = 10) -> AllocationOutcome:
    """An official gives so much of a pledge to a need."""
    return await town.as_official(officer, lambda desk: desk.allocations.allocate(code, slot_id, amount))


async def brings(
    town: Town, officer: str, allocation_id: str, amount: int = 10, words: str = "trao tại nhà"
) -> AllocationOutcome:
    """An official writes down that so much was handed over."""
    return await town.as_official(officer, lambda desk: desk.allocations.hand_over(allocation_id, amount, words))


@dataclass(frozen=True, slots=True)
class Books:
    """Every pledge, need and allocation with the lines of the ledger."""

    pledges: dict[str, Pledge]
    slots: dict[str, NeedSlot]
    allocations: list[Allocation]
    lines: list[LedgerLine]

    @property
    def allocation(self) -> Allocation:
        """The newest allocation."""
        return self.allocations[-1]

    def kinds(self) -> list[tuple[str, int]]:
        """What the ledger tells, and how much of it."""
        return [(line.kind, line.amount) for line in self.lines]

    def sums(self, code: str) -> dict[str, int]:
        """What the ledger's lines of a pledge come to, by the pledge's columns."""
        sums, handed = dict.fromkeys(COLUMNS, 0), set()
        for line in (line for line in self.lines if line.code == code):
            if line.kind == "returned":
                sums["allocated"] -= line.amount
                sums["handed"] -= line.amount if line.allocation_id in handed else 0
            elif line.kind == "handed_over":
                handed.add(line.allocation_id)
                sums["handed"] += line.amount
            else:
                sums[{"allotted": "allocated"}.get(line.kind, line.kind)] += line.amount
        return sums

    def wrong(self) -> list[str]:
        """Pledges whose columns are not what the ledger comes to, and needs that two gifts hold."""
        held = [a.slot_id for a in self.allocations if a.state in ("asked", "allocated", "handed_over", "differs")]
        twice = sorted({slot for slot in held if held.count(slot) > 1})
        off = [code for code, p in self.pledges.items() if self.sums(code) != {c: getattr(p, c) for c in COLUMNS}]
        return off + twice


async def books(town: Town) -> Books:
    """What the database has of gifts now."""
    return await town.database.read(read_books)


def read_books(unit: Unit) -> Books:
    """What the database has of gifts, in one transaction."""
    return Books(
        {pledge.code: pledge for pledge in unit.scalars(select(Pledge).order_by(col(Pledge.id)))},
        {slot.id: slot for slot in unit.scalars(select(NeedSlot).order_by(col(NeedSlot.id)))},
        list(unit.scalars(select(Allocation).order_by(col(Allocation.id)))),
        list(unit.scalars(select(LedgerLine).order_by(col(LedgerLine.id)))),
    )
